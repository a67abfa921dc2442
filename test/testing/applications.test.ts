import 'reflect-metadata';
import type { Server } from 'node:http';
import { once } from 'node:events';
import type { INestApplication } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type BlockedFetch, openPage } from '../../src/testing/index.js';
import { CERTIFICATE } from '../harness/certificate.js';
import { SHOP, STRANGER } from '../harness/origins.js';
import { ADAPTERS, type AdapterName } from '../harness/start-app.js';
import { API, COOKBOOK } from './cookbook-app.js';

@Module({ imports: COOKBOOK.imports ?? [], controllers: COOKBOOK.controllers ?? [] })
class AppModule {}

const adapterOf = (name: AdapterName) =>
  name === 'express' ? new ExpressAdapter() : new FastifyAdapter();

/** Every way in which an application comes to a test, not listening but where it is said. */
const ways: readonly (readonly [string, (adapter: AdapterName) => Promise<INestApplication>])[] = [
  [
    'made by NestFactory',
    (adapter) => NestFactory.create(AppModule, adapterOf(adapter), { logger: false }),
  ],
  [
    'made by NestFactory and initialized',
    async (adapter) => {
      const app = await NestFactory.create(AppModule, adapterOf(adapter), { logger: false });
      return app.init();
    },
  ],
  [
    'made by a TestingModule',
    async (adapter) => {
      const moduleRef = await Test.createTestingModule({ imports: [AppModule] }).compile();
      return moduleRef.createNestApplication(adapterOf(adapter), { logger: false });
    },
  ],
  [
    'made by a TestingModule and initialized',
    async (adapter) => {
      const moduleRef = await Test.createTestingModule({ imports: [AppModule] }).compile();
      return moduleRef.createNestApplication(adapterOf(adapter), { logger: false }).init();
    },
  ],
  [
    'that listens on the loopback',
    async (adapter) => {
      const app = await NestFactory.create(AppModule, adapterOf(adapter), { logger: false });
      await app.listen(0, '127.0.0.1');
      return app;
    },
  ],
  [
    'that listens everywhere',
    async (adapter) => {
      const app = await NestFactory.create(AppModule, adapterOf(adapter), { logger: false });
      await app.listen(0, '0.0.0.0');
      return app;
    },
  ],
];

let app: INestApplication;
afterEach(() => app.close());

describe.each(ADAPTERS)('An application on %s', (adapter) => {
  test.each(ways)('%s is called, and closes', async (_, create) => {
    app = await create(adapter);
    const page = await openPage(app, SHOP);
    const answer = await page.fetch('/books', { headers: { 'x-csrf-token': '1' } });
    expect([answer.status, page.exchanges.length]).toEqual([200, 2]);
    const server = app.getHttpServer() as Server;
    const closed = once(server, 'close');
    await app.close();
    await closed;
    expect(server.listening).toBe(false);
  });

  test('is started once for two pages that are opened at the same time', async () => {
    app = await NestFactory.create(AppModule, adapterOf(adapter), { logger: false });
    const pages = await Promise.all([openPage(app, SHOP), openPage(app, SHOP)]);
    const answers = await Promise.all(pages.map((page) => page.fetch('/books')));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });

  test('with TLS is called with a certificate that nobody has signed', async () => {
    const withTls =
      adapter === 'express' ? adapterOf(adapter) : new FastifyAdapter({ https: CERTIFICATE });
    const options = adapter === 'express' ? { httpsOptions: CERTIFICATE } : {};
    app = await NestFactory.create(AppModule, withTls, { ...options, logger: false });
    const page = await openPage(app, SHOP);
    const answer = await page.fetch('/books');
    expect([answer.status, new URL(answer.url).protocol]).toEqual([200, 'https:']);
  });

  test('says in the error which rule refused, and how to change it', async () => {
    app = await NestFactory.create(AppModule, adapterOf(adapter), { logger: false });
    const page = await openPage(app, STRANGER, { url: API });
    const error = await page
      .fetch('/books/1', { method: 'DELETE' })
      .catch((reason: unknown) => reason);
    expect((error as Error).message).toBe(`\
Access to fetch at '${API}/books/1' from origin '${STRANGER}' has been blocked by CORS policy: Response to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on the requested resource.

  OPTIONS ${API}/books/1 → 403

BooksController.remove (DELETE /books/:id) does not allow the origin "${STRANGER}": its origin rule is '${SHOP}'; add the origin there if its pages may call this.

  @Cors({ origin: ['${SHOP}', '${STRANGER}'] })
  Write it above BooksController.remove, and above any @Cors() that stands there: it opens one route to pages of ${STRANGER}, with cookies.`);
    const { decision } = (error as Error).cause as BlockedFetch;
    expect(decision).toMatchObject({
      kind: 'preflight',
      allowed: false,
      reason: 'origin-not-allowed',
    });
  });

  test('says why a wildcard does not help with credentials', async () => {
    app = await NestFactory.create(AppModule, adapterOf(adapter), { logger: false });
    const page = await openPage(app, STRANGER, { url: API });
    await expect(page.fetch('/books/open', { credentials: 'include' })).rejects.toThrow(
      `list ${STRANGER} in a policy with credentials: true, or leave credentials out in the page.`,
    );
  });

  test('is found under another name, too', async () => {
    app = await NestFactory.create(AppModule, adapterOf(adapter), { logger: false });
    const page = await openPage(app, SHOP, {
      url: API,
      servers: { 'https://www.example.com': app },
    });
    await page
      .fetch(`/books/moved?to=${encodeURIComponent('https://www.example.com/books')}`)
      .catch(() => undefined);
    expect(page.exchanges.map(({ url }) => new URL(url).host)).toEqual([
      'api.example.com',
      'www.example.com',
    ]);
  });
});
