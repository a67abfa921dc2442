export interface HeaderLinesProps {
  /** The first line, e.g. `PUT /books/1` or `204`. */
  readonly head: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The head of a request or an answer. */
export function HeaderLines({ head, headers }: HeaderLinesProps) {
  return (
    <div>
      <div class="mono small">
        <strong>{head}</strong>
      </div>
      {Object.keys(headers).length > 0 && (
        <dl class="headers">
          {Object.entries(headers).map(([name, value]) => (
            <div key={name}>
              <dt>{name}:</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}
