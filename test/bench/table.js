/**
 * One case.
 *
 * @typedef {object} Row
 * @property {string} group
 * @property {string} name
 * @property {string} peer what it is compared with
 * @property {string} unit
 * @property {number} ours
 * @property {number} theirs
 * @property {number} ratio measured in the same run
 * @property {[number, number]} [spread] quartiles of the ratio
 * @property {number} [target] the most that the ratio should be
 * @property {number} [difference] ours on top of theirs, where that is what counts
 * @property {number} [targetDifference]
 */

const HEADINGS = ['case', 'against', 'ours', 'theirs', 'ratio', 'quartiles', 'target', ''];

/**
 * All cases as one Markdown table.
 *
 * @param {readonly Row[]} rows
 */
export function formatTable(rows) {
  const lines = rows.map((row) => [
    `${row.group}: ${row.name}`,
    row.peer,
    amount(row.ours, row.unit),
    amount(row.theirs, row.unit),
    row.ratio < 0.01 ? row.ratio.toExponential(1) : row.ratio.toFixed(2),
    row.spread === undefined ? '' : row.spread.map((ratio) => significant(ratio)).join('–'),
    targetOf(row),
    verdictOf(row),
  ]);
  const widths = HEADINGS.map((heading, column) =>
    Math.max(...[heading, ...lines.map((line) => line[column] ?? '')].map((cell) => cell.length)),
  );
  /** @param {readonly string[]} cells */
  const format = (cells) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [
    format(HEADINGS),
    format(widths.map((width) => '-'.repeat(width))),
    ...lines.map(format),
  ].join('\n');
}

/** @param {Row} row */
function targetOf({ target, targetDifference, difference = 0, unit }) {
  if (target !== undefined) return `≤ ${target}`;
  return targetDifference === undefined
    ? ''
    : `+${amount(difference, unit)} ≤ +${amount(targetDifference, unit)}`;
}

/** @param {Row} row */
function verdictOf({ ratio, target, difference = 0, targetDifference }) {
  if (target !== undefined) return ratio <= target ? 'reached' : 'missed';
  if (targetDifference === undefined) return '';
  return difference <= targetDifference ? 'reached' : 'missed';
}

/**
 * @param {number} value
 * @param {string} unit
 */
function amount(value, unit) {
  return `${significant(value)} ${unit}`;
}

/** @param {number} value */
function significant(value) {
  if (value >= 100) return value.toFixed(0);
  return value >= 0.01 ? value.toPrecision(3) : value.toExponential(1);
}
