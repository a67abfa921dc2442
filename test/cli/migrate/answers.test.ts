import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { transform } from '@swc/core';
import { migrateProject } from '../../../src/cli/migrate.js';
import { typeFaults } from '../../harness/compiler.js';
import { members } from '../../harness/cors-headers.js';
import { type Answer, send, valuesOf } from '../../harness/send.js';
import { ADAPTERS, type AdapterName } from '../../harness/start-app.js';
import { type BuiltPackage, buildPackage } from '../built-package.js';

/*
 * Each bootstrap runs twice, as it is with Nest's own CORS, and as migrate makes it. Both are asked the same; a table
 * says what they allow.
 */

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

interface Question {
  readonly origin: string;
  readonly method: string;
  readonly header?: string;
  readonly credentials?: boolean;
}

const A = 'https://a.example';
const B = 'https://b.example';
const ASKED: Readonly<Record<string, Question>> = {
  'A reads': { origin: A, method: 'GET' },
  'A reads with cookies': { origin: A, method: 'GET', credentials: true },
  'A puts': { origin: A, method: 'PUT' },
  'A posts X-Trace': { origin: A, method: 'POST', header: 'x-trace' },
  'A posts X-Other': { origin: A, method: 'POST', header: 'x-other' },
  'B reads': { origin: B, method: 'GET' },
  'B reads with cookies': { origin: B, method: 'GET', credentials: true },
  'pr-7 reads': { origin: 'https://pr-7.example.com', method: 'GET' },
  'pr-7.evil reads': { origin: 'https://pr-7.example.com.evil.net', method: 'GET' },
};

interface Row {
  readonly shape: string;
  readonly adapters?: readonly AdapterName[];
  /** What stands before the function, in it, and behind the adapter. */
  readonly head?: string;
  readonly lines?: string;
  readonly options?: string;
  /** What is allowed, besides PUT, which `@fastify/cors` allows only where it is named. */
  readonly allowed: readonly string[];
  readonly puts?: readonly AdapterName[];
}

const ALL_OF_A = ['A reads', 'A posts X-Trace', 'A posts X-Other'];
const ANYBODY = [...ALL_OF_A, 'B reads', 'pr-7 reads', 'pr-7.evil reads'];

const ROWS: readonly Row[] = [
  { shape: 'no options', lines: 'app.enableCors();', allowed: ANYBODY, puts: ['express'] },
  { shape: 'cors: true', options: 'cors: true,', allowed: ANYBODY, puts: ['express'] },
  {
    shape: 'any origin',
    lines: `app.enableCors({ origin: true, methods: 'GET,POST,PUT' });`,
    allowed: ANYBODY,
    puts: ['express', 'fastify'],
  },
  {
    shape: 'a list with credentials',
    lines: `app.enableCors({ origin: ['${A}', /^https:\\/\\/pr-\\d+\\.example\\.com$/], credentials: true, allowedHeaders: 'X-Trace' });`,
    allowed: ['A reads', 'A reads with cookies', 'A posts X-Trace', 'pr-7 reads'],
    puts: ['express'],
  },
  {
    shape: 'options in a variable',
    head: `const shops = ['${A}'];`,
    lines: `const options = {\n    origin: shops,\n    methods: ['GET', 'POST', 'PUT'],\n    maxAge: 60 * 60,\n  };\n  app.enableCors(options);`,
    allowed: ALL_OF_A,
    puts: ['express', 'fastify'],
  },
  {
    shape: 'the environment',
    lines: `app.enableCors({ origin: process.env['MIGRATE_A'], credentials: true });`,
    allowed: [...ALL_OF_A, 'A reads with cookies'],
    puts: ['express'],
  },
  {
    shape: 'a variable that is not set',
    adapters: ['express'],
    lines: `app.enableCors({ origin: process.env['MIGRATE_NOBODY'], methods: ['GET', 'POST', 'PUT'] });`,
    allowed: [],
  },
  {
    shape: 'a list in the environment, of which a part is not set',
    lines: `app.enableCors({ origin: [process.env['MIGRATE_NOBODY']!, ...(process.env['MIGRATE_LIST'] ?? '').split(',').filter(Boolean)] });`,
    allowed: [...ALL_OF_A, 'B reads'],
    puts: ['express'],
  },
  {
    shape: 'options of another file',
    head: `import { corsOptions } from './cors-options.js';`,
    lines: 'app.enableCors(corsOptions);',
    allowed: [...ALL_OF_A, 'A reads with cookies'],
    puts: ['express'],
  },
  {
    shape: 'cors: among the options, and nobody',
    options: `cors: { origin: false },`,
    allowed: [],
  },
  {
    shape: 'app.use(cors())',
    adapters: ['express'],
    head: `import cors from 'cors';`,
    lines: `app.use(cors({ origin: '${A}' }));`,
    allowed: ALL_OF_A,
    puts: ['express'],
  },
  {
    shape: 'app.register(fastifyCors)',
    adapters: ['fastify'],
    head: `import fastifyCors from '@fastify/cors';`,
    lines: `await app.register(fastifyCors, { origin: '${A}', hideOptionsRoute: true });`,
    allowed: ALL_OF_A,
  },
];

const CASES = ROWS.flatMap((row) =>
  (row.adapters ?? ADAPTERS).map((adapter) => ({
    ...row,
    adapter,
    expected: [...row.allowed, ...(row.puts?.includes(adapter) === true ? ['A puts'] : [])].sort(),
  })),
);

function entry({ head = '', lines = '', options = '', adapter }: (typeof CASES)[number]): string {
  const [Adapter, Application] =
    adapter === 'express'
      ? ['ExpressAdapter', 'NestExpressApplication']
      : ['FastifyAdapter', 'NestFastifyApplication'];
  return `import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { ${Adapter}, type ${Application} } from '@nestjs/platform-${adapter}';
import { AppModule } from './app.module.js';
${head}

export async function start() {
  const app = await NestFactory.create<${Application}>(AppModule, new ${Adapter}(), {
    logger: false,
    abortOnError: false,
    ${options}
  });
  ${lines}
  await app.listen(0, '127.0.0.1');
  return app;
}
`;
}

const FILES = {
  'package.json': '{ "type": "module" }',
  'src/app.module.ts': `import { Controller, Get, Module, Post, Put } from '@nestjs/common';

@Controller()
export class BooksController {
  @Get()
  list() {
    return [];
  }
  @Post()
  add() {
    return [];
  }
  @Put()
  set() {
    return [];
  }
}

@Module({
  controllers: [BooksController],
})
export class AppModule {}
`,
  'src/cors-options.ts': `export const corsOptions = { origin: ['${A}'], credentials: true };\n`,
};

/** Starts what is named on its command line, and prints the ports. */
const RUNNER = `
const ports = [];
for (const file of process.argv.slice(2)) {
  try {
    const { start } = await import(file);
    const app = await start();
    ports.push(app.getHttpServer().address().port);
  } catch (error) {
    ports.push(String(error.message));
  }
}
console.log(JSON.stringify(ports));
process.stdin.on('end', () => process.exit()).resume();
`;

let built: BuiltPackage;
let child: ChildProcess;
let ports: readonly (number | string)[];
const migrated: string[] = [];

const folderOf = (index: number, when: string) => `case-${index}-${when}`;

beforeAll(async () => {
  built = await buildPackage();
  for (const name of ['typescript', '@fastify', 'cors', '@types', 'fastify'])
    await symlink(
      join(ROOT, 'node_modules', name),
      join(built.projects, 'node_modules', name),
      'dir',
    );
  const started: string[] = [];
  for (const [index, row] of CASES.entries()) {
    for (const when of ['before', 'after']) {
      const files = { ...FILES, 'src/main.ts': entry(row) };
      const folder = await built.project(folderOf(index, when), files);
      if (when === 'after') {
        const said: string[] = [];
        const terminal = {
          print: () => 0,
          remark: (text: string) => said.push(text),
          colors: false,
        };
        const status = await migrateProject(folder, undefined, true, terminal);
        migrated.push(status === 0 ? '' : said.join('\n'));
      }
      await compile(folder);
      started.push(join(folder, 'dist/main.js'));
    }
  }
  await writeFile(join(built.projects, 'runner.mjs'), RUNNER);
  child = spawn(process.execPath, [join(built.projects, 'runner.mjs'), ...started], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '', MIGRATE_A: A, MIGRATE_LIST: `${A},${B}` },
  });
  for await (const line of createInterface(child.stdout!)) {
    ports = JSON.parse(line) as typeof ports;
    break;
  }
}, 180_000);

afterAll(async () => {
  child.stdin?.end();
  await built.remove();
});

async function compile(folder: string): Promise<void> {
  const files: Record<string, string> = {};
  for (const name of ['main', 'app.module', 'cors-options']) {
    const text = await readFile(join(folder, `src/${name}.ts`), 'utf8');
    const { code } = await transform(text, {
      swcrc: false,
      module: { type: 'es6' },
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
      },
    });
    files[`dist/${name}.js`] = code;
  }
  await built.project(folder.slice(built.projects.length + 1), files);
}

/** Whether a browser would let a page read what it asks for. */
async function allows(port: number, question: Question): Promise<boolean> {
  const { origin, method, header, credentials = false } = question;
  const open = (answer: Answer) => {
    const [allowed] = valuesOf(answer, 'access-control-allow-origin');
    const cookies = valuesOf(answer, 'access-control-allow-credentials')[0] === 'true';
    return credentials ? allowed === origin && cookies : allowed === '*' || allowed === origin;
  };
  const names = (answer: Answer, name: string) =>
    valuesOf(answer, name)
      .flatMap(members)
      .map((each) => each.toLowerCase());
  if (header !== undefined || method === 'PUT') {
    const preflight = await send(port, {
      method: 'OPTIONS',
      path: '/',
      headers: {
        origin,
        'access-control-request-method': method,
        ...(header !== undefined && { 'access-control-request-headers': header }),
      },
    });
    const headers = names(preflight, 'access-control-allow-headers');
    const methods = names(preflight, 'access-control-allow-methods');
    if (preflight.status < 200 || preflight.status > 299 || !open(preflight)) return false;
    if (method === 'PUT' && !methods.includes('put') && !methods.includes('*')) return false;
    if (header !== undefined && !headers.includes(header) && !headers.includes('*')) return false;
  }
  const answer = await send(port, {
    method,
    path: '/',
    headers: { origin, ...(header !== undefined && { [header]: '1' }) },
  });
  return answer.status < 300 && open(answer);
}

async function allowed(port: number | string): Promise<readonly string[]> {
  if (typeof port === 'string') return [port];
  const asked = Object.entries(ASKED).map(async ([name, question]) =>
    (await allows(port, question)) ? [name] : [],
  );
  return (await Promise.all(asked)).flat().sort();
}

describe('What migrate makes starts, and allows what was allowed', () => {
  test.each(CASES.map((row, index) => ({ ...row, index })))(
    '$shape on $adapter',
    async ({ index, expected }) => {
      expect(migrated[index]).toBe('');
      expect(await allowed(ports[2 * index]!)).toEqual(expected);
      expect(await allowed(ports[2 * index + 1]!)).toEqual(expected);
    },
  );

  test('and compiles under strict, without names that nobody uses', () => {
    const files = CASES.map((_, index) =>
      join(built.projects, folderOf(index, 'after'), 'src/main.ts'),
    );
    const compilerOptions = {
      strict: true,
      noUnusedLocals: true,
      exactOptionalPropertyTypes: true,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      esModuleInterop: true,
      skipLibCheck: true,
      target: 'es2023',
      module: 'nodenext',
      types: ['node'],
      typeRoots: [join(ROOT, 'node_modules/@types')],
      paths: { 'nestjs-cors': [join(ROOT, 'src/index.ts')] },
    };
    expect(typeFaults(built.projects, { compilerOptions, include: [], files })).toEqual([]);
  }, 120_000);
});
