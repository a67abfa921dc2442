import type { ComponentChildren } from 'preact';
import { type Outcome, OutcomeBadge } from './outcome-badge.js';

export interface MatrixCell {
  /** `undefined` while it is not known yet. */
  readonly outcome: Outcome | undefined;
  /** Where its explanation is. */
  readonly href?: string;
  /** What stands below the mark, e.g. that it was predicted. */
  readonly note?: string;
  /** `predicted`: nobody has seen it happen. `alarm`: it is not as it should be. */
  readonly look?: 'predicted' | 'alarm';
}

export interface MatrixRow {
  readonly key: string;
  /** What is read out, e.g. `GET /books`. */
  readonly name: string;
  readonly head: ComponentChildren;
  /** What stands above it, where a group of rows begins. */
  readonly group?: ComponentChildren;
  /** The column whose explanation is shown beside the table. */
  readonly current?: number;
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
  /** Whether it scrolls within itself, as a table of many columns has to. Default: `true`. */
  readonly scrolls?: boolean;
}

/** What becomes of each row's request from each column's origin. The heads stay in sight. */
export function MatrixTable({ caption, corner, columns, rows, scrolls = true }: MatrixTableProps) {
  const frame = scrolls
    ? { class: 'matrix-scroll', tabIndex: 0, role: 'region' as const, 'aria-label': caption }
    : { class: 'matrix-frame' };
  return (
    <div {...frame}>
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
        {grouped(rows).map((group) => (
          <tbody key={group[0]?.key}>
            {group.map((row) => (
              <Rows key={row.key} row={row} columns={columns.length} />
            ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

function Rows({ row, columns }: { readonly row: MatrixRow; readonly columns: number }) {
  const { key, head, group, current, cells } = row;
  return (
    <>
      {group !== undefined && (
        <tr class="matrix-group">
          <th scope="rowgroup" colSpan={columns + 1}>
            {group}
          </th>
        </tr>
      )}
      <tr data-row={key} class={current === undefined ? '' : 'current'}>
        <th scope="row">{head}</th>
        {cells.map((cell, index) => (
          <Cell key={index} about={row.name} cell={cell} current={index === current} />
        ))}
      </tr>
    </>
  );
}

interface CellProps {
  readonly about: string;
  readonly cell: MatrixCell;
  readonly current: boolean;
}

function Cell({ about, cell, current }: CellProps) {
  const { outcome, href, note, look } = cell;
  return (
    <td data-look={look} aria-current={current ? 'true' : undefined}>
      {outcome === undefined ? (
        <span class="muted">…</span>
      ) : (
        <OutcomeBadge outcome={outcome} about={about} {...(href !== undefined && { href })} />
      )}
      {note !== undefined && <div class="small muted">{note}</div>}
    </td>
  );
}

/** Rows up to the next one that begins a group. */
function grouped(rows: readonly MatrixRow[]): readonly (readonly MatrixRow[])[] {
  const groups: MatrixRow[][] = [];
  for (const row of rows) {
    const last = groups.at(-1);
    if (last === undefined || row.group !== undefined) groups.push([row]);
    else last.push(row);
  }
  return groups;
}
