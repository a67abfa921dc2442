/** @import { Subject } from './subject.js' */

/** Every file is of one of these kinds, and there is one of each at least. */
const KINDS = {
  'package.json': /^package\.json$/,
  'README.md': /^README\.md$/,
  LICENSE: /^LICENSE$/,
  'CHANGELOG.md': /^CHANGELOG\.md$/,
  'the schema of the document': /^document\.schema\.json$/,
  'a page of docs/': /^docs\/[\w/-]+\.(?:md|svg|png|webp)$/,
  'ES modules': /^dist\/esm\/[\w./-]+\.js$/,
  'CommonJS modules': /^dist\/cjs\/[\w./-]+\.js$/,
  'the mark of CommonJS': /^dist\/cjs\/package\.json$/,
  'types of ES modules': /^dist\/esm\/(?:testing\/|explorer\/)?index\.d\.ts$/,
  'types of CommonJS modules': /^dist\/cjs\/[\w./-]+\.d\.ts$/,
};

/** @param {string} path */
const isExplorer = (path) => /^dist\/\w+\/explorer\//.test(path);

/** @type {readonly { what: string, of: (path: string) => boolean, most: number }[]} In bytes. */
const BOUNDS = [
  {
    what: 'dist without the explorer',
    of: (path) => path.startsWith('dist/') && !isExplorer(path),
    most: 600_000,
  },
  { what: 'the explorer', of: isExplorer, most: 160_000 },
  { what: 'everything', of: () => true, most: 1_200_000 },
];

/**
 * Faults of what is in the tarball, and of what is not.
 *
 * @param {Pick<Subject, 'files'>} subject
 */
export function checkContents({ files }) {
  const patterns = Object.values(KINDS);
  return [
    ...files
      .filter(({ path }) => !patterns.some((pattern) => pattern.test(path)))
      .map(({ path }) => `The tarball has ${path}, which is of no kind that belongs there.`),
    ...Object.entries(KINDS)
      .filter(([, pattern]) => !files.some(({ path }) => pattern.test(path)))
      .map(([kind]) => `The tarball lacks ${kind}.`),
    ...files
      .filter(({ path, text }) => path.endsWith('.js') && /^\/\/# sourceMappingURL=/m.test(text()))
      .map(({ path }) => `${path} names a source map, and the tarball has none.`),
  ];
}

/**
 * Faults of its size.
 *
 * @param {Pick<Subject, 'files'>} subject
 */
export function checkSizes({ files }) {
  return BOUNDS.flatMap(({ what, of, most }) => {
    const bytes = files.reduce((sum, { path, size }) => sum + (of(path) ? size : 0), 0);
    return bytes <= most
      ? []
      : [`The tarball is too large: ${what} has ${bytes} bytes, and may have ${most}.`];
  });
}
