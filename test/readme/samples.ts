import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { INestApplication } from '@nestjs/common';
import type { AdapterName } from '../harness/start-app.js';
import { blocks } from './readme.js';

/** Inside the repository, so that the samples find its packages. */
const FOLDER = fileURLToPath(new URL('../../.cache/readme/', import.meta.url));
const LIBRARY = fileURLToPath(new URL('../../src/index.js', import.meta.url));
const EXPLORER = fileURLToPath(new URL('../../src/explorer/index.js', import.meta.url));
const KIT = fileURLToPath(new URL('../../src/testing/index.js', import.meta.url));

/** What a sample has that the README leaves to the reader: the resources that no controller serves. */
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

/** Every sample, as files that the compiler and Jest can read; one copy for each adapter. */
export function writeSamples(adapters: readonly AdapterName[]): readonly string[] {
  rmSync(FOLDER, { recursive: true, force: true });
  const files = new Map<string, string>(Object.entries(OWN_FILES));
  for (const { language, name, text, line } of blocks) {
    if (language !== 'ts') continue;
    files.set(name === '' ? `fragments/line-${String(line)}.ts` : name, text);
  }
  for (const folder of new Set([...files.keys()].map(dirname))) {
    if (folder === 'fragments') continue;
    for (const file of COMMON_FILES) {
      const name = `${folder}/${file}`;
      if (!files.has(name)) files.set(name, files.get(`quick-start/${file}`) ?? '');
    }
  }
  return adapters.flatMap((adapter) =>
    [...files].map(([name, text]) => {
      const path = join(FOLDER, adapter, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, runnable(name, text, adapter));
      return path;
    }),
  );
}

export function pathOf(adapter: AdapterName, name: string): string {
  return join(FOLDER, adapter, name);
}

/** Runs the `main.ts` of a sample on a free port. */
export async function start(
  adapter: AdapterName,
  sample: string,
): Promise<{ app: INestApplication; port: number }> {
  const { app } = (await import(pathOf(adapter, `${sample}/main.ts`))) as { app: INestApplication };
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  return { app, port };
}

/** What is changed to run a sample here: which library, which adapter, which port. */
function runnable(name: string, text: string, adapter: AdapterName): string {
  const code = name.startsWith('fragments/') ? withImports(text) : text;
  const folder = dirname(join(FOLDER, adapter, name));
  const library = relative(folder, LIBRARY);
  // Nest's own projects have them as globals.
  const globals = name.endsWith('.test.ts')
    ? "import { afterAll, beforeAll, expect, test } from '@jest/globals';\n"
    : '';
  const here =
    globals +
    code
      .replaceAll("from 'nestjs-cors'", () => `from '${library}'`)
      .replaceAll("from 'nestjs-cors/explorer'", () => `from '${relative(folder, EXPLORER)}'`)
      .replaceAll("from 'nestjs-cors/testing'", () => `from '${relative(folder, KIT)}'`);
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

function replaceOnce(text: string, from: string, to: string): string {
  if (text.split(from).length !== 2) throw new Error(`"${from}" is not in main.ts once.`);
  return text.replace(from, () => to);
}

/** Fragments leave out the imports. */
function withImports(text: string): string {
  const names = ['Cors', 'CorsModule', 'CorsPolicyService', 'DEFAULT_ALLOWED_HEADERS'];
  const used = names.filter((name) => new RegExp(`\\b${name}\\b`).test(text));
  return `import { ${used.join(', ')} } from 'nestjs-cors';\n${text}`;
}
