import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { Instrumenter } from '@stryker-mutator/instrumenter';

/**
 * One change of the sources that the tests should notice. Stryker's instrumenter says which there are.
 *
 * @typedef {object} Mutant
 * @property {string} id what activates it
 * @property {string} file relative to the project
 * @property {string} folder of `src/`
 * @property {string} place file, line and column, as editors read them
 * @property {string} mutator
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
 * Every mutant of some files, and the files with all of them inside, switched off.
 *
 * @param {string} root
 * @param {readonly string[]} files
 */
export async function mutantsOf(root, files) {
  const sources = await Promise.all(
    files.map(async (name) => ({ name, mutate: true, content: await readFile(name, 'utf8') })),
  );
  const texts = new Map(sources.map(({ name, content }) => [name, content.split('\n')]));
  const instrumenter = new Instrumenter(SILENT);
  const found = await instrumenter.instrument(sources, {
    plugins: null,
    excludedMutations: [],
    ignorers: [],
  });
  const mutants = found.mutants.map(({ id, fileName, location, mutatorName, replacement }) => {
    const file = relative(root, fileName);
    const { start, end } = location;
    return {
      id,
      file,
      folder: folderOf(file),
      place: `${file}:${start.line + 1}:${start.column + 1}`,
      mutator: mutatorName,
      original: textBetween(texts.get(fileName) ?? [], start, end),
      replacement,
    };
  });
  return { files: found.files, mutants };
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
 * @param {readonly string[]} lines
 * @param {{ line: number, column: number }} start
 * @param {{ line: number, column: number }} end
 */
function textBetween(lines, start, end) {
  const text = lines.slice(start.line, end.line + 1);
  text[text.length - 1] = (text.at(-1) ?? '').slice(0, end.column);
  text[0] = (text[0] ?? '').slice(start.column);
  return text.join('\n');
}
