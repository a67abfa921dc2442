import 'reflect-metadata';
import { afterAll, describe, expect, test } from '@jest/globals';
import { openBookshop } from '../../../sample-app/bookshop.js';
import { Database } from '../../../sample-app/tenants/database/database.js';
import { CorsPolicyService } from '../../../src/index.js';
import type { CorsDocument } from '../../../src/document/cors-document.js';
import { caddyConfiguration } from '../../../src/document/edge/caddy.js';
import type { EdgeAddresses } from '../../../src/document/edge/configuration-text.js';
import { haproxyConfiguration } from '../../../src/document/edge/haproxy.js';
import { nginxConfiguration } from '../../../src/document/edge/nginx.js';
import { findServer, type ServerName, SERVERS } from '../../harness/installed-server.js';
import { checkConfiguration, freePort, startServer } from '../../harness/running-server.js';
import { SEED, SEEDED } from '../../harness/seed.js';
import { Random } from '../../routing/random.js';
import { removeFiles } from '../../routing/random-routes.js';
import { compare, describeShare, hasDoubledHeader, newTally, type Tally } from './comparison.js';
import { startRandomApplication, type StartedApplication } from './random-application.js';
import { randomRequest } from './random-preflight.js';

/*
 * Real servers in front of real applications: whatever they answer by themselves has to be what Node answers to the same
 * bytes. `SEED=… npm test -- edge.oracle` repeats a run.
 */

const REQUESTS = Number(process.env['REQUESTS'] ?? 5_000);
const APPLICATIONS = 10;

const CONFIGURATIONS: Readonly<
  Record<ServerName, (document: CorsDocument, addresses: EdgeAddresses) => string>
> = {
  nginx: nginxConfiguration,
  haproxy: haproxyConfiguration,
  caddy: caddyConfiguration,
};

async function compareWith(
  name: ServerName,
  { app, port, document }: StartedApplication,
  random: Random,
  count: number,
  tally: Tally,
): Promise<void> {
  const listen = await freePort();
  const configuration = CONFIGURATIONS[name](document, {
    upstream: { host: '127.0.0.1', port },
    listen,
    host: '127.0.0.1',
  });
  await checkConfiguration(name, configuration);
  const server = await startServer(name, configuration, listen);
  try {
    const requests = random.many(count, count, () => randomRequest(random, document));
    const told = requests.filter((request) => name !== 'nginx' || !hasDoubledHeader(request));
    await compare(app, { node: port, edge: listen }, told, tally);
  } finally {
    await server.stop();
  }
}

describe.each(SERVERS)('%s in front of an application', (name) => {
  // A server that is missing is skipped with a line that says so, and is a failure with CI=true.
  const each = findServer(name) === undefined ? test.skip.each : test.each;

  afterAll(removeFiles);

  each(['express', 'fastify'] as const)(
    `answers as the bookshop on %s would, and most of what it allows without asking ${SEEDED}`,
    async (adapter) => {
      const bookshop = await openBookshop(
        {
          ...{ PORT: '0', SHOP_PORT: '0', PARTNER_PORT: '0', STRANGER_PORT: '0' },
          ...{ ADAPTER: adapter, SHOP_ORIGINS: 'https://shop.example.com,http://localhost:3000' },
          PARTNER_ORIGINS: 'https://partner.example',
        },
        { logger: false },
      );
      const tally = newTally();
      const { app, api } = bookshop;
      const document = app.get(CorsPolicyService).document();
      // While it starts, origins get another answer.
      await app.get(Database).query('SELECT 1');
      try {
        const started = { app, port: Number(new URL(api).port), document, spec: undefined };
        await compareWith(name, started, new Random(SEED), REQUESTS / 4, tally);
      } finally {
        await bookshop.close();
      }
      expect(tally.differences).toEqual([]);
      console.log(`${name}, bookshop on ${adapter}: ${describeShare(document, tally)}`);
      expect(tally.atEdge / tally.allowed).toBeGreaterThan(0.8);
    },
    120_000,
  );

  each(['express', 'fastify'] as const)(
    `answers as random applications on %s would ${SEEDED}`,
    async (adapter) => {
      const random = new Random(SEED + SERVERS.indexOf(name) * 2 + (adapter === 'express' ? 0 : 1));
      const tally = newTally();
      let routes = 0;
      for (let done = 0; done < APPLICATIONS;) {
        const started = await startRandomApplication(random, adapter).catch(() => undefined);
        // Some routes or policies make no application.
        if (started === undefined) continue;
        if (started.document.routes.length === 0) {
          await started.app.close();
          continue;
        }
        done += 1;
        routes += started.document.routes.length;
        try {
          await compareWith(name, started, random, REQUESTS / 4 / APPLICATIONS, tally);
        } finally {
          await started.app.close();
        }
        if (tally.differences.length > 0) console.log(JSON.stringify(started.spec));
        expect(tally.differences).toEqual([]);
      }
      console.log(
        `${name}, random applications on ${adapter}: ${String(tally.atEdge)} of ${String(tally.allowed)} allowed preflights answered in front, ${String(routes)} routes, SEED=${SEED}`,
      );
      expect(tally.atEdge / tally.allowed).toBeGreaterThan(0.2);
    },
    240_000,
  );
});
