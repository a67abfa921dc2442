import { once } from 'node:events';
import http, {
  type IncomingMessage,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  Controller,
  Delete,
  Get,
  type INestApplication,
  Module,
  Param,
  Post,
  Res,
} from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import express from 'express';
import { Cors, CorsModule, type CorsModuleOptions, CorsPolicyService } from '../../src/index.js';
import { allows, corsHeadersOf, varyOf } from '../harness/cors-headers.js';
import { APP, EVIL } from '../harness/origins.js';
import { type Answer, type Request, send, valuesOf } from '../harness/send.js';
import {
  ADAPTERS,
  type AdapterName,
  type AppSetup,
  type RunningApp,
  startApp,
} from '../harness/start-app.js';
import { preflight } from '../harness/table.js';
import { until } from '../harness/until.js';

/** Makes an application decide about requests before they are routed. */
const EARLY: CorsModuleOptions['paths'] = [{ path: '/none-of-these', policy: { maxAge: 1 } }];

type Next = () => void;
type WriteHead = (this: ServerResponse, ...args: unknown[]) => ServerResponse;

let handled: string[] = [];
let close: (() => Promise<unknown>)[] = [];

// A promise that is rejected, and that nobody handles, fails a test by itself.
beforeEach(() => {
  handled = [];
});
afterEach(async () => {
  await Promise.all(close.map((each) => each()));
  close = [];
});

@Controller('books')
class BooksController {
  @Get() list() {
    handled.push('list');
    return { title: 'a book' };
  }
  @Cors({ origin: APP, exposedHeaders: 'X-Own' }) @Post() add() {
    handled.push('add');
    return 'added';
  }
  @Cors({ origin: APP, methods: ['GET', 'POST'] }) @Delete() remove() {
    handled.push('remove');
    return 'removed';
  }
  @Cors(false) @Get('closed') closed() {
    handled.push('closed');
    return 'closed';
  }
  @Get('pairs') pairs(@Res() reply: ServerResponse | { raw: ServerResponse }) {
    const response = 'raw' in reply ? reply.raw : reply;
    response.writeHead(200, [
      ['Content-Type', 'text/plain'],
      ['Vary', 'Accept'],
    ]);
    response.end('pairs');
  }
  @Get('cookies/:form') cookies(
    @Param('form') form: string,
    @Res() reply: ServerResponse | { raw: ServerResponse },
  ) {
    const response = 'raw' in reply ? reply.raw : reply;
    response.writeHead(200, COOKIES[form]);
    response.end('cookies');
  }
}

/** Three cookies, and a `Vary`, which is completed, in every form that `writeHead()` takes. */
const COOKIES: Readonly<Record<string, OutgoingHttpHeaders | OutgoingHttpHeader[]>> = {
  object: { 'Set-Cookie': ['a=1', 'b=2', 'c=3'], Vary: 'Accept' },
  list: ['Set-Cookie', 'a=1', 'set-cookie', 'b=2', 'Vary', 'Accept', 'Set-Cookie', 'c=3'],
  'list-of-lists': ['Set-Cookie', ['a=1', 'b=2'], 'Vary', 'Accept', 'Set-Cookie', 'c=3'],
  pairs: [
    ['Set-Cookie', 'a=1'],
    ['Vary', 'Accept'],
    ['SET-COOKIE', 'b=2'],
    ['Set-Cookie', 'c=3'],
  ],
};

async function start(adapter: AdapterName, setup: AppSetup = {}): Promise<RunningApp> {
  const app = await startApp({
    imports: [CorsModule.forRoot({ origin: APP })],
    controllers: [BooksController],
    ...setup,
    adapter,
  });
  close.push(() => app.close());
  return app;
}

/** A Nest application on an Express one, not listening. */
async function nestOn(
  instance: express.Express,
  options: CorsModuleOptions,
  prefix = '',
): Promise<INestApplication> {
  class AppModule {}
  Module({ imports: [CorsModule.forRoot(options)], controllers: [BooksController] })(AppModule);
  const nest = await NestFactory.create(AppModule, new ExpressAdapter(instance), { logger: false });
  if (prefix !== '') nest.setGlobalPrefix(prefix);
  await nest.init();
  close.push(() => nest.close());
  return nest;
}

async function serve(listener: RequestListener): Promise<(request: Request) => Promise<Answer>> {
  const server = http.createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  close.push(() => new Promise((resolve) => server.close(resolve)));
  const { port } = server.address() as AddressInfo;
  return (request) => send(port, request);
}

const seenBy = ({ status, headers }: Answer) => ({
  status,
  cors: corsHeadersOf(headers),
  vary: varyOf(headers),
});

describe('An application that shares its responses with another, on express,', () => {
  test.each([
    { how: 'late', paths: [] },
    { how: 'early', paths: EARLY },
  ])('holds its routes to its own policies, where the other decides $how', async ({ paths }) => {
    const inner = express();
    const outer = express();
    await nestOn(inner, { origin: false });
    await nestOn(outer, { origin: '*', paths });
    const own = express();
    own.use('/b', inner).use('/a', outer);
    const ask = await serve(own as RequestListener);
    expect(seenBy(await ask({ path: '/a/books', headers: { origin: EVIL } }))).toMatchObject({
      status: 200,
      cors: allows('*'),
    });
    expect(seenBy(await ask({ path: '/b/books', headers: { origin: EVIL } }))).toEqual({
      status: 403,
      cors: {},
      vary: ['origin'],
    });
    expect(handled).toEqual(['list']);
  });

  test.each([
    { how: 'late', paths: [] },
    { how: 'early', paths: EARLY },
  ])('does so mounted in one that decides $how', async ({ paths }) => {
    const inner = express();
    await nestOn(inner, { origin: false });
    const outer = await start('express', {
      imports: [CorsModule.forRoot({ origin: '*', paths })],
      configure: (nest) => nest.use('/b', inner),
    });
    for (const path of ['/b/books', '/b/books/closed']) {
      const answer = await outer.send({ path, headers: { origin: EVIL } });
      expect({ path, ...seenBy(answer) }).toEqual({
        path,
        status: 403,
        cors: {},
        vary: ['origin'],
      });
    }
    expect(handled).toEqual([]);
  });

  test.each([
    { how: 'late', paths: [] },
    { how: 'early', paths: EARLY },
  ])('does so on the very same Express application, decided $how', async ({ paths }) => {
    const instance = express();
    await nestOn(instance, { origin: APP, paths }, 'a');
    await nestOn(instance, { origin: EVIL, paths }, 'b');
    const ask = await serve(instance as RequestListener);
    const answers: Record<string, unknown> = {};
    for (const [path, origin] of [
      ['/a/books', APP],
      ['/a/books', EVIL],
      ['/b/books', APP],
      ['/b/books', EVIL],
    ] as const) {
      const { status, cors } = seenBy(await ask({ path, headers: { origin } }));
      answers[`${path} ${origin}`] = [status, cors];
    }
    expect(answers).toEqual({
      [`/a/books ${APP}`]: [200, allows(APP)],
      [`/a/books ${EVIL}`]: [403, {}],
      [`/b/books ${APP}`]: [403, {}],
      [`/b/books ${EVIL}`]: [200, allows(EVIL)],
    });
  });

  test('leaves those alone that never came to it', async () => {
    const instance = express();
    instance.get('/before', (_request, response) => {
      response.set('Access-Control-Allow-Origin', '*').send('before');
    });
    await nestOn(instance, { origin: false });
    const ask = await serve(instance as RequestListener);
    expect(seenBy(await ask({ path: '/before', headers: { origin: EVIL } }))).toEqual({
      status: 200,
      cors: allows('*'),
      vary: [],
    });
  });
});

describe.each(ADAPTERS)('Whatever is done to response.locals, on %s,', (adapter) => {
  const SHARED = {};
  const LOCALS: readonly (readonly [what: string, locals: () => object])[] = [
    ['shared by all requests', () => SHARED],
    ['frozen', () => Object.freeze({})],
    ['replaced', () => ({})],
  ];
  const RULES = [
    ['late', CorsModule.forRoot({ origin: APP })],
    ['early', CorsModule.forRoot({ origin: APP, paths: EARLY })],
    ['by a function', CorsModule.forRoot({ origin: async (origin) => origin === APP })],
  ] as const;

  test.each(
    LOCALS.flatMap(([what, locals]) => RULES.map(([how, rule]) => ({ what, locals, how, rule }))),
  )('decisions made $how keep to their requests with locals $what', async ({ locals, rule }) => {
    const app = await start(adapter, {
      imports: [rule],
      configure: (nest) =>
        nest.use((_request: unknown, response: { locals: unknown }, next: Next) => {
          response.locals = locals();
          next();
        }),
    });
    for (const path of ['/books', '/nowhere']) {
      const found = path === '/books';
      const ask = async (headers: Record<string, string>) =>
        seenBy(await app.send({ path, headers }));
      const own = { cors: allows(APP), vary: ['origin'] };
      const none = { cors: {}, vary: ['origin'] };
      expect(await ask({ origin: APP })).toEqual({ status: found ? 200 : 404, ...own });
      expect(await ask({ origin: EVIL })).toEqual({ status: found ? 403 : 404, ...none });
      expect(await ask({})).toEqual({ status: found ? 200 : 404, ...none });
    }
  });
});

/** What `on-headers` does, and with it compression and sessions: looks at the arguments, then passes them on. */
function onHeaders(response: ServerResponse, listener: () => void): void {
  const writeHead = response.writeHead as WriteHead;
  response.writeHead = function (this: ServerResponse, ...args: unknown[]): ServerResponse {
    const at = args.length > 1 && typeof args[1] === 'string' ? 2 : 1;
    const headers = args.length >= at + 1 ? args[at] : undefined;
    for (const [name, value] of Object.entries(headers ?? {})) {
      this.setHeader(name, value as string);
    }
    listener();
    return writeHead.apply(this, args.slice(0, at));
  };
}

describe.each(ADAPTERS)('Whoever stands in for writeHead(), on %s,', (adapter) => {
  const stand = (response: ServerResponse) => {
    onHeaders(response, () =>
      response.setHeader('X-Late', response.getHeader('Content-Type') ?? '?'),
    );
  };
  const WHERE: readonly { where: string; setup: AppSetup }[] = [
    {
      where: 'in a middleware',
      setup: {
        configure: (nest) =>
          nest.use((_request: unknown, response: ServerResponse, next: Next) => {
            stand(response);
            next();
          }),
      },
    },
    {
      where: 'before the application sees the request',
      setup: {
        configure: (nest) => {
          (nest.getHttpServer() as http.Server).prependListener('request', (_request, response) => {
            stand(response);
          });
        },
      },
    },
  ];

  test.each(WHERE)('$where gets all headers, and changes no decision', async ({ setup }) => {
    const app = await start(adapter, setup);
    const type = expect.stringContaining('application/json');
    for (const [origin, status, cors] of [
      [APP, 200, allows(APP)],
      [EVIL, 403, {}],
    ] as const) {
      const answer = await app.send({ path: '/books', headers: { origin } });
      expect({ ...seenBy(answer), late: valuesOf(answer, 'x-late')[0] }).toEqual({
        status,
        cors,
        vary: ['origin'],
        late: type,
      });
      expect(valuesOf(answer, 'content-type')).toEqual([type]);
      expect(valuesOf(answer, 'content-length')).toHaveLength(1);
    }
    const answer = await app.send({ path: '/books', ...preflight(APP, 'GET') });
    expect(corsHeadersOf(answer.headers)).toMatchObject(allows(APP));
    expect(valuesOf(answer, 'content-length')).toEqual(['0']);
  });

  test('headers given as pairs are sent as they are', async () => {
    const app = await start(adapter);
    const answer = await app.send({ path: '/books/pairs', headers: { origin: APP } });
    expect(seenBy(answer)).toEqual({ status: 200, cors: allows(APP), vary: ['accept', 'origin'] });
    expect(valuesOf(answer, 'content-type')).toEqual(['text/plain']);
  });

  test.each(Object.keys(COOKIES))('every cookie of the %s is sent', async (form) => {
    const app = await start(adapter);
    const answer = await app.send({ path: `/books/cookies/${form}`, headers: { origin: APP } });
    expect(seenBy(answer)).toEqual({ status: 200, cors: allows(APP), vary: ['accept', 'origin'] });
    expect(valuesOf(answer, 'set-cookie')).toEqual(['a=1', 'b=2', 'c=3']);
  });
});

describe('An Express application that another one only calls', () => {
  const called = express();
  called.get('/page', (_request, response) => {
    response.set('Access-Control-Allow-Origin', '*').send('called');
  });
  test.each([
    [APP, allows(APP)],
    [EVIL, {}],
  ])('answers %s by the defaults', async (origin, cors) => {
    const app = await start('express', {
      configure: (nest) =>
        nest.use('/called', (request: express.Request, response: express.Response, next: Next) => {
          called(request, response, next);
        }),
    });
    expect(seenBy(await app.send({ path: '/called/page', headers: { origin } }))).toEqual({
      status: 200,
      cors,
      vary: ['origin'],
    });
  });
});

describe('A body that cannot be parsed is answered by the policy of its route,', () => {
  const request = {
    method: 'POST',
    path: '/api/books',
    body: '{',
  };
  const rows = [
    [APP, allows(APP, { exposes: 'X-Own' })],
    [EVIL, {}],
  ] as const;
  const options: CorsModuleOptions = { origin: '*' };

  test.each(rows)('in an application mounted under a path, for %s', async (origin, cors) => {
    const inner = express();
    await nestOn(inner, options);
    const ask = await serve(express().use('/api', inner) as RequestListener);
    const headers = { origin, 'content-type': 'application/json' };
    expect(seenBy(await ask({ ...request, headers }))).toEqual({
      status: 400,
      cors,
      vary: ['origin'],
    });
  });

  test.each(rows)("behind Fastify's rewriteUrl, for %s", async (origin, cors) => {
    const app = await start('fastify', {
      imports: [CorsModule.forRoot(options)],
      fastify: { rewriteUrl: ({ url = '' }) => url.replace(/^\/api/, '') },
    });
    const headers = { origin, 'content-type': 'application/json' };
    expect(seenBy(await app.send({ ...request, headers }))).toEqual({
      status: 400,
      cors,
      vary: ['origin'],
    });
  });
});

describe('A method that a middleware writes', () => {
  test.each([
    { how: 'late', paths: [] },
    { how: 'early', paths: EARLY },
  ])('is the one that counts, decided $how', async ({ paths }) => {
    const app = await start('express', {
      imports: [CorsModule.forRoot({ origin: APP, paths })],
      configure: (nest) =>
        nest.use((request: IncomingMessage, _response: unknown, next: Next) => {
          if (request.method === 'POST') request.method = 'DELETE';
          next();
        }),
    });
    const answer = await app.send({ method: 'POST', path: '/books', headers: { origin: APP } });
    expect(answer.status).toBe(403);
    expect(handled).toEqual([]);
  });
});

/** Both handlers have the very same policy, which takes one of their methods only. */
@Cors({ origin: APP, methods: 'POST' })
@Controller('shelves')
class ShelvesController {
  @Post() add() {
    handled.push('add');
    return 'added';
  }
  @Delete() remove() {
    handled.push('remove');
    return 'removed';
  }
}

describe.each(ADAPTERS)('A method that a middleware writes, on %s,', (adapter) => {
  test.each([
    { how: 'late', paths: [] },
    { how: 'early', paths: EARLY },
  ])('is held to the policy that both methods share, decided $how', async ({ paths }) => {
    const app = await start(adapter, {
      imports: [CorsModule.forRoot({ origin: APP, paths })],
      controllers: [ShelvesController],
      configure: (nest) =>
        nest.use((request: IncomingMessage, _response: unknown, next: Next) => {
          if (request.headers['x-write'] === 'DELETE') request.method = 'DELETE';
          next();
        }),
    });
    const request: Request = { method: 'POST', path: '/shelves', headers: { origin: APP } };
    expect((await app.send(request)).status).toBe(201);
    handled = [];
    const written = { ...request, headers: { origin: APP, 'x-write': 'DELETE' } };
    expect(seenBy(await app.send(written))).toEqual({ status: 403, cors: {}, vary: ['origin'] });
    expect(handled).toEqual([]);
  });
});

/** What a preflight asks about is answered by the application, which reads the method of the URL. */
@Cors({ origin: APP, methods: 'POST', preflightContinue: true })
@Controller('boxes')
class BoxesController {
  @Post() add() {
    handled.push('add');
  }
  @Delete() remove() {
    handled.push('remove');
  }
}

describe.each([
  ['express', 403],
  ['fastify', 404], // has found no route for OPTIONS before
] as const)('A method that a middleware writes into a preflight, on %s,', (adapter, status) => {
  test('is held to the policy, although the preflight is left to the application', async () => {
    const app = await start(adapter, {
      controllers: [BoxesController],
      configure: (nest) =>
        nest.use((request: IncomingMessage, _response: unknown, next: Next) => {
          if (request.url?.endsWith('?_method=DELETE')) request.method = 'DELETE';
          next();
        }),
    });
    const asked = await app.send({ path: '/boxes?_method=DELETE', ...preflight(APP, 'POST') });
    expect(asked.status).toBe(status);
    expect(handled).toEqual([]);
  });
});

describe.each(ADAPTERS)('Answers that nobody waited for, on %s,', (adapter) => {
  test('while an origin rule is asked harm nobody', async () => {
    const replies: ((isAllowed: boolean) => void)[] = [];
    const responses: ServerResponse[] = [];
    const app = await start(adapter, {
      imports: [
        CorsModule.forRoot({ origin: () => new Promise((resolve) => replies.push(resolve)) }),
      ],
      configure: (nest) => {
        (nest.getHttpServer() as http.Server).on('request', (_request, given: ServerResponse) => {
          responses.push(given);
        });
      },
    });
    for (const request of [preflight(APP, 'GET'), { headers: { origin: APP } }]) {
      responses.length = 0;
      const answer = app.send({ path: '/books', ...request });
      await until(true, () => responses.length > 0 && replies.length > 0);
      responses[0]?.writeHead(504).end('too late');
      expect((await answer).status).toBe(504);
      for (const reply of replies.splice(0)) reply(true);
    }
    // By the time that another one has come to its handler, the first would have, too.
    const other = app.send({ path: '/books', method: 'POST', headers: { origin: APP } });
    expect((await other).status).toBe(201);
    expect(handled).toEqual(['add']);
  });

  test("by the application's own request hook harm nobody", async () => {
    const app = await start(adapter, {
      configure: (nest) => {
        const hook = async (
          request: { headers: http.IncomingHttpHeaders },
          reply: express.Response & { raw?: ServerResponse },
          done: () => void,
        ) => {
          const response = reply.raw ?? reply;
          if (request.headers['x-pass'] === 'yes') done();
          else response.writeHead(503).end('maintenance');
        };
        (nest.getHttpAdapter() as AbstractHttpAdapter).setOnRequestHook(hook);
      },
    });
    for (const [request, cors] of [
      [{ headers: { origin: APP } }, allows(APP)],
      [{ headers: { origin: EVIL } }, {}],
    ] as const) {
      const answer = await app.send({ path: '/books', ...request });
      expect(seenBy(answer)).toEqual({ status: 503, cors, vary: ['origin'] });
    }
    expect((await app.send({ path: '/books', ...preflight(APP, 'GET') })).status).toBe(503);
    const passed = { path: '/books', method: 'POST', headers: { origin: APP, 'x-pass': 'yes' } };
    expect((await app.send(passed)).status).toBe(201);
    expect(handled).toEqual(['add']);
  });

  test('once it has gone, an event stream is not watched', async () => {
    const asked: string[] = [];
    let go = () => {};
    const gone = new Promise<void>((resolve) => (go = resolve));
    @Controller('live')
    class LiveController {
      @Get() async stream(@Res() reply: express.Response & { raw?: ServerResponse }) {
        const response = reply.raw ?? reply;
        handled.push('begun');
        if (handled.length === 1) await gone;
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        response.write('data: 1\n\n');
        handled.push('streamed');
      }
    }
    const app = await start(adapter, {
      controllers: [LiveController],
      imports: [
        CorsModule.forRoot({
          origin: (origin) => {
            asked.push(origin);
            return true;
          },
        }),
      ],
    });
    let closed = false;
    (app.nest.getHttpServer() as http.Server).once('request', (_request, response) => {
      response.once('close', () => (closed = true));
    });
    const left = http.get({ port: app.port, path: '/live', headers: { origin: APP } });
    left.on('error', () => undefined);
    await until(1, () => handled.length);
    left.destroy();
    await until(true, () => closed);
    go();
    await until(2, () => handled.length);
    // One that stays is watched, and asked about after the first would have been.
    const stays = http.get({ port: app.port, path: '/live', headers: { origin: EVIL } });
    stays.on('error', () => undefined);
    await once(stays, 'response');
    asked.length = 0;
    app.nest.get(CorsPolicyService).forgetOrigin();
    await until(true, () => asked.includes(EVIL));
    expect(asked).toEqual([EVIL]);
    stays.destroy();
  });
});

describe.each(ADAPTERS)('The slot for a request hook, on %s,', (adapter) => {
  const slotOf = (nest: INestApplication) =>
    nest.getHttpAdapter() as unknown as {
      onRequestHook: (...args: unknown[]) => unknown;
      setOnRequestHook(hook: unknown): void;
    };

  test('can be emptied again', async () => {
    const app = await start(adapter, {
      configure: (nest) => {
        slotOf(nest).setOnRequestHook(() => undefined);
        slotOf(nest).setOnRequestHook(null);
      },
    });
    expect((await app.send({ path: '/books', headers: { origin: APP } })).status).toBe(200);
  });

  test('can be taken by one that calls what was there before', async () => {
    const app = await start(adapter, {
      configure: (nest) => {
        const slot = slotOf(nest);
        const { onRequestHook } = slot;
        slot.setOnRequestHook((request: unknown, response: unknown, done: unknown) =>
          onRequestHook.call(slot, request, response, done),
        );
      },
    });
    const answer = await app.send({ path: '/books', headers: { origin: APP } });
    expect(seenBy(answer)).toMatchObject({ status: 200, cors: allows(APP) });
    expect((await app.send({ path: '/books', headers: { origin: EVIL } })).status).toBe(403);
  });
});
