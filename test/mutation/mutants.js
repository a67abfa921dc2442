import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { Instrumenter } from '@stryker-mutator/instrumenter';

/**
 * One change of the sources that the tests should notice. Stryker's instrumenter says which there are.
 *
 * @typedef {object} Mutant
 * @property {string} id what the instrumented files call it
 * @property {string} file relative to the project
 * @property {string} folder of `src/`
 * @property {string} place file, line and column, as editors read them
 * @property {string} mutator
 * @property {number} start where the original begins in the file
 * @property {string} original
 * @property {string} replacement
 */

const nothing = () => undefined;
const no = () => false;

/** For what the instrumenter tells people. Nobody reads it here. */
const SILENT = {
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  fatal: nothing,
  isTraceEnabled: no,
  isDebugEnabled: no,
  isInfoEnabled: no,
  isWarnEnabled: no,
  isErrorEnabled: no,
  isFatalEnabled: no,
};

/**
 * Every mutant of some files, and the files as they tell which of them they meet.
 *
 * @param {string} root
 * @param {readonly string[]} files
 */
export async function mutantsOf(root, files) {
  const sources = await Promise.all(
    files.map(async (name) => ({ name, mutate: true, content: await readFile(name, 'utf8') })),
  );
  const texts = new Map(sources.map(({ name, content }) => [name, content]));
  const instrumenter = new Instrumenter(SILENT);
  const found = await instrumenter.instrument(sources, {
    plugins: null,
    excludedMutations: [],
    ignorers: [],
  });
  const mutants = found.mutants.map(({ id, fileName, location, mutatorName, replacement }) => {
    const file = relative(root, fileName);
    const text = texts.get(fileName) ?? '';
    const [start, end] = [offsetOf(text, location.start), offsetOf(text, location.end)];
    return {
      id,
      file,
      folder: folderOf(file),
      place: `${file}:${location.start.line + 1}:${location.start.column + 1}`,
      mutator: mutatorName,
      start,
      original: text.slice(start, end),
      replacement,
    };
  });
  const instrumented = found.files.map(({ name, content }) => ({
    name,
    content: unchecked(content),
  }));
  return { files: instrumented, mutants };
}

/**
 * The mutants in an order that is random and depends on the seed alone: any beginning of it is a uniform sample. What
 * changes in one file leaves the order of the others as it was.
 *
 * @param {readonly Mutant[]} mutants
 * @param {number} seed
 */
export function shuffled(mutants, seed) {
  /** @param {Mutant} mutant */
  const key = ({ place, mutator, original, replacement }) =>
    createHash('sha256')
      .update(JSON.stringify([seed, place, mutator, original, replacement]))
      .digest('hex');
  return mutants
    .map((mutant) => ({ mutant, rank: key(mutant) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .map(({ mutant }) => mutant);
}

/**
 * The same with the folders in turn, so that each of them has as many as any other, however large it is.
 *
 * @param {readonly Mutant[]} mutants
 */
export function foldersInTurn(mutants) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return mutants
    .map((mutant) => {
      const turn = seen.get(mutant.folder) ?? 0;
      seen.set(mutant.folder, turn + 1);
      return { mutant, turn };
    })
    .sort((a, b) => a.turn - b.turn)
    .map(({ mutant }) => mutant);
}

/** @param {string} file */
function folderOf(file) {
  const [, folder = '', ...rest] = file.split('/');
  return rest.length === 0 ? 'the top' : `${folder}/`;
}

/**
 * @param {string} text
 * @param {{ line: number, column: number }} place counted from 0
 */
function offsetOf(text, { line, column }) {
  return text.split('\n', line).join('\n').length + Math.min(line, 1) + column;
}

/**
 * A file with a mutant in the place of what it changes. No compiler asks whether its types are still right: that it
 * would notice says nothing of the tests.
 *
 * @param {string} source
 * @param {Mutant} mutant
 */
export function withMutant(source, { start, original, ...mutant }) {
  const end = start + original.length;
  return unchecked(source.slice(0, start) + inPlaceOf(original, mutant) + source.slice(end));
}

/** @param {string} source */
function unchecked(source) {
  return source.replace(/^(?:#!.*\n)?/, (firstLine) => `${firstLine}// @ts-nocheck\n`);
}

/**
 * @param {string} original
 * @param {{ mutator: string, replacement: string }} mutant
 */
function inPlaceOf(original, { mutator, replacement }) {
  const isStatement = mutator === 'BlockStatement' || /^(?:case|default|for)\b/.test(replacement);
  // Parentheses would end what `?.` skips. Where the original needs none, neither does what a method is called on.
  const isChain =
    mutator === 'OptionalChaining' || (mutator === 'MethodExpression' && !original.startsWith('('));
  return isStatement || isChain ? replacement : `(${replacement})`;
}
