import type { INestApplication } from '@nestjs/common';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { openPage } from '../../../src/testing/index.js';
import { PartnerOrigins } from '../../../sample-app/orders/partner-origins.js';
import { ADAPTERS } from '../../harness/start-app.js';
import { API, bookshopApp, PARTNER, STRANGER } from './bookshop-app.js';

const order = {
  method: 'POST',
  headers: {
    authorization: 'Bearer partner-token',
    'content-type': 'application/json',
    'idempotency-key': '1',
  },
  body: '{"bookId":1}',
};

describe.each(ADAPTERS)('Orders, on %s', (adapter) => {
  let app: INestApplication;
  afterEach(async () => {
    jest.useRealTimers();
    await app.close();
  });

  test('are placed by partners, who learn where they are', async () => {
    app = await bookshopApp(adapter);
    const page = await openPage(app, PARTNER, { url: API });
    const placed = await page.fetch('/orders', order);
    expect(placed.headers.get('location')).toMatch(/^\/orders\/\d+$/);
    expect(page.exchanges.map(({ method }) => method)).toEqual(['OPTIONS', 'POST']);
  });

  test('are not canceled by pages', async () => {
    app = await bookshopApp(adapter);
    const page = await openPage(app, PARTNER, { url: API });
    const canceling = { method: 'DELETE', headers: { authorization: 'Bearer partner-token' } };
    await expect(page.fetch('/orders/1', canceling)).rejects.toThrow(
      'Method DELETE is not allowed by Access-Control-Allow-Methods in preflight response.',
    );
  });

  test('are placed by the origins that an overridden resolver allows', async () => {
    app = await bookshopApp(adapter, (builder) =>
      builder.overrideProvider(PartnerOrigins).useValue({ isOriginAllowed: () => true }),
    );
    const page = await openPage(app, STRANGER, { url: API });
    expect((await page.fetch('/orders', order)).status).toBe(201);
  });

  test('ask by preflight again when two hours are over', async () => {
    app = await bookshopApp(adapter);
    const page = await openPage(app, PARTNER, { url: API });
    const preflights = () => page.exchanges.filter(({ kind }) => kind === 'preflight').length;
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'setInterval'] });
    await page.fetch('/orders', order);
    jest.advanceTimersByTime(7_199_000);
    await page.fetch('/orders', order);
    expect(preflights()).toBe(1);
    jest.advanceTimersByTime(1_000);
    await page.fetch('/orders', order);
    expect(preflights()).toBe(2);
  });
});
