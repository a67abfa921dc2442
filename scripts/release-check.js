// Whether the package could be published as it is: npm run release:check, or node scripts/release-check.js --help.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { checkLicenses } from './release/licenses.js';
import { checkAddresses, checkVersion } from './release/manifest.js';
import { checkContents, checkSizes } from './release/tarball.js';
import { checkTraces } from './release/traces.js';

/** @import { Subject } from './release/subject.js' */

const { resolve: find } = createRequire(import.meta.url);

/**
 * Each takes the package, and returns its faults.
 *
 * @type {Readonly<Record<string, (subject: Subject) => readonly string[]>>}
 */
const CHECKS = {
  addresses: checkAddresses,
  version: checkVersion,
  licenses: checkLicenses,
  contents: checkContents,
  sizes: checkSizes,
  traces: checkTraces,
  publint: ({ tarball }) =>
    said(join(dirname(find('publint')), 'cli.js'), ['run', tarball, '--strict']),
  attw: ({ tarball }) =>
    said(join(dirname(find('@arethetypeswrong/cli/package.json')), 'dist/index.js'), [
      tarball,
      '--no-color',
    ]),
  reproducible: checkReproducible,
};

/** What is right only on the day of a release. */
const ON_THE_DAY = ['addresses', 'version'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    package: { type: 'string', default: join(import.meta.dirname, '..') },
    tarballs: { type: 'string' },
    'before-the-day': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(`node scripts/release-check.js [--package FOLDER] [--tarballs FOLDER] [--before-the-day] [CHECK…]

Packs the folder as it is (build it first), and checks: ${Object.keys(CHECKS).join(', ')}.
--tarballs        keeps the tarball in this folder
--before-the-day  leaves out what is right only on the day of a release: ${ON_THE_DAY.join(', ')}`);
  process.exit(0);
}
const unknown = positionals.filter((name) => !Object.hasOwn(CHECKS, name));
if (unknown.length > 0) {
  console.error(`There is no check ${unknown.join(', ')}, only ${Object.keys(CHECKS).join(', ')}.`);
  process.exit(2);
}
const names = (positionals.length > 0 ? positionals : Object.keys(CHECKS)).filter(
  (name) => !values['before-the-day'] || !ON_THE_DAY.includes(name),
);

const folder = resolve(values.package);
const workshop = mkdtempSync(join(tmpdir(), 'release-check-'));
process.on('exit', () => {
  rmSync(workshop, { recursive: true, force: true });
});

const subject = readPackage();
let count = 0;
for (const [name, check] of Object.entries(CHECKS).filter(([name]) => names.includes(name))) {
  const faults = check(subject);
  count += faults.length;
  console.log(`${faults.length === 0 ? 'ok    ' : 'FAILED'} ${name}`);
  for (const fault of faults) console.log(fault.replace(/^/gm, '       '));
}
process.exitCode = count === 0 ? 0 : 1;

/** @returns {Subject} */
function readPackage() {
  /** @param {string} path */
  const read = (path) => readFileSync(join(folder, path), 'utf8');
  const kept = values.tarballs ?? join(workshop, 'tarball');
  /** @type {ReturnType<typeof pack> | undefined} */
  let made;
  // Most of the time goes into it, and what is said of the manifest alone does not need it.
  const packed = () => {
    mkdirSync(kept, { recursive: true });
    return (made ??= pack(folder, kept, ['--ignore-scripts']));
  };
  if (values.tarballs !== undefined) packed();
  const lockText = read('package-lock.json');
  return {
    folder,
    get tarball() {
      return join(kept, packed().filename);
    },
    get integrity() {
      return packed().integrity;
    },
    get files() {
      return packed().files.map(({ path, size }) => ({ path, size, text: () => read(path) }));
    },
    manifest: JSON.parse(read('package.json')),
    changelog: read('CHANGELOG.md'),
    ...{ lockText, lock: JSON.parse(lockText) },
    templates: templatesOf(folder).map((path) => ({ path, text: () => read(path) })),
  };
}

/**
 * What the code host shows, with addresses in it.
 *
 * @param {string} root
 */
function templatesOf(root) {
  const own = join(root, '.github');
  return existsSync(own)
    ? readdirSync(own, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.yml'))
        .map((name) => join('.github', name))
    : [];
}

/**
 * What npm says of the tarball that it makes of a folder.
 *
 * @param {string} of
 * @param {string} destination
 * @param {readonly string[]} [options]
 */
function pack(of, destination, options = []) {
  const args = ['pack', '--json', '--pack-destination', destination, ...options];
  const text = execFileSync('npm', args, {
    cwd: of,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  /** @type {Record<string, { files: { path: string, size: number }[], filename: string, integrity: string }>} */
  // A build may have said something before.
  const packed = JSON.parse(text.slice(text.search(/^[[{]/m)));
  const [first] = Object.values(packed);
  if (first === undefined) throw new Error(`npm pack made no tarball of ${of}.`);
  return first;
}

/**
 * Built once more, elsewhere, it has to be the same to the byte.
 *
 * @param {Pick<Subject, 'integrity'>} subject
 */
function checkReproducible({ integrity }) {
  const elsewhere = join(workshop, 'elsewhere');
  const left = ['node_modules', 'dist', '.cache', '.git', 'reports', 'coverage', 'test-artifacts'];
  cpSync(folder, elsewhere, {
    recursive: true,
    filter: (path) => dirname(path) !== folder || !left.includes(basename(path)),
  });
  symlinkSync(join(import.meta.dirname, '../node_modules'), join(elsewhere, 'node_modules'), 'dir');
  const again = join(workshop, 'again');
  mkdirSync(again);
  return pack(elsewhere, again).integrity === integrity
    ? []
    : [
        'Built again in another folder, the package is another one. Is dist/ older than the sources?',
      ];
}

/**
 * What a program says that is not content.
 *
 * @param {string} program
 * @param {readonly string[]} args
 */
function said(program, args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    // In CI they would color what goes into a file.
    env: { ...process.env, NO_COLOR: '1' },
  });
  return status === 0 ? [] : [`${stdout}${stderr}`.trim()];
}
