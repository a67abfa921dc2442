import { edited, inOrder, type TextEdit } from './text-edit.js';

/** Lines that stay, around those that change. */
const CONTEXT = 3;

/** Lines `start` to before `end` become others. */
interface Change {
  start: number;
  end: number;
  lines: readonly string[];
}

/** A unified diff of edits to one file, as `git apply` takes it; empty where they change nothing. */
export function unifiedDiff(name: string, text: string, edits: readonly TextEdit[]): string {
  const old = linesOf(text);
  const changes = changesOf(text, old, edits);
  if (changes.length === 0) return '';
  const hunks: Change[][] = [];
  for (const change of changes) {
    const last = hunks.at(-1);
    const before = last?.at(-1);
    if (last && before && change.start - before.end <= 2 * CONTEXT) last.push(change);
    else hunks.push([change]);
  }
  let shift = 0;
  const parts = hunks.map((hunk) => {
    const { text: shown, added } = hunkText(old, hunk, shift);
    shift += added;
    return shown;
  });
  return [`--- a/${name}`, `+++ b/${name}`, ...parts].join('\n');
}

function hunkText(
  old: readonly string[],
  hunk: readonly Change[],
  shift: number,
): { text: string; added: number } {
  const [{ start: first } = { start: 0 }] = hunk;
  const from = Math.max(0, first - CONTEXT);
  const to = Math.min(old.length, (hunk.at(-1)?.end ?? 0) + CONTEXT);
  const lines: string[] = [];
  let at = from;
  let added = 0;
  for (const { start, end, lines: others } of hunk) {
    lines.push(...old.slice(at, start).map((line) => marked(' ', line)));
    lines.push(...old.slice(start, end).map((line) => marked('-', line)));
    lines.push(...others.map((line) => marked('+', line)));
    added += others.length - (end - start);
    at = end;
  }
  lines.push(...old.slice(at, to).map((line) => marked(' ', line)));
  const range = (start: number, count: number) => `${count === 0 ? start : start + 1},${count}`;
  const head = `@@ -${range(from, to - from)} +${range(from + shift, to - from + added)} @@`;
  return { text: [head, ...lines].join('\n'), added };
}

function marked(sign: string, line: string): string {
  return line.endsWith('\n')
    ? sign + line.slice(0, -1)
    : `${sign}${line}\n\\ No newline at end of file`;
}

/** Lines with their ends. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** The edits as whole lines, without lines that stay at their beginnings and ends. */
function changesOf(
  text: string,
  old: readonly string[],
  edits: readonly TextEdit[],
): readonly Change[] {
  const starts: number[] = [];
  let at = 0;
  for (const line of old) {
    starts.push(at);
    at += line.length;
  }
  const lineAt = (position: number) => {
    const next = starts.findIndex((start) => start > position);
    return (next === -1 ? starts.length : next) - 1;
  };
  const offset = (line: number) => starts[line] ?? text.length;
  const groups: { start: number; end: number; edits: TextEdit[] }[] = [];
  for (const edit of inOrder(edits)) {
    const start = Math.max(0, lineAt(edit.start));
    const end = Math.max(start, lineAt(Math.max(edit.start, edit.end))) + 1;
    const last = groups.at(-1);
    if (last && start <= last.end) {
      last.end = Math.max(last.end, end);
      last.edits.push(edit);
    } else groups.push({ start, end, edits: [edit] });
  }
  return groups.flatMap(({ start, end: given, edits: own }) => {
    const end = Math.min(given, old.length);
    const base = offset(start);
    const moved = own.map((edit) => ({
      ...edit,
      start: edit.start - base,
      end: edit.end - base,
    }));
    const after = linesOf(edited(text.slice(base, offset(end)), moved));
    const before = old.slice(start, end);
    const shortest = Math.min(before.length, after.length);
    let head = 0;
    while (head < shortest && before[head] === after[head]) head += 1;
    let tail = 0;
    while (tail < shortest - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
    const change = {
      start: start + head,
      end: end - tail,
      lines: after.slice(head, after.length - tail),
    };
    return change.start === change.end && change.lines.length === 0 ? [] : [change];
  });
}
