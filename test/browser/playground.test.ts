import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openBookshop, type Bookshop } from '../../sample-app/bookshop.js';
import { originOf, type VisitorId } from '../../playground/visitors.js';
import { findProgram } from '../harness/installed-program.js';
import { ANNOUNCED } from './announced-lines.js';
import type { Browser, BrowserPage } from './engines/browser.js';
import { describePages, ENGINES, type EngineName } from './engines/engines.js';
import { ANY_PORTS, type PlaygroundRow, runAll } from './playground-page.js';
import { wireOf, type Wire } from './playground-wire.js';

const VISITORS: readonly VisitorId[] = ['shop', 'partner', 'stranger'];

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

const ADAPTERS = ['express', 'fastify'] as const;
type Adapter = (typeof ADAPTERS)[number];

/** Where only one engine is installed or asked for, it meets both adapters. */
const IS_ALONE = ENGINES.filter(({ browser }) => findProgram(browser) !== undefined).length === 1;

/**
 * The adapters that an engine meets; `ADAPTERS=all` is both in each. An engine knows nothing of an adapter but what goes
 * over the wire, and that is the same in every run, which is a test below: what it makes of one, it makes of the other.
 */
function adaptersOf(engine: EngineName): readonly Adapter[] {
  if (IS_ALONE || process.env['ADAPTERS'] === 'all') return ADAPTERS;
  return engine === 'Firefox' ? ['fastify'] : ['express'];
}

// One bookshop for all engines, as it is one for all visitors: it keeps nothing of a browser but its session.
const bookshops = new Map<Adapter, Bookshop>();
beforeAll(async () => {
  for (const adapter of ADAPTERS) {
    bookshops.set(
      adapter,
      await openBookshop({ ...ANY_PORTS, ADAPTER: adapter }, { logger: false }),
    );
  }
}, 300_000);
afterAll(async () => {
  for (const bookshop of bookshops.values()) await bookshop.close();
}, 300_000);

/** What went over the wire when everything was run first: the engine that was first, on Express. */
const first = new Map<VisitorId, Wire>();

describePages('the playground', (engine) => {
  describe.each(adaptersOf(engine.name))('on %s', (adapter) => {
    // One browser for all origins, as in life: the customer who signed in at the shop meets the stranger's page later.
    let browser: Browser;
    let bookshop: Bookshop;
    beforeAll(async () => {
      bookshop = bookshops.get(adapter)!;
      browser = await engine.launch();
    }, 300_000);
    afterAll(() => browser.close(), 300_000);

    describe.each(VISITORS)("from the %s's origin", (visitor) => {
      let page: BrowserPage;
      let rows: readonly PlaygroundRow[];
      beforeAll(async () => {
        const origin = originOf(bookshop.visitors, visitor);
        // What the engine before has sent is none of this one's.
        await fetch(`${origin}/results`, { method: 'DELETE' });
        page = await browser.newPage();
        rows = await runAll(page, origin);
      }, 300_000);
      afterAll(() => page.close());

      test('every row agrees with the policy', async () => {
        expect(rows.filter(({ agree }) => !agree)).toEqual([]);
        expect(rows.length).toBeGreaterThan(0);
        const column = VISITORS.indexOf(visitor) + 1;
        expect(
          await page.evaluate(
            `document.querySelectorAll('[data-row] td:nth-of-type(${column}):not([data-look])').length`,
          ),
        ).toBe(rows.length);
        expect(await page.evaluate("document.querySelector('#standing').textContent")).toBe(
          `${rows.length} of ${rows.length} sent from this page, each as the policy says.`,
        );
      });

      test.each(KNOWN)('%s shows what it must', (id, seen) => {
        const row = rows.find((candidate) => candidate.id === id);
        expect(row?.status ?? row?.sees).toBe(seen[visitor]);
      });

      test("only a partner reads the report's own headers, with the Vary of handler and policy in one", () => {
        const headers = new Map(
          Object.entries(rows.find(({ id }) => id === 'report')?.headers ?? {}),
        );
        expect([...headers.keys()].length > 0).toBe(visitor === 'partner');
        if (visitor !== 'partner') return;
        expect(headers.get('x-total-count')).toBe('4');
        expect(headers.has('x-request-id')).toBe(true);
        expect(headers.get('vary')?.split(/, */).sort()).toEqual(['Accept-Language', 'Origin']);
      });

      test('the live stream reaches the pages that it may', () => {
        const row = rows.find(({ id }) => id === 'stock-event-source');
        expect(row?.sees).toBe(visitor === 'stranger' ? 'nothing' : 'readable');
      });

      test('the same goes over the wire, whichever engine meets whichever adapter', async () => {
        const wire = await wireOf(bookshop, visitor);
        expect(Object.keys(wire)).toHaveLength(rows.length);
        if (!first.has(visitor)) first.set(visitor, wire);
        expect(wire).toEqual(first.get(visitor));
      });

      test('the console says no more than was announced', () => {
        const lines = page.consoleErrors() ?? [];
        expect(lines.filter((line) => !ANNOUNCED.test(line))).toEqual([]);
      });

      test('nothing is fetched from anywhere else', async () => {
        const origins = await page.evaluate(`[...new Set(
          performance.getEntriesByType('resource').map(({ name }) => new URL(name).origin),
        )].sort()`);
        expect(origins).toEqual([bookshop.api, originOf(bookshop.visitors, visitor)].sort());
      });

      test('the page says which origin it is, and links to the two others', async () => {
        const origin = originOf(bookshop.visitors, visitor);
        expect(await page.evaluate("document.querySelector('#here').textContent")).toBe(origin);
        const hrefs = await page.evaluate(`
          [...document.querySelectorAll('.visitors a:not([aria-current])')]
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
  });
});
