import { useState } from 'preact/hooks';
import { LinesField, TextField } from '../../explorer-page/components/form-field.js';
import { RequestChoiceFields } from '../../explorer-page/components/request-choice.js';
import { FEATURES } from '../scenarios.js';
import { fieldsOf, type OwnRequestFields, settingsOf } from './own-request-settings.js';

export interface OwnRequestFormProps {
  /** What the fields begin with. */
  readonly settings: URLSearchParams;
  readonly onAsk: (settings: URLSearchParams) => void;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const PATHS = [
  ...new Set(FEATURES.flatMap(({ scenarios }) => scenarios.map(({ path }) => path))),
  '/storefront/books',
];

/** A request to the bookshop, to be typed. */
export function OwnRequestForm({ settings, onAsk }: OwnRequestFormProps) {
  const [fields, setFields] = useState(() => fieldsOf(settings));
  const set = (changed: Partial<OwnRequestFields>) => {
    setFields((before) => ({ ...before, ...changed }));
  };
  return (
    <form
      class="question card"
      onSubmit={(event) => {
        event.preventDefault();
        onAsk(settingsOf(fields));
      }}
    >
      <TextField
        id="method"
        label="Method"
        required
        offers={{ id: 'methods', values: METHODS }}
        value={fields.method}
        onChange={(method) => {
          set({ method });
        }}
      />
      <TextField
        id="url"
        label="Path at the API"
        class="url"
        required
        pattern="/.*"
        title="A path begins with a slash, e.g. /catalog"
        placeholder="/catalog"
        offers={{ id: 'paths', values: PATHS }}
        value={fields.path}
        onChange={(path) => {
          set({ path });
        }}
      />
      <LinesField
        id="headers"
        label="Headers, one a line"
        class="wide"
        rows={3}
        placeholder={'content-type: application/json\nx-tracking: on'}
        value={fields.headers}
        onChange={(headers) => {
          set({ headers });
        }}
      />
      <RequestChoiceFields credentials={fields.credentials} mode={fields.mode} onChange={set} />
      <LinesField
        id="body"
        label="Body"
        class="wide"
        rows={2}
        placeholder='{"text":"…"}'
        value={fields.body}
        onChange={(body) => {
          set({ body });
        }}
      />
      <button type="submit" class="primary wide">
        Explain
      </button>
    </form>
  );
}
