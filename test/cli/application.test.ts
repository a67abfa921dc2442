import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type BuiltPackage, buildPackage } from './built-package.js';

/*
 * Applications as users have built them, in a project that has the package installed: what `--app` makes of each.
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

function source(kind: Kind, body: string, exported: Readonly<Record<string, string>>): string {
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

beforeAll(async () => {
  built = await buildPackage();
}, 300_000);

afterAll(() => built.remove());

let projects = 0;

/** Runs `routes --app dist/app.module.js` in a project of its own, with what stands behind it. */
async function routes(
  kind: Kind,
  { body = '', exported = { AppModule: 'moduleWith()' } }: Partial<Row>,
  behind = '',
  options: readonly string[] = [],
) {
  projects += 1;
  const folder = await built.project(`project-${projects}`, {
    'package.json': JSON.stringify({ type: kind }),
    'dist/app.module.js': source(kind, body, exported),
  });
  const ended = await built.run(folder, [
    'routes',
    '--app',
    `dist/app.module.js${behind}`,
    ...options,
  ]);
  return { ...ended, folder };
}

interface Row {
  readonly name: string;
  readonly body: string;
  readonly exported: Readonly<Record<string, string>>;
}

describe.each<Kind>(['commonjs', 'module'])('An application of %s', (kind) => {
  test.each([
    { name: 'on Express', options: [] },
    { name: 'on Fastify', options: ['--fastify'] },
  ])('tells its routes $name', async ({ options }) => {
    const { status, stdout, stderr } = await routes(kind, {}, '', options);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(ROUTE);
  });

  test.each<{ name: string; exported: Readonly<Record<string, string>>; behind?: string }>([
    {
      name: 'the default export',
      exported: { default: 'moduleWith()', OtherModule: 'moduleWith({ controllers: [] })' },
    },
    {
      name: 'the only module among other classes',
      exported: { OtherController: 'ShopController', AppModule: 'moduleWith()' },
    },
    {
      name: 'the one that is named',
      exported: { OtherModule: 'moduleWith({ controllers: [] })', AppModule: 'moduleWith()' },
      behind: '#AppModule',
    },
    {
      name: 'one module under two names',
      exported: {
        AppModule: '(globalThis.same ??= moduleWith())',
        default: '(globalThis.same ??= moduleWith())',
      },
    },
  ])('is found as $name', async ({ exported, behind }) => {
    const { status, stdout, stderr } = await routes(kind, { exported }, behind);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(ROUTE);
  });

  test('may come from a function that creates it, with its global prefix', async () => {
    const create = `async () => {
      const { NestFactory } = await import('@nestjs/core');
      const app = await NestFactory.create(moduleWith(), { logger: false });
      return app.setGlobalPrefix('api');
    }`;
    const { status, stdout } = await routes(
      kind,
      { exported: { createApp: create } },
      '#createApp',
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(/^GET {5}\/api\/shop +ShopController\.list/m);
  });

  test('that prints on standard output leaves it to the command', async () => {
    const body = `console.log('loaded'); process.stdout.write('written'); require0(1, 'by number');`;
    const head =
      kind === 'commonjs'
        ? `const { writeSync: require0 } = require('node:fs');`
        : `import { writeSync as require0 } from 'node:fs';`;
    const { status, stdout, stderr } = await routes(kind, { body: head + body }, '', ['--json']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      format: 'nestjs-cors/1',
      routes: [{ path: '/shop' }],
    });
    expect(stderr).toContain('loaded');
    expect(stderr).toContain('written');
    expect(stderr).toContain('by number');
  });

  test('that leaves a timer and a server behind still ends', async () => {
    const body = `setInterval(() => undefined, 1000); import('node:net').then(({ createServer }) => createServer().listen(0));`;
    const { status, stdout } = await routes(kind, { body });
    expect(status).toBe(0);
    expect(stdout).toMatch(ROUTE);
  });
});

const NEVER = 'new Promise(() => undefined)';

function initializing(code: string): Pick<Row, 'body'> {
  return {
    body: `class Db { async onModuleInit() { ${code} } } const own = moduleWith; const withDb = () => own({ providers: [Db] });`,
  };
}

const WITH_DB = { AppModule: 'withDb()' };

describe('Why there are no routes is told in a sentence', () => {
  test.each<
    Partial<Row> & {
      name: string;
      behind?: string;
      options?: readonly string[];
      says: RegExp;
      isOwnFault?: boolean;
    }
  >([
    {
      name: 'several modules',
      exported: { AModule: 'moduleWith()', BModule: 'moduleWith()' },
      says: /^nestjs-cors: app\.module\.js exports several modules\. Add the one to start: #AModule, #BModule\.\n$/,
      isOwnFault: true,
    },
    {
      name: 'a name that is not exported',
      behind: '#Nobody',
      says: /^nestjs-cors: app\.module\.js exports no class "Nobody"\. Use #AppModule\.\n$/,
      isOwnFault: true,
    },
    {
      name: 'no module at all',
      exported: { port: '3000' },
      says: /^nestjs-cors: app\.module\.js exports no class with @Module\(\)\. Name the built file of the root module, e\.g\. dist\/app\.module\.js\.\n$/,
      isOwnFault: true,
    },
    {
      name: 'no CorsModule',
      exported: { AppModule: 'moduleWith({ imports: [] })' },
      says: /^nestjs-cors: The root module does not import CorsModule\. Add CorsModule\.forRoot\(\) to its imports\.\n$/,
      isOwnFault: true,
    },
    {
      name: 'a function that returns no application',
      exported: { create: 'function create() { return 1; }' },
      behind: '#create',
      says: /^nestjs-cors: create\(\) returns no application\. Return what NestFactory\.create\(\) resolves to, before listen\(\)\.\n$/,
      isOwnFault: true,
    },
    {
      name: 'a configuration that is refused',
      body: `const refused = CorsModule.forRoot({ origin: 'app.example' });`,
      exported: { AppModule: 'moduleWith({ imports: [refused] })' },
      says: /^nestjs-cors: The application does not start: \nThe CORS configuration has one problem:\n {2}- CorsModule\.forRoot\(\): origin: [^\n]+ \[invalid-origin\]\nSee docs\/start-up-checks\.md#invalid-origin in the package nestjs-cors\.\n$/,
      isOwnFault: true,
    },
    {
      name: 'a database that does not answer',
      ...initializing(
        `throw new AggregateError([new Error('connect ECONNREFUSED 127.0.0.1:5432')])`,
      ),
      exported: WITH_DB,
      says: /^nestjs-cors: The application does not start: connect ECONNREFUSED 127\.0\.0\.1:5432\. If it cannot start here[^\n]+--from\.\n$/,
    },
    {
      name: 'a string that is thrown',
      ...initializing(`throw 'no database'`),
      exported: WITH_DB,
      says: /^nestjs-cors: The application does not start: no database\. If it cannot/,
    },
    {
      name: 'nothing that is thrown',
      ...initializing(`throw undefined`),
      exported: WITH_DB,
      says: /^nestjs-cors: The application does not start: it threw undefined\. If it cannot/,
    },
    {
      name: 'an error of several lines, with escapes',
      ...initializing(`throw new Error('\\u001b[31mone\\ntwo')`),
      exported: WITH_DB,
      says: /^nestjs-cors: The application does not start: \\u\{1b\}\[31mone\. If it cannot/,
    },
    {
      name: 'an error that nobody catches',
      ...initializing(`setTimeout(() => { throw new Error('late'); }); await ${NEVER};`),
      exported: WITH_DB,
      says: /^nestjs-cors: The application does not start: late\. If it cannot/,
    },
    {
      name: 'a rejection that nobody handles',
      ...initializing(`void Promise.reject(new Error('unheard')); await ${NEVER};`),
      exported: WITH_DB,
      says: /^nestjs-cors: The application does not start: unheard\. If it cannot/,
    },
    {
      name: 'an application that ends the process',
      ...initializing(`process.exit(0)`),
      exported: WITH_DB,
      says: /^nestjs-cors: The application ended the process while it started, with status 0\. If it cannot/,
    },
    {
      name: 'one that is killed',
      ...initializing(`process.kill(process.pid, 'SIGKILL'); await ${NEVER};`),
      exported: WITH_DB,
      says: /^nestjs-cors: The application was ended by SIGKILL while it started\. If it cannot/,
    },
    {
      name: 'a start that never ends',
      ...initializing(`await ${NEVER}`),
      exported: WITH_DB,
      options: ['--timeout', '3'],
      says: /^nestjs-cors: The application has not started within 3 s \(--timeout\)\. If it cannot/,
    },
    {
      name: 'a loop without end',
      ...initializing(`for (;;);`),
      exported: WITH_DB,
      options: ['--timeout', '3'],
      says: /^nestjs-cors: The application has not started within 3 s \(--timeout\)\. If it cannot/,
    },
    {
      name: 'a file that cannot be loaded',
      body: `import_of_nothing();`,
      says: /^nestjs-cors: The application does not start: import_of_nothing is not defined\. If it cannot/,
    },
  ])(
    '$name',
    async ({ body, exported, behind, options, says, isOwnFault = false }) => {
      const ended = await routes(
        'commonjs',
        { ...(body !== undefined && { body }), ...(exported !== undefined && { exported }) },
        behind,
        options,
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

test('What the application warns of is told on standard error, and what it says besides is not', async () => {
  const body = `const { Logger } = require('@nestjs/common');
    class Talk { onModuleInit() { const logger = new Logger('Talk'); logger.log('all is well'); logger.warn('beware'); logger.error('broken', 'Error: broken\\n    at x'); } }`;
  const { status, stderr } = await routes('commonjs', {
    body,
    exported: { AppModule: 'moduleWith({ providers: [Talk] })' },
  });
  expect({ status, stderr }).toEqual({
    status: 0,
    stderr: 'warning: [Talk] beware\nerror: [Talk] broken\n',
  });
});

test('The application is closed before its process ends, and one that does not close is ended', async () => {
  const body = `const { writeFileSync } = require('node:fs');
    class Db { async onModuleDestroy() { writeFileSync('closed', ''); await ${NEVER}; } }`;
  const { status, stdout, folder } = await routes('commonjs', {
    body,
    exported: { AppModule: 'moduleWith({ providers: [Db] })' },
  });
  expect(status).toBe(0);
  expect(stdout).toMatch(ROUTE);
  expect(existsSync(join(folder, 'closed'))).toBe(true);
});

test('diff compares a document with the application', async () => {
  const { stdout, folder } = await routes('commonjs', {}, '', ['--json']);
  const closed = JSON.parse(stdout) as { origins: Record<string, unknown> };
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
