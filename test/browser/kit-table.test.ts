import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openPage } from '../../src/testing/index.js';
import type { EngineName } from '../../src/fetch/engine-rules.js';
import type { Browser, BrowserPage } from './engines/browser.js';
import { describeEngines } from './engines/engines.js';
import { list, pageOf } from '../readme/documentation.js';
import { accountOf, KIT_CASES, KitStage } from './kit-cases.js';

/* The list of docs/testing.md: what the engines do, and the kit as each of them. */

const COLUMNS = ['Chromium', 'Firefox', 'WebKit', 'kit'] as const;

/** Each line has the name, what Chromium does, and who does otherwise: "a PUT: `200: OPTIONS, PUT`; WebKit `200: PUT`". */
function readTable(): Map<string, Record<(typeof COLUMNS)[number], string>> {
  return new Map(
    list(pageOf('docs/testing.md'), 'engines').map((line) => {
      const [, name = '', usual = '', others = ''] = /^(.*?): `([^`]*)`(.*)$/.exec(line) ?? [];
      const cellOf = (column: string) =>
        new RegExp(`; ${column} \`([^\`]*)\``).exec(others)?.[1] ?? usual;
      return [name, Object.fromEntries(COLUMNS.map((column) => [column, cellOf(column)])) as never];
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

const columnOf = (column: (typeof COLUMNS)[number]) =>
  [...readTable()].map(([name, cells]) => [name, cells[column]]);

describe('The list of the documentation', () => {
  test('tells what the kit does', async () => {
    expect(await kitAccounts('Chromium')).toEqual(columnOf('kit'));
  });

  test.each(['Chromium', 'Firefox', 'WebKit'] as const)(
    'tells of %s what the kit does as it',
    async (engine) => {
      expect(await kitAccounts(engine)).toEqual(columnOf(engine));
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
    expect(accounts).toEqual(columnOf(engine.name));
  }, 300_000);
});
