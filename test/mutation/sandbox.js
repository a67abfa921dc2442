// @ts-check
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { seedOf } from '../harness/seed.js';
import { mutantsOf } from './mutants.js';

/** The tests draw what they draw in CI, whichever mutants are drawn. */
const IN_CI = String(seedOf({ CI: 'true' }));

const ROOT = join(import.meta.dirname, '../..');
export const WORKSHOP = join(ROOT, '.cache/mutation-sample');
const SANDBOX = join(WORKSHOP, 'project');
const COVERAGE = join(WORKSHOP, 'coverage');

/** What the project consists of, as far as tests read it. */
const PARTS = [
  'src',
  'test',
  'docs',
  'explorer-page',
  'playground',
  'sample-app',
  'scripts',
  'document.schema.json',
  'jest.config.js',
  'package.json',
  'tsconfig.json',
  'README.md',
  'CHANGELOG.md',
];

/**
 * What is known of a test file while no mutant is active.
 *
 * @typedef {object} KnownTests
 * @property {string} file relative to the project
 * @property {number} seconds that it takes
 * @property {boolean} passes
 * @property {ReadonlySet<string>} mutants those that it runs into
 */

/** Makes a copy of the project with every mutant inside, none of them active. */
export async function makeSandbox() {
  await rm(SANDBOX, { recursive: true, force: true });
  await mkdir(SANDBOX, { recursive: true });
  for (const part of PARTS) {
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
 * @returns {Promise<KnownTests[]>}
 */
export async function knownTests() {
  const all = (await readdir(join(SANDBOX, 'test'), { recursive: true })).map((name) =>
    join('test', name),
  );
  const shared = await hashOf([
    ...(await readdir(join(SANDBOX, 'src'), { recursive: true })).map((name) => join('src', name)),
    ...all.filter((file) => !file.endsWith('.test.ts') && !file.startsWith(`test${sep}mutation`)),
  ]);
  const listed = await jest(['--listTests', '--json']);
  const tests = /** @type {string[]} */ (JSON.parse(listed.output)).sort();
  const records = new Map();
  for (const path of tests) {
    const file = relative(SANDBOX, path);
    const record = join(COVERAGE, shared.slice(0, 16), `${await hashOf([file])}.json`);
    records.set(path, record);
  }
  const unknown = tests.filter((path) => !existsSync(records.get(path)));
  if (unknown.length > 0) await measure(unknown, records);
  return Promise.all(
    tests.map(async (path) => {
      const { mutants, ...known } = JSON.parse(await readFile(records.get(path), 'utf8'));
      return { ...known, file: relative(SANDBOX, path), mutants: new Set(mutants) };
    }),
  );
}

/**
 * @param {readonly string[]} tests
 * @param {ReadonlyMap<string, string>} records
 */
async function measure(tests, records) {
  process.stderr.write(`Running ${tests.length} test files without a mutant …\n`);
  const met = join(WORKSHOP, 'met');
  await rm(met, { recursive: true, force: true });
  const results = join(WORKSHOP, 'results.json');
  await jest(
    [
      '--json',
      `--outputFile=${results}`,
      `--setupFilesAfterEnv=${join(SANDBOX, 'test/mutation/coverage.js')}`,
      '--runTestsByPath',
      ...tests,
    ],
    { MUTANT_COVERAGE: met },
  );
  const { testResults } = JSON.parse(await readFile(results, 'utf8'));
  for (const { name, startTime, endTime, status } of testResults) {
    const coverage = join(met, `${encodeURIComponent(name)}.json`);
    const record = records.get(name) ?? '';
    const mutants = existsSync(coverage) ? JSON.parse(await readFile(coverage, 'utf8')) : [];
    await mkdir(dirname(record), { recursive: true });
    const seconds = (endTime - startTime) / 1000;
    const passes = status === 'passed';
    await writeFile(record, JSON.stringify({ seconds, passes, mutants }));
  }
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
        timeout: seconds * 1000,
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
  return hash.digest('hex');
}
