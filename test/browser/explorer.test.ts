import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SHOP } from '../harness/origins.js';
import { busiestThread } from '../harness/thread-time.js';
import { ADAPTERS, type AdapterName, type RunningApp } from '../harness/start-app.js';
import type { Browser } from './engines/browser.js';
import { describePages, ENGINES, type EngineName } from './engines/engines.js';
import { HOSTILE, PARTS, startShop } from './explained-shop.js';
import { ExplorerPage } from './explorer-page.js';
import { startManyRoutes } from './many-routes.js';

/** Rows of what-if's form, and what a person sees first. */
const QUESTION = { origin: SHOP, url: '/api/books/1', headers: 'x-trace-id' };

/**
 * What an adapter answers to the page, it answers to every engine alike (`explorer/` reads it from both): each engine uses
 * all of it on one of them. `ADAPTERS=all` has it do so on both.
 */
function isUsed(engine: EngineName, adapter: AdapterName): boolean {
  if (ENGINES.length === 1 || process.env['ADAPTERS'] === 'all') return true;
  return adapter === (engine === 'Firefox' ? 'fastify' : 'express');
}

let manyRoutes: RunningApp;
beforeAll(async () => {
  manyRoutes = await startManyRoutes();
}, 300_000);
afterAll(() => manyRoutes.close(), 300_000);

/** Milliseconds at most until the next frame, at 60 frames a second. */
const FRAME = 1_000 / 60;

describePages('the explorer', (engine) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await engine.launch();
  }, 60_000);
  afterAll(() => browser.close(), 30_000);

  describe.each(ADAPTERS)('on %s', (adapter) => {
    let app: RunningApp;
    let explorer: ExplorerPage;
    beforeAll(async () => {
      app = await startShop(adapter);
      explorer = new ExplorerPage(await browser.newPage(), `http://localhost:${app.port}/api/cors`);
      await explorer.page.resize(1280, 900);
    }, 60_000);
    afterAll(async () => {
      await explorer.page.close();
      await app.close();
    });

    const outcome = '.explanation';

    test('each part shows what it is told', async () => {
      await explorer.open('#/take-away');
      for (const { name, hash, shows } of PARTS) {
        await explorer.goTo(hash);
        await explorer.until(`document.querySelector('${shows}')`);
        if (name === 'live') {
          await app.send({ path: '/api/books', headers: { origin: SHOP } });
          await explorer.until('document.querySelectorAll(".decision").length === 1');
        }
      }
    });

    if (!isUsed(engine.name, adapter)) return;

    test('a red line of the console, pasted, is explained with one press', async () => {
      await explorer.open();
      await explorer.insert(
        '#paste',
        `Access to fetch at 'http://localhost:${app.port}/api/books/1' from origin '${SHOP}' has been blocked by CORS policy: Request header field x-trace-id is not allowed by Access-Control-Allow-Headers in preflight response.`,
      );
      await explorer.page.click('form button[type=submit]');
      await explorer.until(`document.querySelector('${outcome}')`);
      await explorer.says('main', 'Read as');
      expect(await explorer.page.evaluate('document.querySelector("#origin").value')).toBe(SHOP);
    });

    test('what cannot be read is said, with an example', async () => {
      await explorer.open('#/paste');
      await explorer.fill('#paste', 'It does not work.');
      await explorer.page.click('form button[type=submit]');
      await explorer.says('[role=alert]', 'What can be read looks like this');
      expect(await explorer.count('[role=alert] pre')).toBe(1);
    });

    test.each([
      { what: 'a paste of 200 kB', text: '"x".repeat(200_000)' },
      { what: 'a HAR of 50 MB', text: '"{" + " ".repeat(50_000_000)' },
    ])(
      '$what is refused with a sentence',
      async ({ text }) => {
        await explorer.open('#/paste');
        await explorer.page.evaluate(`(() => {
          const paste = new Event('paste', { bubbles: true, cancelable: true });
          Object.defineProperty(paste, 'clipboardData', { value: { getData: () => ${text} } });
          document.querySelector('#paste').dispatchEvent(paste);
        })()`);
        await explorer.says('[role=alert]', 'What can be read looks like this');
      },
      60_000,
    );

    test('a question that is typed is answered with the step that stops it and the line to write', async () => {
      await explorer.open('#/what-if');
      await explorer.fill('#origin', QUESTION.origin);
      await explorer.fill('#method', 'PUT');
      await explorer.fill('#url', QUESTION.url);
      await explorer.fill('#headers', QUESTION.headers);
      await explorer.page.click('.question button[type=submit]');
      await explorer.until(`document.querySelector('${outcome}[data-outcome=refused]')`);
      expect(await explorer.text('.verdict')).toContain('x-trace-id');
      expect(await explorer.count('.step[data-step=preflight][data-passed=false]')).toBe(1);
      expect(await explorer.text('.fixes pre')).toMatch(/allowedHeaders: \[.*'x-trace-id'/);

      // Without the header it passes; back leads to the question before, and reload keeps it.
      await explorer.fill('#headers', '');
      await explorer.page.press('Tab');
      await explorer.page.click('.question button[type=submit]');
      await explorer.until(`document.querySelector('${outcome}[data-outcome=readable]')`);
      await explorer.back();
      await explorer.until(`document.querySelector('${outcome}[data-outcome=refused]')`);
      expect(await explorer.page.evaluate('document.querySelector("#headers").value')).toBe(
        'x-trace-id',
      );
      await explorer.reload();
      await explorer.until(`document.querySelector('${outcome}[data-outcome=refused]')`);
    });

    test('a question that is none is answered with what to write', async () => {
      await explorer.open(`#/what-if?origin=${encodeURIComponent(HOSTILE)}&url=/api/books`);
      await explorer.says('[role=alert]', `"${HOSTILE}" is not the origin of a page`);
    });

    test('sent for real, it is compared with what the application says', async () => {
      await explorer.open(`#/what-if?origin=${SHOP}&url=/api/books`);
      await explorer.until('document.querySelector(".send-it button")');
      await explorer.page.click('.send-it button');
      await explorer.says(
        '.send-it [role=status]',
        'has the CORS headers that the application says',
      );
      await explorer.open(`#/what-if?origin=${SHOP}&url=/api/books/orders?proxied`);
      await explorer.until('document.querySelector(".send-it button")');
      await explorer.page.click('.send-it button');
      await explorer.says('.send-it [role=alert]', 'access-control-allow-origin: * came, which');
      await explorer.says('.send-it [role=alert]', 'vary does not hold origin');
      await explorer.open(`#/what-if?origin=${SHOP}&url=/api/books/1&method=DELETE`);
      await explorer.says('.send-it', 'DELETE may change something');
      expect(await explorer.count('.send-it button')).toBe(0);
    });

    test('routes are searched and filtered, and opened to see who said what', async () => {
      await explorer.open('#/routes');
      await explorer.fill('[type=search]', 'bookscontroller update');
      await explorer.until('document.querySelectorAll(".routes > li").length === 1');
      await explorer.page.click('.routes summary');
      await explorer.says('.fields', 'BooksController');
      await explorer.reload();
      expect(await explorer.count('.routes > li')).toBe(1);
      await explorer.fill('[type=search]', '');
      await explorer.page.click('.chips button:nth-child(2)');
      await explorer.until('document.querySelectorAll(".routes > li").length === 2');
      expect(await explorer.text('.routes')).toMatch(/\/api\/books[^]*\/files/);
    });

    test('the matrix shows what each origin gets, and each cell leads to why', async () => {
      await explorer.open('#/matrix?search=books');
      await explorer.fill('#origins', `${SHOP} https://stranger.example`);
      await explorer.page.click('.origins-form button');
      await explorer.until('document.querySelectorAll(".matrix td [data-outcome]").length >= 8');
      const cells = await explorer.page.evaluate(
        '[...document.querySelectorAll(".matrix tbody tr")].map((row) => [row.cells[0].textContent, ...[...row.querySelectorAll("[data-outcome]")].map((cell) => cell.dataset.outcome)])',
      );
      expect(cells).toEqual(
        expect.arrayContaining([
          ['GET /api/books', 'readable', 'readable'],
          ['PUT /api/books/:id', 'readable-with-cookies', 'refused-at-preflight'],
          ['GET /api/books/orders', 'refused-at-request', 'refused-at-request'],
        ]),
      );
      await explorer.page.click('.matrix td [data-outcome=refused-at-preflight]');
      await explorer.until(`document.querySelector('${outcome}[data-outcome=refused]')`);
    });

    test('decisions show up as they are made, each one click from its explanation', async () => {
      await explorer.open('#/live');
      await explorer.until('document.querySelector("[data-live=true]")');
      await app.send({ path: '/api/books/orders', headers: { origin: 'https://evil.example' } });
      await app.send({ path: '/api/books', headers: { origin: HOSTILE } });
      await explorer.until('document.querySelectorAll(".decision").length === 2');
      await explorer.page.click('.chips button:nth-child(2)');
      await explorer.until('document.querySelectorAll(".decision").length === 1');
      expect(await explorer.text('.decision')).toContain('origin-not-allowed');
      await explorer.page.click('.decision .explain');
      await explorer.until(`document.querySelector('${outcome}[data-outcome=refused]')`);
      expect(await explorer.text('.verdict')).toContain('https://evil.example');
    });

    test('the report and the configurations are there to be taken away', async () => {
      await explorer.open('#/take-away');
      await explorer.says('pre', 'BooksController.update');
      await explorer.page.click('.chips button:nth-child(3)');
      await explorer.says('pre', 'reverse_proxy');
    });

    test('the keyboard alone leads from the address to an answer', async () => {
      await explorer.open('#/routes');
      await explorer.until('document.querySelector(".routes summary")');
      await explorer.tabTo('.parts a[href="#/routes"]');
      await explorer.tabTo('.routes summary');
      await explorer.page.press('Enter');
      await explorer.until('document.querySelector(".routes details[open] .fields")');
      await explorer.tabTo('.routes a[href^="#/what-if"]');
      await explorer.page.press('Enter');
      await explorer.until('document.querySelector("#origin")');
      await explorer.tabTo('.question button[type=submit]');
      await explorer.page.press('Enter');
      await explorer.until(`document.querySelector('${outcome}')`);
    });

    test('hostile names are text', async () => {
      await explorer.open('#/routes?search=hostile');
      await explorer.until('document.querySelector(".routes summary")');
      await explorer.page.click('.routes summary');
      await explorer.says('.route-details', `policies.${HOSTILE}`);
      await explorer.goTo('#/take-away');
      await explorer.says('pre', 'HostileController');
      for (const part of ['routes', 'matrix', 'paste', 'live']) {
        await explorer.goTo(
          `#/${part}?search=${encodeURIComponent(HOSTILE)}&origin=${encodeURIComponent(HOSTILE)}`,
        );
        expect(
          await explorer.page.evaluate('[document.images.length, window.hacked ?? null]'),
        ).toEqual([0, null]);
      }
    });

    test('nothing is asked of another origin, and the console stays empty', async () => {
      await explorer.open('#/what-if');
      const asked = await explorer.page.evaluate(
        '[...new Set(performance.getEntriesByType("resource").map(({ name }) => new URL(name).origin))]',
      );
      expect(asked).toEqual([`http://localhost:${app.port}`]);
      // A question that is none is answered with 400, which Chromium reports by itself.
      const errors = explorer.page.consoleErrors() ?? [];
      expect(errors.filter((line) => !line.includes('400 (Bad Request)'))).toEqual([]);
    });
  });

  test('5,000 routes are filtered within 100 ms of a letter', async () => {
    const explorer = new ExplorerPage(
      await browser.newPage(),
      `http://localhost:${manyRoutes.port}/cors`,
    );
    await explorer.open('#/routes');
    expect(await explorer.text('.pager')).toMatch(/^1–50 of 5,01\d routes and paths/);
    // What a machine does besides only ever adds to a time: the least of three is the page's own.
    const least = new Map<string, number>();
    const letters = ['s', 'sh', 'shelf-49', 'shelf-499', 'shelf-499 book7', 'shelf', ''];
    for (const words of [...letters, ...letters, ...letters]) {
      let untilDrawn = Infinity;
      const busy = await busiestThread(async () => {
        untilDrawn = (await explorer.page.evaluate(`(async () => {
          const field = document.querySelector('[type=search]');
          const before = performance.now();
          field.value = ${JSON.stringify(words)};
          field.dispatchEvent(new InputEvent('input', { bubbles: true }));
          // What a frame draws is there when the next task begins.
          await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
          return performance.now() - before;
        })()`)) as number;
      });
      // Besides its own work, the page waits for the next frame. The time that others have the processor is not its own.
      const took = busy === undefined ? untilDrawn : Math.min(untilDrawn, busy + FRAME);
      least.set(words, Math.min(took, least.get(words) ?? Infinity));
    }
    expect([...least].filter(([, milliseconds]) => milliseconds >= 100)).toEqual([]);
    await explorer.fill('[type=search]', 'shelf-499 book7');
    await explorer.until('document.querySelectorAll(".routes > li").length === 1');
    await explorer.page.close();
  });
});
