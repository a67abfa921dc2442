import { Controller, Delete, All, Get, Injectable, Post, Put, type Type } from '@nestjs/common';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Cors, CorsModule, type CorsModuleOptions, type CorsPolicyInput } from '../../src/index.js';
import { openTo } from '../../src/testing/index.js';
import { SHOP, STRANGER } from '../harness/origins.js';
import { ADAPTERS, type RunningApp, startApp } from '../harness/start-app.js';

@Injectable()
class Everybody {
  isOriginAllowed() {
    return Promise.resolve(true);
  }
}

/** One route with this policy, in an application that is closed otherwise. */
function controllerWith(policy: CorsPolicyInput): Type {
  @Controller('books')
  class BooksController {
    @Cors(policy)
    @Put(':id')
    update() {}

    @Get()
    list() {}
  }
  return BooksController;
}

const opened = [
  { method: 'PUT', path: '/books/:id', handler: 'BooksController.update', credentials: false },
];

/** However a route is opened to a stranger. */
const ways: readonly (readonly [string, CorsPolicyInput])[] = [
  ["'*'", { origin: '*' }],
  ['true', { origin: true }],
  ['an array', { origin: [SHOP, STRANGER] }],
  ['a star in an array', { origin: [SHOP, '*'] }],
  ['a pattern', { origin: 'https://*.example' }],
  ['an expression', { origin: /^https:\/\/\w+\.example$/ }],
  ['a function', { origin: () => true }],
  ['an async function', { origin: async () => true }],
  [
    'a function that looks at the URL',
    { origin: (_origin, request) => request?.url === '/books/1' },
  ],
  ['a resolver', { origin: Everybody }],
  ['a named policy', 'public'],
  ['the second of several policies', ['closed', 'public']],
];

let app: RunningApp;
afterEach(() => app.close());

const start = (
  controllers: Type[],
  options: CorsModuleOptions,
  adapter: (typeof ADAPTERS)[number] = 'express',
) =>
  startApp({
    adapter,
    imports: [CorsModule.forRoot(options)],
    controllers,
    providers: [Everybody],
  });

const NAMED = { policies: { public: { origin: '*' }, closed: { origin: SHOP } } } as const;

describe.each(ADAPTERS)('openTo() on %s', (adapter) => {
  test.each(ways)('finds a route that %s opens, and no other', async (_, policy) => {
    app = await start([controllerWith(policy)], { origin: SHOP, ...NAMED }, adapter);
    expect(await openTo(app.nest, STRANGER)).toEqual(opened);
  });

  test('finds nothing where nothing is open', async () => {
    app = await start([controllerWith({})], { origin: SHOP, ...NAMED }, adapter);
    expect(await openTo(app.nest, STRANGER)).toEqual([]);
  });
});

describe('openTo()', () => {
  test('tells methods, credentials, entries and defaults', async () => {
    @Cors({ origin: STRANGER, credentials: true })
    @Controller({ path: 'orders', host: 'api.example.com' })
    class OrdersController {
      @Get()
      list() {}

      @Cors({ methods: ['GET'] })
      @Post()
      place() {}

      @All('any')
      any() {}

      @Cors(false)
      @Delete(':id')
      cancel() {}
    }
    app = await start([OrdersController], {
      origin: STRANGER,
      methods: ['GET'],
      paths: [
        { path: '/files', policy: { origin: '*', methods: ['GET', 'PURGE'] } },
        { path: '/closed', policy: { origin: SHOP } },
      ],
    });
    const found = await openTo(app.nest, STRANGER);
    expect(
      found.map(({ method, path, handler, entry, host, credentials }) =>
        [method, path, handler, entry, host, credentials ? 'with credentials' : undefined]
          .filter((part) => part !== undefined)
          .join(' '),
      ),
    ).toEqual([
      'GET /orders OrdersController.list api.example.com with credentials',
      'GET /orders/any OrdersController.any api.example.com with credentials',
      'GET /files CorsModule.forRoot() paths[0] (/files)',
      'PURGE /files CorsModule.forRoot() paths[0] (/files)',
      'GET the defaults',
    ]);
  });

  test('does not take a rule that fails for one that refuses', async () => {
    const failing = () => {
      throw new Error('The directory is down.');
    };
    app = await start([controllerWith({ origin: failing })], { origin: SHOP });
    await expect(openTo(app.nest, STRANGER)).rejects.toThrow(
      'Whether /books/:id is open to https://stranger.example is not known',
    );
  });

  test('asks about the opaque origin, too', async () => {
    app = await start([controllerWith({ origin: 'null' })], { origin: SHOP });
    expect(await openTo(app.nest, 'null')).toEqual(opened);
  });

  test('says of an origin with a slash how it is written', async () => {
    app = await start([controllerWith({})], { origin: SHOP });
    await expect(openTo(app.nest, `${STRANGER}/`)).rejects.toThrow(`give ${STRANGER}.`);
  });
});
