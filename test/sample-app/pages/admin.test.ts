import type { INestApplication } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openPage, openTo } from '../../../src/testing/index.js';
import { ADAPTERS } from '../../harness/start-app.js';

import { API, bookshopApp, PARTNER, SHOP, STRANGER } from './bookshop-app.js';

describe.each(ADAPTERS)('Administration, on %s', (adapter) => {
  let app: INestApplication;
  beforeAll(async () => {
    app = await bookshopApp(adapter);
  });
  afterAll(() => app.close());

  test.each([SHOP, PARTNER, STRANGER])('is not for pages of %s', async (origin) => {
    const page = await openPage(app, origin, { url: API });
    const headers = { authorization: 'Bearer admin-token' };
    await expect(page.fetch('/admin/stats', { headers })).rejects.toThrow('AdminController.stats');
  });

  test('and what strangers may call is the catalog and its covers', async () => {
    await app.init();
    const open = await openTo(app, STRANGER);
    expect(
      open.map(({ method, path, credentials }) => ({ route: `${method} ${path}`, credentials })),
    ).toEqual(
      [
        'GET /catalog',
        'GET /catalog/latest',
        'GET /catalog/:id',
        'GET /catalog/:id/reviews',
        ...['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) => `${method} /covers/*file`),
      ].map((route) => ({ route, credentials: false })),
    );
  });
});
