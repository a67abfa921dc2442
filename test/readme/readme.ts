import { readFileSync } from 'node:fs';

/** A fenced block of the README. Its name is what follows the language: ```ts quick-start/main.ts */
export interface Block {
  readonly language: string;
  /** Folder and file, for complete files; empty for a fragment. */
  readonly name: string;
  readonly text: string;
  readonly line: number;
}

/** A table of the README, with the comment that stands before it: `<!-- tried: spa -->`. */
export interface Table {
  readonly mark: string;
  readonly rows: readonly (readonly string[])[];
}

export const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

export const blocks: readonly Block[] = [
  ...README.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm),
].map(({ 1: language = '', 2: name = '', 3: text = '', index }) => ({
  language,
  name,
  text,
  line: README.slice(0, index).split('\n').length,
}));

export const tables: readonly Table[] = [
  ...README.matchAll(/^<!-- (.+) -->\n\n((?:\|.*\n)+)/gm),
].map(({ 1: mark = '', 2: text = '' }) => ({
  mark,
  rows: text.trimEnd().split('\n').slice(2).map(cellsOf),
}));

/** @throws if there is no such block */
export function block(name: string): Block {
  const found = blocks.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`The README has no block ${name}.`);
  return found;
}

/** @throws if there is no such table */
export function table(mark: string): Table {
  const found = tables.find((candidate) => candidate.mark === mark);
  if (!found) throw new Error(`The README has no table ${mark}.`);
  return found;
}

/** What stands between backticks. */
export function codeIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(({ 1: code = '' }) => code);
}

/** The value of a JavaScript literal with single quotes; lists of strings included. */
export function literal(code: string): unknown {
  return JSON.parse(code.replaceAll("'", '"'));
}

/** Headings as GitHub names their anchors. */
export function anchors(): Set<string> {
  return new Set(
    [...README.matchAll(/^#+ (.+)$/gm)].map(({ 1: heading = '' }) =>
      heading
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
}

function cellsOf(row: string): string[] {
  return row
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}
