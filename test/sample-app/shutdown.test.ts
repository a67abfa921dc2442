import 'reflect-metadata';
import { Socket } from 'node:net';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  jest,
  test,
} from '@jest/globals';
import { timed, until } from '../harness/until.js';
import { Link } from './link.js';
import { findPostgres, PostgresServer, urlOf } from './postgres.js';
import { Storefront } from './storefront.js';

const ORIGIN = 'https://shop.example';

/** Milliseconds; Docker gives a process 10 seconds after SIGTERM, and then kills it. */
const MOST = 2500;

const programs = findPostgres();

(programs === undefined ? describe.skip : describe)('the bookshop is closed', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await PostgresServer.create(programs ?? '');
    await server.start();
  }, 300_000);
  afterAll(() => server.remove());

  let way: Link;
  let connect: jest.SpiedFunction<Socket['connect']>;
  beforeEach(async () => {
    way = await Link.to(server.port);
    connect = jest.spyOn(Socket.prototype, 'connect');
  });
  afterEach(async () => {
    connect.mockRestore();
    await way.close();
  });

  /** The instance's connections to its database, open or not. */
  function connections(): readonly Socket[] {
    return connect.mock.contexts.filter(
      (socket, index): socket is Socket =>
        socket instanceof Socket && String(connect.mock.calls[index]?.[0]) === String(way.port),
    );
  }

  let visits: readonly Promise<number>[] = [];
  const situations: readonly {
    name: string;
    happens: (shop: Storefront) => Promise<unknown>;
  }[] = [
    { name: 'is well', happens: async () => {} },
    {
      name: 'hangs',
      happens: async () => {
        way.hang();
      },
    },
    {
      name: 'hangs while visitors wait',
      happens: async (shop) => {
        way.hang();
        const asked = connections().length;
        visits = [1, 2, 3].map((count) =>
          shop.visit(`https://new-${count}.example`).catch(() => 0),
        );
        await until(true, () => connections().length > asked);
      },
    },
    {
      name: 'hangs, and then is gone',
      happens: async () => {
        way.hang();
        way.cut();
      },
    },
  ];

  describe.each(['express', 'fastify'])('on %s', (adapter) => {
    test.each(situations)(
      'in good time, and leaves no connection open, where the database $name',
      async ({ happens }) => {
        const shop = await Storefront.open({ ADAPTER: adapter, DATABASE_URL: urlOf(way.port) });
        // Two connections from now on: one listens, one is kept for the next query.
        expect(await shop.visit(ORIGIN)).toBe(403);
        expect(connections().map(({ destroyed }) => destroyed)).toEqual([false, false]);
        await happens(shop);

        expect((await timed(shop.close())).took).toBeLessThan(MOST);
        expect(connections().every(({ destroyed }) => destroyed)).toBe(true);
        await Promise.all(visits);
      },
    );

    test('in good time, where the database never answered', async () => {
      way.hang();
      const shop = await Storefront.open({ ADAPTER: adapter, DATABASE_URL: urlOf(way.port) });
      expect((await timed(shop.close())).took).toBeLessThan(MOST);
      expect(connections().every(({ destroyed }) => destroyed)).toBe(true);
    });
  });
});
