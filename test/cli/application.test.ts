import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type Answering,
  type BuiltPackage,
  buildPackage,
  type Listening,
} from './built-package.js';

/*
 * Applications as users have built them, in a project that has the package installed: what `--app` makes of each. The command
 * runs where its process or that of the application counts. What is found in a file does not depend on it, and is asked of the part of
 * the command that starts applications, in one process for all.
 */

/** What a built module begins with, in both kinds. */
const HEADS = {
  commonjs: `
    'use strict';
    Object.defineProperty(exports, '__esModule', { value: true });
    require('reflect-metadata');
    const { Controller, Get, Module } = require('@nestjs/common');
    const { Cors, CorsModule } = require('nestjs-cors');`,
  module: `
    import 'reflect-metadata';
    import { Controller, Get, Module } from '@nestjs/common';
    import { Cors, CorsModule } from 'nestjs-cors';`,
};

const BODY = `
  class ShopController { list() {} }
  Get()(ShopController.prototype, 'list', Object.getOwnPropertyDescriptor(ShopController.prototype, 'list'));
  Controller('shop')(ShopController);
  const cors = () => CorsModule.forRoot({ origin: ['https://app.example'], credentials: true });
  const moduleWith = (metadata) => {
    class AppModule {}
    Module({ imports: [cors()], controllers: [ShopController], ...metadata })(AppModule);
    return AppModule;
  };`;

const ROUTE = /^GET {5}\/shop +ShopController\.list +https:\/\/app\.example \[credentials\]$/m;

type Kind = keyof typeof HEADS;
type Exported = Readonly<Record<string, string>>;

function source(kind: Kind, body: string, exported: Exported): string {
  const entries = Object.entries(exported);
  const exports =
    kind === 'commonjs'
      ? entries.map(([name, value]) => `exports.${name} = ${value};`)
      : entries.map(([name, value]) =>
          name === 'default' ? `export default ${value};` : `export const ${name} = ${value};`,
        );
  return [HEADS[kind], BODY, body, ...exports].join('\n');
}

let built: BuiltPackage;
let starter: Answering;
let listener: Listening;

/** Starts applications one after the other, as the command does in a process for each. */
const STARTER = `
import { startApplication, StartProblem } from './package/dist/esm/cli/start-application.js';
process.on('message', async ({ file, name, fastify }) => {
  try {
    const { document, app } = await startApplication(file, name, fastify);
    await app.close();
    process.send({ document });
  } catch (error) {
    process.send({ problem: error.message, isOwn: error instanceof StartProblem });
  }
});
`;

beforeAll(async () => {
  built = await buildPackage();
  starter = await built.answering(STARTER);
  listener = await built.listening(built.projects);
}, 300_000);

afterAll(async () => {
  starter.end();
  listener.end();
  await built.remove();
});

let projects = 0;

/** A project of its own with a built module. */
function project(kind: Kind, text: string): Promise<string> {
  projects += 1;
  return built.project(`project-${projects}`, {
    'package.json': JSON.stringify({ type: kind }),
    'dist/app.module.js': text,
  });
}

/** Runs `routes --app dist/app.module.js` in a project, with what stands behind it. */
function routes(folder: string, behind = '', options: readonly string[] = []) {
  return built.run(folder, ['routes', '--app', `dist/app.module.js${behind}`, ...options]);
}

interface Started {
  readonly document?: { readonly origins: Readonly<Record<string, unknown>> };
  readonly problem?: string;
  readonly isOwn?: boolean;
}

/** Starts what `dist/app.module.js` of a project exports. */
async function start(folder: string, name?: string, fastify = false): Promise<Started> {
  const file = join(folder, 'dist/app.module.js');
  return (await starter.ask({ file, name, fastify })) as Started;
}

const SHOP = { method: 'GET', path: '/shop', handler: 'ShopController.list' };

const APP_MODULE: Exported = { AppModule: 'moduleWith()' };
const NO_CONTROLLERS = 'moduleWith({ controllers: [] })';

/** What is left behind keeps a process alive, unless somebody ends it. */
const LEFT_BEHIND = `setInterval(() => undefined, 1000); import('node:net').then(({ createServer }) => createServer().listen(0));`;

// The process of an application is one thing, how a module is loaded another, and the adapter a third: each of these is tried twice.
test('An application tells its routes, and ends, whatever timer and server it leaves behind', async () => {
  const folder = await project('commonjs', source('commonjs', LEFT_BEHIND, APP_MODULE));
  const { status, stdout, stderr } = await routes(folder);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(ROUTE);
});

test('One that prints on standard output leaves it to the command, and ends all the same, on Fastify', async () => {
  const body = `import { writeSync } from 'node:fs';
    console.log('loaded'); process.stdout.write('written'); writeSync(1, 'by number'); ${LEFT_BEHIND}`;
  const folder = await project('module', source('module', body, APP_MODULE));
  const { status, stdout, stderr } = await routes(folder, '#AppModule', ['--fastify', '--json']);
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    ...{ format: 'nestjs-cors/1', router: { type: 'fastify' } },
    routes: [SHOP],
  });
  expect(stderr).toContain('loaded');
  expect(stderr).toContain('written');
  expect(stderr).toContain('by number');
});

describe.each<Kind>(['commonjs', 'module'])('An application of %s', (kind) => {
  test.each<{ name: string; exported: Exported; taken?: string; fastify?: true; path?: string }>([
    {
      name: 'the default export',
      exported: { default: 'moduleWith()', OtherModule: NO_CONTROLLERS },
    },
    {
      name: 'the only module among other classes, on Fastify',
      exported: { OtherController: 'ShopController', ...APP_MODULE },
      fastify: true,
    },
    {
      name: 'the one that is named',
      exported: { OtherModule: NO_CONTROLLERS, ...APP_MODULE },
      taken: 'AppModule',
    },
    { name: 'one module under two names', exported: { AppModule: 'same', default: 'same' } },
    {
      name: 'what a function creates, with its global prefix',
      exported: {
        createApp: `async () => {
          const { NestFactory } = await import('@nestjs/core');
          const app = await NestFactory.create(moduleWith(), { logger: false });
          return app.setGlobalPrefix('api');
        }`,
      },
      ...{ taken: 'createApp', path: '/api/shop' },
    },
  ])('is found as $name', async ({ exported, taken, fastify = false, path = SHOP.path }) => {
    const text = source(kind, 'const same = moduleWith();', exported);
    expect(await start(await project(kind, text), taken, fastify)).toMatchObject({
      document: {
        router: { type: fastify ? 'fastify' : 'express' },
        routes: [{ ...SHOP, path }],
      },
    });
  });
});

describe('What exports no application is told how to', () => {
  test.each<{ name: string; exported?: Exported; taken?: string; problem: string }>([
    {
      name: 'a name that is not exported',
      taken: 'Nobody',
      problem: 'app.module.js exports no class "Nobody". Use #AppModule.',
    },
    {
      name: 'no module at all',
      exported: { port: '3000' },
      problem:
        'app.module.js exports no class with @Module(). Name the built file of the root module, e.g. dist/app.module.js.',
    },
    {
      name: 'several modules',
      exported: { AModule: 'moduleWith()', BModule: 'moduleWith()' },
      problem: 'app.module.js exports several modules. Add the one to start: #AModule, #BModule.',
    },
    {
      name: 'no CorsModule',
      exported: { AppModule: 'moduleWith({ imports: [] })' },
      problem:
        'The root module does not import CorsModule. Add CorsModule.forRoot() to its imports.',
    },
    {
      name: 'a function that returns no application',
      exported: { create: 'function create() { return 1; }' },
      taken: 'create',
      problem:
        'create() returns no application. Return what NestFactory.create() resolves to, before listen().',
    },
  ])('$name', async ({ exported = APP_MODULE, taken, problem }) => {
    const folder = await project('commonjs', source('commonjs', '', exported));
    expect(await start(folder, taken)).toEqual({ problem, isOwn: true });
  });
});

const NEVER = 'new Promise(() => undefined)';

/** A module with a provider that does something while Nest starts it. */
const initializing = (code: string) =>
  source('commonjs', `class Db { async onModuleInit() { ${code} } }`, {
    AppModule: 'moduleWith({ providers: [Db] })',
  });

describe('Why there are no routes is told in a sentence', () => {
  test.each<{
    name: string;
    /** A module of CommonJS. */
    text?: string;
    /** The same of ES modules: the file of the root module, which runs into trouble while it is loaded, before Nest is. */
    loading?: string;
    options?: readonly string[];
    says: RegExp;
    isOwnFault?: boolean;
  }>([
    {
      name: 'what exports no application',
      loading: `export const port = 3000`,
      says: /^nestjs-cors: app\.module\.js exports no class with @Module\(\)\. Name the built file of the root module, e\.g\. dist\/app\.module\.js\.\n$/,
      isOwnFault: true,
    },
    {
      name: 'a configuration that is refused',
      text: source('commonjs', `const refused = CorsModule.forRoot({ origin: 'app.example' });`, {
        AppModule: 'moduleWith({ imports: [refused] })',
      }),
      says: /^nestjs-cors: The application does not start: \nThe CORS configuration has one problem:\n {2}- CorsModule\.forRoot\(\): origin: [^\n]+ \[invalid-origin\]\nSee docs\/start-up-checks\.md#invalid-origin in the package nestjs-cors\.\n$/,
      isOwnFault: true,
    },
    {
      name: 'a database that does not answer',
      text: initializing(
        `throw new AggregateError([new Error('connect ECONNREFUSED 127.0.0.1:5432')])`,
      ),
      says: /^nestjs-cors: The application does not start: connect ECONNREFUSED 127\.0\.0\.1:5432\. If it cannot start here[^\n]+--from\.\n$/,
    },
    {
      name: 'a string that is thrown',
      loading: `throw 'no database'`,
      says: /^nestjs-cors: The application does not start: no database\. If it cannot/,
    },
    {
      name: 'nothing that is thrown',
      loading: `throw undefined`,
      says: /^nestjs-cors: The application does not start: it threw undefined\. If it cannot/,
    },
    {
      name: 'an error of several lines, with escapes',
      loading: `throw new Error('\\u001b[31mone\\ntwo')`,
      says: /^nestjs-cors: The application does not start: \\u\{1b\}\[31mone\. If it cannot/,
    },
    {
      name: 'an error that nobody catches',
      loading: `setTimeout(() => { throw new Error('late'); }); await ${NEVER};`,
      says: /^nestjs-cors: The application does not start: late\. If it cannot/,
    },
    {
      name: 'a rejection that nobody handles',
      loading: `void Promise.reject(new Error('unheard')); await ${NEVER};`,
      says: /^nestjs-cors: The application does not start: unheard\. If it cannot/,
    },
    {
      name: 'an application that ends the process',
      loading: `process.exit(0)`,
      says: /^nestjs-cors: The application ended the process while it started, with status 0\. If it cannot/,
    },
    {
      name: 'one that is killed',
      loading: `process.kill(process.pid, 'SIGKILL'); await ${NEVER};`,
      says: /^nestjs-cors: The application was ended by SIGKILL while it started\. If it cannot/,
    },
    {
      name: 'a start that never ends',
      loading: `await ${NEVER}`,
      options: ['--timeout', '1'],
      says: /^nestjs-cors: The application has not started within 1 s \(--timeout\)\. If it cannot/,
    },
    {
      name: 'a loop without end',
      // It turns at full speed for as long as that.
      loading: `for (;;);`,
      options: ['--timeout', '1'],
      says: /^nestjs-cors: The application has not started within 1 s \(--timeout\)\. If it cannot/,
    },
    {
      name: 'a file that cannot be loaded',
      loading: `import_of_nothing();`,
      says: /^nestjs-cors: The application does not start: import_of_nothing is not defined\. If it cannot/,
    },
  ])(
    '$name',
    async ({ text, loading = '', options, says, isOwnFault = false }) => {
      const folder = await (text === undefined
        ? project('module', loading)
        : project('commonjs', text));
      const ended = await listener.type(
        ...['routes', '--app', join(folder, 'dist/app.module.js'), ...(options ?? [])],
      );
      // Nest's own log may say more about it, before.
      const own = ended.stderr.slice(ended.stderr.indexOf('nestjs-cors: '));
      expect(own).toMatch(says);
      expect(ended).toMatchObject({ status: 2, stdout: '' });
      expect(own.includes('use --from')).toBe(!isOwnFault);
      expect(ended.stderr).not.toMatch(/^ +at /m);
    },
    30_000,
  );
});

test('What the application warns of is told on standard error, and what it says besides is not; it is closed, and ended where it does not close', async () => {
  const talk = `const { Logger } = require('@nestjs/common'); const logger = new Logger('Talk');
    logger.log('all is well'); logger.warn('beware'); logger.error('broken', 'Error: broken\\n    at x'); }
    async onModuleDestroy() { require('node:fs').writeFileSync('closed', ''); await ${NEVER};`;
  const folder = await project('commonjs', initializing(talk));
  const { status, stdout, stderr } = await routes(folder);
  expect({ status, stderr }).toEqual({
    status: 0,
    stderr: 'warning: [Talk] beware\nerror: [Talk] broken\n',
  });
  expect(stdout).toMatch(ROUTE);
  expect(existsSync(join(folder, 'closed'))).toBe(true);
});

test('diff compares a document with the application', async () => {
  const folder = await project('commonjs', source('commonjs', '', APP_MODULE));
  const closed = (await start(folder)).document!;
  const rules = Object.values(closed.origins)[0] as { exact: string[]; openTo: string };
  [rules.exact, rules.openTo] = [[], 'nobody'];
  const ended = await built.run(folder, ['diff', '-', '--app', 'dist/app.module.js'], {
    input: JSON.stringify(closed),
  });
  expect(ended.stdout).toMatch(
    /^Opened with credentials\n {2}https:\/\/app\.example may call, with cookies\n {4}GET \/shop \(ShopController\.list\)\n/,
  );
  expect(ended.status).toBe(1);
});
