import 'reflect-metadata';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { CorsDocument } from '../../../src/document/cors-document.js';
import { EDGE_SERVERS, edgeConfiguration } from '../../../src/document/edge/edge-configurations.js';
import { cpuTime } from '../../harness/cpu-time.js';
import {
  describeEdgeServers,
  type EdgeServer,
  startEdgeServer,
} from '../../harness/edge-servers.js';
import { BooksController, documentOf, OrdersController, POLICIES } from './a-document.js';
import { SHOP } from '../../harness/origins.js';
import { RawClient } from '../../harness/raw-client.js';

const SECTIONS = 1_000;
const SHOPS = 10_000;

let large: CorsDocument;
beforeAll(async () => {
  large = enlarged(await documentOf(POLICIES, [BooksController, OrdersController]));
});

/** Five routes in each of a thousand sections, and ten thousand more origins on the shop's list. */
function enlarged(document: CorsDocument): CorsDocument {
  const books = document.routes.filter(({ path }) => path.startsWith('/books'));
  const routes = Array.from({ length: SECTIONS }, (_, index) =>
    books.map((route) => ({ ...route, path: route.path.replace('books', `books-${index}`) })),
  ).flat();
  const origins = Object.entries(document.origins).map(([name, rule]) => {
    const shops = Array.from({ length: SHOPS }, (_, index) => `https://shop-${index}.example`);
    const isShop = rule.exact.includes(SHOP);
    return [name, isShop ? { ...rule, exact: [...rule.exact, ...shops] } : rule] as const;
  });
  return { ...document, routes, origins: Object.fromEntries(origins) };
}

test.each(EDGE_SERVERS)(
  'a configuration of %s for 5,000 routes and 10,000 origins is made in less than a second',
  async (server) => {
    expect(large.routes).toHaveLength(5 * SECTIONS);
    const addresses = { upstream: { host: '127.0.0.1', port: 3000 }, listen: 8080 };
    let configuration = '';
    const took = await cpuTime(() => {
      configuration = edgeConfiguration(server, large, addresses);
    });
    console.log(`${server}: ${took.toFixed(0)} ms, ${configuration.length} characters`);
    expect(configuration).toContain('books-999');
    expect(took).toBeLessThan(1_000);
  },
);

describeEdgeServers('with 5,000 routes and 10,000 origins', (name) => {
  let node: Server;
  let edge: EdgeServer;
  let client: RawClient;
  let asked = 0;
  beforeAll(async () => {
    node = createServer((_, response) => {
      asked += 1;
      response.writeHead(403).end();
    }).listen(0, '127.0.0.1');
    await new Promise((listening) => node.once('listening', listening));
    const { port } = node.address() as AddressInfo;
    const start = performance.now();
    edge = await startEdgeServer(name, (listen) =>
      edgeConfiguration(name, large, {
        upstream: { host: '127.0.0.1', port },
        listen,
        host: '127.0.0.1',
      }),
    );
    console.log(`${name}: listens after ${(performance.now() - start).toFixed(0)} ms`);
    client = new RawClient(edge.port);
  }, 300_000);
  afterAll(async () => {
    client.close();
    await edge.stop();
    node.closeAllConnections();
    node.close();
  });

  const preflight = async (target: string, method: string, origin: string) => {
    const headers = [
      ['Host', 'localhost'],
      ['Origin', origin],
      ['Access-Control-Request-Method', method],
    ] as const;
    const answer = await client.send({ method: 'OPTIONS', target, headers });
    const valueOf = (wanted: string) => answer.headers.find(([header]) => header === wanted)?.[1];
    return {
      status: answer.status,
      origin: valueOf('access-control-allow-origin'),
      methods: valueOf('access-control-allow-methods'),
    };
  };

  test.each([
    { target: '/books-0', method: 'GET', methods: 'GET,HEAD' },
    { target: '/books-999', method: 'GET', methods: 'GET,HEAD' },
    { target: '/books-0/7', method: 'PUT', methods: 'GET,HEAD,PUT' },
    { target: '/books-500/7', method: 'PUT', methods: 'GET,HEAD,PUT' },
    { target: '/books-999/7?page=1', method: 'PUT', methods: 'GET,HEAD,PUT' },
    { target: '/books-999/latest', method: 'GET', methods: 'GET,HEAD,PUT' },
  ])('the first and the last may $method $target', async ({ target, method, methods }) => {
    for (const origin of [SHOP, 'https://shop-0.example', `https://shop-${SHOPS - 1}.example`]) {
      expect(await preflight(target, method, origin)).toEqual({ status: 204, origin, methods });
    }
    expect(asked).toBe(0);
  });

  test('and what is not on the list is for Node to refuse', async () => {
    for (const [target, method, origin] of [
      ['/books-1000/7', 'PUT', SHOP],
      ['/books-0/7', 'PUT', `https://shop-${SHOPS}.example`],
      ['/books-0/7', 'DELETE', SHOP],
    ] as const) {
      expect((await preflight(target, method, origin)).status).toBe(403);
    }
    expect(asked).toBe(3);
  });

  test('the one that is found last takes less than 5 ms longer than the first', async () => {
    const time = async (...asked: Parameters<typeof preflight>) => {
      const start = performance.now();
      await preflight(...asked);
      return performance.now() - start;
    };
    // By turns, so that whatever else runs meets both.
    const firsts: number[] = [];
    const lasts: number[] = [];
    for (let round = 0; round < 51; round += 1) {
      firsts.push(await time('/books-0', 'GET', SHOP));
      lasts.push(await time('/books-999/7', 'PUT', `https://shop-${SHOPS - 1}.example`));
    }
    const median = (times: number[]) => times.sort((a, b) => a - b)[25] ?? NaN;
    const [first, last] = [median(firsts), median(lasts)];
    console.log(`${name}: the first takes ${first.toFixed(2)} ms, the last ${last.toFixed(2)} ms`);
    expect(last - first).toBeLessThan(5);
  });
});
