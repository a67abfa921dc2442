import { VERSION_NEUTRAL } from '@nestjs/common';
import { describe, expect, test } from '@jest/globals';

import { routesCover } from '../../src/routing/covered-path.js';
import { PathPattern } from '../../src/routing/path-pattern.js';
import type { Route } from '../../src/routing/route.js';

class Books {}

/** `GET /path`, or `/path` for all methods. */
function routeOf(text: string, more: Partial<Route> = {}): Route {
  const [, method = 'ALL', path = ''] = /^(?:(\w+) )?(.*)$/.exec(text) ?? [];
  return { method, path, controller: Books, handlerName: 'serve', ...more };
}

describe('No URL reaches an entry where routes hold on all of it', () => {
  test.each([
    { entry: '/books', routes: ['/books', '/books/*path'], covered: true },
    { entry: '/books/', routes: ['/Books/', '/books/*path'], covered: false },
    { entry: '/books/', routes: ['/books/', '/books/*path'], covered: true },
    { entry: '/books', routes: ['/books{/*path}'], covered: true },
    { entry: '/books{/*path}', routes: ['/books', '/books/*rest'], covered: true },
    { entry: '/books/*path', routes: ['/books/*rest'], covered: true },
    { entry: '/books/:id', routes: ['/books/:name', '/books/:id/*path'], covered: true },
    { entry: '/', routes: ['/', '/*path'], covered: true },
    {
      entry: '/books',
      routes: ['GET /books/:id', 'GET /', '/books', '/books/*path'],
      covered: true,
    },
    { entry: '/books', routes: ['/other/*path', '/books', '/books/*path'], covered: true },
    // Something is left.
    { entry: '/books', routes: [], covered: false },
    { entry: '/books', routes: ['/books'], covered: false },
    { entry: '/books', routes: ['/books/*path'], covered: false },
    { entry: '/books', routes: ['/books', '/books/:id'], covered: false },
    { entry: '/books', routes: ['GET /books', 'GET /books/*path'], covered: false },
    { entry: '/books', routes: ['/books', 'GET /books/*path'], covered: false },
    { entry: '/books/*path.json', routes: ['/books/*path.json'], covered: false },
    { entry: '/books/a:id', routes: ['/books/:ida', '/books/:ida/*path'], covered: false },
    // The entry is more exact.
    { entry: '/books', routes: ['/*path', '/'], covered: false },
    { entry: '/books', routes: ['/:slug', '/:slug/*path'], covered: false },
    // A less exact route may be found first.
    { entry: '/books', routes: ['/*path', '/books', '/books/*path'], covered: false },
    { entry: '/books', routes: ['GET /:slug', '/books', '/books/*path'], covered: false },
    { entry: '/books', routes: ['/:slug/:id/:more', '/books', '/books/*path'], covered: false },
    ...[
      { less: '/:kind/new', covered: false },
      { less: '/:kind/NEW', covered: false },
      { less: '/:kind/:id', covered: false },
      { less: '/:kind/*rest', covered: false },
      { less: '/:kind/old', covered: true },
      { less: '/:kind', covered: true },
    ].map(({ less, covered }) => ({
      ...{ entry: '/books/new', covered },
      routes: [less, '/books/new', '/books/new/*path'],
    })),
    {
      entry: '/books/new/1',
      routes: ['/:kind/*rest', '/books/new/1', '/books/new/1/*path'],
      covered: false,
    },
    { entry: '/books/:id', routes: ['/:k/new', '/books/:id', '/books/:id/*path'], covered: false },
    {
      entry: '/books/*path/end',
      routes: ['/:kind/:id', '/books/*path/end', '/books/*path/end/*rest'],
      covered: false,
    },
    { entry: '/books/old/*path', routes: ['/books/old/*rest'], covered: true },
    // Only one of the two paths that it may have.
    { entry: '/books{/new}', routes: ['/books', '/books/*path'], covered: false },
    // Nobody knows what is served there.
    { entry: '/books', routes: ['/(', '/books', '/books/*path'], covered: false },
  ])('$entry, $routes: $covered', ({ entry, routes, covered }) => {
    const all = routes.map((route) => routeOf(route));
    expect(routesCover(new PathPattern(entry), all, 'path-to-regexp')).toBe(covered);
  });

  test.each([
    { entry: '/books', routes: ['/books', '/books/*'], covered: true },
    { entry: '/', routes: ['*'], covered: true },
    { entry: '/', routes: ['/*'], covered: true },
    // It serves `/books/`, and not `/books`.
    { entry: '/books', routes: ['/books/*'], covered: false },
    { entry: '/books', routes: ['/*', '/books/*'], covered: false },
    { entry: '/books', routes: ['/books', '/books/:id?'], covered: false },
    { entry: '/books', routes: ['/books/*', '/:a(^x)(^y)'], covered: false },
  ])("as Fastify's router writes them: $entry, $routes: $covered", ({ entry, routes, covered }) => {
    const all = routes.map((route) => routeOf(route));
    expect(routesCover(new PathPattern(entry), all, 'find-my-way')).toBe(covered);
  });

  test.each<{ name: string; more: Partial<Route>; covered: boolean }>([
    { name: 'host', more: { host: 'api.example.com' }, covered: false },
    { name: 'version', more: { version: '1' }, covered: false },
    { name: 'constraint', more: { constraints: { secret: 's' } }, covered: false },
    { name: 'neutral version', more: { version: VERSION_NEUTRAL }, covered: true },
    { name: 'empty list of constraints', more: { constraints: {} }, covered: true },
  ])('routes with a $name: $covered', ({ more, covered }) => {
    const routes = [routeOf('/books', more), routeOf('/books/*path', more)];
    expect(routesCover(new PathPattern('/books'), routes, 'path-to-regexp')).toBe(covered);
  });
});
