import { expect, test } from '@jest/globals';

import type { Route } from '../../src/routing/route.js';
import { isReported, methodsToReport } from '../../src/routing/routed-methods.js';

class Cats {}
const routesOf = (methods: readonly string[]): Route[] =>
  methods.map((method) => ({ method, path: '/cats', controller: Cats, handlerName: 'any' }));

const USUAL = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

test.each([
  { routed: [], asked: [] },
  { routed: ['POST'], asked: ['POST'] },
  { routed: ['GET'], asked: ['GET', 'HEAD'] },
  { routed: ['OPTIONS', 'PUT', 'GET', 'PUT'], asked: ['GET', 'HEAD', 'PUT', 'OPTIONS'] },
  { routed: ['ALL'], asked: USUAL },
  { routed: ['SEARCH', 'ALL', 'PROPFIND'], asked: [...USUAL, 'SEARCH', 'PROPFIND'] },
])('An application that routes $routed has its URLs asked about $asked', ({ routed, asked }) => {
  expect(methodsToReport(routesOf(routed))).toStrictEqual(asked);
});

test.each([
  { method: 'GET', serve: ['GET'], reported: true },
  { method: 'HEAD', serve: ['GET'], reported: true },
  { method: 'PUT', serve: ['ALL'], reported: true },
  { method: 'PUT', serve: [], reported: false },
  { method: 'PROPFIND', serve: ['PROPFIND'], reported: true },
  { method: 'PROPFIND', serve: ['ALL', 'PROPFIND'], reported: true },
  // It is served, as dozens of others are.
  { method: 'PROPFIND', serve: ['ALL'], reported: false },
  { method: 'PROPFIND', serve: [], reported: false },
])('A URL where $serve serve $method reports it: $reported', ({ method, serve, reported }) => {
  expect(isReported(method, routesOf(serve))).toBe(reported);
});
