import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Controller, Get, Put } from '@nestjs/common';
import { Cors, CorsModule, type CorsModuleOptions, CorsPolicyService } from '../../src/index.js';
import { allows, approves } from '../harness/cors-headers.js';
import { EVIL } from '../harness/origins.js';
import { ADAPTERS, type RunningApp, startApp } from '../harness/start-app.js';
import { check, preflight, type Row } from '../harness/table.js';

const ONE = 'https://one.example';
const TWO = 'https://two.example';

/** The very same classes in every application. */
@Controller('books')
class BooksController {
  @Get() list() {
    return 'listed';
  }
  @Cors('named') @Put('named') named() {
    return 'replaced';
  }
  @Cors((inherited) => ({ maxAge: inherited.maxAge + 1 })) @Put('function') byFunction() {
    return 'replaced';
  }
  @Cors({ credentials: false }) @Put('refined') refined() {
    return 'replaced';
  }
}

const first: CorsModuleOptions = {
  origin: ONE,
  credentials: true,
  maxAge: 10,
  policies: { named: { exposedHeaders: 'X-One' } },
};

const second: CorsModuleOptions = {
  origin: TWO,
  maxAge: 20,
  policies: { named: { origin: '*' } },
};

const rowsOfFirst: readonly Row[] = [
  {
    name: 'defaults',
    path: '/books',
    headers: { origin: ONE },
    status: 200,
    cors: allows(ONE, { credentials: true }),
  },
  {
    name: 'refusal',
    path: '/books',
    headers: { origin: TWO },
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: 'named policy',
    method: 'PUT',
    path: '/books/named',
    headers: { origin: ONE },
    status: 200,
    cors: allows(ONE, { credentials: true, exposes: 'X-One' }),
  },
  {
    name: 'function',
    ...preflight(ONE, 'PUT'),
    path: '/books/function',
    status: 204,
    cors: approves(ONE, { credentials: true, methods: 'PUT', maxAge: 11 }),
  },
  {
    name: 'object',
    ...preflight(ONE, 'PUT'),
    path: '/books/refined',
    status: 204,
    cors: approves(ONE, { methods: 'PUT', maxAge: 10 }),
  },
];

const rowsOfSecond: readonly Row[] = [
  {
    name: 'defaults',
    path: '/books',
    headers: { origin: TWO },
    status: 200,
    cors: allows(TWO),
  },
  {
    name: 'refusal',
    path: '/books',
    headers: { origin: ONE },
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: 'named policy',
    method: 'PUT',
    path: '/books/named',
    headers: { origin: EVIL },
    status: 200,
    cors: allows('*'),
    vary: [],
  },
  {
    name: 'function',
    ...preflight(TWO, 'PUT'),
    path: '/books/function',
    status: 204,
    cors: approves(TWO, { methods: 'PUT', maxAge: 21 }),
  },
  {
    name: 'object',
    ...preflight(TWO, 'PUT'),
    path: '/books/refined',
    status: 204,
    cors: approves(TWO, { methods: 'PUT', maxAge: 20 }),
  },
];

describe.each(ADAPTERS.flatMap((one) => ADAPTERS.map((other) => ({ one, other }))))(
  'Two applications of one process, on $one and $other',
  ({ one, other }) => {
    let apps: { first: RunningApp; second: RunningApp };
    beforeAll(async () => {
      const start = (adapter: typeof one, options: CorsModuleOptions) =>
        startApp({
          adapter,
          imports: [CorsModule.forRoot(options)],
          controllers: [BooksController],
        });
      apps = { first: await start(one, first), second: await start(other, second) };
    });
    afterAll(() => Promise.all([apps.first.close(), apps.second.close()]));

    test.each(rowsOfFirst)('The first keeps its own policies: $name.', (row) =>
      check(apps.first, row),
    );

    test.each(rowsOfSecond)('The second keeps its own policies: $name.', (row) =>
      check(apps.second, row),
    );

    test('Each answers by its own policies while the other is asked.', async () => {
      const statuses = await Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          const app = index % 2 === 0 ? apps.first : apps.second;
          const { status } = await app.send({ path: '/books', headers: { origin: ONE } });
          return status;
        }),
      );
      expect(statuses).toEqual(
        Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 200 : 403)),
      );
    });

    test('Each has its own CorsPolicyService.', () => {
      const credentials = [apps.first, apps.second].map(
        ({ nest }) => nest.get(CorsPolicyService).policyOf(BooksController, 'list').credentials,
      );
      expect(credentials).toEqual([true, false]);
    });
  },
);

test.each(ADAPTERS)(
  'An application that closed leaves nothing to the next one, on %s.',
  async (adapter) => {
    for (const [options, rows] of [
      [first, rowsOfFirst],
      [second, rowsOfSecond],
      [first, rowsOfFirst],
    ] as const) {
      const app = await startApp({
        adapter,
        imports: [CorsModule.forRoot(options)],
        controllers: [BooksController],
      });
      try {
        for (const row of rows) await check(app, row);
      } finally {
        await app.close();
      }
    }
  },
);
