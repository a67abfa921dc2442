import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { INestApplication, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
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
import { REFUSAL_MESSAGES } from '../../src/protocol/decision/message.js';
import { type CorsRefusalReason, refusalStatus } from '../../src/protocol/decision/verdict.js';
import { typeFaults } from '../harness/compiler.js';
import { send } from '../harness/send.js';
import { ADAPTERS, startApp } from '../harness/start-app.js';
import {
  block,
  blocks,
  codeIn,
  list,
  literal,
  pageOf,
  README,
  ROOT,
  table,
  tables,
} from './documentation.js';
import { fetchAsPage, readRequest } from './page.js';
import { writeSamples } from './samples.js';

process.env['CORS_ORIGINS'] = 'https://app.example.com,https://admin.example.com';
const samples = writeSamples('readme', ADAPTERS);

/** Whatever a test has started ends with it, also where it fails. */
async function withApp<Result>(
  started: Promise<{ app: INestApplication; port: number }>,
  use: (app: INestApplication, port: number) => Promise<Result> | Result,
): Promise<Result> {
  const { app, port } = await started;
  try {
    return await use(app, port);
  } finally {
    await app.close();
  }
}

/** What is shown with curl, of the quick start: its words, and the status that the comment promises. */
const CURLS = blocks
  .filter(({ language }) => language === 'sh')
  .flatMap(({ text }) => [...text.matchAll(/^curl -i (.*) +# (\d+)$/gm)])
  .map(({ 1: words = '', 2: status = '' }) => ({ words: words.trim(), status: Number(status) }));

describe.each(ADAPTERS)('The documentation on %s', (adapter) => {
  const tried = tables.filter(({ mark }) => mark.startsWith('tried: '));

  describe.each(tried)('$page, $mark', ({ mark, rows }) => {
    let app: INestApplication;
    let port: number;
    beforeAll(async () => {
      ({ app, port } = await samples.start(adapter, mark.slice('tried: '.length)));
    });
    afterAll(() => app.close());

    test.each(rows.map(([page = '', sends = '', gets = '']) => ({ page, sends, gets })))(
      'A page of $page that sends $sends gets $gets.',
      async ({ page, sends, gets }) => {
        const [origin = ''] = codeIn(page);
        expect(await fetchAsPage(port, readRequest(origin, sends))).toBe(gets);
      },
    );

    for (const { words, status } of mark === 'tried: quick-start' ? CURLS : []) {
      test(`curl ${words} shows ${status}.`, async () => {
        const [, name = '', value = ''] = /-H '([^:]+): ([^']+)'/.exec(words) ?? [];
        const answer = await send(port, {
          method: /-X (\w+)/.exec(words)?.[1] ?? 'GET',
          path: /localhost:3000(\S*)/.exec(words)?.[1] ?? '',
          ...(name !== '' && { headers: { [name]: value } }),
        });
        expect(answer.status).toBe(status);
      });
    }
  });

  test('The policies of "How policies combine" are those of its table.', () =>
    withApp(samples.start(adapter, 'combine'), (app) => {
      const policies = app.get(CorsPolicyService).routes();
      const told = table('policies: combine').rows.map(([handler = '', ...cells]) => [
        codeIn(handler)[0],
        cells.map((cell) => literal(codeIn(cell)[0] ?? '')),
      ]);
      expect(told).toEqual(
        policies.map(({ handlerName, policy }) => [
          handlerName,
          [policy.origin, policy.credentials, policy.exposedHeaders],
        ]),
      );
    }));

  test('The options from the configuration arrive.', () =>
    withApp(samples.start(adapter, 'config'), async (_app, port) => {
      const request = readRequest('https://admin.example.com', '`GET /account` with a cookie');
      expect(await fetchAsPage(port, request)).toBe('200, reads it');
    }));

  test('The refused configuration is refused with the words given.', async () => {
    const message = block('refused/error.txt').text.trimEnd();
    await expect(samples.start(adapter, 'refused')).rejects.toMatchObject({
      name: 'CorsConfigurationError',
      message: message.replace(/^CorsConfigurationError: /, ''),
    });
  });
});

describe('The documentation', () => {
  test('has samples that compile.', () => {
    // The copies differ in the adapter's name.
    const files = samples.files.filter((path) => path.startsWith(samples.pathOf('express', '')));
    const place = samples.pathOf('express', '');
    const root = fileURLToPath(ROOT);
    const faultsOf = (some: readonly string[]) =>
      typeFaults(place, {
        extends: `${root}tsconfig.json`,
        // The package by its name is what it is built from.
        compilerOptions: { paths: { 'nestjs-cors': [`${root}src/index.ts`] } },
        ...{ include: [], files: some },
      });
    // What one page declares would hold for the samples of all others.
    const declaring = files.filter((path) => readFileSync(path, 'utf8').includes('declare module'));
    const others = files.filter((path) => !declaring.includes(path));
    expect(declaring).not.toEqual([]);
    expect([others, ...declaring.map((path) => [path])].flatMap(faultsOf)).toEqual([]);
  }, 300_000);

  const parts = blocks.filter(({ name }) => name.startsWith('part-of:'));
  test.each(parts)('has the snippet of $page, line $line, in $name.', ({ name, text }) => {
    expect(bare(block(name.slice('part-of:'.length)).text)).toContain(bare(text));
  });

  test('shows what evaluate() says.', async () => {
    expect(await outputOf(() => import(samples.pathOf('express', 'why/why.ts')))).toBe(
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
      await app.init();
      await app.close();
    });
    expect(output).toBe(block('service/output.txt').text);
  });

  test('lists every option with its default, and a heading for each.', async () => {
    const app = await startApp({ adapter: 'express', imports: [CorsModule.forRoot({})] });
    const { policy } = await app.nest
      .get(CorsPolicyService)
      .evaluate({ method: 'GET', url: '/' })
      // oxlint-disable-next-line typescript/no-misused-promises -- finally() waits for it
      .finally(() => app.close());
    const listed = table('options').rows.map(([name = '', , value = '']) => {
      const [code = ''] = codeIn(value);
      return [
        codeIn(name)[0] ?? '',
        code === 'DEFAULT_ALLOWED_HEADERS' ? DEFAULT_ALLOWED_HEADERS : literal(code),
      ] as const;
    });
    expect(Object.fromEntries(listed)).toEqual(policy satisfies CorsPolicy);
    const headings = pageOf('docs/options.md').text.split('\n');
    expect(listed.filter(([name]) => !headings.includes(`### \`${name}\``))).toEqual([]);
  });

  test('names the default allowed headers.', () => {
    const [, sentence = ''] =
      /^<!-- default allowed headers -->\n\n([^]*?)\n\n/m.exec(pageOf('docs/options.md').text) ??
      [];
    expect(codeIn(sentence)).toEqual(DEFAULT_ALLOWED_HEADERS);
  });

  test('has the messages that refused clients get.', () => {
    // A header is refused in the preflight alone, which has no body.
    const { 'header-not-allowed': _preflight, ...messages } = REFUSAL_MESSAGES;
    const told = Object.entries(messages).map(
      ([reason, message]) => `${refusalStatus(reason as CorsRefusalReason)} \`${message}\``,
    );
    expect(list(pageOf('docs/answers.md'), 'messages').sort()).toEqual(told.sort());
  });

  const commands = blocks
    .filter(({ language }) => ['sh', 'yaml'].includes(language))
    .flatMap(({ text }) => [
      ...text.replaceAll('\\\n', ' ').matchAll(/npx (?:--no-install )?nestjs-cors (\w+)([^\n#]*)/g),
    ])
    .map(([line, name = '', rest = '']) => ({ line, name, rest }));
  test.each(commands)('has a command that can be given: $line', async ({ name, rest }) => {
    const { options } = (await COMMANDS.get(name)?.()) ?? {};
    const args = rest.split(/[>|]/)[0]?.trim().split(/\s+/).filter(Boolean) ?? [];
    expect(options).toBeDefined();
    expect(() =>
      parseArgs({ args, ...(options && { options }), allowPositionals: true }),
    ).not.toThrow();
  });

  test('has a README of at most 250 lines.', () => {
    expect(README.text.trimEnd().split('\n').length).toBeLessThanOrEqual(250);
  });
});

// The tests of "Testing" declare themselves.
for (const { name } of blocks) {
  if (name.endsWith('.test.ts')) await import(samples.pathOf('express', name));
}

/** Without what changes where a snippet stands by itself: line breaks, and the commas and semicolons at their ends. */
function bare(code: string): string {
  return code
    .replace(/[;,]\s*$/, '')
    .replace(/\{\s*\}\s*$/, '{')
    .replace(/\s+/g, ' ')
    .replace(/, ?([\])}])/g, '$1')
    .replace(/([[({]) | ([\])}])/g, '$1$2')
    .trim();
}

type SampleModule<Name extends string> = Record<Name, new (...args: never[]) => object>;

async function sample<Name extends string>(path: string): Promise<SampleModule<Name>> {
  return (await import(samples.pathOf('express', path))) as SampleModule<Name>;
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
  const page = pageOf('docs/command.md').text;
  const shown = (mark: string) =>
    new RegExp(`<!-- ${mark} -->\\n\\n\`\`\`text\\n([^]*?)\`\`\``).exec(page)?.[1];

  test('shows what routes, explain and diff print of the quick start', async () => {
    const { AppModule } = (await import(
      samples.pathOf('express', 'quick-start/app.module.ts')
    )) as { AppModule: Type };
    const app = await NestFactory.create(AppModule, { logger: false });
    await app.init();
    const document = app.get(CorsPolicyService).document();
    await app.close();
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
