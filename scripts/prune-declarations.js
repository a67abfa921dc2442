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
  const options = {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2024,
    noLib: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  // What others declare stays theirs. Read for nothing, Nest and the library would take most of the time.
  host.resolveModuleNameLiterals = (literals, from, _redirected, settings) =>
    literals.map(({ text }) =>
      text.startsWith('.')
        ? ts.resolveModuleName(
            text,
            from,
            settings,
            host,
            undefined,
            undefined,
            ts.ModuleKind.ESNext,
          )
        : { resolvedModule: undefined },
    );
  const program = ts.createProgram(
    entries.map((name) => join(declarations, name)),
    options,
    host,
  );
  const checker = program.getTypeChecker();
  /** @param {ts.SourceFile} file */
  const isOwn = (file) => !relative(declarations, file.fileName).startsWith('..');
  /** @type {Map<ts.SourceFile, Set<ts.Statement>>} The statements that stay, by file. */
  const kept = new Map();
  /** @type {Map<ts.SourceFile, Set<string>>} The local names that the statements of a file use. */
  const used = new Map();

  /** @param {ts.Symbol} symbol */
  const resolve = (symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  /** What users can import. */
  const named = new Set();
  /** @param {ts.Symbol} symbol */
  const keep = (symbol) => {
    for (const declaration of resolve(symbol).declarations ?? []) {
      const file = declaration.getSourceFile();
      if (!isOwn(file) || ts.isSourceFile(declaration)) continue;
      const statement = file.statements.find(
        (each) => each.pos <= declaration.pos && declaration.end <= each.end,
      );
      const statements = setOf(kept, file);
      if (statement === undefined || statements.has(statement)) continue;
      statements.add(statement);
      walk(statement, setOf(used, file));
    }
  };
  /**
   * Whether it takes what users cannot name.
   *
   * @param {ts.Node} node
   */
  const isConstructedElsewhere = (node) => {
    if (!ts.isConstructorDeclaration(node)) return false;
    /** @type {(child: ts.Node) => boolean} */
    const namesInternals = (child) =>
      (ts.isIdentifier(child) && isInternal(checker.getSymbolAtLocation(child))) ||
      child.forEachChild(namesInternals) === true;
    return node.parameters.some(({ type }) => type !== undefined && namesInternals(type));
  };
  /** @param {ts.Symbol | undefined} symbol */
  const isInternal = (symbol) => {
    if (symbol === undefined || symbol.flags & ts.SymbolFlags.TypeParameter) return false;
    const target = resolve(symbol);
    return (
      !named.has(target) &&
      target.declarations?.some((each) => isOwn(each.getSourceFile())) === true
    );
  };
  /** @param {ts.SourceFile} file */
  const exportsOf = (file) => {
    const symbol = checker.getSymbolAtLocation(file);
    return symbol === undefined ? [] : checker.getExportsOfModule(symbol);
  };
  /** @type {(node: ts.Node, names: Set<string>) => void} */
  const walk = (node, names) => {
    if (isPrivate(node) || isConstructedElsewhere(node)) return;
    if (ts.isIdentifier(node)) {
      names.add(node.text);
      const symbol = checker.getSymbolAtLocation(node);
      if (symbol !== undefined) keep(symbol);
    }
    node.forEachChild((child) => walk(child, names));
  };

  const files = entries.map((name) => {
    const file = program.getSourceFile(join(declarations, name));
    if (file === undefined) throw new Error(`${name} is not in ${declarations}.`);
    return file;
  });
  for (const file of files) {
    kept.set(file, new Set(file.statements));
    for (const symbol of exportsOf(file)) named.add(resolve(symbol));
  }
  files.flatMap(exportsOf).forEach(keep);
  // What only hands things on to an entry.
  for (const file of files) {
    for (const statement of file.statements) {
      if (!ts.isExportDeclaration(statement) && !ts.isImportDeclaration(statement)) continue;
      const { moduleSpecifier } = statement;
      const from =
        moduleSpecifier && checker.getSymbolAtLocation(moduleSpecifier)?.valueDeclaration;
      if (from === undefined || !ts.isSourceFile(from) || !isOwn(from) || kept.has(from)) continue;
      kept.set(from, new Set(from.statements));
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

/**
 * As people write it: TypeScript indents by four.
 *
 * @param {string} text
 */
function indented(text) {
  return text.replace(/^(?: {4})+/gm, (spaces) => ' '.repeat(spaces.length / 2));
}

/**
 * The set of a file, made where there is none yet.
 *
 * @template T
 * @param {Map<ts.SourceFile, Set<T>>} sets
 * @param {ts.SourceFile} file
 */
function setOf(sets, file) {
  const set = sets.get(file) ?? new Set();
  sets.set(file, set);
  return set;
}

/** @param {ts.Node} node */
function isPrivate(node) {
  if (!ts.canHaveModifiers(node)) return false;
  return node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword) === true;
}

/**
 * @param {ts.ImportDeclaration} statement
 * @param {ReadonlySet<string>} names
 */
function importOf({ importClause, moduleSpecifier }, names) {
  const bindings = importClause?.namedBindings;
  if (bindings === undefined || !ts.isNamedImports(bindings)) return '';
  const elements = bindings.elements.filter(({ name }) => names.has(name.text));
  if (elements.length === 0) return '';
  const type = importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword ? 'type ' : '';
  return `import ${type}{ ${elements.map((each) => each.getText()).join(', ')} } from ${moduleSpecifier.getText()};\n`;
}

/**
 * A statement with its documentation, without what is private to it.
 *
 * @param {ts.Statement} statement
 * @param {(node: ts.Node) => boolean} isConstructedElsewhere
 */
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
