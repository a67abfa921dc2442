import { describe, expect, test } from '@jest/globals';
import { Controller, Get, Header } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { Cors, CorsModule, CorsPolicyService } from '../../src/index.js';
import { allows } from '../harness/cors-headers.js';
import { APP, EVIL } from '../harness/origins.js';
import { type AppSetup, startApp } from '../harness/start-app.js';
import { type Row, table } from '../harness/table.js';

@Controller('books')
class BooksController {
  @Header('Cache-Control', 'public, max-age=600') @Get() list() {
    return 'listed';
  }
  @Cors({ enforce: false }) @Header('Cache-Control', 'public, max-age=600') @Get('open') open() {
    return 'listed';
  }
}

const CACHED = { 'cache-control': 'public, max-age=600' };
const NOT_STORED = { 'cache-control': 'no-store' };

const rows: readonly Row[] = [
  {
    name: 'An answer that is allowed keeps the Cache-Control of the application.',
    path: '/books',
    headers: { origin: APP },
    status: 200,
    cors: allows(APP),
    others: CACHED,
  },
  {
    name: 'A refusal for a cookie is not stored: Vary says nothing of cookies.',
    path: '/books',
    headers: { origin: APP, cookie: 'session=1' },
    status: 403,
    reason: 'credentials-not-allowed',
    others: NOT_STORED,
  },
  {
    name: 'A refusal of an origin is not stored.',
    path: '/books',
    headers: { origin: EVIL },
    status: 403,
    reason: 'origin-not-allowed',
    others: NOT_STORED,
  },
  {
    name: 'A refusal under a path is not stored, whatever the middleware says.',
    path: '/files',
    headers: { origin: EVIL },
    status: 403,
    reason: 'origin-not-allowed',
    others: NOT_STORED,
  },
  {
    name: 'What is not enforced is the application’s to store.',
    path: '/books/open',
    headers: { origin: EVIL },
    status: 200,
    reason: 'origin-not-allowed',
    endedByTheApp: true,
    others: CACHED,
  },
];

table(
  'Caches',
  {
    imports: [CorsModule.forRoot({ origin: APP, paths: [{ path: '/files', policy: {} }] })],
    controllers: [BooksController],
  },
  rows,
);

interface FastifyScope {
  setErrorHandler(
    handler: (
      error: { statusCode?: number },
      request: unknown,
      reply: { status(code: number): { send(body: unknown): unknown } },
    ) => unknown,
  ): void;
  get(path: string, handler: () => unknown): void;
}

interface FastifyInstance {
  register(plugin: (scope: FastifyScope) => Promise<void>): void;
}

test('A refusal carries statusCode for the error handler of a plug-in on Fastify', async () => {
  const setup: AppSetup = {
    imports: [CorsModule.forRoot({ origin: APP, paths: [{ path: '/plugin', policy: {} }] })],
    configure: (nest: INestApplication) => {
      const instance = nest.getHttpAdapter().getInstance() as FastifyInstance;
      instance.register(async (scope) => {
        scope.setErrorHandler(({ statusCode = 500 }, _request, reply) =>
          reply.status(statusCode).send({ by: 'the plug-in' }),
        );
        scope.get('/plugin', () => 'served');
      });
    },
  };
  const app = await startApp({ ...setup, adapter: 'fastify' });
  try {
    const refused = await app.send({ path: '/plugin', headers: { origin: EVIL } });
    expect({ status: refused.status, body: refused.body }).toEqual({
      status: 403,
      body: '{"by":"the plug-in"}',
    });
    expect((await app.send({ path: '/plugin', headers: { origin: APP } })).status).toBe(200);
  } finally {
    await app.close();
  }
});

describe('evaluate() sees the host name as the adapter does', () => {
  @Controller({ host: 'api.example.com' })
  class HostedController {
    @Cors({ origin: APP }) @Get('hosted') hosted() {
      return 'hosted';
    }
  }
  const question = { method: 'GET', url: '/hosted' };
  const forwarded = { origin: APP, host: 'inner', 'x-forwarded-host': 'api.example.com' };

  test.each([
    { adapter: 'express' as const, trusts: true, headers: forwarded, allowed: true },
    { adapter: 'express' as const, trusts: false, headers: forwarded, allowed: false },
    { adapter: 'fastify' as const, trusts: true, headers: forwarded, allowed: true },
    { adapter: 'fastify' as const, trusts: false, headers: forwarded, allowed: false },
    {
      adapter: 'express' as const,
      trusts: false,
      headers: { origin: APP, host: 'api.example.com:8080' },
      allowed: true,
    },
    {
      adapter: 'fastify' as const,
      trusts: false,
      headers: { origin: APP, host: 'api.example.com:8080' },
      allowed: true,
    },
    {
      adapter: 'express' as const,
      trusts: false,
      headers: { origin: APP },
      hostname: 'api.example.com',
      allowed: true,
    },
    {
      adapter: 'fastify' as const,
      trusts: false,
      headers: { origin: APP },
      hostname: 'api.example.com',
      allowed: true,
    },
    {
      adapter: 'fastify' as const,
      trusts: true,
      headers: forwarded,
      hostname: 'other.example',
      allowed: false,
    },
  ])(
    'on $adapter, where a proxy is trusted: $trusts, with $headers and hostname: $hostname',
    async ({ adapter, trusts, headers, hostname, allowed }) => {
      const app = await startApp({
        adapter,
        imports: [CorsModule.forRoot({})],
        controllers: [HostedController],
        fastify: { trustProxy: trusts },
        configure: (nest) => {
          if (adapter === 'express') {
            (
              nest.getHttpAdapter().getInstance() as { set(name: string, value: unknown): void }
            ).set('trust proxy', trusts);
          }
        },
      });
      try {
        const decision = await app.nest
          .get(CorsPolicyService)
          .evaluate({ ...question, headers, ...(hostname !== undefined && { hostname }) });
        expect(decision.allowed).toBe(allowed);
        if (hostname === undefined) {
          const answer = await app.send({ path: '/hosted', headers });
          expect(answer.status).toBe(allowed ? 200 : 404);
        }
      } finally {
        await app.close();
      }
    },
  );
});
