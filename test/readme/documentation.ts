import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The repository, with a slash at its end. */
export const ROOT = new URL('../../', import.meta.url);

/** A page of the documentation. */
export interface DocumentationPage {
  /** From the repository's root, e.g. `docs/options.md`. */
  readonly path: string;
  readonly text: string;
}

/** A fenced block. Its name is what follows the language: ```ts quick-start/main.ts */
export interface Block {
  readonly page: string;
  readonly language: string;
  /** Folder and file, for complete files; empty for a fragment. */
  readonly name: string;
  readonly text: string;
  readonly line: number;
}

/** A table, with the comment that stands before it: `<!-- tried: spa -->`. */
export interface Table {
  readonly page: string;
  readonly mark: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What people read who use the package: every snippet and every marked table of it is tried. */
export const PAGES: readonly DocumentationPage[] = [
  'README.md',
  'SECURITY.md',
  ...markdownIn('docs'),
].map(readPage);

export const README = pageOf('README.md');

export const blocks: readonly Block[] = PAGES.flatMap(({ path, text }) =>
  [...text.matchAll(/^```(\w*)(?: (\S+))?\n([^]*?)^```$/gm)].map(
    ({ 1: language = '', 2: name = '', 3: content = '', index }) => ({
      ...{ page: path, language, name, text: content },
      line: text.slice(0, index).split('\n').length,
    }),
  ),
);

export const tables: readonly Table[] = PAGES.flatMap(({ path, text }) =>
  [...text.matchAll(/^<!-- (.+) -->\n\n((?:\|.*\n)+)/gm)].map(({ 1: mark = '', 2: lines = '' }) => {
    const [head = [], , ...rows] = lines.trimEnd().split('\n').map(cellsOf);
    return { page: path, mark, head, rows };
  }),
);

/** Every Markdown file of a folder and those below it, by its path from the root. */
export function markdownIn(folder: string): string[] {
  return readdirSync(new URL(`${folder}/`, ROOT), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .sort();
}

export function readPage(path: string): DocumentationPage {
  return { path, text: readFileSync(fileURLToPath(new URL(path, ROOT)), 'utf8') };
}

/** @throws Error if there is no such page */
export function pageOf(path: string): DocumentationPage {
  return only(
    PAGES.filter((page) => page.path === path),
    `page ${path}`,
  );
}

/** @throws Error if there is no such block, or if there are several */
export function block(name: string): Block {
  return only(
    blocks.filter((candidate) => candidate.name === name),
    `block ${name}`,
  );
}

/** @throws Error if there is no such table, or if there are several */
export function table(mark: string): Table {
  return only(
    tables.filter((candidate) => candidate.mark === mark),
    `table ${mark}`,
  );
}

/** The members of the list that follows the comment `<!-- mark -->`, each on one line. */
export function list(page: DocumentationPage, mark: string): string[] {
  const [, lines = ''] =
    new RegExp(`^<!-- ${mark} -->\\n\\n((?:.+\\n)+)`, 'm').exec(page.text) ?? [];
  const members = lines.split(/^(?:-|\d+\.) /m).slice(1);
  return members.map((member) => member.replace(/\s+/g, ' ').trim());
}

/** What stands between backticks. */
export function codeIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(({ 1: code = '' }) => code);
}

/** The value of a JavaScript literal with single quotes; lists of strings included. */
export function literal(code: string): unknown {
  return JSON.parse(code.replaceAll("'", '"'));
}

function cellsOf(row: string): string[] {
  return row
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}

function only<Item>(found: readonly Item[], what: string): Item {
  const [item] = found;
  if (item === undefined || found.length > 1) {
    throw new Error(`The documentation has ${found.length} of the ${what}, and has to have one.`);
  }
  return item;
}
