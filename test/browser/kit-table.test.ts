import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openPage } from '../../src/testing/index.js';
import type { EngineName } from '../../src/fetch/engine-rules.js';
import type { Browser, BrowserPage } from './engines/browser.js';
import { describeEngines } from './engines/engines.js';
import { accountOf, KIT_CASES, KitStage } from './kit-cases.js';

/* The table of docs/testing.md: what the engines do, and the kit as each of them. */

const COLUMNS = ['Chromium', 'Firefox', 'WebKit', 'kit'] as const;

async function readTable(): Promise<Map<string, Record<(typeof COLUMNS)[number], string>>> {
  const text = await readFile(new URL('../../docs/testing.md', import.meta.url), 'utf8');
  const lines = text.slice(text.indexOf('| case')).split('\n\n')[0]!.split('\n').slice(2);
  return new Map(
    lines.map((line) => {
      const [name = '', ...cells] = line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim());
      return [
        name,
        Object.fromEntries(COLUMNS.map((column, index) => [column, cells[index]])) as never,
      ];
    }),
  );
}

let stage: KitStage;
beforeAll(async () => {
  stage = await KitStage.open();
});
afterAll(() => stage.close());

async function kitAccounts(engine: EngineName): Promise<[string, string][]> {
  const accounts: [string, string][] = [];
  for (const [index, kitCase] of KIT_CASES.entries()) {
    const page = await openPage(stage.api, stage.pageOf(kitCase), { engine });
    page.cookies.set('a=1; SameSite=Lax; Path=/');
    const send = (url: string, init: object | undefined) =>
      page.fetch(url, init).then(
        ({ status }) => String(status),
        () => 'blocked',
      );
    accounts.push([kitCase.name, await accountOf(stage, kitCase, send, `/${index}`)]);
  }
  return accounts;
}

const columnOf = async (column: (typeof COLUMNS)[number]) =>
  [...(await readTable())].map(([name, cells]) => [name, cells[column]]);

describe('The table of the documentation', () => {
  test('tells what the kit does', async () => {
    expect(await kitAccounts('Chromium')).toEqual(await columnOf('kit'));
  });

  test.each(['Chromium', 'Firefox', 'WebKit'] as const)(
    'tells of %s what the kit does as it',
    async (engine) => {
      expect(await kitAccounts(engine)).toEqual(await columnOf(engine));
    },
  );
});

describeEngines('the table of the documentation', (engine) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await engine.launch();
  }, 300_000);
  afterAll(() => browser.close(), 300_000);

  test('tells what it does', async () => {
    const pages = new Map<string, BrowserPage>();
    const accounts: [string, string][] = [];
    for (const [index, kitCase] of KIT_CASES.entries()) {
      const origin = stage.pageOf(kitCase);
      let page = pages.get(origin);
      if (page === undefined) {
        page = await browser.newPage();
        await page.goto(`${origin}/page`);
        pages.set(origin, page);
      }
      const current = page;
      const send = async (url: string, init: object | undefined) =>
        String(
          await current.evaluate(
            `fetch(${JSON.stringify(url)}, ${JSON.stringify(init)}).then((answer) => answer.status, () => 'blocked')`,
          ),
        );
      accounts.push([kitCase.name, await accountOf(stage, kitCase, send, `/${index}`)]);
    }
    expect(accounts).toEqual(await columnOf(engine.name));
  }, 300_000);
});
