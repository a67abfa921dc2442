import http, { type Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import {
  type BeforeApplicationShutdown,
  Controller,
  Get,
  type INestApplication,
  Injectable,
  Module,
  Post,
} from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import express from 'express';
import { Cors, CorsModule } from '../../src/index.js';
import { allows, approves, corsHeadersOf } from '../harness/cors-headers.js';
import { ADMIN, APP, EVIL } from '../harness/origins.js';
import { type Answer, send } from '../harness/send.js';
import {
  ADAPTERS,
  type AdapterName,
  type AppSetup,
  type RunningApp,
  startApp,
} from '../harness/start-app.js';
import { check, preflight, type Row, table } from '../harness/table.js';

@Controller('books')
class BooksController {
  @Get() list() {
    return 'listed';
  }
  @Cors({ origin: [APP, ADMIN], credentials: true }) @Post() add() {
    return 'added';
  }
}

const setup: AppSetup = {
  imports: [CorsModule.forRoot({ origin: APP })],
  controllers: [BooksController],
};

let app: RunningApp | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function start(adapter: AdapterName, further: Partial<AppSetup> = {}): Promise<RunningApp> {
  app = await startApp({ ...setup, ...further, adapter });
  return app;
}

table(
  "What Nest's CSRF protection refuses",
  {
    ...setup,
    configure: (nest: INestApplication) => nest.enableCsrfProtection({ trustedOrigins: [APP] }),
  },
  [
    {
      name: 'carries the headers of an origin that CORS allows: its page sees the 403.',
      method: 'POST',
      path: '/books',
      headers: { origin: ADMIN, 'sec-fetch-site': 'same-site' },
      status: 403,
      cors: allows(ADMIN, { credentials: true }),
      endedByTheApp: true,
    },
    {
      name: 'carries none for another origin.',
      method: 'POST',
      path: '/books',
      headers: { origin: EVIL, 'sec-fetch-site': 'cross-site' },
      status: 403,
      reason: 'origin-not-allowed',
      endedByTheApp: true,
    },
    {
      name: 'is no preflight.',
      path: '/books',
      ...preflight(ADMIN, 'POST'),
      status: 204,
      cors: approves(ADMIN, { credentials: true, methods: 'POST' }),
    },
  ],
);

describe.each(ADAPTERS)('While the application shuts down, on %s,', (adapter) => {
  test("what it answers carries the headers of an allowed origin, and none of another's", async () => {
    const answers: Record<string, { status: number; cors: unknown }> = {};
    const agent = new http.Agent({ keepAlive: true });
    let port = 0;
    const ask = (origin: string) =>
      new Promise<Answer>((resolve, reject) => {
        const options = { port, agent, path: '/books', headers: { origin } };
        http
          .get(options, (response) => {
            response.resume().on('end', () => {
              resolve({
                status: response.statusCode ?? 0,
                headers: Object.entries(response.headersDistinct).flatMap(([name, values = []]) =>
                  values.map((value) => [name, value] as const),
                ),
                body: '',
              });
            });
          })
          .on('error', reject);
      });

    @Injectable()
    class LateVisitor implements BeforeApplicationShutdown {
      async beforeApplicationShutdown(): Promise<void> {
        for (const origin of [APP, EVIL]) {
          const { status, headers } = await ask(origin);
          answers[origin] = { status, cors: corsHeadersOf(headers) };
        }
      }
    }
    const running = await start(adapter, {
      providers: [LateVisitor],
      nest: { return503OnClosing: true, forceCloseConnections: true },
    });
    port = running.port;
    await running.close();
    app = undefined;
    agent.destroy();
    expect(answers).toEqual({
      [APP]: { status: 503, cors: allows(APP) },
      [EVIL]: { status: 503, cors: {} },
    });
  });
});

describe("The request hook of Nest's adapters stays the application's", () => {
  type Done = (error?: unknown) => void;
  type Hook = (request: { url: string; method: string }, response: unknown, done: Done) => unknown;
  const seen: string[] = [];
  const note: Hook = ({ method, url }) => {
    seen.push(`${method} ${url}`);
  };
  const HOOKS: readonly { name: string; hook: Hook; on?: AdapterName }[] = [
    {
      name: 'that goes on at once',
      hook: (request, response, done) => {
        note(request, response, done);
        done();
      },
    },
    {
      name: 'that goes on later',
      hook: (request, response, done) => {
        note(request, response, done);
        setTimeout(done, 5);
      },
    },
    {
      name: 'that goes on, and returns a promise',
      hook: async (request, response, done) => {
        note(request, response, done);
        done();
      },
    },
    {
      name: 'that is settled by a promise',
      hook: async (request, response, done) => {
        note(request, response, done);
      },
      on: 'fastify',
    },
  ];
  afterEach(() => {
    seen.length = 0;
  });

  describe.each(ADAPTERS)('on %s', (adapter) => {
    const hooks = HOOKS.filter(({ on = adapter }) => on === adapter);
    const requests: readonly Row[] = [
      {
        name: 'a preflight',
        path: '/books',
        ...preflight(APP, 'GET'),
        status: 204,
        cors: approves(APP, { methods: 'GET,HEAD' }),
      },
      {
        name: 'a request',
        path: '/books',
        headers: { origin: APP },
        status: 200,
        answers: 'listed',
        cors: allows(APP),
      },
      {
        name: 'a refusal',
        path: '/books',
        headers: { origin: EVIL },
        status: 403,
        reason: 'origin-not-allowed',
      },
    ];

    test.each(hooks)('a hook $name sees every request, and none is lost', async ({ hook }) => {
      const running = await start(adapter, {
        configure: (nest) => {
          (nest.getHttpAdapter() as AbstractHttpAdapter).setOnRequestHook(hook);
        },
      });
      for (const row of requests) await check(running, row);
      expect(seen).toEqual(['OPTIONS /books', 'GET /books', 'GET /books']);
    });

    test('a hook that fails ends the request', async () => {
      const running = await start(adapter, {
        configure: (nest) => {
          const hook: Hook = (_request, _response, done) => {
            done(new Error('out of order'));
          };
          (nest.getHttpAdapter() as AbstractHttpAdapter).setOnRequestHook(hook);
        },
      });
      expect((await running.send({ path: '/books', headers: { origin: APP } })).status).toBe(500);
    });

    test('a hook that was there before the application is kept', async () => {
      const httpAdapter = adapter === 'express' ? new ExpressAdapter() : new FastifyAdapter();
      (httpAdapter as AbstractHttpAdapter).setOnRequestHook(HOOKS[0]!.hook);
      class AppModule {}
      Module(setup)(AppModule);
      const nest = await NestFactory.create(AppModule, httpAdapter, { logger: false });
      try {
        await nest.listen(0, '127.0.0.1');
        const { port } = (nest.getHttpServer() as Server).address() as AddressInfo;
        const answer = await send(port, { path: '/books', headers: { origin: APP } });
        expect(corsHeadersOf(answer.headers)).toEqual(allows(APP));
        expect(seen).toEqual(['GET /books']);
      } finally {
        await nest.close();
      }
    });
  });
});

/** Shared by every answer, as people do. */
const HEAD = Object.freeze({ 'Content-Type': 'text/plain' });

const answerEarly = (_request: unknown, response: ServerResponse) => {
  response.writeHead(200, HEAD).end('early');
};

describe.each(ADAPTERS)('Headers that are shared by answers, on %s,', (adapter) => {
  test('pass nothing on from one to the next', async () => {
    const running = await start(adapter, { configure: (nest) => nest.use('/early', answerEarly) });
    const row = { name: 'early', path: '/early', status: 200, answers: 'early' };
    await check(running, { ...row, headers: { origin: APP }, cors: allows(APP) });
    await check(running, {
      ...row,
      headers: { origin: EVIL },
      reason: 'origin-not-allowed',
      endedByTheApp: true,
    });
    expect(HEAD).toEqual({ 'Content-Type': 'text/plain' });
  });
});

describe('What Express applications are made of stays in order:', () => {
  const mounted = express();
  mounted.get('/page', (_request, response) => {
    response.set('Access-Control-Allow-Origin', '*').send('mounted');
  });
  const ask = { path: '/books', headers: { origin: APP }, status: 200, cors: allows(APP) };
  const refused = {
    path: '/books',
    headers: { origin: EVIL },
    status: 403,
    reason: 'origin-not-allowed',
  } as const;

  const rows: readonly (Row & { configure: (nest: INestApplication) => unknown })[] = [
    {
      name: 'an application mounted in it is held to the defaults.',
      path: '/mounted/page',
      headers: { origin: APP },
      status: 200,
      answers: 'mounted',
      cors: allows(APP),
      configure: (nest) => nest.use('/mounted', mounted),
    },
    {
      name: 'an application mounted in it opens nothing by itself.',
      path: '/mounted/page',
      headers: { origin: EVIL },
      status: 200,
      reason: 'origin-not-allowed',
      endedByTheApp: true,
      configure: (nest) => nest.use('/mounted', mounted),
    },
    ...[ask, refused].map((row) => ({
      ...row,
      name: `whoever replaces response.locals changes nothing (${row.status}).`,
      configure: (nest: INestApplication) =>
        nest.use((_request: unknown, response: { locals: unknown }, next: () => void) => {
          response.locals = {};
          next();
        }),
    })),
    ...[ask, refused].map((row) => ({
      ...row,
      name: `whoever wraps writeHead() is called, and changes no decision (${row.status}).`,
      others: { 'x-wrapped': 'yes' },
      configure: (nest: INestApplication) =>
        nest.use((_request: unknown, response: ServerResponse, next: () => void) => {
          const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => unknown;
          response.writeHead = ((...args: unknown[]) => {
            response.setHeader('X-Wrapped', 'yes').setHeader('Access-Control-Allow-Origin', '*');
            return writeHead(...args);
          }) as ServerResponse['writeHead'];
          next();
        }),
    })),
  ];
  test.each(rows)('$name', async ({ configure, ...row }) => {
    await check(await start('express', { configure }), row);
  });

  test('whoever replaces the writeHead() of all responses while it runs is called.', async () => {
    const running = await start('express');
    await check(running, { name: 'before', ...ask });
    const spy = jest.spyOn(ServerResponse.prototype, 'writeHead');
    try {
      await check(running, { name: 'after', ...ask });
      expect(spy).toHaveBeenCalledTimes(1);
    } finally {
      spy.mockRestore();
    }
  });
});
