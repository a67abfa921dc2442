import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { seedOf } from '../harness/seed.js';
import { mutantsOf, withMutant } from './mutants.js';

/** The tests draw what they draw in CI, whichever mutants are drawn. */
const IN_CI = String(seedOf({ CI: 'true' }));

const ROOT = join(import.meta.dirname, '../..');
export const WORKSHOP = join(ROOT, '.cache/mutation-sample');
/** A copy of the project whose sources tell which mutants they meet: slow, and not what people read. */
const TELLING = join(WORKSHOP, 'telling');
const COVERAGE = join(WORKSHOP, 'coverage');

/** What no test reads of the project. */
const LEFT_OUT = ['.cache', '.git', 'coverage', 'dist', 'node_modules'];

/**
 * What is known of a test file while no mutant is active.
 *
 * @typedef {object} KnownTests
 * @property {string} file relative to the project
 * @property {number} seconds that it takes
 * @property {boolean} passes
 * @property {ReadonlySet<string>} mutants those that it runs into
 */

/** @import { Recorded } from './recorder.js' */
/** @import { Mutant } from './mutants.js' */

/** Another copy, in which one mutant at a time takes its place. @param {number} index */
export async function makeSandbox(index) {
  const sandbox = join(WORKSHOP, `project-${index}`);
  await copyProject(sandbox);
  return sandbox;
}

/** @param {string} folder */
async function copyProject(folder) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const part of await readdir(ROOT)) {
    if (LEFT_OUT.includes(part)) continue;
    await cp(join(ROOT, part), join(folder, part), { recursive: true });
  }
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
  execFileSync(process.execPath, ['scripts/build-pages.js'], { cwd: folder });
}

/** All mutants of the sources. */
export async function allMutants() {
  await copyProject(TELLING);
  const names = (await readdir(join(ROOT, 'src'), { recursive: true }))
    .filter((name) => /(?<!\.d)\.ts$/.test(name))
    .sort()
    .map((name) => join(ROOT, 'src', name));
  const { files, mutants } = await mutantsOf(ROOT, names);
  for (const { name, content } of files) {
    await writeFile(join(TELLING, relative(ROOT, name)), content);
  }
  return mutants;
}

/**
 * What each test file takes, and which mutants it runs into: measured once, and again after a change of the sources, of
 * what tests share, or of the file itself.
 *
 * @param {RegExp | undefined} without the files to leave out
 * @param {string} sandbox
 * @returns {Promise<KnownTests[]>}
 */
export async function knownTests(without, sandbox) {
  const all = (await readdir(join(TELLING, 'test'), { recursive: true })).map((name) =>
    join('test', name),
  );
  const shared = await hashOf([
    ...(await readdir(join(TELLING, 'src'), { recursive: true })).map((name) => join('src', name)),
    ...all.filter((file) => !file.endsWith('.test.ts') && !file.startsWith('test/mutation')),
  ]);
  const listed = await jest(TELLING, ['--listTests', '--json']);
  const paths = /** @type {string[]} */ (JSON.parse(listed.output)).sort();
  /** @type {Map<string, string>} */
  const records = new Map();
  for (const path of paths) {
    const file = relative(TELLING, path);
    if (without?.test(file)) continue;
    records.set(path, join(COVERAGE, shared, `${await hashOf([file])}.json`));
  }
  const unknown = [...records].filter(([, record]) => !existsSync(record));
  if (unknown.length > 0) await measure(unknown, sandbox);
  return Promise.all(
    [...records].map(async ([path, record]) => {
      /** @type {Recorded} */
      const { seconds, passes, mutants } = existsSync(record)
        ? JSON.parse(await readFile(record, 'utf8'))
        : { seconds: 0, passes: false, mutants: [] };
      return { file: relative(TELLING, path), seconds, passes, mutants: new Set(mutants) };
    }),
  );
}

/** Jest keeps what test files have loaded, and each of them is slower than the one before. */
const AT_A_TIME = 8;

/**
 * @param {readonly (readonly [path: string, record: string])[]} tests
 * @param {string} sandbox
 */
async function measure(tests, sandbox) {
  process.stderr.write(`Running ${tests.length} test files without a mutant …\n`);
  await mkdir(dirname(tests[0]?.[1] ?? ''), { recursive: true });
  const queue = Array.from({ length: Math.ceil(tests.length / AT_A_TIME) }, (_, index) =>
    tests.slice(index * AT_A_TIME, (index + 1) * AT_A_TIME),
  ).values();
  const workers = ['met-0.json', 'met-1.json'].map(async (met) => {
    for (const some of queue) {
      await jest(
        TELLING,
        [
          `--reporters=${join(TELLING, 'test/mutation/recorder.js')}`,
          '--runTestsByPath',
          ...some.map(([path]) => path),
        ],
        { MUTANTS_MET: join(WORKSHOP, met), RECORDS: JSON.stringify(some) },
      );
    }
  });
  await Promise.all(workers);
  // What tells which mutants it meets is too slow for tests that measure time.
  for (const [path, record] of tests) {
    if (!existsSync(record)) continue;
    /** @type {Recorded} */
    const recorded = JSON.parse(await readFile(record, 'utf8'));
    if (recorded.passes) continue;
    const passes = (await runWith([relative(TELLING, path)], undefined, sandbox)) === 'survived';
    await writeFile(record, JSON.stringify({ ...recorded, passes }));
  }
}

/**
 * Runs test files, in this order, until one of them fails.
 *
 * @param {readonly string[]} tests
 * @param {Mutant | undefined} mutant
 * @param {string} sandbox
 * @param {number} [seconds] after which it is hanging
 * @returns {Promise<'killed' | 'survived' | 'timed out'>}
 */
export async function runWith(tests, mutant, sandbox, seconds = 600) {
  const changed = join(sandbox, mutant?.file ?? 'package.json');
  const source = await readFile(changed, 'utf8');
  if (mutant !== undefined) await writeFile(changed, withMutant(source, mutant));
  const { status } = await jest(
    sandbox,
    [
      '--bail=1',
      `--testSequencer=${join(sandbox, 'test/mutation/given-order.js')}`,
      '--runTestsByPath',
      ...tests.map((file) => join(sandbox, file)),
    ],
    {},
    seconds,
  );
  await writeFile(changed, source);
  return status === undefined ? 'timed out' : status === 0 ? 'survived' : 'killed';
}

/**
 * @param {string} cwd
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string>>} [env]
 * @param {number} [seconds]
 * @returns {Promise<{ status: number | undefined, output: string }>} no status where it took too long
 */
function jest(cwd, args, env = {}, seconds = 3600) {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [
        '--experimental-vm-modules',
        '--disable-warning=ExperimentalWarning',
        'node_modules/jest/bin/jest.js',
        '--config=test/mutation/jest.config.js',
        '--runInBand',
        '--forceExit',
        ...args,
      ],
      {
        cwd,
        env: { ...process.env, SEED: IN_CI, LOOKUPS: '1000', ...env },
        stdio: ['ignore', 'pipe', 'ignore'],
        timeout: Math.ceil(seconds * 1000),
        killSignal: 'SIGKILL',
      },
    );
    let output = '';
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    child.on('error', reject);
    child.on('close', (status, signal) => {
      resolve({ status: signal === null ? (status ?? 1) : undefined, output });
    });
  });
}

/** @param {readonly string[]} files */
async function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of [...files].sort()) {
    if (!/\.[jt]s$/.test(file)) continue;
    hash.update(file).update(await readFile(join(TELLING, file)));
  }
  return hash.digest('hex').slice(0, 16);
}
