import { describe, expect, test } from '@jest/globals';
import { type Files, Project } from './migrated.js';

/*
 * Where the entry file and the root module are, and how they are written.
 */

const ENTRY = `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  app.enableCors({ origin: 'https://a.example', allowedHeaders: [] });
  await app.listen(3000);
}
void bootstrap();
`;
const ENTRY_AFTER = ENTRY.replace(/ {2}app\.enableCors.*\n/, '');
const CALL = `CorsModule.forRoot({ origin: 'https://a.example', allowedHeaders: [] })`;

const module = (metadata: string, head = '') => `import { Module } from '@nestjs/common';
${head}
@Module(${metadata})
export class AppModule {}
`;
const IMPORTED = `import { CorsModule } from 'nestjs-cors';\n`;

describe('The imports of the root module', () => {
  test.each<{ before: string; after: string; head?: string }>([
    { before: '{}', after: `{ imports: [\n  ${CALL},\n] }` },
    { before: '{ imports: [] }', after: `{ imports: [\n  ${CALL},\n] }` },
    { before: '{ providers: [] }', after: `{ imports: [\n  ${CALL},\n], providers: [] }` },
    {
      before: '{\n  providers: [],\n}',
      after: `{\n  imports: [\n    ${CALL},\n  ],\n  providers: [],\n}`,
    },
    {
      before: '{\n  imports: [\n    A, // first\n    B, // second\n  ],\n}',
      after: `{\n  imports: [\n    A, // first\n    B, // second\n    ${CALL},\n  ],\n}`,
    },
    {
      before: '{\n  imports: [\n    A,\n    B // second\n  ]\n}',
      after: `{\n  imports: [\n    A,\n    B, // second\n    ${CALL}\n  ]\n}`,
    },
    {
      before: '{\n  imports: [...list],\n}',
      after: `{\n  imports: [\n    ...list,\n    ${CALL},\n  ],\n}`,
      head: 'const list = [];\n',
    },
    {
      before: '{\n  imports: list,\n}',
      after: `{\n  imports: [\n    ...list,\n    ${CALL},\n  ],\n}`,
      head: 'const list = [];\n',
    },
    {
      before: '{ imports }',
      after: `{ imports: [\n  ...imports,\n  ${CALL},\n] }`,
      head: 'const imports = [];\n',
    },
    {
      before: '{\n  imports: [A.forRoot({\n    b: 1,\n  })],\n}',
      after: `{\n  imports: [A.forRoot({\n    b: 1,\n  }), ${CALL}],\n}`,
    },
    {
      before: '{\n  imports: [A, /* the rest */ B],\n}',
      after: `{\n  imports: [A, /* the rest */ B, ${CALL}],\n}`,
    },
  ])('$before get one more', async ({ before, after, head = '' }) => {
    const project = await Project.with({
      'src/main.ts': ENTRY,
      'src/app.module.ts': module(before, head),
    });
    const { status, files } = await project.migrate();
    expect(files['src/app.module.ts']).toBe(module(after, IMPORTED + head));
    expect(status).toBe(0);
    await project.remove();
  });
});

describe('Files are found and stay as they are written', () => {
  const APP = module('{\n  imports: [A],\n}');
  const APP_AFTER = module(`{\n  imports: [\n    A,\n    ${CALL},\n  ],\n}`, IMPORTED);
  const js = (text: string) => text.replace("'./app.module'", "'./app.module.js'");
  const crlf = (text: string) => text.replaceAll('\n', '\r\n');
  const tabs = (text: string) => text.replaceAll('  ', '\t');
  const bare = (text: string) => text.replaceAll(';', '');
  const double = (text: string) => text.replaceAll(/'([^']*)'/g, '"$1"');
  const marked = (text: string) => `\uFEFF${text}`;
  const project = (before: [string, string], after: [string, string], places = ['src', 'src']) => {
    const files = ([entry, app]: [string, string]) => ({
      [`${places[0] ?? ''}/main.ts`]: entry,
      [`${places[1] ?? ''}/app.module.ts`]: app,
    });
    return { before: files(before), after: files(after) };
  };
  const styled = (change: (text: string) => string) =>
    project([change(ENTRY), change(APP)], [change(ENTRY_AFTER), change(APP_AFTER)]);

  test.each<{ what: string; before: Files; after: Files; named?: string; beside?: Files }>([
    {
      what: 'ES modules with .js endings',
      ...project([js(ENTRY), APP], [js(ENTRY_AFTER), APP_AFTER]),
    },
    { what: 'CRLF', ...styled(crlf) },
    { what: 'tabs', ...styled(tabs) },
    { what: 'no semicolons', ...styled(bare) },
    { what: 'a byte order mark', ...styled(marked) },
    {
      what: 'double quotes',
      ...project([double(ENTRY), double(APP)], [double(ENTRY_AFTER), double(APP_AFTER)]),
    },
    {
      what: 'another source root and entry file',
      before: { 'server/start.ts': ENTRY, 'server/app.module.ts': APP },
      after: { 'server/start.ts': ENTRY_AFTER, 'server/app.module.ts': APP_AFTER },
      beside: { 'nest-cli.json': '{ "sourceRoot": "server", "entryFile": "start" }' },
    },
    {
      what: 'the one application of a workspace',
      ...project([ENTRY, APP], [ENTRY_AFTER, APP_AFTER], ['apps/api/src', 'apps/api/src']),
      beside: {
        'libs/shared/src/index.ts': 'export {};',
        'nest-cli.json': `{ // Nest's own
          "sourceRoot": "apps/api/src",
          "projects": {
            "api": { "type": "application", "sourceRoot": "apps/api/src" },
            "shared": { "type": "library", "sourceRoot": "libs/shared/src", "entryFile": "index" } } }`,
      },
    },
    {
      what: 'the application of a workspace that is named',
      ...project([ENTRY, APP], [ENTRY_AFTER, APP_AFTER], ['projects/b/src', 'projects/b/src']),
      named: 'projects/b/src/main.ts',
      beside: {
        'projects/a/src/main.ts': ENTRY,
        'nest-cli.json':
          '{ "projects": { "a": { "sourceRoot": "projects/a/src" }, "b": { "sourceRoot": "projects/b/src" } } }',
      },
    },
    {
      what: 'a path of tsconfig.json',
      ...project(
        [ENTRY.replace('./app.module', '@/app.module'), APP],
        [ENTRY_AFTER.replace('./app.module', '@/app.module'), APP_AFTER],
        ['src', 'src/deep'],
      ),
      beside: {
        'tsconfig.json': '{ "extends": "./base.json" }',
        'base.json':
          '{ "compilerOptions": { "module": "preserve", "paths": { "@/*": ["./src/deep/*"] } } }',
      },
    },
    {
      what: 'a default export',
      ...project(
        [
          ENTRY.replace('{ AppModule }', 'AppModule'),
          APP.replace('export class', 'export default class'),
        ],
        [
          ENTRY_AFTER.replace('{ AppModule }', 'AppModule'),
          APP_AFTER.replace('export class', 'export default class'),
        ],
      ),
    },
    {
      what: 'imports that have to be named from another folder',
      ...project(
        [
          `import { shops } from './config/shops';\n${ENTRY.replace("'./app", "'./app/app").replace(/'https[^']*'/, 'shops')}`,
          APP,
        ],
        [
          ENTRY_AFTER.replace("'./app", "'./app/app"),
          APP_AFTER.replace(/'https[^']*'/, 'shops')
            .replace(IMPORTED, `${IMPORTED}import { shops } from '../config/shops';\n`)
            .replace(/\[\n {4}A,\n {4}(.*),\n {2}\]/, '[A, $1]'),
        ],
        ['src', 'src/app'],
      ),
      beside: { 'src/config/shops.ts': `export const shops = ['https://a.example'];\n` },
    },
    {
      what: 'one file for both',
      before: { 'src/main.ts': ENTRY.replace(/import \{ AppM.*\n/, APP) },
      after: { 'src/main.ts': ENTRY_AFTER.replace(/import \{ AppM.*\n/, APP_AFTER) },
    },
  ])('$what', async ({ before, after, named, beside = {} }) => {
    const found = await Project.with({ ...before, ...beside });
    const { status, files, remarks } = await found.migrate({ named });
    expect(remarks).toContain('Written: ');
    expect(files).toEqual({ ...after, ...beside });
    expect(status).toBe(0);
    expect(await found.migrate({ named })).toMatchObject({ status: 0, diff: '', files });
    await found.remove();
  });
});
