import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { originOf } from '../../playground/visitors.js';
import { openBookshop, type Bookshop } from '../../sample-app/bookshop.js';
import { CHROMIUM_SHELL, startChromium } from './engines/chromium.js';
import { findProgram } from '../harness/installed-program.js';
import { ANY_PORTS, runAll } from './playground-page.js';

/*
 * That the playground would tell a difference if there were one. What it takes to make one up only Chromium can do.
 */

const executable = findProgram(CHROMIUM_SHELL);

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
        if (request[0] !== '/predictions') return response;
        const asked = JSON.parse(request[1].body);
        const predictions = await response.json();
        for (const [index, { stranger }] of predictions.entries()) {
          const { path, headers, mode } = asked[index];
          if (path !== '/admin/stats' || 'Authorization' in headers || mode !== 'cors') continue;
          const promised = { 'access-control-allow-origin': '*' };
          Object.assign(stranger, { sees: 'readable', answer: { status: null, headers: promised } });
        }
        return Response.json(predictions);
      };
    `);
    const rows = await runAll(page, originOf(bookshop.visitors, 'stranger'));

    const off = rows.filter(({ agree }) => !agree);
    expect(off.map(({ id }) => id)).toEqual(['admin-stats']);
    expect(off[0]?.disagreements).toContainEqual({
      what: 'The page got',
      expected: 'the answer',
      observed: 'no answer',
      agree: false,
    });

    const cell = page.locator('[data-row=admin-stats] td').nth(2);
    expect(await cell.getAttribute('data-look')).toBe('alarm');
    expect(await page.locator('.matrix [data-look=alarm]').count()).toBe(1);
    expect(await page.locator('[role=alert]').textContent()).toContain(
      `1 of ${rows.length} came out differently than the policy says.`,
    );
    expect(await page.locator('#standing').textContent()).toBe(
      `${rows.length - 1} of ${rows.length} as the policy says, 1 not.`,
    );

    await page.getByRole('link', { name: 'Show it' }).click();
    await page.locator('[data-row=catalog-list]').waitFor({ state: 'detached' });
    expect(await page.locator('[data-row]').count()).toBe(1);
    await page.locator('[data-row=admin-stats] th a').click();
    const differing = page.locator('.happened [role=alert] [data-agree=false]');
    expect(await differing.locator('dt').allTextContents()).toContain('✗ The page got');
    // Red, and not the green of what agrees.
    const red = await page.evaluate<string>(
      "getComputedStyle(document.querySelector('.happened [role=alert] .verdict')).color",
    );
    expect(red).toBe('rgb(156, 35, 24)');
    await page.close();
  });

  test('a browser that enforces nothing disagrees wherever the policy says no', async () => {
    const careless = await startChromium(executable ?? '', '--disable-web-security');
    try {
      const rows = await runAll(await careless.newPage(), originOf(bookshop.visitors, 'stranger'));
      const agreeing = new Set(rows.filter(({ agree }) => agree).map(({ id }) => id));
      for (const id of ['account-read', 'orders-list', 'admin-stats', 'callback-read']) {
        expect(agreeing).not.toContain(id);
      }
    } finally {
      await careless.close();
    }
  });
});
