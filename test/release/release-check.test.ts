import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { checkLicenses } from '../../scripts/release/licenses.js';
import { checkAddresses, checkVersion } from '../../scripts/release/manifest.js';
import type { Subject } from '../../scripts/release/subject.js';
import { checkContents, checkSizes } from '../../scripts/release/tarball.js';
import { checkTraces } from '../../scripts/release/traces.js';

/*
 * A small package that could be published, and what the check says when one thing of it is wrong. What a check finds depends on
 * nothing but what it is given, so that it is called here; `npm run release:check` runs on the good package, and on one that every
 * check refuses.
 */

const SCRIPT = fileURLToPath(new URL('../../scripts/release-check.js', import.meta.url));

const MANIFEST = {
  name: 'small-package',
  version: '1.2.0',
  description: 'A package that could be published.',
  license: 'MIT',
  repository: { type: 'git', url: 'git+https://github.com/somebody/small-package.git' },
  homepage: 'https://github.com/somebody/small-package#readme',
  bugs: { url: 'https://github.com/somebody/small-package/issues' },
  type: 'module',
  exports: {
    '.': {
      import: { types: './dist/esm/index.d.ts', default: './dist/esm/index.js' },
      require: { types: './dist/cjs/index.d.ts', default: './dist/cjs/index.js' },
    },
    './package.json': './package.json',
  },
  main: './dist/cjs/index.js',
  types: './dist/cjs/index.d.ts',
  files: ['dist', 'docs', 'document.schema.json', 'CHANGELOG.md'],
  scripts: { prepack: `node -e "fs.cpSync('source', 'dist', { recursive: true })"` },
  dependencies: { direct: '^1.0.0' },
};

const LOCK = {
  name: 'small-package',
  version: '1.2.0',
  lockfileVersion: 3,
  packages: {
    '': { name: 'small-package', version: '1.2.0' },
    'node_modules/direct': {
      version: '1.0.0',
      license: 'MIT',
      resolved: 'https://registry.npmjs.org/direct/-/direct-1.0.0.tgz',
      dependencies: { transitive: '^2.0.0' },
    },
    'node_modules/direct/node_modules/transitive': {
      version: '2.0.0',
      license: '(MIT OR CC0-1.0)',
    },
    // Nobody gets what is for development.
    'node_modules/tool': { version: '3.0.0', license: 'GPL-3.0-only', dev: true },
  },
};

const CHANGELOG = `# Changelog

## [Unreleased]

## [1.2.0] - 2026-11-21

### Added

- Something.

## [1.1.0] - 2026-10-01
`;

const builtIn = (folder: string) => ({
  [`${folder}/esm/index.js`]: 'export const one = 1;\n',
  [`${folder}/esm/index.d.ts`]: 'export declare const one: number;\n',
  [`${folder}/cjs/package.json`]: '{ "type": "commonjs" }\n',
  [`${folder}/cjs/index.js`]: 'exports.one = 1;\n',
  [`${folder}/cjs/index.d.ts`]: 'export declare const one: number;\n',
});

const FILES = {
  'README.md': '# Small\n',
  LICENSE: 'MIT\n',
  'CHANGELOG.md': CHANGELOG,
  'document.schema.json': '{}\n',
  'docs/page.md': '# Page\n',
  'package.json': MANIFEST,
  'package-lock.json': LOCK,
  // What a build makes of its sources: the same.
  ...builtIn('dist'),
  ...builtIn('source'),
} satisfies Record<string, string | object>;

const withLicense = (place: keyof typeof LOCK.packages, license: string | undefined) => ({
  'package-lock.json': {
    ...LOCK,
    packages: { ...LOCK.packages, [place]: { ...LOCK.packages[place], license } },
  },
});

const withManifest = (fields: object) => ({ 'package.json': { ...MANIFEST, ...fields } });

/** The files of a package by their names; `undefined`: it lacks this one. */
type Files = Readonly<Record<string, string | object | undefined>>;

/** The checks that start no other program. */
const CHECKS = {
  addresses: checkAddresses,
  version: checkVersion,
  licenses: checkLicenses,
  contents: checkContents,
  sizes: checkSizes,
  traces: checkTraces,
} satisfies Record<string, (subject: Subject) => readonly string[]>;

/** What is wrong, in which files, and how the check puts it. */
const BREACHES: readonly {
  readonly check: keyof typeof CHECKS;
  readonly what: string;
  readonly files: Files;
  readonly says: string;
}[] = [
  {
    ...{ check: 'addresses', what: 'a repository that is a placeholder' },
    files: withManifest({
      repository: { type: 'git', url: 'git+https://github.com/OWNER/small.git' },
    }),
    says: 'package.json: an address still has the placeholder OWNER.',
  },
  {
    ...{ check: 'addresses', what: 'a template with the placeholder' },
    files: {
      '.github/ISSUE_TEMPLATE/config.yml': 'url: https://github.com/OWNER/small/security\n',
    },
    says: '.github/ISSUE_TEMPLATE/config.yml: an address still has the placeholder OWNER.',
  },
  {
    ...{ check: 'addresses', what: 'no homepage' },
    files: withManifest({ homepage: undefined }),
    says: 'package.json: homepage is no https: address.',
  },
  {
    ...{ check: 'addresses', what: 'an address for bugs that is none' },
    files: withManifest({ bugs: { url: 'TODO' } }),
    says: 'package.json: bugs.url is no https: address.',
  },
  {
    ...{ check: 'version', what: 'another version than the changelog has' },
    files: withManifest({ version: '1.3.0' }),
    says: 'the topmost version with a date is 1.2.0; package.json has 1.3.0.',
  },
  {
    ...{ check: 'version', what: 'entries that belong to no version' },
    files: { 'CHANGELOG.md': CHANGELOG.replace('[Unreleased]\n', '[Unreleased]\n\n- New.\n') },
    says: '[Unreleased] has entries.',
  },
  {
    ...{ check: 'version', what: 'a version without a date' },
    files: { 'CHANGELOG.md': CHANGELOG.replace('] - 2026-11-21', ']') },
    says: 'the topmost version with a date is missing; package.json has 1.2.0.',
  },
  {
    ...{ check: 'version', what: 'a changelog without [Unreleased]' },
    files: { 'CHANGELOG.md': CHANGELOG.replace('## [Unreleased]\n\n', '') },
    says: 'the first section is not [Unreleased].',
  },
  {
    ...{ check: 'licenses', what: 'a dependency under the GPL' },
    files: withLicense('node_modules/direct', 'GPL-3.0-only'),
    says: 'direct 1.0.0 has the license GPL-3.0-only.',
  },
  {
    ...{ check: 'licenses', what: 'a dependency of a dependency under two licenses at once' },
    files: withLicense('node_modules/direct/node_modules/transitive', 'MIT AND CC-BY-NC-4.0'),
    says: 'transitive 2.0.0 has the license MIT AND CC-BY-NC-4.0.',
  },
  {
    ...{ check: 'licenses', what: 'a dependency without a license' },
    files: withLicense('node_modules/direct', undefined),
    says: 'direct 1.0.0 has the license (none).',
  },
  {
    ...{ check: 'licenses', what: 'a dependency that the lockfile does not have' },
    files: withManifest({ dependencies: { absent: '^1.0.0' } }),
    says: 'package-lock.json: absent is missing.',
  },
  {
    ...{ check: 'contents', what: 'a file of no known kind' },
    files: { 'dist/esm/index.test.ts': 'export {};\n' },
    says: 'The tarball has dist/esm/index.test.ts, which is of no kind that belongs there.',
  },
  {
    ...{ check: 'contents', what: 'a source map' },
    files: { 'dist/esm/index.js.map': '{}\n' },
    says: 'The tarball has dist/esm/index.js.map, which is of no kind that belongs there.',
  },
  {
    ...{ check: 'contents', what: 'the name of a source map that is not there' },
    files: { 'dist/cjs/index.js': 'exports.one = 1;\n//# sourceMappingURL=index.js.map\n' },
    says: 'dist/cjs/index.js names a source map, and the tarball has none.',
  },
  {
    ...{ check: 'contents', what: 'no types' },
    files: { 'dist/cjs/index.d.ts': undefined },
    says: 'The tarball lacks types of CommonJS modules.',
  },
  {
    ...{ check: 'sizes', what: 'more code than is bearable' },
    files: { 'dist/esm/more.js': `/* ${'x'.repeat(600_000)} */\n` },
    says: 'The tarball is too large: dist without the explorer has',
  },
  {
    ...{ check: 'sizes', what: 'an explorer that is too large' },
    files: { 'dist/cjs/explorer/page.js': `/* ${'x'.repeat(160_000)} */\n` },
    says: 'The tarball is too large: the explorer has',
  },
  {
    ...{ check: 'sizes', what: 'pages that are too large' },
    files: { 'docs/picture.svg': 'x'.repeat(1_200_000) },
    says: 'The tarball is too large: everything has',
  },
  {
    ...{ check: 'traces', what: 'a home folder' },
    files: { 'dist/esm/index.js': `export const from = '${homedir()}/small/index.ts';\n` },
    says: `dist/esm/index.js has a trace of a machine: ${homedir()}/`,
  },
  {
    ...{ check: 'traces', what: "somebody else's home folder" },
    files: { 'docs/page.md': 'In C:\\Users\\ada\\small it works.\n' },
    says: 'docs/page.md has a trace of a machine: C:\\Users\\ada',
  },
  {
    ...{ check: 'traces', what: 'a registry that is not public' },
    files: { 'docs/page.md': 'npm install --registry https://npm.corp.example:4873/\n' },
    says: 'docs/page.md has a trace of a machine: https://npm.corp.example:4873',
  },
  {
    ...{ check: 'traces', what: 'a lockfile with another registry' },
    files: {
      'package-lock.json': {
        ...LOCK,
        packages: {
          ...LOCK.packages,
          'node_modules/tool': {
            version: '3.0.0',
            resolved: 'https://mirror.example/tool-3.0.0.tgz',
          },
        },
      },
    },
    says: 'package-lock.json: node_modules/tool comes from https://mirror.example/tool-3.0.0.tgz.',
  },
];

/** A file of the sources, and as a build makes it of them. */
const builtFile = (name: string, text: string) => ({
  [`source/${name}`]: text,
  [`dist/${name}`]: text,
});

/** A package with a fault for each check. */
const FAULTY: Files = {
  ...withLicense('node_modules/direct', 'GPL-3.0-only'),
  ...withManifest({
    version: '1.3.0',
    homepage: undefined,
    main: './dist/cjs/gone.js',
    exports: {
      '.': {
        types: './dist/esm/index.d.ts',
        import: './dist/esm/index.js',
        require: './dist/cjs/index.js',
      },
      './package.json': './package.json',
    },
    // It makes something else each time.
    scripts: {
      prepack: `${MANIFEST.scripts.prepack.slice(0, -1)}; fs.writeFileSync('docs/time.md', String(process.hrtime.bigint()))"`,
    },
  }),
  ...builtFile('esm/index.test.ts', 'export {};\n'),
  ...builtFile('esm/more.js', `/* ${'x'.repeat(600_000)} */\n`),
  'docs/page.md': 'In C:\\Users\\ada\\small it works.\n',
};

/** What each check says of it. */
const FAULTS: readonly { readonly check: string; readonly says: string }[] = [
  { check: 'addresses', says: 'package.json: homepage is no https: address.' },
  { check: 'version', says: 'the topmost version with a date is 1.2.0; package.json has 1.3.0.' },
  { check: 'licenses', says: 'direct 1.0.0 has the license GPL-3.0-only.' },
  { check: 'contents', says: 'The tarball has dist/esm/index.test.ts, which is of no kind' },
  { check: 'sizes', says: 'The tarball is too large: dist without the explorer has' },
  { check: 'traces', says: 'docs/page.md has a trace of a machine: C:\\Users\\ada' },
  { check: 'publint', says: 'pkg.main is ./dist/cjs/gone.js but the file does not exist.' },
  { check: 'attw', says: 'Masquerading as ESM' },
  { check: 'reproducible', says: 'Built again in another folder, the package is another one.' },
];

let workshop: string;
let count = 0;

beforeAll(async () => {
  workshop = await mkdtemp(join(tmpdir(), 'nestjs-cors-release-'));
});
afterAll(() => rm(workshop, { recursive: true, force: true }));

test('lets a package pass that could be published', async () => {
  const { status, said } = check(await write({}));
  expect(said.match(/^\w+ +\w+$/gm)).toEqual(FAULTS.map(({ check }) => `ok     ${check}`));
  expect(status).toBe(0);
}, 120_000);

describe('A package with a fault for each check', () => {
  let status: number | null;
  /** What each check says, its name first. */
  let answers: readonly string[];
  beforeAll(async () => {
    const ended = check(await write(FAULTY));
    status = ended.status;
    answers = ended.said.split(/^(?=ok |FAILED)/m);
  }, 120_000);

  test.each(FAULTS)('is refused by $check', ({ check: name, says }) => {
    const [answer, ...others] = answers.filter((each) => each.split(/\s+/)[1] === name);
    expect(answer).toMatch(/^FAILED /);
    expect(answer).toContain(says);
    expect(others).toEqual([]);
    expect(status).toBe(1);
  });
});

test.each(Object.entries(CHECKS))('%s finds no fault in the good package', (_name, find) => {
  expect(find(subjectOf({}))).toEqual([]);
});

test.each(BREACHES)('$check refuses $what', ({ check: name, files, says }) => {
  expect(CHECKS[name](subjectOf(files))).toContainEqual(expect.stringContaining(says));
});

test('a check that it does not have is an error', async () => {
  const { status, said } = check(await write({}), 'spelling');
  expect(said).toContain('There is no check spelling, only addresses, version, licenses,');
  expect(status).toBe(2);
});

test('before the day of a release, a placeholder may stay and nothing else', async () => {
  const placeholder = withManifest({ homepage: 'https://github.com/OWNER/small' });
  const before = ['--before-the-day', 'addresses', 'version', 'licenses'];
  expect(check(await write(placeholder), ...before)).toEqual({
    status: 0,
    said: 'ok     licenses\n',
  });
  const license = withLicense('node_modules/direct', 'GPL-3.0-only');
  expect(check(await write(license), ...before).status).toBe(1);
}, 60_000);

/** The small package with some files changed, by name. */
function filesWith(changed: Files): ReadonlyMap<string, string> {
  const all: Files = { ...FILES, ...changed };
  return new Map(
    Object.entries(all)
      .filter(([, content]) => content !== undefined)
      .map(([name, content]) => [
        name,
        typeof content === 'string' ? content : JSON.stringify(content, null, 2),
      ]),
  );
}

/** Writes it, and returns its folder. */
async function write(changed: Files): Promise<string> {
  const folder = join(workshop, String(count++));
  for (const [name, text] of filesWith(changed)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

/** The same, as the script reads it. */
function subjectOf(changed: Files): Subject {
  const files = filesWith(changed);
  const textOf = (name: string) => files.get(name) ?? '';
  const entries = (isIn: (path: string) => boolean) =>
    [...files]
      .filter(([path]) => isIn(path))
      .map(([path, text]) => ({ path, size: Buffer.byteLength(text), text: () => text }));
  return {
    ...{ folder: '/checked-out', tarball: '', integrity: '' },
    manifest: JSON.parse(textOf('package.json')) as Subject['manifest'],
    changelog: textOf('CHANGELOG.md'),
    lockText: textOf('package-lock.json'),
    lock: JSON.parse(textOf('package-lock.json')) as Subject['lock'],
    // What npm packs of it.
    files: entries((path) => !/^(?:source\/|\.github\/|package-lock\.json$)/.test(path)),
    templates: entries((path) => path.startsWith('.github/')),
  };
}

function check(folder: string, ...args: string[]): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [SCRIPT, '--package', folder, ...args],
    { encoding: 'utf8' },
  );
  return { status, said: stdout + stderr };
}
