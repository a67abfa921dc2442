import type { INestApplication } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openPage } from '../../../src/testing/index.js';
import { ADAPTERS } from '../../harness/start-app.js';

import { API, bookshopApp, PARTNER, SHOP } from './bookshop-app.js';

describe.each(ADAPTERS)('Reports, on %s', (adapter) => {
  let app: INestApplication;
  beforeAll(async () => {
    app = await bookshopApp(adapter);
  });
  afterAll(() => app.close());

  test('show partners how many there are, in their language', async () => {
    const page = await openPage(app, PARTNER, { url: API });
    const answer = await page.fetch('/reports/bestsellers', {
      headers: { 'accept-language': 'de' },
    });
    const { heading, titles } = (await answer.json()) as { heading: string; titles: string[] };
    expect([heading, answer.headers.get('x-total-count')]).toEqual([
      'Meistverkauft',
      String(titles.length),
    ]);
    expect(answer.headers.get('vary')).toMatch(/Origin/);
  });

  test('are not for the shop', async () => {
    const page = await openPage(app, SHOP, { url: API });
    await expect(page.fetch('/reports/bestsellers')).rejects.toThrow(
      'ReportsController.bestsellers',
    );
  });
});
