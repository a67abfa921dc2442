import type { INestApplication } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openPage } from '../../../src/testing/index.js';
import { ADAPTERS } from '../../harness/start-app.js';

import { API, bookshopApp, PARTNER, SHOP } from './bookshop-app.js';

const json = { 'content-type': 'application/json' };
const signIn = {
  method: 'POST',
  credentials: 'include',
  headers: json,
  body: '{"name":"Ada"}',
} as const;

describe.each(ADAPTERS)('The account, on %s', (adapter) => {
  let app: INestApplication;
  beforeAll(async () => {
    app = await bookshopApp(adapter);
  });
  afterAll(() => app.close());

  test('is kept by a cookie that no script reads, on pages of the same site', async () => {
    const page = await openPage(app, SHOP, { url: API });
    const { csrfToken } = (await (await page.fetch('/account/session', signIn)).json()) as {
      csrfToken: string;
    };
    expect(page.cookies.all).toMatchObject([
      { name: 'bookshop_session', httpOnly: true, secure: true, sameSite: 'Lax', path: '/' },
    ]);

    const changed = await page.fetch('/account/address', {
      method: 'PUT',
      credentials: 'include',
      headers: { ...json, 'x-csrf-token': csrfToken },
      body: '{"address":"Middlemarch"}',
    });
    expect(await changed.json()).toMatchObject({ name: 'Ada', address: 'Middlemarch' });
    expect((await page.fetch('/account', { credentials: 'include' })).status).toBe(200);
    expect((await page.fetch('/account', { credentials: 'omit' })).status).toBe(401);
  });

  test("is nobody else's, who is signed in or not", async () => {
    const shop = await openPage(app, SHOP, { url: API });
    await shop.fetch('/account/session', signIn);
    const partner = shop.open(PARTNER);
    await expect(partner.fetch('/account', { credentials: 'include' })).rejects.toThrow(
      'AccountController.read',
    );
    const sent = new Map(partner.exchanges[0]?.requestHeaders);
    expect([sent.get('cookie'), sent.get('sec-fetch-site')]).toEqual([undefined, 'cross-site']);
  });

  test('ends with signing out', async () => {
    const page = await openPage(app, SHOP, { url: API });
    const { csrfToken } = (await (await page.fetch('/account/session', signIn)).json()) as {
      csrfToken: string;
    };
    const out = {
      method: 'DELETE',
      credentials: 'include',
      headers: { 'x-csrf-token': csrfToken },
    } as const;
    expect((await page.fetch('/account/session', out)).status).toBe(204);
    expect(page.cookies.all).toEqual([]);
  });
});
