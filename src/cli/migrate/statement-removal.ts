import type ts from 'typescript';
import type { TypeScript } from './project-typescript.js';
import { inOrder, type TextEdit } from './text-edit.js';

/** How a statement is taken out, and the comments that belong to it. */
export interface StatementRemoval {
  readonly edit: TextEdit;
  /** The lines of the comments, without indentation. */
  readonly comments: readonly string[];
}

/** Takes a statement out, together with the comment right above it and the one behind it. */
export function statementRemoval(
  ts: TypeScript,
  file: ts.SourceFile,
  statement: ts.Node,
): StatementRemoval {
  const { text } = file;
  const own = statement.getStart(file);
  const above = commentsAbove(ts, text, statement.pos, own);
  const behind = ts.getTrailingCommentRanges(text, statement.end) ?? [];
  const first = above[0]?.pos ?? own;
  const past = behind.at(-1)?.end ?? statement.end;
  const lineStart = text.lastIndexOf('\n', first - 1) + 1;
  const rest = /^[ \t]*(?:\r?\n|$)/.exec(text.slice(past))?.[0];
  const comments = [...above, ...behind].flatMap(({ pos, end }) => linesOf(text.slice(pos, end)));
  if (rest === undefined || text.slice(lineStart, first).trim() !== '') {
    // Something else stands in the same line.
    const space = /^[ \t]*/.exec(text.slice(past))?.[0].length ?? 0;
    return { edit: { start: first, end: past + space, text: '' }, comments };
  }
  const end = past + rest.length;
  return { edit: { start: lineStart, end, text: '' }, comments };
}

/** Comments that end in the line above, and those right above them. */
function commentsAbove(
  ts: TypeScript,
  text: string,
  from: number,
  own: number,
): readonly ts.CommentRange[] {
  const found: ts.CommentRange[] = [];
  let below = own;
  for (const range of (ts.getLeadingCommentRanges(text, from) ?? []).toReversed()) {
    if ((text.slice(range.end, below).match(/\n/g) ?? []).length > 1) break;
    // What stands behind other code belongs to that.
    const lineStart = text.lastIndexOf('\n', range.pos - 1) + 1;
    if (text.slice(lineStart, range.pos).trim() !== '' || range.pos === 0) break;
    found.unshift(range);
    below = range.pos;
  }
  return found;
}

function linesOf(comment: string): readonly string[] {
  return comment.split(/\r?\n/).map((line, index) => {
    const bare = line.trim();
    return index > 0 && bare.startsWith('*') ? ` ${bare}` : bare;
  });
}

/** Removals as one where they touch, with one of the blank lines around each that would be one too many. */
export function joined(text: string, removals: readonly TextEdit[]): readonly TextEdit[] {
  const found: TextEdit[] = [];
  for (const edit of inOrder(removals)) {
    const last = found.at(-1);
    if (last !== undefined && text.slice(last.end, edit.start).trim() === '' && isLines(text, edit))
      found.splice(-1, 1, { ...edit, start: last.start });
    else found.push(edit);
  }
  return found.map((edit) => (isLines(text, edit) ? withoutBlankLine(text, edit) : edit));
}

/** Whether an edit takes out whole lines. */
function isLines(text: string, { start, end, text: inserted }: TextEdit): boolean {
  const whole = (at: number) => at === 0 || at === text.length || text[at - 1] === '\n';
  return inserted === '' && end > start && whole(start) && whole(end);
}

/** Where two blank lines would meet, or a block would begin or end with one. */
function withoutBlankLine(text: string, { start, end }: TextEdit): TextEdit {
  const before = text.slice(0, start);
  const blankAbove = /\n([ \t]*\r?\n)$/.exec(before)?.[1];
  const blankBelow = /^[ \t]*\r?\n/.exec(text.slice(end))?.[0];
  const opens = before === '' || /\{[ \t]*\r?\n$/.test(before);
  const closes = /^\s*(?:\}|$)/.test(text.slice(end));
  if (blankBelow !== undefined && (blankAbove !== undefined || opens))
    return { start, end: end + blankBelow.length, text: '' };
  if (blankAbove !== undefined && closes)
    return { start: start - blankAbove.length, end, text: '' };
  return { start, end, text: '' };
}
