import { execFileSync } from 'node:child_process';
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { writeFiles } from '../../../src/cli/migrate/written-files.js';
import { readSource } from '../../../src/cli/migrate/source-text.js';
import { type Files, Project } from './migrated.js';

/*
 * What stays as it is, and what people are told.
 */

const MODULE = `import { Module } from '@nestjs/common';

@Module({ imports: [] })
export class AppModule {}
`;

function main(lines: string, head = '', create = 'AppModule'): string {
  return `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';
${head}async function bootstrap() {
  const app = await NestFactory.create(${create});
  ${lines}
  await app.listen(3000);
}
`;
}

const enabled = (options: string, head = '') => main(`app.enableCors(${options});`, head);

interface Row {
  readonly what: string;
  readonly main: string;
  readonly module?: string;
  readonly others?: Files;
  readonly says: string;
}

const A = `origin: 'https://a.example'`;

describe('migrate leaves alone, and says why,', () => {
  test.each<Row>([
    {
      what: 'any origin, with credentials',
      main: enabled('{ origin: true, credentials: true }'),
      says: 'src/main.ts:5  origin: Any site could act with the cookies of whoever visits it, so browsers refuse this. List the origins',
    },
    {
      what: 'any origin because none is given, with credentials',
      main: enabled('{ credentials: true }'),
      says: 'src/main.ts:5  origin: Any site could act',
    },
    {
      what: 'credentials that the environment may turn on for any origin',
      main: enabled(`{ origin: '*', credentials: process.env.COOKIES === 'yes' }`),
      says: 'origin: Any site could act',
    },
    {
      what: 'any origin in one case only, with credentials',
      main: enabled(
        `{ origin: process.env.NODE_ENV === 'production' ? 'https://a.example' : true, credentials: true }`,
      ),
      says: 'origin: Any site could act',
    },
    {
      what: 'an expression that is not anchored',
      main: enabled('{\n    origin: [\n      /example\\.com$/,\n    ],\n  }'),
      says: 'src/main.ts:6  origin: /example\\.com$/ could match inside a longer origin',
    },
    {
      what: 'an origin that never matched',
      main: enabled(`{ origin: ['https://a.example/'] }`),
      says: `origin: "https://a.example/" is not the form in which browsers send an origin: it ends with a slash. Write 'https://a.example'.`,
    },
    {
      what: 'http: with credentials',
      main: enabled(`{ origin: 'http://a.example', credentials: true }`),
      says: `Write 'https://a.example', or set dangerouslyAllowInsecureOrigins: true.`,
    },
    {
      what: 'a star that allowed nobody, and would allow subdomains',
      main: enabled(`{ origin: 'https://*.example.com' }`),
      says: 'origin: "https://*.example.com" is not a pattern to enableCors(), so it allowed nobody.',
    },
    {
      what: 'a star in a list, that would allow everybody',
      main: enabled(`{ origin: ['*', 'https://a.example'] }`),
      says: `origin: In a list, '*' allows nobody with the cors package.`,
    },
    {
      what: 'stars that are names with credentials',
      main: enabled(`{ ${A}, credentials: true, methods: '*' }`),
      says: 'methods: With credentials, browsers take the "*" of methods for a name',
    },
    {
      what: 'the same of headers',
      main: enabled(`{ ${A}, credentials: true, allowedHeaders: ['X-A', '*'] }`),
      says: 'allowedHeaders: With credentials, browsers take the "*"',
    },
    {
      what: 'a star for readable headers with credentials',
      main: enabled(`{ ${A}, credentials: true, exposedHeaders: '*' }`),
      says: 'exposedHeaders: With credentials, browsers take "*" for a header that is called "*".',
    },
    {
      what: 'methods in lower case, which allowed nothing',
      main: enabled(`{ ${A}, methods: ['put'] }`),
      says: 'methods: Methods are case-sensitive',
    },
    {
      what: 'a callback',
      main: enabled(
        '{\n    credentials: true,\n    origin: (origin, callback) => callback(null, true),\n  }',
      ),
      says: 'src/main.ts:7  The origin function passes its answer to a callback. Here it has to return it: origin: (origin) => boolean',
    },
    {
      what: 'a callback as a method, and one that has a name',
      main: enabled('{ origin(origin, callback) { callback(null, true); } }'),
      says: 'The origin function passes its answer to a callback.',
    },
    {
      what: 'a callback that has a name',
      main: enabled(
        '{ origin: check }',
        'function check(origin, callback) { callback(null, true); }\n',
      ),
      says: 'The origin function passes its answer to a callback.',
    },
    {
      what: 'a function that decides for each request',
      main: enabled('(request, callback) => callback(null, {})'),
      says: 'A function decides for each request. Use @Cors() on the routes that differ.',
    },
    {
      what: 'what a service of the application knows',
      main: main(
        `const config = app.get(ConfigService);\n  app.enableCors({ origin: config.get('ORIGIN') });`,
        `import { ConfigService } from '@nestjs/config';\n`,
      ),
      says: `src/main.ts:7  The value of config.get('ORIGIN') is not known without running it.`,
    },
    {
      what: 'options of a type that fits no longer',
      main: enabled('options', `import { options } from './options';\n`),
      others: {
        'src/options.ts': `import type { CorsOptions } from 'x';\nexport const options: CorsOptions = { ${A} };\n`,
      },
      says: 'src/main.ts:6  options is declared as CorsOptions. Declare it as CorsModuleOptions',
    },
    {
      what: 'options that a package exports',
      main: enabled('options', `import { options } from 'somewhere';\n`),
      says: 'What options holds is not known here.',
    },
    {
      what: 'options that a spread adds to',
      main: enabled(`{ ...base, ${A} }`, 'const base = {};\n'),
      says: 'src/main.ts:6  What ...base adds is not known here. Write it out.',
    },
    {
      what: 'an option that there is not',
      main: enabled(`{ ${A}, preflight: false }`),
      says: 'CorsModule.forRoot() has no option "preflight".',
    },
    {
      what: 'a list that something else uses, too',
      main: main(
        `app.enableCors({ origin: shops });\n  app.useWebSocketAdapter(new Sockets(shops));`,
        `const shops = ['https://a.example'];\n`,
      ),
      says: 'src/main.ts:7  shops is used here, too. Export it from a file of its own',
    },
    {
      what: 'a list that grows',
      main: main(
        `shops.push('https://b.example');\n  app.enableCors({ origin: shops });`,
        `const shops = ['https://a.example'];\n`,
      ),
      says: 'src/main.ts:7  shops may be changed while the application runs.',
    },
    {
      what: 'a variable that may change',
      main: main(`let origin = 'https://a.example';\n  app.enableCors({ origin });`),
      says: 'src/main.ts:6  What origin holds is not known',
    },
    {
      what: 'two calls',
      main: main(`app.enableCors({ ${A} });\n  app.enableCors();`),
      says: 'src/main.ts:6  app.enableCors(): CORS is turned on more than once. Leave one',
    },
    {
      what: 'a call and cors: true',
      main: main(`app.enableCors({ ${A} });`, '', 'AppModule, { cors: true }'),
      says: 'src/main.ts:4  cors: true: CORS is turned on more than once.',
    },
    {
      what: 'a call within an if',
      main: main(`if (process.env.NODE_ENV !== 'production') {\n    app.enableCors();\n  }`),
      says: `src/main.ts:6  app.enableCors(): It does not always run: it depends on process.env.NODE_ENV !== 'production'.`,
    },
    {
      what: 'a call behind a return',
      main: main(`if (process.env.CLI) return;\n  app.enableCors();`),
      says: 'It does not always run: a return may come before it.',
    },
    {
      what: 'a call on something else',
      main: main('app.getHttpAdapter().enableCors({});'),
      says: 'It is not called on app, which NestFactory.create() returns.',
    },
    {
      what: 'cors() on a path',
      main: main(`app.use('/api', cors());`, `import * as cors from 'cors';\n`),
      says: 'It holds on some paths only.',
    },
    {
      what: 'cors() that is made before it is used',
      main: main(`const open = cors();\n  app.use(open);`, `import cors = require('cors');\n`),
      says: 'cors(): It is not passed to app.use() directly.',
    },
    {
      what: 'two applications',
      main: main(`app.enableCors();\n  const other = await NestFactory.create(AppModule);`),
      says: 'NestFactory.create() stands 2 times in this file.',
    },
    {
      what: 'a file that is handed the application',
      main: `export function configure(app) {\n  app.enableCors();\n}\n`,
      says: 'src/main.ts:2  app.enableCors(): No variable of this file holds what NestFactory.create() returns.',
    },
    {
      what: 'a root module that is made by a call',
      main: main('app.enableCors();', '', 'AppModule.forRoot()'),
      says: 'The root module is AppModule.forRoot(). Add CorsModule.forRoot() to its imports.',
    },
    {
      what: 'a root module that is not there',
      main: enabled(''),
      module: 'export {};\n',
      says: 'The class AppModule is not in the file that it is imported from here.',
    },
    {
      what: 'a module that has CorsModule already',
      main: enabled(''),
      module: `import { CorsModule } from 'nestjs-cors';\n${MODULE.replace('[]', '[CorsModule.forRoot({})]')}`,
      says: 'src/app.module.ts:1  CorsModule is imported already. Compare its options',
    },
    {
      what: 'a module with another CorsModule',
      main: enabled(''),
      module: MODULE.replace('[]', '[CorsModule]').replace(
        '\n\n',
        '\nimport { CorsModule } from "./cors";\n\n',
      ),
      says: 'Something else is called CorsModule here.',
    },
    {
      what: 'imports that a function makes',
      main: enabled(''),
      module: MODULE.replace('[]', 'made()'),
      says: 'src/app.module.ts:3  These imports are not a list.',
    },
    {
      what: 'a list that may be empty text',
      main: enabled(`{ origin: (process.env.ORIGINS ?? '').split(',') }`),
      says: 'Write .filter(Boolean) behind it, and run migrate again.',
    },
  ])('$what', async ({ main: entry, module = MODULE, others = {}, says }) => {
    const files = { 'src/main.ts': entry, 'src/app.module.ts': module, ...others };
    const project = await Project.with(files);
    const migrated = await project.migrate();
    expect(migrated).toMatchObject({ status: 1, diff: '', files });
    expect(migrated.remarks).toContain('Nothing is changed. These are left to you:\n');
    expect(migrated.remarks).toContain(says);
    await project.remove();
  });
});

describe('migrate ends with status 2', () => {
  const ENTRY = enabled('');
  const files = { 'src/main.ts': ENTRY, 'src/app.module.ts': MODULE };
  test.each<{
    what: string;
    files?: Files;
    named?: string;
    prepare?(folder: string): Promise<unknown>;
    says: string;
  }>([
    {
      what: 'where there is no entry file',
      files: { 'src/app.module.ts': MODULE },
      says: 'There is no src/main.ts here. Run migrate in the folder of the project, or name the file',
    },
    {
      what: 'where the file that is named is missing',
      named: 'src/start.ts',
      says: 'There is no file src/start.ts.',
    },
    { what: 'where a folder is named', named: 'src', says: 'src is not a file.' },
    { what: 'where the file is outside', named: '/etc/hostname', says: 'is outside this project.' },
    {
      what: 'where a link leads outside',
      prepare: async (folder) => {
        await rename(join(folder, 'src/main.ts'), `${folder}.ts`);
        await symlink(`${folder}.ts`, join(folder, 'src/main.ts'));
      },
      says: 'src/main.ts is outside this project.',
    },
    {
      what: 'where the file is not understood',
      files: { ...files, 'src/main.ts': `${ENTRY}\n}} const` },
      says: 'src/main.ts:9 is not understood: Declaration or statement expected. Correct it',
    },
    {
      what: 'where the root module is not understood',
      files: { ...files, 'src/app.module.ts': `${MODULE}\n(` },
      says: 'src/app.module.ts:6 is not understood:',
    },
    {
      what: 'where the file is huge',
      files: { ...files, 'src/main.ts': `${ENTRY}// ${'a'.repeat(2 ** 20)}` },
      says: 'src/main.ts is larger than a megabyte',
    },
    {
      what: 'where the file is no text',
      prepare: (folder) => writeFile(join(folder, 'src/main.ts'), Buffer.from([0x61, 0xff, 0xfe])),
      says: 'src/main.ts is not UTF-8.',
    },
    {
      what: 'where nest-cli.json is no JSON',
      files: { ...files, 'nest-cli.json': 'sourceRoot: src' },
      says: 'nest-cli.json is not JSON.',
    },
    {
      what: 'where nest-cli.json leads outside',
      files: { ...files, 'nest-cli.json': '{ "sourceRoot": "/etc", "entryFile": "../../x" }' },
      says: 'There is no x.ts here.',
    },
    {
      what: 'in a workspace with several applications',
      files: {
        'apps/a/src/main.ts': ENTRY,
        'apps/b/src/main.ts': ENTRY,
        'nest-cli.json':
          '{ "projects": { "a": { "sourceRoot": "apps/a/src" }, "b": { "sourceRoot": "apps/b/src" } } }',
      },
      says: 'Name one: nestjs-cors migrate apps/a/src/main.ts or apps/b/src/main.ts',
    },
    {
      what: 'without typescript',
      prepare: (folder) => rm(join(folder, 'node_modules/typescript')),
      says: 'migrate needs the package typescript in this project. Install it: npm install --save-dev typescript',
    },
    {
      what: 'with a typescript that has no parser',
      prepare: async (folder) => {
        await rm(join(folder, 'node_modules/typescript'));
        await mkdir(join(folder, 'node_modules/typescript'));
        await writeFile(join(folder, 'node_modules/typescript/index.js'), 'exports.version = "9";');
      },
      says: 'The typescript of this project has no parser that other programs can use.',
    },
  ])('$what', async ({ files: given = files, named, prepare, says }) => {
    const project = await Project.with(given);
    await prepare?.(project.folder);
    const { status, diff } = await project.migrate({ named });
    expect(status).toContain(says);
    expect(diff).toBe('');
    await project.remove();
    await rm(`${project.folder}.ts`, { force: true });
  });
});

describe('What migrate writes', () => {
  const files = { 'src/main.ts': enabled(''), 'src/app.module.ts': MODULE };

  test('is nothing without --write, and the diff is what git applies', async () => {
    const project = await Project.with(files);
    const shown = await project.migrate({ write: false });
    expect(shown).toMatchObject({ status: 0, files });
    expect(shown.remarks).toContain('Nothing is written yet. Run it again with --write.');
    execFileSync('git', ['apply', '-'], { cwd: project.folder, input: `${shown.diff}\n` });
    const applied = await project.files();
    await Promise.all(
      Object.entries(files).map(([name, text]) => writeFile(join(project.folder, name), text)),
    );
    expect((await project.migrate()).files).toEqual(applied);
    expect(applied).not.toEqual(files);
    await project.remove();
  });

  test('goes through a link within the project, and keeps the rights of the file', async () => {
    const project = await Project.with(files);
    const real = join(project.folder, 'bootstrap.ts');
    await rename(join(project.folder, 'src/main.ts'), real);
    await writeFile(real, files['src/main.ts'].replace('./app', './src/app'));
    await chmod(real, 0o750);
    await symlink(real, join(project.folder, 'src/main.ts'));
    expect((await project.migrate()).status).toBe(0);
    expect((await lstat(join(project.folder, 'src/main.ts'))).isSymbolicLink()).toBe(true);
    expect(((await lstat(real)).mode & 0o777).toString(8)).toBe('750');
    expect(await readFile(real, 'utf8')).not.toContain('enableCors');
    await project.remove();
  });

  test('is nothing at all where one of the files has changed meanwhile', async () => {
    const project = await Project.with(files);
    const read = (name: string) => readSource(project.folder, join(project.folder, name));
    const [entry, module] = [await read('src/main.ts'), await read('src/app.module.ts')];
    await writeFile(join(project.folder, 'src/app.module.ts'), 'changed');
    await expect(
      writeFiles([
        { source: entry, text: 'a' },
        { source: module, text: 'b' },
      ]),
    ).rejects.toThrow('src/app.module.ts has changed meanwhile. Nothing was written');
    expect(await project.files()).toEqual({ ...files, 'src/app.module.ts': 'changed' });
    expect(await readdir(join(project.folder, 'src'))).toEqual(['app.module.ts', 'main.ts']);
    await project.remove();
  });

  test('is shown without what would steer a terminal', async () => {
    const text = files['src/main.ts'].replace('.listen(3000)', ".listen('\u001b[2J')");
    const project = await Project.with({ ...files, 'src/main.ts': text });
    const { diff } = await project.migrate({ write: false });
    expect(diff).toContain(".listen('\\u{1b}[2J')");
    await project.remove();
  });
});
