import type { ComponentChildren } from 'preact';

interface FormField {
  readonly id: string;
  readonly label: string;
  readonly class?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export interface TextFieldProps extends FormField {
  readonly placeholder?: string;
  readonly required?: boolean;
  /** A regular expression for the whole of it, and what it asks for in words. */
  readonly pattern?: string;
  readonly title?: string;
  /** What the browser offers to choose from; anything else may be typed, too. */
  readonly offers?: { readonly id: string; readonly values: readonly string[] };
}

/** A line to be typed. */
export function TextField({ label, offers, onChange, class: styles, ...input }: TextFieldProps) {
  return (
    <Labeled id={input.id} label={label} class={styles}>
      <input
        {...input}
        list={offers?.id}
        spellcheck={false}
        onInput={({ currentTarget }) => {
          onChange(currentTarget.value);
        }}
      />
      {offers && (
        <datalist id={offers.id}>
          {offers.values.map((value) => (
            <option key={value} value={value} />
          ))}
        </datalist>
      )}
    </Labeled>
  );
}

export interface LinesFieldProps extends FormField {
  readonly rows: number;
  readonly placeholder?: string;
}

/** Several lines to be typed. */
export function LinesField({ label, onChange, class: styles, ...textarea }: LinesFieldProps) {
  return (
    <Labeled id={textarea.id} label={label} class={styles}>
      <textarea
        {...textarea}
        spellcheck={false}
        onInput={({ currentTarget }) => {
          onChange(currentTarget.value);
        }}
      />
    </Labeled>
  );
}

export interface ChoiceFieldProps<Choice extends string> extends Omit<
  FormField,
  'value' | 'onChange'
> {
  readonly choices: readonly Choice[];
  readonly value: string;
  readonly onChange: (value: Choice) => void;
}

/** One of a few. */
export function ChoiceField<Choice extends string>({
  id,
  label,
  class: styles,
  choices,
  value,
  onChange,
}: ChoiceFieldProps<Choice>) {
  return (
    <Labeled id={id} label={label} class={styles}>
      <select
        id={id}
        value={value}
        onChange={({ currentTarget }) => {
          const chosen = choices[currentTarget.selectedIndex];
          if (chosen !== undefined) onChange(chosen);
        }}
      >
        {choices.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </select>
    </Labeled>
  );
}

interface LabeledProps {
  readonly id: string;
  readonly label: string;
  readonly class: string | undefined;
  readonly children: ComponentChildren;
}

function Labeled({ id, label, class: styles, children }: LabeledProps) {
  return (
    <div class={styles}>
      <label for={id}>{label}</label>
      {children}
    </div>
  );
}
