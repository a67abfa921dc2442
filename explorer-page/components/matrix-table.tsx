import type { ComponentChildren } from 'preact';
import { type Outcome, OutcomeBadge } from './outcome-badge.js';

export interface MatrixCell {
  /** `undefined` while it is not known yet. */
  readonly outcome: Outcome | undefined;
  /** Where its explanation is. */
  readonly href?: string;
  /** What stands below the mark, e.g. that it was predicted. */
  readonly note?: string;
}

export interface MatrixRow {
  readonly key: string;
  /** What is read out, e.g. `GET /books`. */
  readonly name: string;
  readonly head: ComponentChildren;
  /** One for each column. */
  readonly cells: readonly MatrixCell[];
}

export interface MatrixTableProps {
  /** What the table shows, for those who hear it. */
  readonly caption: string;
  /** The head of the first column. */
  readonly corner: string;
  readonly columns: readonly { readonly key: string; readonly head: ComponentChildren }[];
  readonly rows: readonly MatrixRow[];
}

/** What becomes of each row's request from each column's origin. The heads stay in sight. */
export function MatrixTable({ caption, corner, columns, rows }: MatrixTableProps) {
  return (
    <div class="matrix-scroll" tabIndex={0} role="region" aria-label={caption}>
      <table class="matrix">
        <caption class="for-readers">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{corner}</th>
            {columns.map(({ key, head }) => (
              <th key={key} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, name, head, cells }) => (
            <tr key={key}>
              <th scope="row">{head}</th>
              {cells.map(({ outcome, href, note }, index) => (
                <td key={index}>
                  {outcome === undefined ? (
                    <span class="muted">…</span>
                  ) : (
                    <OutcomeBadge
                      outcome={outcome}
                      about={name}
                      {...(href !== undefined && { href })}
                    />
                  )}
                  {note !== undefined && <div class="small muted">{note}</div>}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
