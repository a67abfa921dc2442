import type { INestApplication } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openPage } from '../../../src/testing/index.js';
import { ADAPTERS } from '../../harness/start-app.js';

import { API, bookshopApp, STRANGER } from './bookshop-app.js';

describe.each(ADAPTERS)('Signing in elsewhere, on %s', (adapter) => {
  let app: INestApplication;
  beforeAll(async () => {
    app = await bookshopApp(adapter);
  });
  afterAll(() => app.close());

  test('comes back by a form of another site, which runs and cannot be read', async () => {
    const page = await openPage(app, STRANGER, { url: API });
    const form = { method: 'POST', body: new URLSearchParams({ code: '1', state: '2' }) };
    await expect(page.fetch('/sign-in/callback', form)).rejects.toThrow('since enforce is false');
    expect(page.exchanges).toMatchObject([{ method: 'POST', status: 200 }]);
  });
});
