import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import {
  type Consumer,
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
 * The package as it would be published, installed into bare applications: compiled by `tsc` against its types, and run
 * against a table of requests over the wire. Other versions of Node and Nest: `versions.test.ts`.
 */

const TSC = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
const INSTALL_MINUTES = 6;

const CONSUMERS: readonly Consumer[] = [
  { name: 'Nest 12 with ES modules', nest: '^12', ...NEST_12_PROJECT, runner: 'Vitest' },
  {
    name: 'Nest 12 with CommonJS',
    nest: '^12',
    ...NEST_12_PROJECT,
    ...{ type: 'commonjs', runner: 'node:test' },
  },
  { name: 'Nest 11 with CommonJS', nest: '^11', ...NEST_11_PROJECT, runner: 'Jest' },
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

/** A function or class that a module of the package exports. */
interface ExportedName {
  readonly half: 'esm' | 'cjs';
  readonly file: string;
  readonly key: string;
  readonly name: string;
}

/** What users import, and what decides and enforces. */
const NAMED =
  /^(?:configuration|decision|enforcement|observation|protocol|routing)\/|^(?:(?:testing|explorer)\/)?index\.js$|^cors[^/]*$/;

/** Nest's `ConfigurableModuleBuilder` makes it. */
const NAMED_BY_NEST = new Set(['ConfigurableModuleClass']);

/** Some of these, wherever they are. */
const CLASSES = [
  ...['CorsModule', 'CorsGuard', 'CorsInterceptor', 'CorsPolicyService', 'CorsExplorerModule'],
  ...['CorsConfigurationError', 'CorsConfiguration', 'PoliciesInForce', 'RequestDecider'],
  ...['openPage', 'openTo', 'corsReport', 'explainRequest', 'ExpressRouteTable'],
];
const SHARED_CLASSES = ['OriginMatcher', 'OriginCache', 'PolicyList', 'PathPattern'];

let workshop: string;
/** The folder of each consumer, as it will be; npm installs all of them at once. */
let installed: Promise<string>[];

beforeAll(async () => {
  workshop = await mkdtemp(join(tmpdir(), 'nestjs-cors-compat-'));
  const tarball = await packedIn(workshop);
  installed = CONSUMERS.map((consumer) => installConsumer(workshop, consumer, tarball));
  await Promise.allSettled(installed);
}, INSTALL_MINUTES * 60_000);

afterAll(() => rm(workshop, { recursive: true, force: true }));

describe.each(CONSUMERS)('$name', (consumer) => {
  let folder: string;
  beforeAll(async () => {
    folder = await installed[CONSUMERS.indexOf(consumer)]!;
  });

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

  test('has every exported class and function under its own name, in both halves', async () => {
    const said = await run(process.execPath, ['names.mjs'], folder);
    const rows = JSON.parse(said) as ExportedName[];
    for (const half of ['esm', 'cjs']) {
      const named = rows.filter((row) => row.half === half && NAMED.test(row.file));
      expect(named.filter(({ key, name }) => key !== name && !NAMED_BY_NEST.has(key))).toEqual([]);
      // ES modules take what does not need Nest from the other half.
      const expected = half === 'cjs' ? [...CLASSES, ...SHARED_CLASSES] : CLASSES;
      expect(named.map(({ name }) => name)).toEqual(expect.arrayContaining(expected));
      // Two of the same name in one file: the second one would have a number.
      expect(named.filter(({ name }) => /[A-Za-z]\d$/.test(name))).toEqual([]);
    }
  });

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
