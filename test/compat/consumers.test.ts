import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';

/*
 * The package as it would be published, installed into bare applications: compiled by `tsc` against its types, and run
 * against a table of requests over the wire.
 */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CONSUMER = join(ROOT, 'test/compat/consumer');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const INSTALL_MINUTES = 4;

interface Consumer {
  readonly name: string;
  readonly nest: '^11' | '^12';
  readonly type: 'module' | 'commonjs';
  /** As projects of the kind have it. */
  readonly compilerOptions: Readonly<Record<string, unknown>>;
  /** The runner of the project's own tests. */
  readonly runner: keyof typeof RUNNERS;
}

/** What runs the tests of a project, and how it is called. */
const RUNNERS = {
  Jest: ['node_modules/jest/bin/jest.js', '--rootDir', 'own-tests', '--ci'],
  Vitest: ['node_modules/vitest/vitest.mjs', 'run', '--root', 'own-tests'],
  'node:test': ['--test', 'own-tests/cors.test.js'],
} as const;

const CONSUMERS: readonly Consumer[] = [
  {
    name: 'Nest 12 with ES modules',
    ...{ nest: '^12', type: 'module', runner: 'Vitest' },
    compilerOptions: { module: 'nodenext', moduleResolution: 'nodenext' },
  },
  {
    name: 'Nest 12 with CommonJS',
    ...{ nest: '^12', type: 'commonjs', runner: 'node:test' },
    compilerOptions: { module: 'nodenext', moduleResolution: 'nodenext' },
  },
  {
    name: 'Nest 11 with CommonJS',
    ...{ nest: '^11', type: 'commonjs', runner: 'Jest' },
    // What `nest new` wrote for years: `exports` count for nothing there, `main` and `types` do.
    compilerOptions: {
      ...{ module: 'commonjs', moduleResolution: 'node10', ignoreDeprecations: '6.0' },
    },
  },
];

/** What stands at the head of a file whose policies have their names declared. */
const DECLARED_NAMES = `
import { Cors, CorsModule, type CorsPolicyService } from 'nestjs-cors';
declare module 'nestjs-cors' {
  interface CorsPolicyNames {
    app: true;
    public: true;
  }
}
declare const service: CorsPolicyService;
`;

/** Lines of it, and whether they compile. */
const LINES: readonly { readonly line: string; readonly compiles: boolean }[] = [
  { line: `Cors('public');`, compiles: true },
  { line: `Cors('pulbic');`, compiles: false },
  { line: `Cors('public', { maxAge: 60 });`, compiles: true },
  { line: `Cors('pulbic', { maxAge: 60 });`, compiles: false },
  { line: `Cors(['app', 'public'], { maxAge: 60 });`, compiles: false },
  { line: `Cors(['app', 'public']);`, compiles: true },
  { line: `Cors(['app', 'pulbic']);`, compiles: false },
  { line: `Cors(['app', { origin: '*', credentials: false }]);`, compiles: true },
  { line: `Cors(['app', { origins: '*' }]);`, compiles: false },
  { line: `Cors(['app', false]);`, compiles: false },
  { line: `Cors(['app', ['public']]);`, compiles: false },
  { line: `Cors({ maxAge: 60 });`, compiles: true },
  { line: `Cors(false);`, compiles: true },
  { line: `Cors((inherited) => ({ maxAge: inherited.maxAge + 1 }));`, compiles: true },
  { line: `void service.isOriginAllowed('https://a.example', ['app', 'public']);`, compiles: true },
  { line: `void service.isOriginAllowed('https://a.example', 'pulbic');`, compiles: false },
  { line: `service.gatewayCors(['app', 'public']);`, compiles: true },
  { line: `service.gatewayCors('app');`, compiles: true },
  { line: `service.gatewayCors(['app', 'pulbic']);`, compiles: false },
  { line: `CorsModule.forRoot({ policies: { app: {}, public: {} } });`, compiles: true },
  { line: `CorsModule.forRoot({ policies: { app: {} } });`, compiles: false },
  {
    line: `CorsModule.forRoot({ policies: { app: {}, public: {}, other: {} } });`,
    compiles: false,
  },
  {
    line: `CorsModule.forRoot({ paths: [{ path: '/a', policy: ['app', 'public'] }] });`,
    compiles: true,
  },
  { line: `CorsModule.forRoot({ paths: [{ path: '/a', policy: 'pulbic' }] });`, compiles: false },
];

/** What the command says of its application. */
const REPORTED = [
  /^19 routes and 1 path: 3 open to any origin, 5 to listed origins, /,
  /^GET +\/catalog +CatalogController\.list +any origin/m,
  /^DELETE +\/catalog\/:id +CatalogController\.remove +nobody$/m,
  /^PUT +\/account\/:id +AccountController\.replace +1 origin, 1 pattern, 1 expression \[credentials\]$/m,
  /^GET +\/orders +OrdersController\.list +asks PartnerOrigins$/m,
  /^\* +\/graphql\/\*\* +CorsModule\.forRoot\(\) paths\[0\] +any origin/m,
];

let workshop: string;
let tarball: string;

beforeAll(async () => {
  workshop = await mkdtemp(join(tmpdir(), 'nestjs-cors-compat-'));
  tarball = await pack(join(workshop, 'package'));
}, 300_000);

afterAll(() => rm(workshop, { recursive: true, force: true }));

describe.each(CONSUMERS)('$name', (consumer) => {
  let folder: string;
  beforeAll(async () => {
    folder = join(workshop, consumer.name.replaceAll(' ', '-'));
    await create(folder, consumer);
    await run('npm', installing, folder);
  }, INSTALL_MINUTES * 60_000);

  test('compiles against the published types', async () => {
    await run(process.execPath, [TSC, '-p', '.'], folder);
  }, 300_000);

  test('answers every row of the table, on Express and Fastify', async () => {
    const version = await versionOf(folder, '@nestjs/core');
    expect(version).toMatch(new RegExp(`^${consumer.nest.slice(1)}\\.`));
    const said = await run(process.execPath, ['dist/main.js'], folder);
    expect(said).toMatch(/^\d+ rows on both adapters\n$/);
    console.log(`${consumer.name}, Nest ${version}: ${said.trim()}`);
  }, 300_000);

  test('answers every row as one file that esbuild made, where nothing is installed', async () => {
    const alone = join(folder, 'alone');
    await bundle(join(folder, 'dist/main.js'), join(alone, 'main.mjs'), 'esm');
    await bundle(join(folder, 'dist/main.js'), join(alone, 'main.cjs'), 'cjs');
    // Nothing is found from there but what the file holds.
    const elsewhere = await mkdtemp(join(tmpdir(), 'nestjs-cors-bundle-'));
    await cp(alone, elsewhere, { recursive: true });
    try {
      for (const file of ['main.mjs', 'main.cjs']) {
        const said = await run(process.execPath, [file], elsewhere);
        expect(said).toMatch(/^\d+ rows on both adapters\n$/);
      }
    } finally {
      await rm(elsewhere, { recursive: true, force: true });
    }
  }, 300_000);

  test('prints one problem in one listing, without frames and sources', async () => {
    const said = await run(process.execPath, ['dist/broken.js'], folder).then(
      () => 'It started.',
      (error: unknown) => (error as Error).message,
    );
    expect(said.match(/without-scheme\.example/g)).toHaveLength(2); // as it is, and as it has to be
    expect(said).not.toMatch(/^ +at |issues:|node_modules/m);
    const lines = said.slice(said.indexOf('CorsConfigurationError')).trimEnd().split('\n');
    expect(lines.filter((line) => line !== '' && !line.startsWith('Node.js v'))).toHaveLength(3);
  });

  test.each([
    { adapter: 'Express', file: 'app.js', options: [] },
    { adapter: 'Fastify', file: 'app.js', options: ['--fastify'] },
    { adapter: 'Express, with a timer that it leaves behind', file: 'timer.js', options: [] },
  ])('tells its routes to npx nestjs-cors, on $adapter', async ({ file, options }) => {
    const command = ['--no-install', 'nestjs-cors', 'routes', '--app', `dist/${file}`, ...options];
    const said = await run('npx', command, folder);
    for (const line of REPORTED) expect(said).toMatch(line);
  });

  test('holds every use of a policy to the names that are declared, if there are any', async () => {
    const names = join(folder, 'names');
    await mkdir(names);
    await write(join(names, 'tsconfig.json'), {
      extends: '../tsconfig.json',
      compilerOptions: { noEmit: true, rootDir: '.' },
      include: ['.'],
    });
    const source = DECLARED_NAMES + LINES.map(({ line }) => line).join('\n');
    await writeFile(join(names, 'names.ts'), source);
    const said = await run(
      process.execPath,
      [TSC, '-p', 'names', '--pretty', 'false'],
      folder,
    ).then(() => '', String);
    const lines = source.split('\n');
    const faults = [...said.matchAll(/names\.ts\((\d+),/g)].map(
      ([, line]) => lines[Number(line) - 1],
    );
    expect([...new Set(faults)]).toEqual(
      LINES.filter(({ compiles }) => !compiles).map(({ line }) => line),
    );
  }, 300_000);

  test(`works in the project's own tests, with ${consumer.runner}`, async () => {
    await run(process.execPath, RUNNERS[consumer.runner], folder);
  }, 300_000);
});

const installing = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'];

/** Builds and packs a copy, so that nothing happens to the `dist` that others may be using. */
async function pack(folder: string): Promise<string> {
  await mkdir(folder);
  const names = (await readdir(ROOT)).filter(
    (name) =>
      /^(?:tsconfig.*|package|document\.schema)\.json$/.test(name) ||
      /^(?:src|explorer-page|scripts|docs|[A-Z]+\.md|LICENSE)$/.test(name),
  );
  for (const name of names) await cp(join(ROOT, name), join(folder, name), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'dir');
  await run('npm', ['pack', '--pack-destination', workshop], folder);
  const file = (await readdir(workshop)).find((name) => name.endsWith('.tgz'));
  if (file === undefined) throw new Error('npm pack left no tarball.');
  return join(workshop, file);
}

async function create(folder: string, consumer: Consumer): Promise<void> {
  const { nest, type, compilerOptions, runner } = consumer;
  await mkdir(join(folder, 'src'), { recursive: true });
  const versions = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const same = (...names: string[]) =>
    Object.fromEntries(names.map((name) => [name, versions.devDependencies[name]]));
  await write(join(folder, 'package.json'), {
    name: 'consumer',
    private: true,
    type,
    dependencies: {
      '@nestjs/common': nest,
      '@nestjs/core': nest,
      '@nestjs/platform-express': nest,
      '@nestjs/platform-fastify': nest,
      '@nestjs/testing': nest,
      ...same('reflect-metadata', 'rxjs', '@types/node'),
      'nestjs-cors': `file:${tarball}`,
      ...(runner === 'Jest' && same('jest')),
      // The last one for Node 20.
      ...(runner === 'Vitest' && { vitest: '^4' }),
    },
  });
  await write(join(folder, 'tsconfig.json'), {
    compilerOptions: {
      ...{ target: 'es2023', lib: ['es2023'], types: ['node'], strict: true },
      ...{ experimentalDecorators: true, emitDecoratorMetadata: true, esModuleInterop: true },
      // As Nest's own template has it: the declarations of others are not ours to mend.
      ...{ skipLibCheck: true, rootDir: 'src', outDir: 'dist', ...compilerOptions },
    },
    include: ['src'],
  });
  for (const name of ['app.ts', 'rows.ts', 'main.ts', 'broken.ts', 'timer.ts', 'kit.ts']) {
    const source = await readFile(join(CONSUMER, name), 'utf8');
    await writeFile(
      join(folder, 'src', name),
      source
        .replaceAll("'../../../src/index.js'", "'nestjs-cors'")
        .replaceAll("'../../../src/testing/index.js'", "'nestjs-cors/testing'")
        .replaceAll("'../../../src/explorer/index.js'", "'nestjs-cors/explorer'"),
    );
  }
  const own = join(folder, 'own-tests');
  await mkdir(own);
  const file = `own-${runner.replace(':', '-').toLowerCase()}.js`;
  await cp(join(CONSUMER, file), join(own, 'cors.test.js'));
  // A root of its own; what is imported is found in the folder above it.
  await write(join(own, 'package.json'), { type });
}

/** What Nest asks for and does without, where it is not installed; each `require` of it stands in a `try`. */
const OPTIONAL_PEERS = [
  '@nestjs/microservices',
  '@nestjs/microservices/*',
  '@nestjs/websockets',
  '@nestjs/websockets/*',
  '@fastify/multipart',
  '@fastify/static',
  '@fastify/view',
  'class-transformer',
  'class-transformer/*',
  'class-validator',
];

/** Makes one file of an application and all that it needs, as people do for containers and functions. */
async function bundle(entry: string, outfile: string, format: 'esm' | 'cjs'): Promise<void> {
  const { warnings } = await build({
    ...{ entryPoints: [entry], outfile, format, bundle: true, platform: 'node', target: 'node20' },
    ...{ external: OPTIONAL_PEERS, keepNames: true, logLevel: 'silent' },
    // CommonJS inside of an ES module needs one.
    ...(format === 'esm' && {
      banner: {
        js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
      },
    }),
  });
  expect(warnings.filter(({ text }) => text.includes('nestjs-cors'))).toEqual([]);
}

async function versionOf(folder: string, name: string): Promise<string> {
  const text = await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

function write(file: string, value: object): Promise<void> {
  return writeFile(file, `${JSON.stringify(value, null, 2)}\n`);
}

/** What a command says; rejects with all of it where the command fails. */
function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd, env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else
        reject(new Error(`${command} ${args.join(' ')}\n${stdout}\n${stderr}`, { cause: error }));
    });
  });
}
