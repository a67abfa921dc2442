// Tests as a new Nest 12 project has them, with Vitest.
import { Test } from '@nestjs/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openPage, openTo } from 'nestjs-cors/testing';
import { AppModule, PartnerOrigins } from '../dist/app.js';
import { explainRefusal } from '../dist/kit.js';

const APP = 'https://app.example.com';
const NEW_PARTNER = 'https://new-partner.example';

let app;
beforeEach(async () => {
  const moduleRef = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(PartnerOrigins)
    .useValue({ isOriginAllowed: async (origin) => origin === NEW_PARTNER })
    .compile();
  app = moduleRef.createNestApplication({ logger: false });
});
afterEach(async () => {
  vi.useRealTimers();
  await app.close();
});

test('the shop changes its account, after a preflight', async () => {
  const page = await openPage(app, APP);
  const answer = await page.fetch('/account/1', {
    method: 'PUT',
    credentials: 'include',
    headers: { 'content-type': 'application/json' },
    body: '{"name":"Ada"}',
  });
  expect(await answer.json()).toEqual({ id: '1', body: { name: 'Ada' } });
  expect(page.exchanges.map(({ method }) => method)).toEqual(['OPTIONS', 'PUT']);
});

test('a partner that the overridden resolver knows may order, and nobody else', async () => {
  const partner = await openPage(app, NEW_PARTNER);
  expect((await partner.fetch('/orders')).status).toBe(200);
  const old = partner.open('https://partner.example.org');
  await expect(old.fetch('/orders')).rejects.toThrow(
    /blocked by CORS policy[^]*OrdersController\.list/,
  );
});

test('a preflight is remembered for as long as maxAge says', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const page = await openPage(app, NEW_PARTNER);
  const send = () => page.fetch('/orders', { headers: { 'x-csrf-token': '1' } });
  await send();
  vi.advanceTimersByTime(59_000);
  await send();
  expect(page.exchanges.filter(({ kind }) => kind === 'preflight')).toHaveLength(1);
  vi.advanceTimersByTime(1_000);
  await send();
  expect(page.exchanges.filter(({ kind }) => kind === 'preflight')).toHaveLength(2);
});

test('nothing is open to a stranger but the catalog', async () => {
  await app.init();
  const open = await openTo(app, 'https://stranger.example');
  expect(open.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /catalog',
    'GET /catalog/search',
    ...['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) => `${method} /graphql`),
  ]);
});

test('what the kit says is typed', async () => {
  expect(await explainRefusal(app)).toMatch(/^403 origin-not-allowed \/catalog/);
});
