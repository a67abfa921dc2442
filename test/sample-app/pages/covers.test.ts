import type { INestApplication } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openPage } from '../../../src/testing/index.js';
import { ADAPTERS } from '../../harness/start-app.js';

import { API, bookshopApp, STRANGER } from './bookshop-app.js';

describe.each(ADAPTERS)('Covers, which no controller serves, on %s', (adapter) => {
  let app: INestApplication;
  beforeAll(async () => {
    app = await bookshopApp(adapter);
  });
  afterAll(() => app.close());

  test('are drawn by anybody', async () => {
    const page = await openPage(app, STRANGER, { url: API });
    const answer = await page.fetch('/covers/1.svg');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
  });

  test('are shown, and not read, without CORS', async () => {
    const page = await openPage(app, STRANGER, { url: API });
    const answer = await page.fetch('/covers/1.svg', { mode: 'no-cors' });
    expect([answer.type, answer.status, await answer.text()]).toEqual(['opaque', 0, '']);
  });
});
