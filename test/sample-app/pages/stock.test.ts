import type { INestApplication } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openPage } from '../../../src/testing/index.js';
import { ADAPTERS } from '../../harness/start-app.js';

import { API, bookshopApp, PARTNER, SHOP, STRANGER } from './bookshop-app.js';

describe.each(ADAPTERS)('The live stock, on %s', (adapter) => {
  let app: INestApplication;
  beforeAll(async () => {
    app = await bookshopApp(adapter);
  });
  afterAll(() => app.close());

  test.each([SHOP, PARTNER])('is watched from %s', async (origin) => {
    const page = await openPage(app, origin, { url: API });
    const leaving = new AbortController();
    const answer = await page.fetch('/stock/live', { signal: leaving.signal });
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    let seen = '';
    while (!seen.includes('\n\n')) seen += (await reader.read()).value ?? '';
    expect(seen).toMatch(/data: \{"bookId":\d+,"copies":\d+\}/);
    leaving.abort();
    // What had come by then may still be read.
    const readOn = async () => {
      while (!(await reader.read()).done);
    };
    await expect(readOn()).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('is not watched by strangers', async () => {
    const page = await openPage(app, STRANGER, { url: API });
    await expect(page.fetch('/stock/live')).rejects.toThrow('StockController.live');
  });
});
