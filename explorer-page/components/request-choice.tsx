import { ChoiceField } from './form-field.js';

const CREDENTIALS = ['same-origin', 'include', 'omit'] as const;
const MODES = ['cors', 'no-cors', 'same-origin'] as const;

/** What a page gives to `fetch()` besides what goes over the wire. */
export interface RequestChoice {
  readonly credentials: (typeof CREDENTIALS)[number];
  readonly mode: (typeof MODES)[number];
}

export interface RequestChoiceFieldsProps {
  readonly credentials: string;
  readonly mode: string;
  readonly onChange: (changed: Partial<RequestChoice>) => void;
}

/** The credentials and the mode of a page's request. */
export function RequestChoiceFields({ credentials, mode, onChange }: RequestChoiceFieldsProps) {
  return (
    <>
      <ChoiceField
        id="credentials"
        label="Credentials"
        choices={CREDENTIALS}
        value={credentials}
        onChange={(value) => {
          onChange({ credentials: value });
        }}
      />
      <ChoiceField
        id="mode"
        label="Mode"
        choices={MODES}
        value={mode}
        onChange={(value) => {
          onChange({ mode: value });
        }}
      />
    </>
  );
}
