import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readSettings } from '../../sample-app/config.js';
import { SECOND, until } from '../harness/until.js';
import { findPostgres, PostgresServer, urlOf } from './postgres.js';
import { Storefront } from './storefront.js';

const SHOP = 'https://shop.acme.example';

const programs = findPostgres(process.env, undefined, () => undefined);

// A database knows nothing of the adapter: the embedded one, which takes seconds to start, is behind one of them.
describe.each([
  { adapter: 'express', kind: 'embedded' },
  { adapter: 'fastify', kind: programs === undefined ? 'embedded' : 'on a server' },
])("the bookshop's tenants, $kind, on $adapter", ({ adapter, kind }) => {
  let server: PostgresServer | undefined;
  let shop: Storefront;
  beforeAll(async () => {
    server = kind === 'embedded' ? undefined : await PostgresServer.create(programs ?? '');
    await server?.start();
    shop = await Storefront.open({
      ADAPTER: adapter,
      DATABASE_URL: server && urlOf(server.port),
    });
    // The embedded database starts when it is needed first, which takes a while.
    await shop.administer('GET');
  }, 300_000);
  afterAll(async () => {
    await shop.close();
    await server?.remove();
  }, 300_000);

  test('an origin is allowed once it is added, and no more once it is revoked', async () => {
    expect(await shop.visit(SHOP)).toBe(403);
    const added = await shop.administer('POST', '', { tenant: 'acme', origin: SHOP });
    expect(added).toMatchObject({ status: 201, body: { tenant: 'acme', origin: SHOP } });
    await until(200, () => shop.visit(SHOP), SECOND);
    expect((await shop.administer('GET')).body).toEqual([added.body]);
    const stream = await shop.watch(SHOP);

    await shop.revoke(SHOP);
    await until(403, () => shop.visit(SHOP), SECOND);
    await until(true, () => stream.ended, SECOND);
    expect((await shop.administer('GET')).body).toEqual([]);
  });

  test.each([
    {
      origin: `${SHOP}/`,
      code: 'invalid-origin',
      hint: `Write '${SHOP}'.`,
    },
    { origin: 'shop.acme.example', code: 'invalid-origin', hint: `Write '${SHOP}'.` },
    { origin: `${SHOP}:443`, code: 'invalid-origin', hint: `Write '${SHOP}'.` },
    { origin: 'HTTPS://Shop.Acme.example', code: 'invalid-origin', hint: `Write '${SHOP}'.` },
    {
      origin: `${SHOP}, https://www.acme.example`,
      code: 'invalid-origin',
      hint: `Write an array: ['${SHOP}', 'https://www.acme.example'].`,
    },
    {
      origin: 'http://shop.acme.example',
      code: 'insecure-origin-with-credentials',
      hint: expect.stringContaining(`Write '${SHOP}'`),
    },
    { origin: '*', code: 'any-origin-with-credentials', hint: expect.stringContaining('List') },
    {
      origin: 'null',
      code: 'null-origin-with-credentials',
      hint: expect.stringContaining("'null'"),
    },
    {
      origin: 'https://*.acme.example',
      code: 'invalid-origin',
      hint: 'Add each of them separately.',
    },
    { origin: 'https://*.github.io', code: 'public-suffix-wildcard', hint: expect.any(String) },
    {
      origin: '',
      code: 'invalid-origin',
      hint: expect.stringContaining('https://app.example.com'),
    },
    { origin: true, code: 'invalid-origin', hint: 'Write e.g. "https://shop.example.com".' },
    { origin: undefined, code: 'invalid-origin', hint: 'Write e.g. "https://shop.example.com".' },
    { origin: [SHOP], code: 'invalid-origin', hint: 'Write e.g. "https://shop.example.com".' },
  ])('$origin is refused with 422 and the hint, and not added', async ({ origin, code, hint }) => {
    const { status, type, body } = await shop.administer('POST', '', { tenant: 'acme', origin });
    expect({ status, type: type?.split(';')[0], body }).toEqual({
      status: 422,
      type: 'application/problem+json',
      body: {
        type: 'https://bookshop.example/problems/origin',
        title: expect.any(String),
        status: 422,
        detail: expect.any(String),
        errors: [{ pointer: '#/origin', code, detail: expect.any(String), hint }],
      },
    });
    expect((await shop.administer('GET')).body).toEqual([]);
  });

  test.each([
    { what: 'no token', headers: {}, status: 401 },
    { what: 'a wrong token', headers: { authorization: 'Bearer guess' }, status: 401 },
    {
      what: 'the token, from a page of another origin,',
      headers: { authorization: 'Bearer admin-demo-token', origin: SHOP },
      status: 403,
    },
  ])('with $what nobody administers', async ({ headers, status }) => {
    const body = { tenant: 'acme', origin: SHOP };
    expect((await shop.administer('GET', '', undefined, headers)).status).toBe(status);
    expect((await shop.administer('POST', '', body, headers)).status).toBe(status);
    expect((await shop.administer('DELETE', '/1', undefined, headers)).status).toBe(status);
  });

  test.each([
    { what: 'no tenant', method: 'POST', path: '', body: { origin: SHOP }, status: 400 },
    { what: 'an unknown id', method: 'DELETE', path: '/999999', status: 404 },
    { what: 'an id that is none', method: 'DELETE', path: "/1'--", status: 404 },
  ] as const)('$what gets $status', async ({ method, path, status, ...rest }) => {
    const body = 'body' in rest ? rest.body : undefined;
    expect((await shop.administer(method, path, body)).status).toBe(status);
  });

  test('the same origin cannot be added twice', async () => {
    const body = { tenant: 'acme', origin: 'https://twice.example' };
    expect((await shop.administer('POST', '', body)).status).toBe(201);
    expect((await shop.administer('POST', '', { ...body, tenant: 'globex' })).status).toBe(409);
    await shop.revoke(body.origin);
  });
});

describe('the settings of the tenants', () => {
  test('have defaults that work', () => {
    expect(readSettings({})).toMatchObject({
      databaseUrl: undefined,
      tenantOriginTtl: 60_000,
      tenantOriginStale: 300_000,
    });
  });

  test.each([
    [
      { TENANT_ORIGIN_TTL: '0' },
      'TENANT_ORIGIN_TTL must be a whole number of milliseconds, not "0".',
    ],
    [{ TENANT_ORIGIN_STALE: '5m' }, 'TENANT_ORIGIN_STALE must be a whole number of milliseconds'],
  ])('say what is wrong with %j', (environment, message) => {
    expect(() => readSettings(environment)).toThrow(message);
  });
});
