// Tests as a project has them that needs no runner but Node's.
const assert = require('node:assert/strict');
const { afterEach, beforeEach, mock, test } = require('node:test');
const { Test } = require('@nestjs/testing');
const { openPage, openTo } = require('nestjs-cors/testing');
const { AppModule, PartnerOrigins } = require('../dist/app.js');
const { explainRefusal } = require('../dist/kit.js');

const APP = 'https://app.example.com';
const NEW_PARTNER = 'https://new-partner.example';
const preflights = ({ exchanges }) => exchanges.filter(({ kind }) => kind === 'preflight').length;

let app;
beforeEach(async () => {
  const moduleRef = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(PartnerOrigins)
    .useValue({ isOriginAllowed: async (origin) => origin === NEW_PARTNER })
    .compile();
  app = moduleRef.createNestApplication({ logger: false });
});
afterEach(async () => {
  mock.timers.reset();
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
  assert.deepEqual(await answer.json(), { id: '1', body: { name: 'Ada' } });
  assert.deepEqual(
    page.exchanges.map(({ method }) => method),
    ['OPTIONS', 'PUT'],
  );
});

test('a partner that the overridden resolver knows may order, and nobody else', async () => {
  const partner = await openPage(app, NEW_PARTNER);
  assert.equal((await partner.fetch('/orders')).status, 200);
  const old = partner.open('https://partner.example.org');
  await assert.rejects(old.fetch('/orders'), /blocked by CORS policy[^]*OrdersController\.list/);
});

test('a preflight is remembered for as long as maxAge says', async () => {
  mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const page = await openPage(app, NEW_PARTNER);
  const send = () => page.fetch('/orders', { headers: { 'x-csrf-token': '1' } });
  await send();
  mock.timers.tick(59_000);
  await send();
  assert.equal(preflights(page), 1);
  mock.timers.tick(1_000);
  await send();
  assert.equal(preflights(page), 2);
});

test('nothing is open to a stranger but the catalog', async () => {
  await app.init();
  const open = await openTo(app, 'https://stranger.example');
  assert.deepEqual(
    open.map(({ method, path }) => `${method} ${path}`),
    [
      'GET /catalog',
      'GET /catalog/search',
      ...['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) => `${method} /graphql`),
    ],
  );
});

test('what the kit says is typed', async () => {
  assert.match(await explainRefusal(app), /^403 origin-not-allowed \/catalog/);
});
