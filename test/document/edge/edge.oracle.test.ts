import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Bookshop, openBookshop } from '../../../sample-app/bookshop.js';
import { Database } from '../../../sample-app/tenants/database/database.js';
import { CorsPolicyService } from '../../../src/index.js';
import { edgeConfiguration } from '../../../src/document/edge/edge-configurations.js';
import {
  describeEdgeServers,
  type EdgeServerName,
  startEdgeServer,
} from '../../harness/edge-servers.js';
import { SEED, SEEDED } from '../../harness/seed.js';
import { ADAPTERS } from '../../harness/start-app.js';
import { Random } from '../../harness/random.js';
import { removeFiles } from '../../routing/random-routes.js';
import { findPostgres, PostgresServer, urlOf } from '../../sample-app/postgres.js';
import {
  compare,
  describeShare,
  type Expectation,
  expectationsOf,
  hasDoubledHeader,
  newTally,
  type Tally,
} from './comparison.js';
import { startRandomApplication, type StartedApplication } from './random-application.js';
import { randomRequest } from './random-preflight.js';

/*
 * Real servers in front of real applications: whatever they answer by themselves has to be what Node answers to the same
 * bytes. `SEED=… npm test -- edge.oracle` repeats a run.
 */

/** For each server: half of them for each adapter, of which half go to the bookshop. */
const REQUESTS = Number(process.env['REQUESTS'] ?? 2_000);
const APPLICATIONS = 10;

interface Asked extends StartedApplication {
  readonly expected: readonly Expectation[];
}

async function ask(application: StartedApplication, random: Random, count: number): Promise<Asked> {
  const { port, document } = application;
  const requests = random.many(count, count, () => randomRequest(random, document));
  return { ...application, expected: await expectationsOf(port, requests) };
}

async function compareWith(
  name: EdgeServerName,
  { app, port, document, expected }: Asked,
  tally: Tally,
): Promise<void> {
  // Where it does not pass the server's own check, the server does not start.
  const server = await startEdgeServer(name, (listen) =>
    edgeConfiguration(name, document, {
      upstream: { host: '127.0.0.1', port },
      listen,
      host: '127.0.0.1',
    }),
  );
  try {
    const told = expected.filter(({ request }) => name !== 'nginx' || !hasDoubledHeader(request));
    await compare(app, server.port, told, tally);
  } finally {
    await server.stop();
  }
}

/** One for both adapters, as the embedded one takes seconds to start; where none is installed, that one does. */
let database: PostgresServer | undefined;
beforeAll(async () => {
  const programs = findPostgres(process.env, undefined, () => undefined);
  database = programs === undefined ? undefined : await PostgresServer.create(programs);
  await database?.start();
}, 300_000);
afterAll(() => database?.remove());

describe.each(ADAPTERS)(`in front of the bookshop on %s ${SEEDED}`, (adapter) => {
  let bookshop: Bookshop;
  let asked: Asked;
  beforeAll(async () => {
    bookshop = await openBookshop(
      {
        ...{ PORT: '0', SHOP_PORT: '0', PARTNER_PORT: '0', STRANGER_PORT: '0' },
        ...{ ADAPTER: adapter, SHOP_ORIGINS: 'https://shop.example.com,http://localhost:3000' },
        PARTNER_ORIGINS: 'https://partner.example',
        DATABASE_URL: database && urlOf(database.port),
      },
      { logger: false },
    );
    const { app, api } = bookshop;
    // While it starts, origins get another answer.
    await app.get(Database).query('SELECT 1');
    const document = app.get(CorsPolicyService).document();
    const started = { app, port: Number(new URL(api).port), document, spec: undefined };
    asked = await ask(started, new Random(SEED), REQUESTS / 4);
  }, 300_000);
  afterAll(() => bookshop.close());

  describeEdgeServers('every answer', (name) => {
    test('is that of Node, and most of what it allows comes without asking', async () => {
      const tally = newTally();
      await compareWith(name, asked, tally);
      expect(tally.differences).toEqual([]);
      console.log(`${name}, bookshop on ${adapter}: ${describeShare(asked.document, tally)}`);
      expect(tally.atEdge / tally.allowed).toBeGreaterThan(0.8);
    }, 300_000);
  });
});

describe.each(ADAPTERS)(`in front of random applications on %s ${SEEDED}`, (adapter) => {
  const applications: Asked[] = [];
  beforeAll(async () => {
    const random = new Random(SEED + ADAPTERS.indexOf(adapter));
    while (applications.length < APPLICATIONS) {
      // Some routes or policies make no application.
      const started = await startRandomApplication(random, adapter).catch(() => undefined);
      if (started === undefined) continue;
      if (started.document.routes.length === 0) await started.app.close();
      else applications.push(await ask(started, random, REQUESTS / 4 / APPLICATIONS));
    }
  }, 300_000);
  afterAll(async () => {
    await Promise.all(applications.map(({ app }) => app.close()));
    removeFiles();
  });

  describeEdgeServers('every answer', (name) => {
    test('is that of Node', async () => {
      const tally = newTally();
      for (const asked of applications) {
        await compareWith(name, asked, tally);
        if (tally.differences.length > 0) console.log(JSON.stringify(asked.spec));
        expect(tally.differences).toEqual([]);
      }
      const routes = applications.reduce((sum, { document }) => sum + document.routes.length, 0);
      console.log(
        `${name}, random applications on ${adapter}: ${tally.atEdge} of ${tally.allowed} allowed preflights answered in front, ${routes} routes, SEED=${SEED}`,
      );
      expect(tally.atEdge / tally.allowed).toBeGreaterThan(0.2);
    }, 240_000);
  });
});
