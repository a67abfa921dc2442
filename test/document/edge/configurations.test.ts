import 'reflect-metadata';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Controller, Get } from '@nestjs/common';
import type { CorsDocument } from '../../../src/document/cors-document.js';
import {
  EDGE_SERVERS,
  type EdgeAddresses,
  edgeConfiguration,
} from '../../../src/document/edge/edge-configurations.js';
import { edgePreflights } from '../../../src/document/edge/edge-preflights.js';
import { gatewayApiReport } from '../../../src/document/edge/gateway-api.js';
import { SHOP } from '../../harness/origins.js';
import { BooksController, documentOf, OrdersController, POLICIES } from './a-document.js';

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

describe.each(EDGE_SERVERS)('a configuration of %s', (server) => {
  test('is the same each time', () => {
    const text = edgeConfiguration(server, shop, ADDRESSES);
    const again = JSON.parse(JSON.stringify(shop)) as CorsDocument;
    expect(edgeConfiguration(server, again, ADDRESSES)).toBe(text);
  });
});

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
