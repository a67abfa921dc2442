import type ts from 'typescript';
import type { TypeScript } from './project-typescript.js';
import type { TextEdit } from './text-edit.js';
import { indentAt, type WritingStyle } from './writing-style.js';

const insertion = (start: number, text: string): TextEdit => ({ start, end: start, text });

/** Whether the members of a list stand in lines of their own. */
export function standsInLines(file: ts.SourceFile, list: ts.NodeArray<ts.Node>): boolean {
  const [first] = list;
  return first !== undefined && file.text.slice(list.pos, first.getStart(file)).includes('\n');
}

/** Adds a member at the end of a list that has some. `text` is written for lines with the members' indentation. */
export function appended(
  ts: TypeScript,
  file: ts.SourceFile,
  list: ts.NodeArray<ts.Node>,
  text: string,
  { newline }: WritingStyle,
): readonly TextEdit[] {
  const [first] = list;
  const last = list.at(-1);
  if (first === undefined || last === undefined) return [insertion(list.pos, text)];
  if (!standsInLines(file, list)) return [insertion(last.end, `, ${text}`)];
  const indent = indentAt(file.text, first.getStart(file));
  const comma = list.hasTrailingComma;
  const end = comma ? list.end : last.end;
  const past = ts.getTrailingCommentRanges(file.text, end)?.at(-1)?.end ?? end;
  return [
    ...(comma ? [] : [insertion(last.end, ',')]),
    insertion(past, `${newline}${indent}${text}${comma ? ',' : ''}`),
  ];
}

/** Takes a member out of a list, with the comma that it leaves behind. */
export function without(
  ts: TypeScript,
  file: ts.SourceFile,
  list: ts.NodeArray<ts.Node>,
  member: ts.Node,
): TextEdit {
  const { text } = file;
  const index = list.indexOf(member);
  const next = list[index + 1];
  const previous = list[index - 1];
  const start = member.getStart(file);
  if (standsInLines(file, list)) {
    const comma = /^\s*,/.exec(text.slice(member.end))?.[0].length ?? 0;
    const end = member.end + comma;
    const past = ts.getTrailingCommentRanges(text, end)?.at(-1)?.end ?? end;
    const lineStart = text.lastIndexOf('\n', start - 1) + 1;
    const rest = /^[ \t]*\r?\n/.exec(text.slice(past))?.[0].length;
    if (rest !== undefined && text.slice(lineStart, start).trim() === '')
      return { start: lineStart, end: past + rest, text: '' };
  }
  if (next !== undefined) return { start, end: next.getStart(file), text: '' };
  if (previous !== undefined) return { start: previous.end, end: member.end, text: '' };
  return { start: list.pos, end: list.end, text: '' };
}
