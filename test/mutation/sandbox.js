import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { seedOf } from '../harness/seed.js';
import { mutantsOf } from './mutants.js';

/** The tests draw what they draw in CI, whichever mutants are drawn. */
const IN_CI = String(seedOf({ CI: 'true' }));

const ROOT = join(import.meta.dirname, '../..');
export const WORKSHOP = join(ROOT, '.cache/mutation-sample');
const SANDBOX = join(WORKSHOP, 'project');
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

/** Makes a copy of the project with every mutant inside, none of them active. */
export async function makeSandbox() {
  await rm(SANDBOX, { recursive: true, force: true });
  await mkdir(SANDBOX, { recursive: true });
  for (const part of await readdir(ROOT)) {
    if (LEFT_OUT.includes(part)) continue;
    await cp(join(ROOT, part), join(SANDBOX, part), { recursive: true });
  }
  await symlink(join(ROOT, 'node_modules'), join(SANDBOX, 'node_modules'), 'dir');
  execFileSync(process.execPath, ['scripts/build-pages.js'], { cwd: SANDBOX });
  const names = (await readdir(join(ROOT, 'src'), { recursive: true }))
    .filter((name) => /(?<!\.d)\.ts$/.test(name))
    .sort()
    .map((name) => join(ROOT, 'src', name));
  const { files, mutants } = await mutantsOf(ROOT, names);
  for (const { name, content } of files) {
    await writeFile(join(SANDBOX, relative(ROOT, name)), content);
  }
  return mutants;
}

/**
 * What each test file takes, and which mutants it runs into: measured once, and again after a change of the sources, of
 * what tests share, or of the file itself.
 *
 * @param {RegExp | undefined} without the files to leave out
 * @returns {Promise<KnownTests[]>}
 */
export async function knownTests(without) {
  const all = (await readdir(join(SANDBOX, 'test'), { recursive: true })).map((name) =>
    join('test', name),
  );
  const shared = await hashOf([
    ...(await readdir(join(SANDBOX, 'src'), { recursive: true })).map((name) => join('src', name)),
    ...all.filter((file) => !file.endsWith('.test.ts') && !file.startsWith('test/mutation')),
  ]);
  const listed = await jest(['--listTests', '--json']);
  const paths = /** @type {string[]} */ (JSON.parse(listed.output)).sort();
  /** @type {Map<string, string>} */
  const records = new Map();
  for (const path of paths) {
    const file = relative(SANDBOX, path);
    if (without?.test(file)) continue;
    records.set(path, join(COVERAGE, shared, `${await hashOf([file])}.json`));
  }
  const unknown = [...records].filter(([, record]) => !existsSync(record));
  if (unknown.length > 0) await measure(unknown);
  return Promise.all(
    [...records].map(async ([path, record]) => {
      /** @type {Recorded} */
      const { seconds, passes, mutants } = existsSync(record)
        ? JSON.parse(await readFile(record, 'utf8'))
        : { seconds: 0, passes: false, mutants: [] };
      return { file: relative(SANDBOX, path), seconds, passes, mutants: new Set(mutants) };
    }),
  );
}

/** Jest keeps what test files have loaded, and each of them is slower than the one before. */
const AT_A_TIME = 8;

/** @param {readonly (readonly [path: string, record: string])[]} tests */
async function measure(tests) {
  process.stderr.write(`Running ${tests.length} test files without a mutant …\n`);
  await mkdir(dirname(tests[0]?.[1] ?? ''), { recursive: true });
  const queue = Array.from({ length: Math.ceil(tests.length / AT_A_TIME) }, (_, index) =>
    tests.slice(index * AT_A_TIME, (index + 1) * AT_A_TIME),
  ).values();
  const workers = ['met-0.json', 'met-1.json'].map(async (met) => {
    for (const some of queue) {
      await jest(
        [
          `--reporters=${join(SANDBOX, 'test/mutation/recorder.js')}`,
          '--runTestsByPath',
          ...some.map(([path]) => path),
        ],
        { MUTANTS_MET: join(WORKSHOP, met), RECORDS: JSON.stringify(some) },
      );
    }
  });
  await Promise.all(workers);
}

/**
 * Runs test files, in this order, until one of them fails.
 *
 * @param {readonly string[]} tests
 * @param {string} mutant the id of the one that is active, in child processes too
 * @param {number} seconds after which it is hanging
 * @returns {Promise<'killed' | 'survived' | 'timed out'>}
 */
export async function runWith(tests, mutant, seconds) {
  const { status } = await jest(
    [
      '--bail=1',
      `--testSequencer=${join(SANDBOX, 'test/mutation/given-order.js')}`,
      '--runTestsByPath',
      ...tests.map((file) => join(SANDBOX, file)),
    ],
    { __STRYKER_ACTIVE_MUTANT__: mutant },
    seconds,
  );
  return status === undefined ? 'timed out' : status === 0 ? 'survived' : 'killed';
}

/**
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string>>} [env]
 * @param {number} [seconds]
 * @returns {Promise<{ status: number | undefined, output: string }>} no status where it took too long
 */
function jest(args, env = {}, seconds = 3600) {
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
        cwd: SANDBOX,
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
    hash.update(file).update(await readFile(join(SANDBOX, file)));
  }
  return hash.digest('hex').slice(0, 16);
}
