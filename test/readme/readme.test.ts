import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { INestApplication, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import ts from 'typescript';
import {
  CorsModule,
  type CorsPolicy,
  CorsPolicyService,
  DEFAULT_ALLOWED_HEADERS,
} from '../../src/index.js';
import { COMMANDS } from '../../src/cli/commands.js';
import { differenceOf } from '../../src/document/difference.js';
import { describeDifference } from '../../src/document/difference-report.js';
import { explainRequest } from '../../src/document/explanation/explain-request.js';
import { explanationText } from '../../src/document/explanation-text.js';
import { readDocument } from '../../src/document/read-document.js';
import { describeRoutes } from '../../src/document/report.js';
import { documentationOf } from '../../src/protocol/configuration-error.js';
import { ADAPTERS, startApp } from '../harness/start-app.js';
import { fetchAsPage, readRequest } from './page.js';
import { anchors, block, codeIn, literal, README, table, tables } from './readme.js';
import { pathOf, start, writeSamples } from './samples.js';

process.env['CORS_ORIGINS'] = 'https://app.example.com,https://admin.example.com';
const files = writeSamples(ADAPTERS).filter(
  // The copies differ in the adapter's name.
  (path) => path.startsWith(pathOf('express', '')),
);

/** Closed after each test, also one that fails. */
const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const app of opened.splice(0)) await app.close();
});

describe.each(ADAPTERS)('The README on %s', (adapter) => {
  const tried = tables.filter(({ mark }) => mark.startsWith('tried: '));

  describe.each(tried)('$mark', ({ mark, rows }) => {
    let app: INestApplication;
    let port: number;
    beforeAll(async () => {
      ({ app, port } = await start(adapter, mark.slice('tried: '.length)));
    });
    afterAll(() => app.close());

    test.each(rows.map(([page = '', sends = '', gets = '']) => ({ page, sends, gets })))(
      'A page of $page that sends $sends gets $gets.',
      async ({ page, sends, gets }) => {
        const [origin = ''] = codeIn(page);
        expect(await fetchAsPage(port, readRequest(origin, sends))).toBe(gets);
      },
    );
  });

  test('The policies of "How policies combine" are those of its table.', async () => {
    const { app } = await start(adapter, 'combine');
    opened.push(app);
    const policies = app.get(CorsPolicyService).routes();
    for (const [handler = '', ...cells] of table('policies: combine').rows) {
      const policy = policies.find((route) => route.handlerName === codeIn(handler)[0])?.policy;
      const [origin, credentials, exposedHeaders] = cells.map((cell) => codeIn(cell)[0] ?? '');
      expect(policy).toMatchObject({
        origin: literal(origin ?? ''),
        credentials: literal(credentials ?? ''),
        exposedHeaders: literal(exposedHeaders ?? ''),
      });
    }
  });

  test('The options from the configuration arrive.', async () => {
    const { app, port } = await start(adapter, 'config');
    opened.push(app);
    const request = readRequest('https://admin.example.com', '`GET /account` with a cookie');
    expect(await fetchAsPage(port, request)).toBe('200, reads it');
  });

  test('The refused configuration is refused with the words given.', async () => {
    const message = block('refused/error.txt').text.trimEnd();
    await expect(start(adapter, 'refused')).rejects.toMatchObject({
      name: 'CorsConfigurationError',
      message: message.replace(/^CorsConfigurationError: /, ''),
    });
  });
});

describe('The README', () => {
  test('has samples that compile.', () => {
    const root = fileURLToPath(new URL('../../', import.meta.url));
    const read = ts.readConfigFile(`${root}tsconfig.json`, (path) => ts.sys.readFile(path));
    const { options } = ts.parseJsonConfigFileContent(read.config, ts.sys, root, { noEmit: true });
    const program = ts.createProgram([...files], options);
    const faults = files
      .map((file) => program.getSourceFile(file))
      .flatMap((file) => ts.getPreEmitDiagnostics(program, file));
    expect(
      ts.formatDiagnostics(faults, {
        getCanonicalFileName: (name) => name,
        getCurrentDirectory: () => root,
        getNewLine: () => '\n',
      }),
    ).toBe('');
  }, 300_000);

  test('shows what evaluate() says.', async () => {
    expect(await outputOf(() => import(pathOf('express', 'why/why.ts')))).toBe(
      block('why/output.txt').text,
    );
  });

  test('shows what routes() lists.', async () => {
    const { AppModule } = await sample<'AppModule'>('quick-start/app.module.ts');
    const { ListPolicies } = await sample<'ListPolicies'>('service/list-policies.ts');
    const output = await outputOf(async () => {
      const app = await NestFactory.create(
        { module: class {}, imports: [AppModule], providers: [ListPolicies] },
        { logger: false },
      );
      opened.push(app);
      await app.init();
    });
    expect(output).toBe(block('service/output.txt').text);
  });

  test('lists every option with its default.', async () => {
    const app = await startApp({ adapter: 'express', imports: [CorsModule.forRoot({})] });
    opened.push(app);
    const { policy } = await app.nest.get(CorsPolicyService).evaluate({ method: 'GET', url: '/' });
    const listed = table('options').rows.map(([name = '', , value = '']) => {
      const [code = ''] = codeIn(value);
      return [
        codeIn(name)[0],
        code === 'DEFAULT_ALLOWED_HEADERS' ? DEFAULT_ALLOWED_HEADERS : literal(code),
      ] as const;
    });
    expect(Object.fromEntries(listed)).toEqual(policy satisfies CorsPolicy);
  });

  test('names the default allowed headers.', () => {
    const [, sentence = ''] = /^`DEFAULT_ALLOWED_HEADERS` is exported(.*)$/m.exec(README) ?? [];
    expect(codeIn(sentence)).toEqual(DEFAULT_ALLOWED_HEADERS);
  });

  test.each([
    ['errors', 'CorsConfigurationErrorCode', 'codes'],
    ['warnings', 'CorsConfigurationWarningCode', 'warnings'],
  ])('names every code of the %s.', (_what, type, mark) => {
    const codes = codesOf(type);
    const named = table(mark).rows.flatMap(([cell = '']) => codeIn(cell));
    expect(named.sort()).toEqual(codes.sort());
  });

  test('has beside it the page that messages name, with a heading for every code.', () => {
    const codes = ['CorsConfigurationErrorCode', 'CorsConfigurationWarningCode'].flatMap(codesOf);
    const unexplained = codes.filter((code) => {
      const [file = '', anchor = ''] = documentationOf(code as 'invalid-origin').split('#');
      const page = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
      return !page.split('\n').includes(`### ${anchor}`);
    });
    expect(unexplained).toEqual([]);
  });

  test('links to headings and files that are there.', () => {
    const targets = [...README.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(({ 1: to = '' }) => to);
    const known = anchors();
    const broken = targets.filter((target) =>
      target.startsWith('#')
        ? !known.has(target.slice(1))
        : !existsSync(new URL(`../../${target}`, import.meta.url)),
    );
    expect(broken).toEqual([]);
  });
});

test.each([
  'CONTRIBUTING.md',
  'docs/command.md',
  'docs/start-up-checks.md',
  'docs/testing.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'test/README.md',
  'sample-app/README.md',
])('%s links to files that are there.', (page) => {
  const place = new URL(`../../${page}`, import.meta.url);
  const text = readFileSync(place, 'utf8');
  const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(
    ({ 1: target = '' }) => target,
  );
  expect(targets.filter((target) => !existsSync(new URL(target, place)))).toEqual([]);
});

// The tests of "Testing" declare themselves.
await import(pathOf('express', 'testing/cors.test.ts'));

/** The codes of one of the two types that list them. */
function codesOf(type: string): string[] {
  const source = readFileSync(
    new URL('../../src/protocol/configuration-error.ts', import.meta.url),
    'utf8',
  );
  const [, union = ''] = new RegExp(`type ${type} =([^;]+);`).exec(source) ?? [];
  return [...union.matchAll(/'([^']+)'/g)].map(({ 1: code = '' }) => code);
}

type SampleModule<Name extends string> = Record<Name, new (...args: never[]) => object>;

async function sample<Name extends string>(path: string): Promise<SampleModule<Name>> {
  return (await import(pathOf('express', path))) as SampleModule<Name>;
}

/** What is written with console.log() meanwhile. */
async function outputOf(run: () => Promise<unknown>): Promise<string> {
  const lines: string[] = [];
  const log = jest.spyOn(console, 'log').mockImplementation((...words: unknown[]) => {
    lines.push(`${words.map(String).join(' ')}\n`);
  });
  try {
    await run();
  } finally {
    log.mockRestore();
  }
  return lines.join('');
}

describe('docs/command.md', () => {
  const page = readFileSync(new URL('../../docs/command.md', import.meta.url), 'utf8');
  const shown = (mark: string) =>
    new RegExp(`<!-- ${mark} -->\\n\\n\`\`\`text\\n([^]*?)\`\`\``).exec(page)?.[1];

  test('shows what routes, explain and diff print of the quick start', async () => {
    const { AppModule } = (await import(pathOf('express', 'quick-start/app.module.ts'))) as {
      AppModule: Type;
    };
    const app = await NestFactory.create(AppModule, { logger: false });
    opened.push(app);
    await app.init();
    const document = app.get(CorsPolicyService).document();
    expect(`${describeRoutes(document).trimEnd()}\n`).toBe(shown('report: quick-start'));
    const explanation = await explainRequest(document, {
      ...{ origin: 'https://shop.example.com', url: 'https://api.example.com/books/1' },
      ...{ method: 'PUT', credentials: 'include' },
    });
    expect(`${explanationText(explanation).trimEnd()}\n`).toBe(shown('explain: quick-start'));
    const changed = JSON.parse(
      JSON.stringify(document)
        .replace('"exact":["https://app.example.com"]', '"exact":[]')
        .replace('"patterns":[]', '"patterns":["https://*.example.com"]'),
    ) as unknown;
    const difference = await differenceOf(document, readDocument(changed));
    expect(`${describeDifference(difference).trimEnd()}\n`).toBe(shown('diff: quick-start'));
  });

  test('has a section or a row for each command', () => {
    for (const name of COMMANDS.keys()) expect(page).toMatch(new RegExp(`^\\| \`${name}\``, 'm'));
  });
});
