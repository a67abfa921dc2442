// Leaves of the declarations that TypeScript wrote what users can name, and what that is made of.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

/** Instead of the parameters of a constructor that only Nest or the package itself calls. */
const CONSTRUCTED_ELSEWHERE = 'constructor(...injected: never[]);';

/**
 * @param {string} declarations the folder of the declarations
 * @param {readonly string[]} entries the files in it that users import
 * @param {string} folder where to
 */
export function pruneDeclarations(declarations, entries, folder) {
  const program = ts.createProgram(
    entries.map((name) => join(declarations, name)),
    {
      module: ts.ModuleKind.NodeNext,
      target: ts.ScriptTarget.ES2024,
      types: ['node'],
      skipLibCheck: true,
    },
  );
  const checker = program.getTypeChecker();
  const isOwn = (file) => !relative(declarations, file.fileName).startsWith('..');
  /** The statements that stay, by file. */
  const kept = new Map();
  /** The local names that the statements of a file use. */
  const used = new Map();

  const resolve = (symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  /** What users can import. */
  const named = new Set();
  const keep = (symbol) => {
    for (const declaration of resolve(symbol).declarations ?? []) {
      const file = declaration.getSourceFile();
      if (!isOwn(file) || declaration === file) continue;
      const statement = file.statements.find(
        (each) => each.pos <= declaration.pos && declaration.end <= each.end,
      );
      const statements = kept.get(file) ?? kept.set(file, new Set()).get(file);
      if (statements.has(statement)) continue;
      statements.add(statement);
      walk(statement, used.get(file) ?? used.set(file, new Set()).get(file));
    }
  };
  /** Whether it takes what users cannot name. */
  const isConstructedElsewhere = (node) => {
    if (!ts.isConstructorDeclaration(node)) return false;
    const namesInternals = (child) =>
      (ts.isIdentifier(child) && isInternal(checker.getSymbolAtLocation(child))) ||
      child.forEachChild(namesInternals) === true;
    return node.parameters.some((parameter) => parameter.type && namesInternals(parameter.type));
  };
  const isInternal = (symbol) => {
    if (symbol === undefined || symbol.flags & ts.SymbolFlags.TypeParameter) return false;
    const target = resolve(symbol);
    return (
      !named.has(target) &&
      target.declarations?.some((each) => isOwn(each.getSourceFile())) === true
    );
  };
  const exportsOf = (file) => checker.getExportsOfModule(checker.getSymbolAtLocation(file));
  const walk = (node, names) => {
    if (isPrivate(node) || isConstructedElsewhere(node)) return;
    if (ts.isIdentifier(node)) {
      names.add(node.text);
      const symbol = checker.getSymbolAtLocation(node);
      if (symbol !== undefined) keep(symbol);
    }
    node.forEachChild((child) => walk(child, names));
  };

  const files = entries.map((name) => program.getSourceFile(join(declarations, name)));
  for (const file of files) {
    kept.set(file, new Set(file.statements));
    for (const symbol of exportsOf(file)) named.add(resolve(symbol));
  }
  files.flatMap(exportsOf).forEach(keep);
  // What only hands things on to an entry.
  for (const file of files) {
    for (const { moduleSpecifier } of file.statements) {
      const from =
        moduleSpecifier && checker.getSymbolAtLocation(moduleSpecifier)?.valueDeclaration;
      if (from && isOwn(from) && !kept.has(from)) kept.set(from, new Set(from.statements));
    }
  }
  for (const [file, statements] of kept) {
    const text = file.statements
      .map((statement) => {
        if (ts.isImportDeclaration(statement))
          return importOf(statement, used.get(file) ?? new Set());
        if (ts.isExportDeclaration(statement) || statements.has(statement))
          return textOf(statement, isConstructedElsewhere);
        return '';
      })
      .join('');
    const path = join(folder, relative(declarations, file.fileName));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${indented(text.trim())}\n`);
  }
}

/** As people write it: TypeScript indents by four. */
function indented(text) {
  return text.replace(/^(?: {4})+/gm, (spaces) => ' '.repeat(spaces.length / 2));
}

function isPrivate(node) {
  return node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword) === true;
}

function importOf(statement, names) {
  const { importClause, moduleSpecifier } = statement;
  const elements =
    importClause?.namedBindings?.elements?.filter(({ name }) => names.has(name.text)) ?? [];
  if (elements.length === 0) return '';
  const type = importClause.phaseModifier === ts.SyntaxKind.TypeKeyword ? 'type ' : '';
  return `import ${type}{ ${elements.map((each) => each.getText()).join(', ')} } from ${moduleSpecifier.getText()};\n`;
}

/** A statement with its documentation, without what is private to it. */
function textOf(statement, isConstructedElsewhere) {
  const { text } = statement.getSourceFile();
  let result = '';
  let from = statement.pos;
  for (const member of ts.isClassDeclaration(statement) ? statement.members : []) {
    const isElsewhere = isConstructedElsewhere(member);
    if (!isElsewhere && !isPrivate(member)) continue;
    result += text.slice(from, member.pos) + (isElsewhere ? `\n    ${CONSTRUCTED_ELSEWHERE}` : '');
    from = member.end;
  }
  return result + text.slice(from, statement.end);
}
