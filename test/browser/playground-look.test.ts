import 'reflect-metadata';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openBookshop, type Bookshop } from '../../sample-app/bookshop.js';
import type { Browser, BrowserPage } from './engines/browser.js';
import { describeEngines } from './engines/engines.js';
import { ANY_PORTS, PlaygroundPage } from './playground-page.js';

/** What there is to see, and when it is there. */
const VIEWS = [
  { name: 'matrix', hash: '', shows: '.matrix td [data-outcome]' },
  {
    name: 'allowed',
    hash: '#/scenarios?row=account-address&from=shop',
    shows: '.step[data-step=response]',
  },
  {
    name: 'blocked',
    hash: '#/scenarios?row=orders-cancel&from=partner',
    shows: '.step[data-passed=false]',
  },
  {
    name: 'own',
    hash: '#/own?url=/orders&method=DELETE&header=x-tracking%3A+on',
    shows: '.explanation',
  },
  { name: 'streams', hash: '#/streams', shows: '.tenants' },
  { name: 'primer', hash: '#/primer', shows: '.primer' },
] as const;

const WIDTHS = [360, 768, 1280] as const;

/** A folder for screenshots, e.g. `test-artifacts/playground`; none are kept without. */
const ARTIFACTS = process.env['PLAYGROUND_SCREENSHOTS'];

describeEngines('the look of the playground', (engine) => {
  describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
    let browser: Browser;
    let bookshop: Bookshop;
    let page: BrowserPage;
    beforeAll(async () => {
      browser = await engine.launch({ colorScheme });
      bookshop = await openBookshop(ANY_PORTS, { logger: false });
      page = await browser.newPage();
      await page.resize(1280, 900);
      const shop = new PlaygroundPage(page, bookshop, 'shop');
      await shop.open();
      await shop.runAll();
    }, 300_000);
    afterAll(async () => {
      await browser.close();
      await bookshop.close();
    }, 300_000);

    test.each(VIEWS)(
      '$name fits all widths, and axe-core finds nothing',
      async ({ name, hash, shows }) => {
        const shop = new PlaygroundPage(page, bookshop, 'shop');
        await page.resize(WIDTHS[0], 900);
        await shop.open(hash);
        await shop.until(`document.querySelector('${shows}')`);
        for (const width of WIDTHS) {
          await page.resize(width, 900);
          await look(page, shop, `${engine.name.toLowerCase()}-${name}-${width}-${colorScheme}`);
        }
        const isDark = await page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches");
        expect(isDark).toBe(colorScheme === 'dark');
      },
      60_000,
    );

    test("the bookshop's own page fits all widths, and leads to everything", async () => {
      const shop = new PlaygroundPage(page, bookshop, 'shop');
      await page.goto(bookshop.api);
      for (const width of WIDTHS) {
        await page.resize(width, 900);
        await look(page, shop, `${engine.name.toLowerCase()}-home-${width}-${colorScheme}`);
      }
      const links = await page.evaluate('[...document.links].map(({ href }) => href)');
      expect(links).toEqual([
        ...bookshop.visitors.map(({ origin }) => `${origin}/`),
        `${bookshop.api}/cors`,
        `${bookshop.api}/catalog`,
      ]);
    });

    test('on a phone the matrix fits, and its heads stay', async () => {
      await page.resize(360, 740);
      const shop = new PlaygroundPage(page, bookshop, 'shop');
      await shop.open();
      await shop.predicted();
      const [height, right, top] = (await page.evaluate(`(() => {
        scrollTo(0, 1500);
        const height = document.documentElement.scrollHeight;
        const right = Math.max(...[...document.querySelectorAll('.matrix td')].map((cell) => cell.getBoundingClientRect().right));
        return [height, right, document.querySelector('.matrix thead th').getBoundingClientRect().top];
      })()`)) as [number, number, number];
      expect(height).toBeLessThan(4_500);
      expect(right).toBeLessThanOrEqual(360);
      expect(Math.round(top)).toBe(0);
    });
  });
});

async function look(page: BrowserPage, shop: PlaygroundPage, name: string): Promise<void> {
  const over = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
  expect([name, await page.evaluate(over)]).toEqual([name, 0]);
  if (ARTIFACTS !== undefined) {
    await mkdir(ARTIFACTS, { recursive: true });
    await writeFile(join(ARTIFACTS, `${name}.png`), await page.screenshot());
  }
  expect(await shop.faults()).toEqual([]);
}
