import { dirname, join, relative, sep } from 'node:path';

const SRC = join(import.meta.dirname, '..', 'src');

/**
 * What each folder of src/ may import from, besides itself; files at the top of src/ are in `.`.
 *
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const MAY_IMPORT = {
  protocol: [],
  routing: [],
  configuration: ['protocol', 'routing', '.'],
  decision: ['configuration', 'protocol', 'routing', '.'],
  observation: ['decision', 'configuration', 'protocol', 'routing', '.'],
  enforcement: ['observation', 'decision', 'configuration', 'protocol', 'routing', '.'],
  fetch: [],
  document: ['decision', 'configuration', 'protocol', 'routing', 'fetch', '.'],
  deployment: ['document', 'decision', 'configuration', 'protocol', 'routing', '.'],
  testing: [
    'document',
    'deployment',
    'fetch',
    'decision',
    'configuration',
    'protocol',
    'routing',
    '.',
  ],
  explorer: [
    'document',
    'deployment',
    'enforcement',
    'observation',
    'decision',
    'configuration',
    'protocol',
    'fetch',
    '.',
  ],
  cli: ['document', 'deployment', 'fetch', 'decision', 'configuration', 'protocol', 'routing', '.'],
};

/** The files at the top that the folders may import; the others wire the folders together. */
const AT_THE_TOP = ['cors-options.js', 'cors.decorator.js', 'cors-policy.service.js'];

const FRAMEWORKS =
  /^(?:@nestjs\/|express|fastify|find-my-way|path-to-regexp|rxjs|reflect-metadata)/;

/** @param {string} file */
function folderOf(file) {
  const [folder = '', rest] = relative(SRC, file).split(sep);
  return rest === undefined ? '.' : folder;
}

/**
 * The linter's rule of the house: folders depend downward only, and what is pure imports no framework.
 *
 * @type {import('@oxlint/plugins').Rule}
 */
export const folderOrder = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const from = folderOf(context.filename);
    const allowed = MAY_IMPORT[from];
    /** @param {{ source?: import('@oxlint/plugins').ESTree.Expression | null | undefined }} node */
    const check = ({ source }) => {
      if (allowed === undefined || source?.type !== 'Literal') return;
      const { value } = source;
      if (typeof value !== 'string') return;
      if (!value.startsWith('.')) {
        if (from === 'protocol' && FRAMEWORKS.test(value)) {
          context.report({ node: source, message: `protocol/ is plain TypeScript: no ${value}.` });
        }
        return;
      }
      const file = join(dirname(context.filename), value);
      const to = folderOf(file);
      const isAllowed =
        to === from ||
        (allowed.includes(to) && (to !== '.' || AT_THE_TOP.includes(relative(SRC, file))));
      if (!isAllowed) {
        const folders = allowed.filter((folder) => folder !== '.').join(', ') || 'no other folder';
        context.report({
          node: source,
          message: `${from}/ may import from ${folders}; ${relative(SRC, file)} is elsewhere.`,
        });
      }
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
    };
  },
};
