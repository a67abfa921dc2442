import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openBookshop, type Bookshop } from '../../sample-app/bookshop.js';
import type { VisitorId } from '../../sample-app/playground/visitors.js';
import { findChromium, launchChromium } from './chromium.js';

const ANY_PORTS = { PORT: '0', SHOP_PORT: '0', PARTNER_PORT: '0', STRANGER_PORT: '0' };
const VISITORS: readonly VisitorId[] = ['shop', 'partner', 'stranger'];

/** One row of the playground, as `window.playground.runAll()` reports it. */
interface Row {
  readonly id: string;
  readonly agree: boolean;
  readonly preflight: boolean;
  readonly sees: 'readable' | 'opaque' | 'nothing';
  readonly status?: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly disagreements: readonly object[];
}

/**
 * What some rows must show whatever the policy's own word about them is: if the library and the expectation that is
 * derived from it were wrong together, these would tell.
 */
const KNOWN: readonly [id: string, seen: Record<VisitorId, number | 'opaque' | 'nothing'>][] = [
  ['catalog-list', { shop: 200, partner: 200, stranger: 200 }],
  ['catalog-head', { shop: 200, partner: 200, stranger: 200 }],
  ['catalog-missing', { shop: 404, partner: 404, stranger: 404 }],
  ['catalog-invalid', { shop: 400, partner: 400, stranger: 400 }],
  ['catalog-redirect', { shop: 200, partner: 200, stranger: 200 }],
  ['catalog-header', { shop: 200, partner: 200, stranger: 200 }],
  ['catalog-header-unlisted', { shop: 'nothing', partner: 'nothing', stranger: 'nothing' }],
  ['catalog-cookie', { shop: 'nothing', partner: 'nothing', stranger: 'nothing' }],
  ['catalog-no-cors', { shop: 'opaque', partner: 'opaque', stranger: 'opaque' }],
  ['catalog-put', { shop: 'nothing', partner: 'nothing', stranger: 'nothing' }],
  ['covers', { shop: 200, partner: 200, stranger: 200 }],
  ['account-sign-in', { shop: 200, partner: 'nothing', stranger: 'nothing' }],
  ['account-read', { shop: 200, partner: 'nothing', stranger: 'nothing' }],
  ['account-read-omit', { shop: 401, partner: 'nothing', stranger: 'nothing' }],
  ['account-address', { shop: 200, partner: 'nothing', stranger: 'nothing' }],
  ['account-address-no-token', { shop: 403, partner: 'nothing', stranger: 'nothing' }],
  ['account-address-invalid', { shop: 400, partner: 'nothing', stranger: 'nothing' }],
  ['account-malformed', { shop: 400, partner: 'nothing', stranger: 'nothing' }],
  ['account-newsletter', { shop: 200, partner: 'nothing', stranger: 'nothing' }],
  ['account-newsletter-lower-case', { shop: 'nothing', partner: 'nothing', stranger: 'nothing' }],
  ['account-address-delete', { shop: 200, partner: 'nothing', stranger: 'nothing' }],
  ['account-nowhere', { shop: 404, partner: 'nothing', stranger: 'nothing' }],
  ['reviews-write', { shop: 201, partner: 'nothing', stranger: 'nothing' }],
  ['reviews-write-simple', { shop: 403, partner: 'nothing', stranger: 'nothing' }],
  ['orders-list', { shop: 'nothing', partner: 200, stranger: 'nothing' }],
  ['orders-place', { shop: 'nothing', partner: 201, stranger: 'nothing' }],
  ['orders-no-token', { shop: 'nothing', partner: 401, stranger: 'nothing' }],
  ['orders-cancel', { shop: 'nothing', partner: 'nothing', stranger: 'nothing' }],
  ['report', { shop: 'nothing', partner: 200, stranger: 'nothing' }],
  ['stock-fetch', { shop: 200, partner: 200, stranger: 'nothing' }],
  ['admin-stats', { shop: 'nothing', partner: 'nothing', stranger: 'nothing' }],
  ['admin-token', { shop: 'nothing', partner: 'nothing', stranger: 'nothing' }],
  ['admin-no-cors', { shop: 'opaque', partner: 'opaque', stranger: 'opaque' }],
  ['callback-form', { shop: 'opaque', partner: 'opaque', stranger: 'opaque' }],
  ['callback-read', { shop: 'nothing', partner: 'nothing', stranger: 'nothing' }],
];

const executable = findChromium();

(executable === undefined ? describe.skip : describe)('the playground in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium(executable ?? '');
  });
  afterAll(() => browser.close());

  describe.each(['express', 'fastify'])('on %s', (adapter) => {
    let bookshop: Bookshop;
    // One for all origins, as in life: the customer who signed in at the shop meets the stranger's page later.
    let context: BrowserContext;
    beforeAll(async () => {
      bookshop = await openBookshop({ ...ANY_PORTS, ADAPTER: adapter }, { logger: false });
      context = await browser.newContext();
    });
    afterAll(async () => {
      await context.close();
      await bookshop.close();
    });

    describe.each(VISITORS)("from the %s's origin", (visitor) => {
      let page: Page;
      let rows: readonly Row[];
      const requested = new Set<string>();
      const errors: string[] = [];
      beforeAll(async () => {
        page = await context.newPage();
        page.on('request', (request) => requested.add(new URL(request.url()).origin));
        page.on('pageerror', (error) => errors.push(error.message));
        rows = await runAll(page, originOf(bookshop, visitor));
      });
      afterAll(() => page.close());

      test('every row agrees with the policy', async () => {
        expect(rows.filter(({ agree }) => !agree)).toEqual([]);
        expect(rows.length).toBeGreaterThan(0);
        expect(await page.locator('[data-scenario][data-agree=true]').count()).toBe(rows.length);
        expect(await page.locator('#summary-text').textContent()).toBe(
          `${rows.length} of ${rows.length} as the policy says`,
        );
      });

      test.each(KNOWN)('%s shows what it must', (id, seen) => {
        const row = rows.find((candidate) => candidate.id === id);
        expect(row?.status ?? row?.sees).toBe(seen[visitor]);
      });

      test('the live stream reaches whom it may', () => {
        const row = rows.find(({ id }) => id === 'stock-event-source');
        expect(row?.sees).toBe(visitor === 'stranger' ? 'nothing' : 'readable');
      });

      test('nothing is fetched from anywhere else, and nothing fails on the page', () => {
        expect([...requested].sort()).toEqual([bookshop.api, originOf(bookshop, visitor)].sort());
        expect(errors).toEqual([]);
      });

      test('the page says which origin it is, and links to the two others', async () => {
        const { origin } = new URL(page.url());
        expect(await page.locator('#here').textContent()).toBe(origin);
        const links = await page.locator('#visitors a:not([aria-current])').all();
        const hrefs = await Promise.all(links.map((link) => link.getAttribute('href')));
        expect(hrefs).toEqual(
          bookshop.visitors.map((other) => other.origin).filter((other) => other !== origin),
        );
      });

      test('the page fits a phone', async () => {
        await page.setViewportSize({ width: 360, height: 740 });
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      });
    });

    test("a partner reads the report's own headers, with the Vary of handler and policy in one", async () => {
      const page = await context.newPage();
      const rows = await runAll(page, originOf(bookshop, 'partner'));
      const headers = new Map(
        Object.entries(rows.find(({ id }) => id === 'report')?.headers ?? {}),
      );
      expect(headers.get('x-total-count')).toBe('4');
      expect(headers.has('x-request-id')).toBe(true);
      expect(headers.get('vary')?.split(/, */).sort()).toEqual(['Accept-Language', 'Origin']);
      await page.close();
    });

    test('without a session every row agrees as well', async () => {
      const fresh = await browser.newContext();
      const rows = await runAll(await fresh.newPage(), originOf(bookshop, 'stranger'));
      expect(rows.filter(({ agree }) => !agree)).toEqual([]);
      await fresh.close();
    });
  });

  describe('where policy and browser differ', () => {
    let bookshop: Bookshop;
    beforeAll(async () => {
      bookshop = await openBookshop(ANY_PORTS, { logger: false });
    });
    afterAll(() => bookshop.close());

    test('a policy that promises too much is shown to disagree, and only there', async () => {
      const page = await browser.newPage();
      // Not by intercepting requests: Playwright then answers preflights in the server's place.
      await page.addInitScript(`
        const honest = window.fetch;
        window.fetch = async (...request) => {
          const response = await honest(...request);
          if (request[0] !== '/decisions') return response;
          const decisions = await response.json();
          for (const decision of decisions) {
            if (decision.message.startsWith('AdminController.stats') && decision.kind === 'actual') {
              Object.assign(decision, { allowed: true, status: undefined });
              decision.headers = { 'Access-Control-Allow-Origin': '*' };
            }
          }
          return Response.json(decisions);
        };
      `);
      const rows = await runAll(page, originOf(bookshop, 'stranger'));

      const off = rows.filter(({ agree }) => !agree);
      expect(off.map(({ id }) => id)).toEqual(['admin-stats']);
      expect(off[0]?.disagreements).toContainEqual({
        what: 'The page got',
        expected: 'readable',
        observed: 'nothing',
        agree: false,
      });

      const row = page.locator('[data-scenario=admin-stats]');
      expect(await row.getAttribute('data-agree')).toBe('false');
      expect(await row.locator('.verdict-text').textContent()).toBe('Disagrees');
      expect(await page.locator('#details-admin-stats').isVisible()).toBe(true);
      expect(await page.locator('#summary-text').textContent()).toBe(
        `${rows.length - 1} of ${rows.length} as the policy says, 1 not`,
      );
      await page.locator('#only-disagreements').click();
      expect(await page.locator('.scenario:visible').count()).toBe(1);
      await page.close();
    });

    test('a browser that enforces nothing disagrees wherever the policy says no', async () => {
      const careless = await launchChromium(executable ?? '', '--disable-web-security');
      try {
        const rows = await runAll(await careless.newPage(), originOf(bookshop, 'stranger'));
        const agreeing = new Set(rows.filter(({ agree }) => agree).map(({ id }) => id));
        for (const id of ['account-read', 'orders-list', 'admin-stats', 'callback-read']) {
          expect(agreeing).not.toContain(id);
        }
      } finally {
        await careless.close();
      }
    });

    test('one scenario runs by itself, and its details unfold', async () => {
      const page = await browser.newPage();
      await page.goto(originOf(bookshop, 'shop'));
      await page.locator('#run-all:enabled').waitFor();

      await page.getByRole('button', { name: 'Run: Read the catalogue' }).click();
      await page.locator('[data-scenario=catalog-list][data-agree=true]').waitFor();
      expect(await page.locator('[data-agree=true].scenario').count()).toBe(1);

      const more = page.locator('[data-scenario=catalog-list] .more');
      await more.click();
      expect(await more.getAttribute('aria-expanded')).toBe('true');
      expect(await page.locator('#details-catalog-list .message').textContent()).toContain(
        'CatalogController.list (GET /catalog)',
      );
      await page.close();
    });
  });
});

describe('finding a browser', () => {
  test('without one the tests are skipped, with a line that says so', () => {
    const lines: string[] = [];
    expect(findChromium({}, [], (line) => lines.push(line))).toBeUndefined();
    expect(lines).toEqual([expect.stringContaining('tests are skipped')]);
  });

  test('without one CI fails', () => {
    expect(() => findChromium({ CI: 'true' }, [])).toThrow('No Chromium is installed');
  });

  test('CHROMIUM_PATH names another one', () => {
    expect(findChromium({ CHROMIUM_PATH: process.execPath }, [])).toBe(process.execPath);
    expect(() => findChromium({ CHROMIUM_PATH: '/nowhere/chromium' }, [])).toThrow(
      'CHROMIUM_PATH names /nowhere/chromium',
    );
  });
});

function originOf(bookshop: Bookshop, id: VisitorId): string {
  return bookshop.visitors.find((visitor) => visitor.id === id)?.origin ?? '';
}

async function runAll(page: Page, origin: string): Promise<readonly Row[]> {
  await page.goto(origin);
  await page.locator('#run-all:enabled').waitFor();
  return page.evaluate<readonly Row[]>('window.playground.runAll()');
}
