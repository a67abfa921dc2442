export interface Filter<Name extends string> {
  readonly name: Name;
  readonly label: string;
  /** How many there are of it; left out where nobody counts. */
  readonly count?: number;
}

export interface FilterChipsProps<Name extends string> {
  /** What is filtered, e.g. `Routes by who may call`. */
  readonly label: string;
  readonly filters: readonly Filter<Name>[];
  readonly active: Name;
  readonly onChoose: (name: Name) => void;
}

/** One choice out of a few, each with its count. */
export function FilterChips<Name extends string>(props: FilterChipsProps<Name>) {
  const { label, filters, active, onChoose } = props;
  return (
    <div class="chips" role="group" aria-label={label}>
      {filters.map(({ name, label: text, count }) => (
        <button
          key={name}
          type="button"
          class="chip"
          aria-pressed={name === active}
          onClick={() => {
            onChoose(name);
          }}
        >
          {text}
          {count !== undefined && <span class="count">{count.toLocaleString('en')}</span>}
        </button>
      ))}
    </div>
  );
}

export interface SearchFieldProps {
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly onInput: (value: string) => void;
}

/** A field that narrows a list while one types. */
export function SearchField({ label, value, placeholder = '', onInput }: SearchFieldProps) {
  return (
    <div class="search-field">
      <input
        type="search"
        aria-label={label}
        placeholder={placeholder}
        value={value}
        onInput={({ currentTarget }) => {
          onInput(currentTarget.value);
        }}
      />
    </div>
  );
}
