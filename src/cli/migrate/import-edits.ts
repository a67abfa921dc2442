import type ts from 'typescript';
import type { ImportedName, ParsedProject } from './parsed-project.js';
import { without } from './list-edits.js';
import { statementRemoval } from './statement-removal.js';
import type { TextEdit } from './text-edit.js';
import type { WritingStyle } from './writing-style.js';

/**
 * Imports to be added to a file, as one edit. Names that it imports from there already are left out.
 *
 * @param names what is imported, by the name that it gets
 * @throws LeftToPerson where a name means something else there
 */
export function importsAdded(
  project: ParsedProject,
  file: ts.SourceFile,
  names: ReadonlyMap<string, ImportedName>,
  { newline, quote, semicolon }: WritingStyle,
): readonly TextEdit[] {
  const { ts } = project;
  const lines: string[] = [];
  for (const [local, { module, name }] of names) {
    const there = importedNames(project, file).find(({ declared }) => declared.text === local);
    if (there?.module === module && there.name === name) continue;
    if (!project.isFree(local, file)) {
      return project.leave(
        file.statements[0] ?? file,
        `${local} means something else in this file. Give it another name, and run migrate again.`,
      );
    }
    const clause =
      name === '*'
        ? `* as ${local}`
        : name === 'default'
          ? local
          : `{ ${name === local ? name : `${name} as ${local}`} }`;
    lines.push(`import ${clause} from ${quote}${module}${quote}${semicolon}${newline}`);
  }
  if (lines.length === 0) return [];
  const imports = file.statements.filter((statement) => ts.isImportDeclaration(statement));
  const packages = imports.filter((each) => !isRelative(ts, each));
  const before = packages.at(-1);
  const start =
    before === undefined
      ? ((imports[0] ?? file.statements[0])?.getStart(file) ?? file.end)
      : lineAfter(ts, file.text, before.end);
  const missing = before !== undefined && !file.text.slice(0, start).endsWith('\n');
  return [{ start, end: start, text: (missing ? newline : '') + lines.join('') }];
}

function isRelative(ts: ParsedProject['ts'], { moduleSpecifier }: ts.ImportDeclaration): boolean {
  return ts.isStringLiteral(moduleSpecifier) && moduleSpecifier.text.startsWith('.');
}

function lineAfter(ts: ParsedProject['ts'], text: string, end: number): number {
  const past = ts.getTrailingCommentRanges(text, end)?.at(-1)?.end ?? end;
  return past + (/^[ \t]*(?:\r?\n)?/.exec(text.slice(past))?.[0].length ?? 0);
}

interface NameInFile extends ImportedName {
  readonly declared: ts.Identifier;
  readonly declaration: ts.NamedDeclaration;
  readonly statement: ts.Statement;
}

/** Every name that a file imports. */
function importedNames(project: ParsedProject, file: ts.SourceFile): readonly NameInFile[] {
  const { ts } = project;
  return file.statements.flatMap((statement) => {
    const declarations: ts.NamedDeclaration[] = [];
    if (ts.isImportDeclaration(statement)) {
      const { importClause: clause } = statement;
      if (clause?.name !== undefined) declarations.push(clause);
      const bindings = clause?.namedBindings;
      if (bindings !== undefined)
        declarations.push(...(ts.isNamespaceImport(bindings) ? [bindings] : bindings.elements));
    } else if (ts.isImportEqualsDeclaration(statement)) {
      declarations.push(statement);
    } else if (ts.isVariableStatement(statement)) {
      declarations.push(...statement.declarationList.declarations);
    }
    return declarations.flatMap((declaration) => {
      const { name } = declaration;
      if (name === undefined || !ts.isIdentifier(name)) return [];
      const from = project.importOf(name);
      return from === undefined ? [] : [{ ...from, declared: name, declaration, statement }];
    });
  });
}

/**
 * Takes out of the entry file what it imports for nothing but what is taken out.
 *
 * @param needed names that what is added to the same file uses
 */
export function importsRemoved(
  project: ParsedProject,
  removed: readonly TextEdit[],
  needed: ReadonlyMap<string, unknown>,
): readonly TextEdit[] {
  const { ts, entryFile: file } = project;
  const isRemoved = (node: ts.Node) =>
    removed.some(({ start, end }) => node.getStart(file) >= start && node.end <= end);
  const names = importedNames(project, file);
  const obsolete = names.filter(({ declaration, declared }) => {
    if (needed.has(declared.text)) return false;
    const uses = project.uses(declaration);
    return uses.length > 0 && uses.every(isRemoved);
  });
  return [...new Set(obsolete.map(({ statement }) => statement))].flatMap((statement) => {
    const gone = obsolete.filter((each) => each.statement === statement);
    if (names.filter((each) => each.statement === statement).length === gone.length)
      return [statementRemoval(ts, file, statement).edit];
    return gone.flatMap(({ declaration }) =>
      ts.isImportSpecifier(declaration)
        ? [without(ts, file, declaration.parent.elements, declaration)]
        : [],
    );
  });
}
