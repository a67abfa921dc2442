import 'reflect-metadata';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openBookshop, type Bookshop } from '../../sample-app/bookshop.js';
import { FEATURES } from '../../playground/scenarios.js';
import { originOf, type VisitorId } from '../../playground/visitors.js';
import type { Browser, BrowserPage } from './engines/browser.js';
import { describePages } from './engines/engines.js';
import { ANNOUNCED } from './announced-lines.js';
import { ANY_PORTS, PlaygroundPage } from './playground-page.js';

const COUNT = FEATURES.flatMap(({ scenarios }) => scenarios).length;

/** Cells from left to right: shop, partner, stranger. */
const PREDICTED: readonly [scenario: string, ...cells: string[]][] = [
  ['catalog-list', '(readable)', '(readable)', '(readable)'],
  ['catalog-cookie', '(readable-with-cookies)', '(refused-at-request)', '(refused-at-request)'],
  ['catalog-redirect', '(readable)', '(readable)', '(readable)'],
  ['catalog-no-cors', '(opaque)', '(opaque)', '(opaque)'],
  ['catalog-put', ...Array<string>(3).fill('(refused-at-preflight)')],
  ['account-read', '(readable-with-cookies)', '(refused-at-request)', '(refused-at-request)'],
  [
    'account-address',
    '(readable-with-cookies)',
    '(refused-at-preflight)',
    '(refused-at-preflight)',
  ],
  ['orders-place', '(refused-at-preflight)', '(readable)', '(refused-at-preflight)'],
  ['orders-no-token', '(refused-at-request)', '(readable)', '(refused-at-request)'],
  ['stock-event-source', '(readable)', '(readable)', '(refused-at-request)'],
  ['callback-form', '(opaque)', '(opaque)', '(opaque)'],
];

// One bookshop for all engines, as it is one for all visitors: it keeps nothing of a browser but its session, and starts
// its database once.
let bookshop: Bookshop;
beforeAll(async () => {
  bookshop = await openBookshop(ANY_PORTS, { logger: false });
}, 300_000);
afterAll(() => bookshop.close(), 300_000);

describePages('using the playground', (engine) => {
  let browser: Browser;
  let page: BrowserPage;
  const as = (visitor: VisitorId) => new PlaygroundPage(page, bookshop, visitor);
  /** Goes to a part, without loading the page anew where it is of that origin already. */
  const turnTo = async (visitor: VisitorId, hash: string) => {
    const here = await page.evaluate('location.origin');
    if (here !== originOf(bookshop.visitors, visitor)) await as(visitor).open(hash);
    else await page.evaluate(`(location.hash = ${JSON.stringify(hash)}, 0)`);
  };
  beforeAll(async () => {
    // What the engine before has sent is none of this one's.
    for (const { origin } of bookshop.visitors) {
      await fetch(`${origin}/results`, { method: 'DELETE' });
    }
    browser = await engine.launch();
    page = await browser.newPage();
    await page.resize(1280, 900);
  }, 300_000);
  afterAll(() => browser.close(), 300_000);

  test('before anything is sent, the matrix says what to expect from each origin', async () => {
    const stranger = as('stranger');
    await stranger.open();
    await stranger.predicted();
    expect(await stranger.count('.matrix td[data-look=predicted]')).toBe(3 * COUNT);
    for (const [scenario, ...cells] of PREDICTED) {
      expect([scenario, ...(await stranger.cells(scenario))]).toEqual([scenario, ...cells]);
    }
    expect(await stranger.text('#standing')).toContain('Nothing has been sent');
    expect(await stranger.text('.column-head[data-visitor=stranger]')).toMatch(
      /11 allowed\s+28 blocked/,
    );
    expect(page.consoleErrors() ?? []).toEqual([]);
  });

  test('a page sees its own column happen, and the others as predicted until run there', async () => {
    const shop = as('shop');
    await shop.open();
    await shop.runAll();
    expect(await shop.cells('account-read')).toEqual([
      'readable-with-cookies',
      '(refused-at-request)',
      '(refused-at-request)',
    ]);
    expect(await shop.text('#standing')).toBe(
      `${COUNT} of ${COUNT} sent from this page, each as the policy says.`,
    );
    // Nothing is loud.
    expect(await shop.count('[role=alert], [data-look=alarm]')).toBe(0);

    // It outlives a reload, and the stranger's page sees it, too.
    await shop.reload();
    await shop.until('document.querySelector(".matrix td:not([data-look])")');
    expect(await shop.cells('orders-list')).toEqual([
      'refused-at-preflight',
      '(readable)',
      '(refused-at-preflight)',
    ]);
    const stranger = as('stranger');
    await stranger.open();
    await stranger.until('document.querySelector(".matrix td:not([data-look])")');
    expect(await stranger.count('.matrix td:not([data-look])')).toBe(COUNT);
    expect(await stranger.cells('account-read')).toEqual([
      'readable-with-cookies',
      '(refused-at-request)',
      '(refused-at-request)',
    ]);

    await shop.open();
    await shop.until('document.querySelector(".matrix td:not([data-look])")');
    await page.click('.toolbar button:not(.primary)');
    await shop.until('!document.querySelector(".matrix td:not([data-look])")');
  }, 300_000);

  test('a row opens into the steps of a browser and the code that decides', async () => {
    const shop = as('shop');
    await turnTo('shop', '#/scenarios');
    await shop.predicted();
    await page.click('[data-row=account-address] th a');
    await shop.until('document.querySelector(".step[data-step=preflight]")');
    expect(await shop.text('.sources')).toMatch(
      /account\.controller\.ts[^]*@Cors\(\)\s+@Controller\('account'\)[^]*@Put\('address'\)[^]*origin: shop/,
    );
    // From the partner's origin it ends at the preflight.
    await page.click('.perspectives a:nth-child(2)');
    await shop.until('document.querySelector(".step[data-step=preflight][data-passed=false]")');
    expect(await shop.text('.bench-detail')).toContain('Open it as a page of Partner');

    // Back is back, a reload keeps it, and a link leads to it.
    await shop.back();
    await shop.until('document.querySelector(".step[data-step=request][data-passed=true]")');
    await shop.reload();
    await shop.until('document.querySelector(".step[data-step=request][data-passed=true]")');
    await page.click('.detail-top a');
    await shop.until('!document.querySelector(".bench-detail")');
    await shop.open('#/scenarios?row=reviews-write-simple&from=stranger');
    await shop.until('document.querySelector(".step[data-step=request][data-passed=false]")');
    expect(await shop.text('.perspectives [aria-current]')).toContain('Stranger');
  });

  test('what happened is told as it was: no answer, and no headers that never came', async () => {
    const stranger = as('stranger');
    await stranger.open('#/scenarios?row=account-read-omit');
    await stranger.until('document.querySelector("#run:enabled")');
    await page.click('#run');
    await stranger.until('document.querySelector(".happened")');
    const told = await stranger.text('.happened .exchange');
    expect(told).toContain('No answer, only an error');
    expect(told).toContain('GET → 403');
    expect(told).not.toContain('access-control-allow-origin');
    expect(await stranger.text('.happened summary')).toMatch(/As the policy says, in \d points/);
    await page.click('.happened summary');
    await stranger.says('.checks-list', 'The page got');
  });

  // By visitor: where the page is of the right origin already, the address changes as a link changes it.
  test.each<[scenario: string, visitor: VisitorId, says: string, never: string]>([
    ['catalog-list', 'stranger', 'cannot read it', 'may read it'],
    ['stock-event-source', 'stranger', 'just an error event', 'proves that it is open'],
    ['account-address-no-token', 'partner', 'refused first', '403 that the page reads'],
    ['orders-place', 'partner', 'may be sent', 'no order is placed'],
    ['account-address-no-token', 'shop', '403 that the page reads', 'refused first'],
  ])('%s has words that are true for the %s', async (scenario, visitor, says, never) => {
    const playground = as(visitor);
    await turnTo(visitor, `#/scenarios?row=${scenario}`);
    await playground.says('.bench-detail', says);
    expect(await playground.text('.bench-detail')).not.toContain(never);
    expect(await playground.text('.bench-detail, .matrix')).not.toContain('`');
  });

  test('a request is copied as fetch and as cURL', async () => {
    const shop = as('shop');
    await turnTo('shop', '#/scenarios?row=orders-place');
    await shop.says('.request-line-large', '/orders');
    await page.evaluate(`(Object.defineProperty(navigator, 'clipboard', { value: {
      writeText: async (text) => { (window.copied ??= []).push(text); },
    } }), 0)`);
    for (const label of ['Copy as fetch', 'Copy as cURL']) {
      await page.evaluate(
        `([...document.querySelectorAll('button.copy')].find((each) => each.textContent.startsWith('${label}')).click(), 0)`,
      );
    }
    await shop.until('window.copied?.length === 2');
    const [asFetch, asCurl] = (await page.evaluate('window.copied')) as [string, string];
    expect(asFetch).toBe(`await fetch("${bookshop.api}/orders", {
  "method": "POST",
  "headers": {
    "Authorization": "Bearer partner-demo-token",
    "Content-Type": "application/json",
    "Idempotency-Key": "playground"
  },
  "body": "{\\"bookId\\":2}",
  "credentials": "omit"
})`);
    expect(asCurl).toBe(
      `curl -sS -i -X POST -H 'Origin: ${originOf(bookshop.visitors, 'shop')}' -H 'Authorization: Bearer partner-demo-token' -H 'Content-Type: application/json' -H 'Idempotency-Key: playground' ${bookshop.api}/orders --data-raw '{"bookId":2}'`,
    );
    await shop.says('button.copy', 'Copied');
  });

  test('scenarios are filtered by feature and by what comes of them, and a reload keeps that', async () => {
    const stranger = as('stranger');
    await stranger.open();
    await stranger.predicted();
    await page.evaluate(`(() => {
      const select = document.querySelector('.filters select');
      select.value = 'orders';
      select.dispatchEvent(new Event('change', { bubbles: true }));
      return 0;
    })()`);
    await stranger.until('document.querySelectorAll("[data-row]").length === 5');
    await page.click('.chips button:nth-child(5)');
    await stranger.until('document.querySelectorAll("[data-row]").length === 1');
    expect(await stranger.cells('orders-no-token')).toHaveLength(3);
    await stranger.reload();
    await stranger.until('document.querySelectorAll("[data-row]").length === 1');
    await stranger.back();
    await stranger.until('document.querySelectorAll("[data-row]").length === 5');
    await turnTo('stranger', '#/scenarios?feature=report&outcome=opaque');
    await stranger.says('main', 'No scenario matches that from this origin.');
  });

  test("a request of one's own is typed, explained, sent, and kept by its address", async () => {
    const partner = as('partner');
    await partner.open('#/own');
    await partner.fill('#method', 'PUT');
    await partner.fill('#url', '/orders/1');
    await partner.fill('#headers', 'x-tracking: on');
    await page.click('.question button[type=submit]');
    await partner.until('document.querySelector(".explanation")');
    await partner.says('.perspectives', 'preflight');
    await page.click('#send');
    await partner.until('document.querySelector(".happened[data-agree=true]")');
    expect(await partner.text('.happened')).toContain('OPTIONS (the preflight)');

    await partner.fill('#method', 'GET');
    await partner.fill('#url', '/catalog');
    await partner.fill('#headers', '');
    await page.press('Tab');
    await page.click('.question button[type=submit]');
    await partner.until('document.querySelector(".explanation[data-outcome=readable]")');
    await page.click('#send');
    await partner.says('.happened', 'application/json');
    await partner.back();
    await partner.until('document.querySelector(".explanation[data-outcome=refused]")');
    await partner.reload();
    await partner.until('document.querySelector(".explanation[data-outcome=refused]")');
    expect(await page.evaluate('document.querySelector("#headers").value')).toBe('x-tracking: on');
  });

  test.each([
    ['/x&header=a%20b', 'is not a header name'],
    ['/x&method=<img%20src=x>', '"<img src=x>" is not a method'],
  ])('a request that no browser sends (%s) is answered with a sentence', async (query, says) => {
    const shop = as('shop');
    await turnTo('shop', `#/own?url=${query}`);
    await shop.says('[role=alert]', says);
    expect(await page.evaluate('document.images.length')).toBe(0);
  });

  test('a tenant is allowed, opens a stream, and is revoked: the stream ends', async () => {
    const stranger = as('stranger');
    await stranger.open('#/streams');
    const stream = '.stream[data-path="/storefront/stock"]';
    const tenant = '.tenants [data-visitor=stranger]';
    await stranger.until(`document.querySelector('${tenant}')`);
    await page.click(`${stream} button`);
    await stranger.until(`document.querySelector('${stream}[data-state=refused]')`);
    await page.click(`${tenant} button`);
    await stranger.until(`document.querySelector('${tenant}[data-tenant=true]')`);
    await page.click(`${stream} button`);
    await stranger.says(`${stream} li`, '"copies"');
    await page.click(`${tenant} button`);
    await stranger.says(`${stream} li`, 'The server has ended the stream');
    await stranger.until(`document.querySelector('${stream}[data-state=refused]')`);
  }, 300_000);

  test('the keyboard alone opens a scenario, runs it, and comes back to where it was', async () => {
    const partner = as('partner');
    await partner.open();
    await partner.predicted();
    await partner.tabTo('.scenario-link');
    await page.press('Enter');
    await partner.until('document.activeElement?.id === "scenario-title"');
    await partner.tabTo('#run');
    await page.press('Enter');
    await partner.until('document.querySelector(".happened[data-agree=true]")');
    await partner.open('#/scenarios?row=catalog-list');
    await partner.until('document.activeElement?.id === "scenario-title"');
    await page.evaluate('(document.querySelector(".detail-top a").focus(), 0)');
    await page.press('Enter');
    await partner.until(
      'document.activeElement?.closest("[data-row]")?.dataset.row === "catalog-list"',
    );
  });

  test('what the page is about is said, each with a request that shows it', async () => {
    const shop = as('shop');
    await shop.open('#/primer');
    const links = (await page.evaluate(
      '[...document.querySelectorAll(".example")].map((link) => link.getAttribute("href"))',
    )) as string[];
    expect(links.length).toBeGreaterThan(5);
    for (const link of links) {
      await page.evaluate(
        `(document.querySelector('.example[href=${JSON.stringify(link)}]').click(), 0)`,
      );
      await shop.until('document.querySelector(".bench-detail .explanation")');
      expect(await page.evaluate('location.hash')).toBe(link);
      await shop.goTo('#/primer');
    }
  }, 300_000);

  test('the console has said no more than was announced', () => {
    const lines = page.consoleErrors() ?? [];
    // A request that no browser sends is answered with 400, see above.
    expect(lines.filter((line) => !ANNOUNCED.test(line))).toEqual([]);
  });

  test('an API that is down is one sentence, and no row is red', async () => {
    const half = await openBookshop(ANY_PORTS, { logger: false });
    try {
      const shop = new PlaygroundPage(page, half, 'shop');
      await shop.open();
      await shop.predicted();
      // The pages are servers of their own.
      await half.app.close();
      await page.click('#run-all');
      await shop.says('[role=alert]', `The API at ${half.api} does not answer`);
      await shop.until('document.querySelector("#run-all:enabled")');
      expect(await shop.count('[data-look=alarm]')).toBe(0);
      expect(await shop.count('.matrix td:not([data-look])')).toBe(0);
    } finally {
      await half.close();
    }
  });
});
