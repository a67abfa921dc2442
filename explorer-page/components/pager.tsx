export interface PagerProps {
  /** What is turned, e.g. `routes`. */
  readonly what: string;
  readonly total: number;
  readonly size: number;
  /** The first page is 0. */
  readonly page: number;
  readonly onTurn: (page: number) => void;
}

/** Turns the pages of a long list; says how much there is. */
export function Pager({ what, total, size, page, onTurn }: PagerProps) {
  const pages = Math.max(1, Math.ceil(total / size));
  const first = total === 0 ? 0 : page * size + 1;
  const last = Math.min(total, (page + 1) * size);
  const text =
    pages === 1
      ? `${total.toLocaleString('en')} ${what}`
      : `${first.toLocaleString('en')}–${last.toLocaleString('en')} of ${total.toLocaleString('en')} ${what}`;
  return (
    <nav class="pager" aria-label={`Pages of ${what}`}>
      <span class="small muted" aria-live="polite">
        {text}
      </span>
      {pages > 1 && (
        <>
          <button
            type="button"
            disabled={page === 0}
            onClick={() => {
              onTurn(page - 1);
            }}
          >
            Previous
          </button>
          <button
            type="button"
            disabled={page >= pages - 1}
            onClick={() => {
              onTurn(page + 1);
            }}
          >
            Next
          </button>
        </>
      )}
    </nav>
  );
}
