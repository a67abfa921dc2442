import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { Cors, CorsModule } from '../../src/index.js';
import { allows } from '../harness/cors-headers.js';
import { ADMIN, APP } from '../harness/origins.js';
import {
  type AdapterName,
  ADAPTERS,
  type AppSetup,
  type RunningApp,
  startApp,
} from '../harness/start-app.js';
import { check, compareAnswer, type Row } from '../harness/table.js';

@Controller()
class BooksController {
  @Get('books') list() {
    return 'books';
  }
  @Cors({ origin: ADMIN, credentials: true, exposedHeaders: 'X-Total-Count' })
  @Get('admin')
  admin() {
    return 'admin';
  }
  @Cors({ origin: '*' }) @Put('open') open() {
    return 'open';
  }
}

const setup: AppSetup = {
  imports: [CorsModule.forRoot({ origin: APP })],
  controllers: [BooksController],
};

/** Requests are decided about by their handlers; where there are `paths`, before they are routed. */
const MOMENTS: readonly { moment: string; imports: NonNullable<AppSetup['imports']> }[] = [
  { moment: 'by its handler', imports: [CorsModule.forRoot({ origin: APP })] },
  {
    moment: 'before it is routed',
    imports: [CorsModule.forRoot({ origin: APP, paths: [{ path: '/none', policy: {} }] })],
  },
];

const ALIASES: Readonly<Record<string, string>> = {
  '/books': '/admin',
  '/alias': '/admin',
  '/alias-of-open': '/open',
  '/admin': '/books',
};

/** Where a middleware rewrites the URL, the guard holds the request to the handler that Nest chose. */
const rewritten: readonly Row[] = [
  {
    name: 'An origin that only the rewritten URL allows is refused by the handler that is chosen.',
    path: '/books',
    headers: { origin: APP },
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: 'An origin that the chosen handler allows passes with its headers.',
    path: '/books',
    headers: { origin: ADMIN },
    status: 200,
    answers: 'admin',
    cors: allows(ADMIN, { credentials: true, exposes: 'X-Total-Count' }),
  },
  {
    name: 'A URL without a route is held to the handler that it is rewritten to.',
    path: '/alias',
    headers: { origin: APP },
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: 'A URL without a route gets the headers of the handler that it is rewritten to.',
    path: '/alias',
    headers: { origin: ADMIN },
    status: 200,
    answers: 'admin',
    cors: allows(ADMIN, { credentials: true, exposes: 'X-Total-Count' }),
  },
  {
    name: 'A request without Origin gets * where the chosen handler is for any origin.',
    method: 'PUT',
    path: '/alias-of-open',
    status: 200,
    answers: 'open',
    cors: allows('*'),
    vary: [],
  },
  {
    name: 'The headers of a stricter URL do not stay on the answer of the chosen handler.',
    path: '/admin',
    headers: { origin: APP },
    status: 200,
    answers: 'books',
    cors: allows(APP),
  },
];

describe.each(MOMENTS)(
  'URLs that a middleware rewrites, decided $moment, on express',
  ({ imports }) => {
    // `evaluate()` cannot know of the middleware, so that only the answers are compared.
    test.each(rewritten)('$name', async (row) => {
      const app = await startApp({
        ...setup,
        imports,
        adapter: 'express',
        configure: (nest) =>
          nest.use((request: IncomingMessage, _response: unknown, next: () => void) => {
            request.url = ALIASES[request.url ?? ''] ?? request.url;
            next();
          }),
      });
      try {
        compareAnswer(await app.send(row), row);
      } finally {
        await app.close();
      }
    });
  },
);

describe.each(MOMENTS)(
  "URLs that Fastify's rewriteUrl rewrites, decided $moment",
  ({ imports }) => {
    test.each(rewritten)('$name', async (row) => {
      const app = await startApp({
        ...setup,
        imports,
        adapter: 'fastify',
        fastify: { rewriteUrl: ({ url = '' }) => ALIASES[url] ?? url },
      });
      try {
        compareAnswer(await app.send(row), row);
      } finally {
        await app.close();
      }
    });
  },
);

/** What came in, what a middleware made of it, and what a page of the origin gets. */
interface RewrittenRow {
  readonly from: string;
  readonly to: string;
  readonly origin: string;
  readonly status: number;
}

@Controller('shelves')
class ShelvesController {
  @Cors({ origin: '*' }) @Get(':name') show() {
    return 'shown';
  }
  @Post(':name') add() {
    return 'added';
  }
  @Delete(':name') remove() {
    return 'removed';
  }
}

/** Where Nest has chosen the handler by what a middleware wrote, entries hold as if the request had come in like that. */
describe.each<[adapter: AdapterName, rows: readonly RewrittenRow[]]>([
  [
    'express',
    [
      { from: 'POST /shelves/open', to: 'GET /books', origin: ADMIN, status: 403 },
      { from: 'POST /shelves/open', to: 'GET /books', origin: APP, status: 200 },
      { from: 'GET /alias', to: 'GET /shelves/closed', origin: APP, status: 403 },
      { from: 'GET /alias', to: 'GET /shelves/closed', origin: ADMIN, status: 200 },
      { from: 'GET /alias', to: 'POST /shelves/open', origin: ADMIN, status: 201 },
      { from: 'POST /alias', to: 'POST /shelves/closed', origin: APP, status: 403 },
      { from: 'POST /alias', to: 'POST /shelves/closed', origin: ADMIN, status: 201 },
      { from: 'POST /shelves/open', to: 'POST /shelves/closed', origin: APP, status: 403 },
      { from: 'POST /shelves/open', to: 'POST /shelves/closed', origin: ADMIN, status: 201 },
      { from: 'POST /shelves/other', to: 'POST /shelves/open', origin: APP, status: 201 },
      { from: 'GET /books', to: 'GET /shelves/%63losed', origin: APP, status: 403 },
      { from: 'POST /shelves/open', to: 'DELETE /shelves/open', origin: APP, status: 403 },
      { from: 'POST /shelves/open', to: 'DELETE /shelves/other', origin: ADMIN, status: 403 },
      { from: 'POST /shelves/open', to: 'DELETE /shelves/other', origin: APP, status: 200 },
    ],
  ],
  [
    // It has chosen the handler before, and takes the URL back that a middleware wrote.
    'fastify',
    [
      { from: 'POST /shelves/open', to: 'GET /books', origin: APP, status: 403 },
      { from: 'POST /shelves/open', to: 'DELETE /shelves/open', origin: APP, status: 403 },
      { from: 'POST /shelves/other', to: 'DELETE /shelves/other', origin: ADMIN, status: 403 },
      { from: 'POST /shelves/other', to: 'DELETE /shelves/other', origin: APP, status: 201 },
    ],
  ],
])('Entries of `paths`, on %s, where a middleware writes', (adapter, rows) => {
  let written: readonly (string | undefined)[] = [];
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp({
      adapter,
      controllers: [BooksController, ShelvesController],
      imports: [
        CorsModule.forRoot({
          origin: APP,
          paths: [
            { path: '/shelves/open', policy: { origin: '*', methods: 'POST' } },
            { path: '/shelves/closed', policy: { origin: ADMIN } },
          ],
        }),
      ],
      configure: (nest) =>
        nest.use((request: IncomingMessage, _response: unknown, next: () => void) => {
          [request.method, request.url] = written;
          next();
        }),
    });
  });
  afterAll(() => app.close());

  test.each(rows)('$to into $from, for $origin: $status', async ({ from, to, origin, status }) => {
    const [method = '', path = ''] = from.split(' ');
    written = to.split(' ');
    const answer = await app.send({ method, path, headers: { origin } });
    expect(answer.status).toBe(status);
  });

  test.each([APP, ADMIN])('nothing, the entry alone holds, for %s', async (origin) => {
    written = ['POST', '/shelves/open'];
    const answer = await app.send({ method: 'POST', path: '/shelves/open', headers: { origin } });
    expect(answer.status).toBe(201);
  });
});

@Controller()
class ShelvesOfFunctionController {
  @Get('books') books() {
    return 'books';
  }
  @Get('shelves/:name') shelf() {
    return 'shelf';
  }
}

/** A function that decides by the URL is asked about the one that Nest has chosen the handler by. */
test.each([
  { from: '/shelves/open', to: '/books', status: 403 },
  { from: '/books', to: '/shelves/open', status: 200 },
  { from: '/shelves/open', to: '/shelves/closed', status: 403 },
  { from: '/shelves/open', to: '/shelves/open', status: 200 },
])('A rule that sees requests, on express, where $from becomes $to: $status', async (row) => {
  const app = await startApp({
    adapter: 'express',
    controllers: [ShelvesOfFunctionController],
    imports: [CorsModule.forRoot({ origin: (_, request) => request?.url === '/shelves/open' })],
    configure: (nest) =>
      nest.use((request: IncomingMessage, _response: unknown, next: () => void) => {
        request.url = row.to;
        next();
      }),
  });
  try {
    const answer = await app.send({ path: row.from, headers: { origin: ADMIN } });
    expect(answer.status).toBe(row.status);
  } finally {
    await app.close();
  }
});

/** Who rewrites the URL may also answer by itself. No handler runs then, and the URL as it came in says what holds. */
describe.each(ADAPTERS)('What a middleware answers after it rewrote the URL, on %s', (adapter) => {
  const unrouted: readonly Row[] = [
    {
      name: 'carries the headers of the URL that came in.',
      path: '/admin',
      headers: { origin: ADMIN },
      status: 200,
      answers: '/books',
      cors: allows(ADMIN, { credentials: true, exposes: 'X-Total-Count' }),
    },
    {
      name: 'opens nothing to origins that only the rewritten URL allows.',
      path: '/admin',
      headers: { origin: APP },
      status: 200,
      reason: 'origin-not-allowed',
      endedByTheApp: true,
      answers: '/books',
    },
    {
      name: 'is for any origin where the URL that came in is.',
      method: 'PUT',
      path: '/open',
      status: 200,
      answers: '/nowhere',
      cors: allows('*'),
      vary: [],
    },
  ];

  test.each(unrouted)('$name', async (row) => {
    const app = await startApp({
      ...setup,
      adapter,
      configure: (nest) =>
        nest.use((request: IncomingMessage, response: ServerResponse) => {
          request.url = ALIASES[row.path] ?? '/nowhere';
          response.end(request.url);
        }),
    });
    try {
      await check(app, row);
    } finally {
      await app.close();
    }
  });
});

test('Without a rewrite the same requests are held to their own routes.', async () => {
  const app = await startApp({ ...setup, adapter: 'express' });
  try {
    await check(app, {
      name: 'its own route',
      path: '/books',
      headers: { origin: APP },
      status: 200,
      answers: 'books',
      cors: allows(APP),
    });
  } finally {
    await app.close();
  }
});
