import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ConsoleLogger, Logger } from '@nestjs/common';
import { pass } from '../harness/held-clock.js';
import { SECOND, timed, until } from '../harness/until.js';
import { Link } from './link.js';
import { findPostgres, PostgresServer, urlOf } from './postgres.js';
import { Storefront } from './storefront.js';

const programs = findPostgres();

let count = 0;
/** An origin that no other test knows. */
const newOrigin = () => `https://shop-${(count += 1)}.example`;

(programs === undefined ? describe.skip : describe)('two instances and a PostgreSQL server', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await PostgresServer.create(programs ?? '');
    await server.start();
  }, 300_000);
  afterAll(() => server.remove());

  /** What a test opened, last first. */
  const opened: { close(): Promise<unknown> }[] = [];
  afterEach(async () => {
    jest.restoreAllMocks();
    for (const each of opened.splice(0).reverse()) await each.close();
  });

  async function link(): Promise<Link> {
    const way = await Link.to(server.port);
    opened.push(way);
    return way;
  }

  async function open(
    adapter: string,
    { port = server.port, ...environment }: { port?: number } & Record<string, unknown> = {},
  ): Promise<Storefront> {
    const storefront = await Storefront.open({
      ADAPTER: adapter,
      DATABASE_URL: urlOf(port),
      ...(environment as Record<string, string>),
    });
    opened.push(storefront);
    return storefront;
  }

  describe('that both reach', () => {
    let instances: Record<'express' | 'fastify', Storefront>;
    const took: Record<'added' | 'revoked', number[]> = { added: [], revoked: [] };
    beforeAll(async () => {
      // At once, so that both find an empty database and bring it up to date.
      const [express, fastify] = await Promise.all(
        ['express', 'fastify'].map((adapter) =>
          Storefront.open({ ADAPTER: adapter, DATABASE_URL: urlOf(server.port) }),
        ),
      );
      instances = { express: express!, fastify: fastify! };
    });
    afterAll(async () => {
      await instances.express.close();
      await instances.fastify.close();
      if (process.env['OPERATIONS_TIMES'] === 'true')
        process.stderr.write(`${JSON.stringify(took)}\n`);
    });

    test('the schema is brought up to date once', async () => {
      expect(await server.query('SELECT step FROM schema_steps ORDER BY step')).toEqual([
        { step: 0 },
        { step: 1 },
      ]);
    });

    describe.each([
      { one: 'express', other: 'fastify' },
      { one: 'fastify', other: 'express' },
    ] as const)('changed through $one', ({ one, other }) => {
      test.each([1, 2, 3])(
        `an origin is allowed and refused by ${other} within a second (%d)`,
        async () => {
          const origin = newOrigin();
          // Both remember that it is refused, for longer than a second.
          expect(await instances[one].visit(origin)).toBe(403);
          expect(await instances[other].visit(origin)).toBe(403);
          await instances[one].add(origin);
          took.added.push(await until(200, () => instances[other].visit(origin), SECOND));
          await until(200, () => instances[one].visit(origin), SECOND);
          await instances[one].revoke(origin);
          took.revoked.push(await until(403, () => instances[other].visit(origin), SECOND));
          await until(403, () => instances[one].visit(origin), SECOND);
        },
      );

      test(`its live streams at ${other} end within a second, and others go on`, async () => {
        const [revoked, kept] = [newOrigin(), newOrigin()];
        await instances[one].add(revoked);
        await instances[one].add(kept);
        await until(200, () => instances[other].visit(revoked), SECOND);
        await until(200, () => instances[other].visit(kept), SECOND);
        const streams = [await instances[other].watch(revoked), await instances[other].watch(kept)];
        await instances[one].revoke(revoked);
        await until(true, () => streams[0]?.ended, SECOND);
        // It has been heard of, and the other origin's is not ended by it; it is by its own.
        expect(streams[1]?.ended).toBe(false);
        await instances[one].revoke(kept);
        await until(true, () => streams[1]?.ended, SECOND);
      });
    });

    test('a change by somebody with psql is heard of, too', async () => {
      const [origin, renamed] = [newOrigin(), newOrigin()];
      const both = Object.values(instances);
      const see = async (expected: readonly number[]) => {
        for (const instance of both) {
          await until(expected[0], () => instance.visit(origin), SECOND);
          await until(expected[1], () => instance.visit(renamed), SECOND);
        }
      };
      await see([403, 403]);
      await server.query(`INSERT INTO tenant_origins (tenant, origin) VALUES ('t', $1)`, [origin]);
      await see([200, 403]);
      await server.query('UPDATE tenant_origins SET origin = $2 WHERE origin = $1', [
        origin,
        renamed,
      ]);
      await see([403, 200]);
      await server.query('TRUNCATE tenant_origins');
      await see([403, 403]);
    });
  });

  describe('where the announcement does not arrive', () => {
    test.each(['express', 'fastify'])(
      'an instance that was cut off forgets everything when it is connected again, on %s',
      async (adapter) => {
        const way = await link();
        const near = await open('express');
        const far = await open(adapter, { port: way.port });
        const [added, revoked] = [newOrigin(), newOrigin()];
        await near.add(revoked);
        await far.remembers(revoked);
        expect(await far.visit(added)).toBe(403);

        way.cut();
        await near.revoke(revoked);
        await near.add(added);
        await until(403, () => near.visit(revoked), SECOND);
        // It cannot know, and goes by what it remembers; of what it does not, nothing can be said.
        expect(await far.visit(revoked)).toBe(200);
        expect(await far.visit(newOrigin())).toBe(503);

        way.restore();
        await until(403, () => far.visit(revoked), 5000);
        await until(200, () => far.visit(added), SECOND);
      },
    );

    test('a connection that the server ends is opened anew', async () => {
      const near = await open('express');
      const origin = newOrigin();
      await near.add(origin);
      await near.remembers(origin);
      await server.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'bookshop'`,
      );
      // Nobody listens at this moment, and nobody announces it.
      await server.query('ALTER TABLE tenant_origins DISABLE TRIGGER USER');
      await server.query('DELETE FROM tenant_origins');
      await server.query('ALTER TABLE tenant_origins ENABLE TRIGGER USER');
      await until(403, () => near.visit(origin), 5000);
    });

    test('the log of npm start says once that a connection is lost, and once that it is back', async () => {
      const way = await link();
      // The process has one log, and the applications of other tests have switched it off.
      Logger.overrideLogger(new ConsoleLogger());
      const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
      const lines = () =>
        write.mock.calls
          .map(([line]) => String(line))
          .filter((line) => line.includes('[Database]'));
      try {
        const instance = await Storefront.open(
          { DATABASE_URL: urlOf(way.port) },
          'as with npm start',
        );
        opened.push(instance);
        way.cut();
        await until(true, () => lines().some((line) => line.includes('Not connected')), 5000);
        const attempts = way.refused;
        await until(true, () => way.refused > attempts + 2, 5000);
        way.restore();
        await until(true, () => lines().some((line) => line.includes('listening')), 5000);
        expect(lines()).toEqual([
          expect.stringContaining('Not connected: '),
          expect.stringContaining('Connected again, and listening.'),
        ]);
      } finally {
        write.mockRestore();
      }
    });

    test('a connection that went silent is noticed and opened anew', async () => {
      const way = await link();
      const near = await open('fastify');
      const far = await open('express', { port: way.port });
      const origin = newOrigin();
      await near.add(origin);
      await far.remembers(origin);
      way.silence();
      await near.revoke(origin);
      expect(await far.visit(origin)).toBe(200);
      await until(403, () => far.visit(origin), 12_000);
    });
  });

  describe('with the database down', () => {
    afterEach(() => server.start());

    test.each(['express', 'fastify'])(
      'known origins stay allowed for as long as stale answers may be used, and no other ever is, on %s',
      async (adapter) => {
        const [ttl, stale] = [500, 4000];
        const instance = await open(adapter, {
          TENANT_ORIGIN_TTL: String(ttl),
          TENANT_ORIGIN_STALE: String(stale),
        });
        const [known, revoked] = [newOrigin(), newOrigin()];
        await instance.add(known);
        await instance.add(revoked);
        await until(200, () => instance.visit(revoked), SECOND);
        await instance.revoke(revoked);
        await until(403, () => instance.visit(revoked), SECOND);
        await pass(0);
        await instance.remembers(known);
        const stream = await instance.watch(known);

        await server.stop();
        /** What each origin gets while the database is down, `milliseconds` after what was remembered. */
        const see = async (milliseconds: number) => {
          await pass(milliseconds);
          return {
            known: await instance.visit(known),
            revoked: await instance.visit(revoked),
            unknown: await instance.visit(newOrigin()),
          };
        };
        // By now the refusal is forgotten, which counts for a tenth of the time.
        expect(await see(ttl / 10 + 1)).toEqual({ known: 200, revoked: 503, unknown: 503 });
        expect(await see(ttl)).toEqual({ known: 200, revoked: 503, unknown: 503 });
        expect(await see(stale - ttl / 10 - 2)).toEqual({ known: 200, revoked: 503, unknown: 503 });
        expect(await see(1)).toEqual({ known: 503, revoked: 503, unknown: 503 });
        // What is not known to be revoked is not ended.
        expect(stream.ended).toBe(false);

        await server.start();
        await until(200, () => instance.visit(known), 5000);
        await until(403, () => instance.visit(revoked), 5000);
        expect(stream.ended).toBe(false);
        await instance.revoke(known);
        await until(true, () => stream.ended, SECOND);
        await server.stop();
      },
      60_000,
    );

    test.each(['express', 'fastify'])(
      'the application starts, and works when the database comes up, on %s',
      async (adapter) => {
        const origin = newOrigin();
        const before = await open('express');
        await before.add(origin);
        await server.stop();

        const instance = await open(adapter);
        expect(await instance.visit(origin)).toBe(503);
        expect((await instance.administer('GET')).status).toBe(503);
        expect(
          (await instance.administer('POST', '', { tenant: 'acme', origin: newOrigin() })).status,
        ).toBe(503);
        const { status } = await fetch(`${instance.url}/catalog`);
        expect(status).toBe(200);

        await server.start();
        await until(200, () => instance.visit(origin), 10_000);
        const another = newOrigin();
        expect(await instance.visit(another)).toBe(403);
        // The announcements of others arrive as well.
        await until(200, async () => (await before.administer('GET')).status, 10_000);
        await until(403, () => instance.visit(another), SECOND);
        await before.add(another);
        await until(200, () => instance.visit(another), 2000);
        await server.stop();
      },
      60_000,
    );
  });

  test.each(['express', 'fastify'])(
    'while queries hang, known origins are answered at once and others get 503, on %s',
    async (adapter) => {
      const instance = await open(adapter, { TENANT_ORIGIN_TTL: '500' });
      const [known, unknown] = [newOrigin(), newOrigin()];
      await instance.add(known);
      await instance.remembers(known);
      const blocking = await server.connect();
      await blocking.query('BEGIN; LOCK TABLE tenant_origins IN ACCESS EXCLUSIVE MODE');
      try {
        await pass(600);
        const served = await timed(instance.visit(known));
        expect(served.result).toBe(200);
        expect(served.took).toBeLessThan(900);
        // All of them wait for the same question, and none longer than originTimeout by much.
        const { result, took } = await timed(
          Promise.all(Array.from({ length: 20 }, () => instance.visit(unknown))),
        );
        expect(new Set(result)).toEqual(new Set([503]));
        expect(took).toBeLessThan(3000);
      } finally {
        await blocking.query('ROLLBACK');
        await blocking.end();
      }
      await until(403, () => instance.visit(unknown), 3000);
      expect(await instance.visit(known)).toBe(200);
    },
  );
});

describe('finding PostgreSQL', () => {
  test('without one the tests are skipped, with a line that says so', () => {
    const lines: string[] = [];
    expect(findPostgres({}, '/nowhere', (line) => lines.push(line))).toBeUndefined();
    expect(lines).toEqual([expect.stringContaining('are skipped')]);
  });

  test('without one CI fails', () => {
    expect(() => findPostgres({ CI: 'true' }, '/nowhere')).toThrow(
      'No PostgreSQL server is installed',
    );
  });

  test('POSTGRES_BIN that names nothing fails', () => {
    expect(() => findPostgres({ POSTGRES_BIN: '/nowhere' })).toThrow('POSTGRES_BIN names /nowhere');
  });
});
