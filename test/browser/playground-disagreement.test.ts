import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { openBookshop, type Bookshop } from '../../sample-app/bookshop.js';
import type { VisitorId } from '../../playground/visitors.js';
import { CHROMIUM, startChromium } from './engines/chromium.js';
import { findProgram } from '../harness/installed-program.js';

/*
 * That the playground would tell a difference if there were one. What it takes to make one up only Chromium can do.
 */

const ANY_PORTS = { PORT: '0', SHOP_PORT: '0', PARTNER_PORT: '0', STRANGER_PORT: '0' };

interface Row {
  readonly id: string;
  readonly agree: boolean;
  readonly disagreements: readonly object[];
}

const executable = findProgram(CHROMIUM);

(executable === undefined ? describe.skip : describe)('where policy and browser differ', () => {
  let browser: Browser;
  let bookshop: Bookshop;
  beforeAll(async () => {
    browser = await startChromium(executable ?? '');
    bookshop = await openBookshop(ANY_PORTS, { logger: false });
  });
  afterAll(async () => {
    await browser.close();
    await bookshop.close();
  });

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
    const careless = await startChromium(executable ?? '', '--disable-web-security');
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

function originOf(bookshop: Bookshop, id: VisitorId): string {
  return bookshop.visitors.find((visitor) => visitor.id === id)?.origin ?? '';
}

async function runAll(page: Page, origin: string): Promise<readonly Row[]> {
  await page.goto(origin);
  await page.locator('#run-all:enabled').waitFor();
  return page.evaluate<readonly Row[]>('window.playground.runAll()');
}
