import type ts from 'typescript';
import type { TypeScript } from './project-typescript.js';
import type { SourceText } from './source-text.js';

/** How a file is written: what is added to it is written so, too. */
export interface WritingStyle {
  readonly newline: string;
  readonly quote: "'" | '"';
  readonly semicolon: ';' | '';
  /** One step of indentation. */
  readonly indent: string;
}

/** The style of most of a file. */
export function styleOf(ts: TypeScript, file: ts.SourceFile, source: SourceText): WritingStyle {
  const imports = file.statements.filter((statement) => ts.isImportDeclaration(statement));
  const first = imports[0]?.moduleSpecifier.getText(file);
  const [, indent = '  '] = /^([ \t]+)[^\s*]/m.exec(file.text) ?? [];
  return {
    newline: source.newline,
    quote: first?.startsWith('"') === true ? '"' : "'",
    semicolon:
      imports.length > 0 && imports.every((each) => !each.getText(file).endsWith(';')) ? '' : ';',
    indent,
  };
}

/** What stands before the first character of the line of a position. */
export function indentAt(text: string, position: number): string {
  const start = text.lastIndexOf('\n', position - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start))?.[0] ?? '';
}

/** Lines behind the first, which stood in lines that begin with one indentation, for a line with another. */
export function reindented(text: string, from: string, to: string): string {
  return text
    .split(/\r?\n/)
    .map((line, index) =>
      index > 0 && line.startsWith(from) && line.trim() !== ''
        ? to + line.slice(from.length)
        : line,
    )
    .join('\n');
}
