import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { INestApplication } from '@nestjs/common';
import type { AdapterName } from '../harness/start-app.js';
import { type Block, blocks } from './documentation.js';

/** Inside the repository, so that the samples find its packages. */
const FOLDER = fileURLToPath(new URL('../../.cache/readme/', import.meta.url));
const LIBRARY = fileURLToPath(new URL('../../src/index.js', import.meta.url));
const EXPLORER = fileURLToPath(new URL('../../src/explorer/index.js', import.meta.url));
const KIT = fileURLToPath(new URL('../../src/testing/index.js', import.meta.url));

/** What a sample has that the pages leave to the reader: the resources that no controller serves. */
const OWN_FILES: Readonly<Record<string, string>> = {
  'paths/app.module.ts': `
    import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
    import type { IncomingMessage, ServerResponse } from 'node:http';
    import { cors } from './cors.js';

    @Module({ imports: [cors] })
    export class AppModule implements NestModule {
      configure(consumer: MiddlewareConsumer): void {
        const answer = (_request: IncomingMessage, response: ServerResponse) => response.end('here');
        consumer.apply(answer).forRoutes('graphql', 'files/*path', 'elsewhere');
      }
    }`,
};

/** What the shorter samples are about, where they bring none of their own. */
const COMMON_FILES = ['app.module.ts', 'main.ts'];

/** The samples of the pages, written as files that the compiler and Jest can read. */
export interface Samples {
  readonly files: readonly string[];
  pathOf(adapter: AdapterName, name: string): string;
  /** Runs the `main.ts` of a sample on a free port. */
  start(adapter: AdapterName, sample: string): Promise<{ app: INestApplication; port: number }>;
}

/** Writes every sample; one copy for each adapter. `folder` is the test file's own: others run beside it. */
export function writeSamples(folder: string, adapters: readonly AdapterName[]): Samples {
  const place = join(FOLDER, folder);
  const pathOf = (adapter: AdapterName, name: string) => join(place, adapter, name);
  rmSync(place, { recursive: true, force: true });
  const samples = samplesOf(blocks.filter(isComplete));
  const files = adapters.flatMap((adapter) =>
    [...samples].map(([name, text]) => {
      const path = pathOf(adapter, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, runnable(name, text, adapter, dirname(path)));
      return path;
    }),
  );
  return {
    files,
    pathOf,
    async start(adapter, sample) {
      const path = pathOf(adapter, `${sample}/main.ts`);
      const { app } = (await import(path)) as { app: INestApplication };
      const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
      return { app, port };
    },
  };
}

/** What is a part of another sample, or refused by the compiler as by the module, is no file of its own. */
function isComplete({ language, name }: Block): boolean {
  return language === 'ts' && !name.startsWith('part-of:') && !name.startsWith('refused:');
}

function samplesOf(complete: readonly Block[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>(Object.entries(OWN_FILES));
  for (const { name, text, page, line } of complete) {
    const place = page.replace(/\.md$/, '').replaceAll('/', '-');
    const file =
      name === '' || name.startsWith('accepted:')
        ? `fragments/${place}-line-${String(line)}.ts`
        : name;
    if (files.has(file)) throw new Error(`${page} has a second ${file}.`);
    files.set(file, text);
  }
  for (const folder of new Set([...files.keys()].map(dirname))) {
    if (folder === 'fragments') continue;
    for (const file of COMMON_FILES) {
      const name = `${folder}/${file}`;
      if (!files.has(name)) files.set(name, files.get(`quick-start/${file}`) ?? '');
    }
  }
  return files;
}

/** What is changed to run a sample here: which library, which adapter, which port. */
function runnable(name: string, text: string, adapter: AdapterName, folder: string): string {
  const code = name.startsWith('fragments/') ? withImports(text) : text;
  // Nest's own projects have them as globals.
  const globals = name.endsWith('.test.ts')
    ? "import { afterAll, beforeAll, expect, test } from '@jest/globals';\n"
    : '';
  const here = globals + withLibrary(code, folder);
  if (!name.endsWith('/main.ts')) return here;
  const className = adapter === 'express' ? 'ExpressAdapter' : 'FastifyAdapter';
  return [
    `import { ${className} } from '@nestjs/platform-${adapter}';`,
    replaceOnce(
      replaceOnce(
        here,
        'NestFactory.create(AppModule)',
        `NestFactory.create(AppModule, new ${className}(), { logger: false, abortOnError: false })`,
      ),
      'app.listen(3000)',
      "app.listen(0, '127.0.0.1')",
    ),
    'export { app };',
  ].join('\n');
}

/** The sources in the place of the package. */
export function withLibrary(code: string, folder: string): string {
  return code
    .replaceAll("from 'nestjs-cors'", () => `from '${relative(folder, LIBRARY)}'`)
    .replaceAll("from 'nestjs-cors/explorer'", () => `from '${relative(folder, EXPLORER)}'`)
    .replaceAll("from 'nestjs-cors/testing'", () => `from '${relative(folder, KIT)}'`);
}

function replaceOnce(text: string, from: string, to: string): string {
  if (text.split(from).length !== 2) throw new Error(`"${from}" is not in main.ts once.`);
  return text.replace(from, () => to);
}

/** What fragments take for granted, by the package that has it. */
const IMPORTED: Readonly<Record<string, readonly string[]>> = {
  'nestjs-cors': ['Cors', 'CorsModule', 'CorsPolicyService', 'DEFAULT_ALLOWED_HEADERS'],
  'nestjs-cors/testing': ['corsReport', 'openPage', 'openTo'],
  '@nestjs/common': ['All', 'Controller', 'Get', 'Injectable', 'Scope'],
  '@jest/globals': ['expect', 'test'],
};

/** Fragments leave out the imports, and the application that is tested. */
export function withImports(text: string): string {
  const missing = (name: string) =>
    new RegExp(`\\b${name}\\b`).test(text) && !new RegExp(`import [^;]*\\b${name}\\b`).test(text);
  const imports = Object.entries(IMPORTED).flatMap(([from, names]) => {
    const used = names.filter(missing);
    return used.length === 0 ? [] : [`import { ${used.join(', ')} } from '${from}';`];
  });
  const app = /\(app\b/.test(text)
    ? ["declare const app: import('@nestjs/common').INestApplication;"]
    : [];
  return [...imports, ...app, text.replace(/^class /gm, 'export class '), 'export {};'].join('\n');
}
