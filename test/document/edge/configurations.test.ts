import 'reflect-metadata';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import { performance } from 'node:perf_hooks';
import type { CorsDocument } from '../../../src/document/cors-document.js';
import {
  EDGE_SERVERS,
  type EdgeAddresses,
  edgeConfiguration,
} from '../../../src/document/edge/edge-configurations.js';
import { edgePreflights } from '../../../src/document/edge/edge-preflights.js';
import { gatewayApiReport } from '../../../src/document/edge/gateway-api.js';
import { findServer } from '../../harness/installed-server.js';
import { checkConfiguration } from '../../harness/running-server.js';
import { BooksController, documentOf, OrdersController, POLICIES, SHOP } from './a-document.js';

const ADDRESSES: EdgeAddresses = { upstream: { host: '127.0.0.1', port: 3000 }, listen: 8080 };

let shop: CorsDocument;
beforeAll(async () => {
  shop = await documentOf(POLICIES, [BooksController, OrdersController]);
});

describe('what is left to Node', () => {
  test('is named with the reason, and nothing else is', () => {
    const { left } = edgePreflights(shop);
    expect([...left].map(([{ handler }, why]) => [handler, why])).toEqual([
      ['OrdersController.place', 'its origins are asked of partners'],
    ]);
  });

  test.each(EDGE_SERVERS)('stands at the head of the configuration of %s', (server) => {
    const text = edgeConfiguration(server, shop, ADDRESSES);
    expect(text).toContain('# Answers preflights for 5 of 6 routes.');
    expect(text).toContain('# Left to Node, since its origins are asked of partners:');
    expect(text).toContain('#   POST /orders (OrdersController.place)');
  });

  test('is everything at an entry of paths, whatever its case is', async () => {
    const document = await documentOf({ ...POLICIES, paths: [{ path: '/books', policy: {} }] }, [
      BooksController,
    ]);
    const { left, routes } = edgePreflights(document);
    expect(left.size).toBe(routes);
  });
});

describe('the answers', () => {
  test('are those of the first policy that allows the origin, with its credentials and methods', () => {
    const answers = [...edgePreflights(shop).cases].map(([answer, cases]) => ({
      any: answer.anyOrigin,
      headers: Object.fromEntries([...answer.before, ...answer.after]),
      cases: cases.length,
    }));
    const vary = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers';
    const age = { 'Access-Control-Max-Age': '7200', Vary: vary };
    const cookies = { 'Access-Control-Allow-Credentials': 'true' };
    const methods = (text: string) => ({ 'Access-Control-Allow-Methods': text });
    expect(answers).toEqual(
      expect.arrayContaining([
        // The shop's own pages read the latest with cookies, and strangers without.
        expect.objectContaining({ any: true, headers: { ...methods('GET,HEAD'), ...age } }),
        expect.objectContaining({
          any: false,
          headers: { ...cookies, ...methods('GET,HEAD'), ...age },
        }),
        // The deletion has another policy, so that nobody is told of both.
        expect.objectContaining({
          any: false,
          headers: { ...cookies, ...methods('GET,HEAD,PUT'), ...age },
        }),
        expect.objectContaining({
          any: false,
          headers: { ...cookies, ...methods('DELETE'), ...age },
        }),
      ]),
    );
  });
});

const HOSTILE = [
  'a"; return 200 "x',
  "b'c",
  'c$request_uri',
  'd\nlisten 81',
  'e#f',
  'g}h{',
  'i;j',
  '`k`',
  '${l}',
  'm\\',
  'n\u2028o',
  '%[src]',
];

/** A document from elsewhere, where every text is another one's idea. */
function poisoned(document: CorsDocument, text: string): CorsDocument {
  const [route] = document.routes;
  if (route === undefined) throw new Error('There is a route.');
  return {
    ...document,
    paths: [{ path: `/p/${text}`, entry: text, policies: [document.defaults] }],
    routes: [
      ...document.routes,
      { ...route, path: `/${text}`, handler: text },
      { ...route, path: `/x/:${text}`, method: text },
      { ...route, path: `/y/${text}/:id`, versions: [text], hosts: [text] },
    ],
    policies: Object.fromEntries(
      Object.entries(document.policies).map(([name, policy]) => [
        name,
        { ...policy, methods: ['GET', text], allowedHeaders: ['X-A', text] },
      ]),
    ),
    origins: Object.fromEntries(
      Object.entries(document.origins).map(([name, origins]) => [
        name,
        { ...origins, functions: [text], resolvers: [text] },
      ]),
    ),
  };
}

/** Only what names and origins are made of may come from the document; comments are made harmless. */
const lines = (text: string) => text.split('\n').filter((line) => !line.startsWith('#'));

describe.each(EDGE_SERVERS)('a configuration of %s', (server) => {
  test.each(HOSTILE.map((text) => [JSON.stringify(text), text]))(
    'cannot be broken out of with %s',
    async (_, text) => {
      const configuration = edgeConfiguration(server, poisoned(shop, text), ADDRESSES);
      // A plain `b` or `x` would be everywhere.
      expect(lines(configuration).filter((line) => line.includes(text))).toEqual([]);
      expect(configuration.split('\n').some((line) => line.startsWith('listen 81'))).toBe(false);
      if (findServer(server, () => undefined)) await checkConfiguration(server, configuration);
    },
  );

  test('is the same each time', () => {
    const text = edgeConfiguration(server, shop, ADDRESSES);
    const again = JSON.parse(JSON.stringify(shop)) as CorsDocument;
    expect(edgeConfiguration(server, again, ADDRESSES)).toBe(text);
  });

  test('is made of 5,000 routes and 10,000 origins in less than a second, and the server takes it', async () => {
    const document = large(shop);
    const start = performance.now();
    const configuration = edgeConfiguration(server, document, ADDRESSES);
    const took = performance.now() - start;
    console.log(
      `${server}: 5,000 routes in ${took.toFixed(0)} ms, ${configuration.length} characters`,
    );
    expect(took).toBeLessThan(process.env['CI'] === 'true' ? 5_000 : 1_000);
    if (findServer(server, () => undefined)) await checkConfiguration(server, configuration);
  }, 60_000);
});

function large(document: CorsDocument): CorsDocument {
  const routes = Array.from({ length: 1_000 }, (_, index) =>
    document.routes
      .slice(0, 5)
      .map((route) => ({ ...route, path: route.path.replace('books', `books-${String(index)}`) })),
  ).flat();
  const [first = ''] = Object.keys(document.origins);
  const many = Array.from(
    { length: 10_000 },
    (_, index) => `https://shop-${String(index)}.example`,
  );
  const rule = document.origins[first];
  if (rule === undefined) throw new Error('There is an origin rule.');
  return {
    ...document,
    routes,
    origins: { ...document.origins, [first]: { ...rule, exact: [...rule.exact, ...many] } },
  };
}

describe('the report for the Gateway API', () => {
  test('says which routes a filter could hold, and why not the others', () => {
    const report = gatewayApiReport(shop);
    expect(report).toContain('could say the policies of 1 of 6 routes');
    expect(report).toMatch(/It could say:\n {2}GET \/books \(BooksController.list\)/);
    expect(report).toMatch(/\/books\/latest .*: a filter holds one policy, and several hold here/);
    expect(report).toMatch(/POST \/orders .*: functions and resolvers cannot be asked/);
    expect(report).toMatch(/PUT \/books\/:id .*other methods of the URL have another policy/);
  });
});

test('a route that no preflight can be answered for is not said to be', async () => {
  @Controller({ path: 'hosts', host: 'api.example.com' })
  class HostsController {
    @Get() list() {}
  }
  const document = await documentOf({ origin: SHOP }, [HostsController]);
  expect([...edgePreflights(document).left.values()]).toEqual(['it is bound to hosts']);
});
