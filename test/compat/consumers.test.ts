import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import {
  compile,
  install,
  type Installation,
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
 * The package as it would be published, installed into bare applications: compiled by `tsc` against its types, and run
 * against a table of requests over the wire. Other versions of Node and Nest: `versions.test.ts`.
 */

const INSTALL_MINUTES = 6;

interface Consumer extends Project {
  readonly name: string;
  readonly installation: Installation;
  /** How the command is called. Its own tests call it beside the latest Nest, on both adapters; the lowest Nest is met here alone. */
  readonly calls: readonly Call[];
  /** What its application is bundled as. Each half of the package goes into both formats, and each Nest into one at least. */
  readonly bundles: readonly ('esm' | 'cjs')[];
}

interface Call {
  readonly on: string;
  readonly command: readonly [program: string, ...string[]];
  readonly options: readonly string[];
}

const ON_FASTIFY: Call = {
  on: 'Fastify',
  command: [process.execPath, '../node_modules/.bin/nestjs-cors'],
  options: ['dist/app.js', '--fastify'],
};
const ON_EXPRESS: Call = {
  on: 'Express, with npx and a timer that it leaves behind',
  command: ['npx', '--no-install', 'nestjs-cors'],
  options: ['dist/timer.js'],
};

const NEST_12 = { name: 'Nest 12', nest: '^12' };

const CONSUMERS: readonly Consumer[] = [
  {
    ...{ name: 'Nest 12 with ES modules', installation: NEST_12, ...NEST_12_PROJECT },
    ...{ calls: [ON_EXPRESS], bundles: ['esm', 'cjs'] },
  },
  {
    ...{ name: 'Nest 12 with CommonJS', installation: NEST_12, ...NEST_12_PROJECT },
    ...{ type: 'commonjs', runner: 'node:test', calls: [ON_FASTIFY], bundles: ['esm'] },
  },
  {
    // What others publish breaks the latest one; what is changed here, the lowest.
    ...{ name: 'Nest 11.0.0 with CommonJS', installation: LOWEST_NEST_11, ...NEST_11_PROJECT },
    ...{ calls: [ON_FASTIFY, ON_EXPRESS], bundles: ['cjs'] },
  },
];

const INSTALLATIONS = [...new Set(CONSUMERS.map(({ installation }) => installation))];

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

const NAMES = DECLARED_NAMES + LINES.map(({ line }) => line).join('\n');

/** Writes a program of its own, in which the application's names do not count. */
async function writeNames(folder: string): Promise<void> {
  const names = join(folder, 'names');
  await mkdir(names);
  await write(join(names, 'tsconfig.json'), {
    extends: '../tsconfig.json',
    compilerOptions: { noEmit: true, rootDir: '.' },
    include: ['.'],
  });
  await writeFile(join(names, 'names.ts'), NAMES);
}

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
  ...['CorsConfigurationError', 'CorsConfiguration', 'openPage', 'openTo', 'corsReport'],
  ...['explainRequest', 'ExpressRouteTable'],
];
const SHARED_CLASSES = [
  ...['OriginMatcher', 'OriginCache', 'PolicyList', 'PathPattern'],
  ...['PoliciesInForce', 'RequestDecider'],
];

let workshop: string;
/** The folder of each installation, as it will be; npm makes all of them at once. */
let installed: Map<Installation, Promise<string>>;

beforeAll(async () => {
  workshop = await mkdtemp(join(tmpdir(), 'nestjs-cors-compat-'));
  const tarball = await packedIn(workshop);
  const runners = (of: Installation) =>
    CONSUMERS.filter(({ installation }) => installation === of).map(({ runner }) => runner);
  installed = new Map(
    INSTALLATIONS.map((each) => [
      each,
      install(workshop, each, runners(each), tarball, 'as installed here'),
    ]),
  );
  await Promise.allSettled(installed.values());
}, INSTALL_MINUTES * 60_000);

afterAll(() => rm(workshop, { recursive: true, force: true }));

// What a file exports, and under which name, is in the file. The lowest Nest has the least of what a file may import.
test('Every exported class and function has its own name, in both halves', async () => {
  const said = await run(process.execPath, ['names.mjs'], await installed.get(LOWEST_NEST_11)!);
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

describe.each(CONSUMERS)('$name', (consumer) => {
  let folder: string;
  /** The faults that the compiler finds in the application, and in `names/` beside it. */
  let faults: readonly string[];
  beforeAll(async () => {
    folder = await writeProject(await installed.get(consumer.installation)!, consumer);
    await writeNames(folder);
    // Two programs in one process, which reads the declarations once.
    const said = await compile(folder, consumer, '-b', '.', 'names').then(() => '', String);
    faults = said.split('\n').filter((line) => line.includes('error TS'));
  }, 300_000);

  test(`compiles against the published types, with ${consumer.compiler}`, () => {
    expect(faults.filter((fault) => !fault.startsWith('names/'))).toEqual([]);
  });

  test('answers every row of the table, on Express and Fastify', async () => {
    const { nest } = consumer.installation;
    const version = await versionOf(folder, '@nestjs/core');
    expect(`${version}.`).toContain(`${nest.replace('^', '')}.`);
    const said = await run(process.execPath, ['dist/main.js'], folder);
    expect(said).toMatch(/^\d+ rows on both adapters\n$/);
    console.log(`${consumer.name}, Nest ${version}: ${said.trim()}`);
  }, 300_000);

  test.each(consumer.bundles)(
    'answers every row as one file that esbuild made, where nothing is installed: %s',
    async (format) => {
      // Nothing is found from there but what the file holds.
      const elsewhere = await mkdtemp(join(tmpdir(), 'nestjs-cors-bundle-'));
      try {
        const file = join(elsewhere, format === 'esm' ? 'main.mjs' : 'main.cjs');
        await bundle(join(folder, 'dist/main.js'), file, format);
        const said = await run(process.execPath, [file], elsewhere);
        expect(said).toMatch(/^\d+ rows on both adapters\n$/);
      } finally {
        await rm(elsewhere, { recursive: true, force: true });
      }
    },
    300_000,
  );

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

  test.each(consumer.calls)(
    'tells its routes to nestjs-cors, on $on',
    async ({ command: [program, ...args], options }) => {
      const said = await run(program, [...args, 'routes', '--app', ...options], folder);
      for (const line of REPORTED) expect(said).toMatch(line);
    },
  );

  test('holds every use of a policy to the names that are declared, if there are any', () => {
    const lines = NAMES.split('\n');
    const refused = faults
      .filter((fault) => fault.startsWith('names/'))
      .map((fault) => /^names\/names\.ts\((\d+),/.exec(fault)?.[1])
      .map((line) => lines[Number(line) - 1]);
    expect([...new Set(refused)]).toEqual(
      LINES.filter(({ compiles }) => !compiles).map(({ line }) => line),
    );
  });

  test(`works in the project's own tests, with ${consumer.runner}`, async () => {
    // A test that fails may leave an application behind, on which the runner waits.
    await run(process.execPath, RUNNERS[consumer.runner], folder, 200_000);
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
