import 'reflect-metadata';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openBookshop, type Bookshop } from '../../sample-app/bookshop.js';
import { SHOP } from '../harness/origins.js';
import type { RunningApp } from '../harness/start-app.js';
import type { Browser, BrowserPage, ColorScheme } from './engines/browser.js';
import { describePages, type EngineName } from './engines/engines.js';
import { PARTS, startShop } from './explained-shop.js';
import { ExplorerPage } from './explorer-page.js';
import { ANY_PORTS, PlaygroundPage } from './playground-page.js';

/** What there is to see of the playground, and when it is there. */
const VIEWS = [
  { name: 'matrix', hash: '#/scenarios', shows: '.matrix td [data-outcome]' },
  {
    name: 'allowed',
    hash: '#/scenarios?row=account-address&from=shop',
    shows: '.step[data-step=response]',
  },
  {
    name: 'blocked',
    // Beside the rows of one feature; "allowed" stands beside all of them.
    hash: '#/scenarios?feature=orders&row=orders-cancel&from=partner',
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

/** A folder for screenshots, e.g. `test-artifacts/look`; none are kept without. */
const ARTIFACTS = process.env['SCREENSHOTS'];

/** `AXE=all` asks each engine everything. */
const ASKS_ALL = process.env['AXE'] === 'all';

/**
 * axe-core reads the elements, what they are called, their colors and where they are. In Chromium in light it reads all of
 * it at each width. In the dark, and in other engines, only colors may be others, and they are so at each width.
 */
function asksAxe(engine: EngineName, colorScheme: ColorScheme, width: number): boolean {
  if (ASKS_ALL || width === WIDTHS[0]) return true;
  return engine === 'Chromium' && colorScheme === 'light';
}

/** Nothing but colors differs between the two: what an engine makes of the page, it shows in either of them. */
function colorSchemesOf(engine: EngineName): readonly ColorScheme[] {
  if (ASKS_ALL || engine === 'Chromium') return ['light', 'dark'];
  return engine === 'Firefox' ? ['dark'] : ['light'];
}

let app: RunningApp;
let bookshop: Bookshop;
beforeAll(async () => {
  app = await startShop('express');
  bookshop = await openBookshop(ANY_PORTS, { logger: false });
}, 300_000);
afterAll(async () => {
  await app.close();
  await bookshop.close();
}, 300_000);

describePages('the look', (engine) => {
  describe.each(colorSchemesOf(engine.name))('in %s', (colorScheme) => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await engine.launch({ colorScheme });
    }, 60_000);
    afterAll(() => browser.close(), 30_000);

    /** Sees what a page shows at every width. */
    async function look(shown: ExplorerPage, name: string): Promise<void> {
      const { page } = shown;
      for (const width of WIDTHS) {
        await page.resize(width, 900);
        const over = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
        expect([width, await page.evaluate(over)]).toEqual([width, 0]);
        if (asksAxe(engine.name, colorScheme, width)) {
          expect([width, await shown.faults()]).toEqual([width, []]);
        }
        if (ARTIFACTS !== undefined) {
          await mkdir(ARTIFACTS, { recursive: true });
          const file = `${engine.name.toLowerCase()}-${name}-${width}-${colorScheme}.png`;
          await writeFile(join(ARTIFACTS, file), await page.screenshot());
        }
      }
      const isDark = await page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches");
      expect(isDark).toBe(colorScheme === 'dark');
    }

    describe('the explorer:', () => {
      let explorer: ExplorerPage;
      beforeAll(async () => {
        const address = `http://localhost:${app.port}/api/cors`;
        explorer = new ExplorerPage(await browser.newPage(), address);
        await explorer.open();
      }, 60_000);
      afterAll(() => explorer.page.close());

      test.each(PARTS)(
        '$name fits all widths, and axe-core finds nothing',
        async ({ name, hash, shows }) => {
          await explorer.page.resize(WIDTHS[0], 900);
          await explorer.goTo(hash);
          await explorer.until(`document.querySelector('${shows}')`);
          if (name === 'live') {
            const refused = { origin: 'https://evil.example' };
            await app.send({ path: '/api/books/orders', headers: refused });
            await app.send({ path: '/api/books', headers: { origin: SHOP } });
            await explorer.until('document.querySelectorAll(".decision").length === 2');
          }
          if (name === 'routes') {
            await explorer.page.click('.routes summary');
            await explorer.until('document.querySelector(".route-details")');
          }
          await look(explorer, `explorer-${name}`);
        },
        60_000,
      );
    });

    describe('the playground:', () => {
      let page: BrowserPage;
      let playground: PlaygroundPage;
      beforeAll(async () => {
        page = await browser.newPage();
        await page.resize(1280, 900);
        playground = new PlaygroundPage(page, bookshop, 'shop');
        await playground.open();
        await playground.predicted();
        // Its server keeps what came of them.
        const standing = await playground.text('#standing');
        if (standing.startsWith('Nothing')) await playground.runAll();
      }, 300_000);
      afterAll(() => page.close());

      test.each(VIEWS)(
        '$name fits all widths, and axe-core finds nothing',
        async ({ name, hash, shows }) => {
          await page.resize(WIDTHS[0], 900);
          await playground.goTo(hash);
          await playground.until(`document.querySelector('${shows}')`);
          await look(playground, `playground-${name}`);
        },
        60_000,
      );

      test('on a phone the matrix fits, and its heads stay', async () => {
        await page.resize(360, 740);
        await playground.open();
        await playground.predicted();
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

      test("the bookshop's own page fits all widths, and leads to everything", async () => {
        await page.goto(bookshop.api);
        await look(playground, 'playground-home');
        const links = await page.evaluate('[...document.links].map(({ href }) => href)');
        expect(links).toEqual([
          ...bookshop.visitors.map(({ origin }) => `${origin}/`),
          `${bookshop.api}/cors`,
          `${bookshop.api}/catalog`,
        ]);
      });
    });
  });
});
