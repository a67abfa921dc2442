// Writes as CommonJS what esbuild wrote as an ES module.
import ts from 'typescript';

/**
 * Imports become constants, so that the code reads, and runs, as the ES module does: `matches(origin)`, where compilers write
 * `(0, origin_matcher_js_1.matches)(origin)`. That is the same as long as no modules import each other in a circle, to which
 * the caller sees, and as long as no export changes later: that throws.
 *
 * @param {string} text an ES module with its exports in one place, at the end
 * @param {string} name of the module, for errors
 */
export function commonJs(text, name) {
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.ES2024, true, ts.ScriptKind.JS);
  /** @type {Map<string, string>} */
  const exported = new Map();
  const code = source.statements.map((statement) => {
    if (ts.isImportDeclaration(statement)) return requireOf(statement);
    if (!ts.isExportDeclaration(statement)) return withRequires(statement);
    if (
      !statement.exportClause ||
      !ts.isNamedExports(statement.exportClause) ||
      statement.moduleSpecifier
    )
      throw new Error(`${name} hands on what it does not import.`);
    for (const each of statement.exportClause.elements)
      exported.set(each.name.text, (each.propertyName ?? each.name).text);
    return '';
  });
  const change = changeIn(source, new Set(exported.values()));
  if (change !== undefined)
    throw new Error(`${name} changes ${change}, which it exports, and CommonJS would not see it.`);
  // Node finds the names of exports only where they stand in one literal.
  const literal = [...exported].map((names) => [...new Set(names)].join(':'));
  return `"use strict";${code.join('')}\nmodule.exports={${[...literal, '__esModule:true'].join(',')}};\n`;
}

/** @param {ts.ImportDeclaration} statement */
function requireOf({ importClause, moduleSpecifier }) {
  const required = `require(${moduleSpecifier.getText()})`;
  if (importClause === undefined) return `${required};`;
  const { name, namedBindings } = importClause;
  // A function is a default export, or has one.
  const whole = name
    ? `const ${name.text}=(module=>module.__esModule?module.default:module)(${required});`
    : '';
  if (namedBindings === undefined) return whole;
  if (!ts.isNamedImports(namedBindings)) throw new Error(`${required} is taken as a whole.`);
  const names = namedBindings.elements.map((each) =>
    each.propertyName ? `${each.propertyName.text}:${each.name.text}` : each.name.text,
  );
  return names.length > 0 ? `${whole}const{${names.join(',')}}=${required};` : whole;
}

/**
 * A statement with `require()` for `import()`.
 *
 * @param {ts.Statement} statement
 */
function withRequires(statement) {
  const { text } = statement.getSourceFile();
  let written = '';
  let from = statement.getFullStart();
  /** @type {(node: ts.Node) => void} */
  const visit = (node) => {
    const specifier =
      ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
        ? node.arguments[0]
        : undefined;
    if (specifier && ts.isStringLiteral(specifier)) {
      const required = `require(${specifier.getText()})`;
      // Bundlers have to see the `try` around what only one of the Nests has.
      written +=
        text.slice(from, node.getStart()) +
        (specifier.text.startsWith('@nestjs/core/')
          ? required
          : `Promise.resolve().then(()=>${required})`);
      from = node.end;
    } else node.forEachChild(visit);
  };
  visit(statement);
  return written + text.slice(from, statement.end);
}

/**
 * The first of some variables of a module that one of its functions assigns to.
 *
 * @param {ts.SourceFile} source
 * @param {ReadonlySet<string>} names
 */
function changeIn(source, names) {
  /** @type {(node: ts.Node, isLater: boolean) => string | undefined} */
  const visit = (node, isLater) => {
    const target = isLater ? assigned(node) : undefined;
    if (target && ts.isIdentifier(target) && names.has(target.text)) return target.text;
    return node.forEachChild((child) => visit(child, isLater || ts.isFunctionLike(node)));
  };
  return visit(source, false);
}

/** @param {ts.Node} node */
function assigned(node) {
  if (ts.isBinaryExpression(node) && isAssignment(node.operatorToken.kind)) return node.left;
  if (!ts.isPrefixUnaryExpression(node) && !ts.isPostfixUnaryExpression(node)) return undefined;
  const isStep =
    node.operator === ts.SyntaxKind.PlusPlusToken ||
    node.operator === ts.SyntaxKind.MinusMinusToken;
  return isStep ? node.operand : undefined;
}

/** @param {ts.SyntaxKind} kind */
function isAssignment(kind) {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}
