import 'reflect-metadata';
import { mkdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openBookshop, type Bookshop } from '../../sample-app/bookshop.js';
import type { VisitorId } from '../../playground/visitors.js';
import type { Browser, BrowserPage } from './engines/browser.js';
import { describeEngines } from './engines/engines.js';

const ANY_PORTS = { PORT: '0', SHOP_PORT: '0', PARTNER_PORT: '0', STRANGER_PORT: '0' };
const VISITORS: readonly VisitorId[] = ['shop', 'partner', 'stranger'];

/** Where the screenshots go; not in git. */
const ARTEFACTS = new URL('../../test-artefacts/playground/', import.meta.url);

const WIDTHS = [
  { name: 'phone', width: 390, height: 844 },
  { name: 'desktop', width: 1280, height: 900 },
] as const;

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
  ['catalog-cookie', { shop: 200, partner: 'nothing', stranger: 'nothing' }],
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

describeEngines('the playground', (engine) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await engine.launch();
  }, 60_000);
  afterAll(() => browser.close(), 30_000);

  describe.each(['express', 'fastify'])('on %s', (adapter) => {
    let bookshop: Bookshop;
    beforeAll(async () => {
      bookshop = await openBookshop({ ...ANY_PORTS, ADAPTER: adapter }, { logger: false });
    });
    afterAll(() => bookshop.close());

    // One browser for all origins, as in life: the customer who signed in at the shop meets the stranger's page later.
    describe.each(VISITORS)("from the %s's origin", (visitor) => {
      let page: BrowserPage;
      let rows: readonly Row[];
      beforeAll(async () => {
        page = await browser.newPage();
        rows = await runAll(page, originOf(bookshop, visitor));
      }, 60_000);
      afterAll(() => page.close());

      test('every row agrees with the policy', async () => {
        expect(rows.filter(({ agree }) => !agree)).toEqual([]);
        expect(rows.length).toBeGreaterThan(0);
        expect(
          await page.evaluate(
            "document.querySelectorAll('[data-scenario][data-agree=true]').length",
          ),
        ).toBe(rows.length);
        expect(await page.evaluate("document.querySelector('#summary-text').textContent")).toBe(
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

      test('nothing is fetched from anywhere else', async () => {
        const origins = await page.evaluate(`[...new Set(
          performance.getEntriesByType('resource').map(({ name }) => new URL(name).origin),
        )].sort()`);
        expect(origins).toEqual([bookshop.api, originOf(bookshop, visitor)].sort());
      });

      test('the page says which origin it is, and links to the two others', async () => {
        const origin = originOf(bookshop, visitor);
        expect(await page.evaluate("document.querySelector('#here').textContent")).toBe(origin);
        const hrefs = await page.evaluate(`
          [...document.querySelectorAll('#visitors a:not([aria-current])')]
            .map((link) => link.getAttribute('href'))`);
        expect(hrefs).toEqual(
          bookshop.visitors.map((other) => other.origin).filter((other) => other !== origin),
        );
      });

      test('the page fits a phone', async () => {
        await page.resize(360, 740);
        expect(
          await page.evaluate(
            'document.documentElement.scrollWidth - document.documentElement.clientWidth',
          ),
        ).toBe(0);
      });
    });

    test("a partner reads the report's own headers, with the Vary of handler and policy in one", async () => {
      const page = await browser.newPage();
      const rows = await runAll(page, originOf(bookshop, 'partner'));
      const headers = new Map(
        Object.entries(rows.find(({ id }) => id === 'report')?.headers ?? {}),
      );
      expect(headers.get('x-total-count')).toBe('4');
      expect(headers.has('x-request-id')).toBe(true);
      expect(headers.get('vary')?.split(/, */).sort()).toEqual(['Accept-Language', 'Origin']);
      await page.close();
    }, 60_000);
  });
});

describeEngines('screenshots of the playground', (engine) => {
  test.each(['light', 'dark'] as const)(
    'are kept in %s, as phone and desktop show it',
    async (colorScheme) => {
      const bookshop = await openBookshop(ANY_PORTS, { logger: false });
      const browser = await engine.launch({ colorScheme });
      try {
        const page = await browser.newPage();
        // A fresh browser: nobody is signed in, and every row agrees all the same.
        const rows = await runAll(page, originOf(bookshop, 'stranger'));
        expect(rows.filter(({ agree }) => !agree)).toEqual([]);
        expect(await page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")).toBe(
          colorScheme === 'dark',
        );
        await mkdir(ARTEFACTS, { recursive: true });
        for (const { name, width, height } of WIDTHS) {
          await page.resize(width, height);
          // What moves, as the bar of progress does at its new width, shall have come to rest.
          await page.evaluate(
            'Promise.allSettled(document.getAnimations().map(({ finished }) => finished)).then(() => 0)',
          );
          const file = `${engine.name.toLowerCase()}-${name}-${colorScheme}.png`;
          const picture = await page.screenshot();
          expect(picture.length).toBeGreaterThan(10_000);
          expect(sizeOf(picture)).toEqual({ width, height });
          await writeFile(new URL(file, ARTEFACTS), picture);
        }
      } finally {
        await browser.close();
        await bookshop.close();
      }
    },
    90_000,
  );
});

/** What the header of a PNG says (https://www.w3.org/TR/png-3/#11IHDR). */
function sizeOf(picture: Uint8Array): { width: number; height: number } {
  const png = Buffer.from(picture);
  return { width: png.readUInt32BE(16), height: png.readUInt32BE(20) };
}

function originOf(bookshop: Bookshop, id: VisitorId): string {
  return bookshop.visitors.find((visitor) => visitor.id === id)?.origin ?? '';
}

async function runAll(page: BrowserPage, origin: string): Promise<readonly Row[]> {
  await page.goto(origin);
  return (await page.evaluate(`
    new Promise((resolve) => {
      const wait = () =>
        document.querySelector('#run-all:enabled') && window.playground
          ? resolve(window.playground.runAll())
          : setTimeout(wait, 20);
      wait();
    })`)) as readonly Row[];
}
