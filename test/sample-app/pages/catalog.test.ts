import type { INestApplication } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openPage } from '../../../src/testing/index.js';
import { ADAPTERS } from '../../harness/start-app.js';

import { API, bookshopApp, SHOP, STRANGER } from './bookshop-app.js';

describe.each(ADAPTERS)('The catalog, on %s', (adapter) => {
  let app: INestApplication;
  beforeAll(async () => {
    app = await bookshopApp(adapter);
  });
  afterAll(() => app.close());

  test('is read by anybody, without a preflight', async () => {
    const page = await openPage(app, STRANGER, { url: API });
    const books = (await (await page.fetch('/catalog')).json()) as unknown[];
    expect(books.length).toBeGreaterThan(0);
    expect(page.exchanges.map(({ kind }) => kind)).toEqual(['request']);
  });

  test('is read by the shop with its session, and by nobody else with one', async () => {
    const shop = await openPage(app, SHOP, { url: API });
    expect((await shop.fetch('/catalog', { credentials: 'include' })).status).toBe(200);
    const stranger = shop.open(STRANGER);
    await expect(stranger.fetch('/catalog', { credentials: 'include' })).rejects.toThrow(
      "must not be the wildcard '*' when the request's credentials mode is 'include'",
    );
  });

  test('redirects to its latest book', async () => {
    const page = await openPage(app, STRANGER, { url: API });
    const answer = await page.fetch('/catalog/latest');
    expect([answer.status, answer.redirected]).toEqual([200, true]);
    expect(new URL(answer.url).pathname).toMatch(/^\/catalog\/\d+$/);
  });

  test('takes no review from a stranger', async () => {
    const page = await openPage(app, STRANGER, { url: API });
    const review = {
      method: 'POST',
      body: '{"text":"!"}',
      headers: { 'content-type': 'application/json' },
    };
    await expect(page.fetch('/catalog/1/reviews', review)).rejects.toThrow(
      /CatalogController\.addReview .* does not allow the origin/,
    );
  });
});
