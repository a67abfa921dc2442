// Bundles the page of playground/ into playground/public/built/, together with the sources that it shows.
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '..');
const BUILT = join(ROOT, 'playground/public/built');

/** @typedef {{ file: string, code: string }} Handler */

/** What stands above a handler in the bookshop, and the policies by their names, as they are written. */
function sampleSources() {
  /** @type {Record<string, Handler>} */
  const handlers = {};
  /** @type {Record<string, string>} */
  const policies = {};
  for (const name of readdirSync(join(ROOT, 'sample-app'), { recursive: true, encoding: 'utf8' })) {
    const file = `sample-app/${name.replaceAll('\\', '/')}`;
    if (name.endsWith('.controller.ts')) Object.assign(handlers, handlersIn(parse(file), file));
    if (name === 'bookshop-policies.ts') Object.assign(policies, policiesIn(parse(file)));
  }
  return { handlers, policies };
}

/** @param {string} file */
function parse(file) {
  return ts.createSourceFile(
    file,
    readFileSync(join(ROOT, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
}

/**
 * Decorators and first line, without documentation.
 *
 * @param {ts.ClassDeclaration | ts.MethodDeclaration} node
 * @param {ts.SourceFile} source
 */
function headOf(node, source) {
  const end = ts.isClassDeclaration(node)
    ? node.members.pos
    : (node.body?.getStart(source) ?? node.end);
  return dedent(source.text.slice(node.getStart(source, false), end)).replace(/\s*\{?\s*$/, '');
}

/**
 * @param {ts.SourceFile} source
 * @param {string} file
 */
function handlersIn(source, file) {
  /** @type {Record<string, Handler>} */
  const found = {};
  for (const node of source.statements.filter(ts.isClassDeclaration)) {
    const head = headOf(node, source);
    for (const member of node.members.filter(ts.isMethodDeclaration)) {
      const own = headOf(member, source).replaceAll('\n', '\n  ');
      found[`${node.name?.text}.${member.name.getText(source)}`] = {
        file,
        code: `${head} {\n  ${own} { … }\n}`,
      };
    }
  }
  return found;
}

/**
 * Each entry of `policies`, with the comments above it; the fields beside `policies` are those of `''`.
 *
 * @param {ts.SourceFile} source
 */
function policiesIn(source) {
  /** @type {Record<string, string>} */
  const found = {};
  const visit = (/** @type {ts.Node} */ node) => {
    if (
      ts.isReturnStatement(node) &&
      node.expression &&
      ts.isObjectLiteralExpression(node.expression)
    ) {
      const { properties } = node.expression;
      const textOf = (/** @type {ts.Node} */ property) =>
        dedent(source.text.slice(property.pos, property.end));
      const nameOf = (/** @type {ts.ObjectLiteralElementLike} */ each) =>
        each.name?.getText(source) ?? '';
      const named = properties.filter((each) => ['policies', 'paths'].includes(nameOf(each)));
      found[''] = properties
        .filter((each) => !named.includes(each))
        .map((each) => `${textOf(each)},`)
        .join('\n');
      for (const each of named) {
        if (nameOf(each) === 'paths') found['paths'] = `${textOf(each)},`;
        else if (ts.isPropertyAssignment(each) && ts.isObjectLiteralExpression(each.initializer)) {
          for (const entry of each.initializer.properties) {
            found[nameOf(entry)] = `${textOf(entry)},`;
          }
        } else throw new Error('The policies of the bookshop are not written as an object.');
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** @param {string} text */
function dedent(text) {
  const lines = text
    .replace(/^\s*\n/, '')
    .trimEnd()
    .split('\n');
  const margins = lines
    .slice(lines[0]?.startsWith(' ') ? 0 : 1)
    .filter((line) => line.trim() !== '');
  const margin = Math.min(...margins.map((line) => line.length - line.trimStart().length), 99);
  return lines.map((line) => (line.startsWith(' ') ? line.slice(margin) : line)).join('\n');
}

export default async function buildPlayground() {
  const { outputFiles } = await build({
    entryPoints: [
      { in: join(ROOT, 'playground/page/main.tsx'), out: 'playground' },
      { in: join(ROOT, 'playground/page/main.css'), out: 'playground' },
      { in: join(ROOT, 'playground/page/home.css'), out: 'home' },
    ],
    outdir: BUILT,
    write: false,
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['chrome109', 'firefox115', 'safari16.4'],
    legalComments: 'none',
    tsconfig: join(ROOT, 'playground/page/tsconfig.json'),
    define: { SAMPLE_SOURCES: JSON.stringify(sampleSources()) },
  });
  mkdirSync(BUILT, { recursive: true });
  for (const { path, contents } of outputFiles) {
    // Whoever reads it meanwhile gets the old one or the new one, and nothing in between.
    writeFileSync(`${path}.${process.pid}`, contents);
    renameSync(`${path}.${process.pid}`, path);
  }
  cpSync(join(ROOT, 'docs'), join(BUILT, 'docs'), {
    recursive: true,
    filter: (source) => !source.endsWith('pictures'),
  });
}
