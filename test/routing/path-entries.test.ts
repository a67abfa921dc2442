import { describe, expect, test } from '@jest/globals';

import { PathEntries } from '../../src/routing/path-entries.js';
import { PathPattern, type PatternSyntax } from '../../src/routing/path-pattern.js';

function holders(
  patterns: readonly string[],
  target: string,
  route?: string,
  syntax: PatternSyntax = 'path-to-regexp',
): readonly string[] {
  const entries = patterns.map((source) => ({ pattern: new PathPattern(source), payload: source }));
  const { entries: found, routeHolds } = new PathEntries(entries, syntax).holdersAt(target, route);
  return [...found.map(({ payload }) => payload), ...(routeHolds ? ['route'] : [])];
}

describe('An entry holds on its URL and everything under it', () => {
  test.each([
    { entry: '/graphql', target: '/graphql', holds: true },
    { entry: '/graphql', target: '/graphql/', holds: true },
    { entry: '/graphql', target: '/graphql//', holds: true },
    { entry: '/graphql', target: '/graphql/x/y', holds: true },
    { entry: '/graphql', target: '/graphql?x', holds: true },
    { entry: '/graphql', target: '/GraphQL', holds: true },
    { entry: '/GraphQL', target: '/graphql/x', holds: true },
    { entry: '/graphql', target: '/graphqlx', holds: false },
    { entry: '/graphql', target: '/graphql.json', holds: false },
    { entry: '/graphql', target: '/x/graphql', holds: false },
    { entry: '/graphql', target: '/', holds: false },
    { entry: '/graphql/', target: '/graphql', holds: true },
    { entry: 'graphql', target: '/graphql', holds: true },
    { entry: '/files/*path', target: '/files/a/b', holds: true },
    { entry: '/files/*path', target: '/files', holds: false },
    { entry: '/files{/*path}', target: '/files', holds: true },
    { entry: '*path', target: '/files', holds: true },
    { entry: '/assets/:name', target: '/assets/a/b', holds: true },
    { entry: '/assets/:name', target: '/assets', holds: false },
    { entry: '/assets/:name.js', target: '/assets/a.css', holds: false },
    { entry: '/a{/b}/c', target: '/a/c', holds: true },
    { entry: '/a{/b}/c', target: '/a/b/c/d', holds: true },
    { entry: '/a{/b}/c', target: '/a/x/c', holds: false },
    { entry: '/', target: '/', holds: true },
    { entry: '/', target: '/anything/at?all', holds: true },
    { entry: '/', target: '*', holds: true },
    { entry: '/{*path}', target: '/', holds: true },
    // Escapes on either side.
    { entry: '/caf\u00e9', target: '/caf%C3%A9/x', holds: true },
    { entry: '/caf%C3%A9', target: '/caf%C3%A9/x', holds: true },
    { entry: '/caf%C3%A9', target: '/c%61f%c3%a9/x', holds: true },
    { entry: '/caf%C3%A9', target: '/CAF%C3%89', holds: true },
    { entry: '/100%', target: '/100%', holds: true },
    { entry: '/100%', target: '/100%25', holds: true },
    // Every reading counts.
    { entry: '/private', target: '/public/..%2fprivate/x.json', holds: true },
    { entry: '/private', target: '/public/%2e%2e/private', holds: true },
    { entry: '/private', target: '/%2fprivate/x.json', holds: true },
    { entry: '/private', target: '//private', holds: true },
    { entry: '/private', target: '/public\\..\\private', holds: true },
    { entry: '/private', target: '/public/..%255cprivate', holds: true },
    { entry: '/private', target: '/private;x/y', holds: true },
    { entry: '/private', target: '/private%3b', holds: true },
    { entry: '/private', target: 'http://host/private', holds: true },
    { entry: '/private', target: '//host/private', holds: true },
    { entry: '/private', target: '/private%3fx', holds: true },
    { entry: '/k', target: '/%E2%84%AA', holds: true },
    { entry: '/public/private', target: '/public/x/../../private', holds: true },
    { entry: '/:tenant/private', target: '/a%2fb/x/..%2fprivate', holds: true },
    { entry: '/files/:name/admin', target: '/%66iles/a%2Fb/admin/x', holds: true },
    { entry: '/private', target: '/public/x.json', holds: false },
    { entry: '/private', target: '/public/..%2fprivately', holds: false },
  ])('$entry, $target: $holds', ({ entry, target, holds }) => {
    expect(holders([entry], target)).toStrictEqual(holds ? [entry] : []);
  });
});

describe('Of several entries the most exact one holds', () => {
  test.each([
    { entries: ['/', '/a', '/a/b'], target: '/a/b/c', hold: ['/a/b'] },
    { entries: ['/a/b', '/a', '/'], target: '/a/bc', hold: ['/a'] },
    { entries: ['/:x', '/a'], target: '/a', hold: ['/a'] },
    { entries: ['/:x/b', '/a/:y'], target: '/a/b', hold: ['/a/:y'] },
    { entries: ['/:x/:y/:z', '/:x/b'], target: '/a/b/c', hold: ['/:x/b'] },
    { entries: ['/:x', '/:x.json'], target: '/a.json', hold: ['/:x.json'] },
    { entries: ['/pre:x', '/prefix:x'], target: '/prefixed', hold: ['/prefix:x'] },
    { entries: ['/*x', '/:x'], target: '/a', hold: ['/:x'] },
    { entries: ['/a/*x', '/a/:x'], target: '/a/b/c', hold: ['/a/:x'] },
    { entries: ['/a', '/a/*x'], target: '/a/b', hold: ['/a/*x'] },
    { entries: ['/a', '/a/*x'], target: '/a', hold: ['/a'] },
    { entries: ['/a/*x', '/a/*x/raw'], target: '/a/b/raw', hold: ['/a/*x/raw'] },
    { entries: ['/a{/b}', '/a/:x'], target: '/a/b', hold: ['/a{/b}'] },
    { entries: ['/a{/b}', '/a/:x'], target: '/a/c', hold: ['/a/:x'] },
    // The first given, where they are as exact.
    { entries: ['/:x', '/:y'], target: '/a', hold: ['/:x'] },
    { entries: ['/a', '/a/'], target: '/a', hold: ['/a'] },
    // Servers that know upper from lower case.
    { entries: ['/Admin', '/admin'], target: '/admin', hold: ['/Admin', '/admin'] },
    { entries: ['/admin', '/:x'], target: '/ADMIN', hold: ['/admin', '/:x'] },
    { entries: ['/admin', '/:x'], target: '/admin', hold: ['/admin'] },
    // One for each reading.
    {
      entries: ['/public', '/private'],
      target: '/public/..%2fprivate',
      hold: ['/public', '/private'],
    },
    {
      entries: ['/private', '/public'],
      target: '/public/..%2fprivate',
      hold: ['/public', '/private'],
    },
  ])('$entries, $target: $hold', ({ entries, target, hold }) => {
    expect(holders(entries, target)).toStrictEqual(hold);
  });
});

describe('Beside a route, the more exact one holds, and in a tie the route', () => {
  const FASTIFY = 'find-my-way' as const;
  test.each([
    { entry: '/graphql', route: '/*path', target: '/graphql', hold: ['/graphql'] },
    { entry: '/graphql', route: '/:slug', target: '/graphql', hold: ['/graphql'] },
    { entry: '/graphql', route: '/:slug', target: '/other', hold: ['route'] },
    { entry: '/graphql', route: '/graphql', target: '/graphql', hold: ['route'] },
    { entry: '/graphql', route: '/graphql', target: '/graphql/', hold: ['route'] },
    { entry: '/graphql', route: '/graphql/:id', target: '/graphql/x', hold: ['route'] },
    { entry: '/graphql', route: '/graphql/*path', target: '/graphql/x', hold: ['route'] },
    { entry: '/graphql', route: '/graphql{/:id}', target: '/graphql', hold: ['route'] },
    { entry: '/graphql', route: '/:slug{/:id}', target: '/graphql/x', hold: ['/graphql'] },
    {
      entry: '/:tenant/graphql',
      route: '/*path',
      target: '/a/graphql',
      hold: ['/:tenant/graphql'],
    },
    { entry: '/:tenant/graphql', route: '/a/:x', target: '/a/graphql', hold: ['route'] },
    { entry: '/:x', route: '/:slug', target: '/a', hold: ['route'] },
    { entry: '/v:x', route: '/:slug', target: '/v1', hold: ['/v:x'] },
    { entry: '/', route: '/*path', target: '/a', hold: ['route'] },
    { entry: '/', route: '/', target: '/', hold: ['route'] },
    { entry: '/files/*path', route: '/files/*rest', target: '/files/a', hold: ['route'] },
    { entry: '/files/*path', route: '/*rest', target: '/files/a', hold: ['/files/*path'] },
    // A route goes on holding where one reading is left to it.
    { entry: '/graphql', route: '/:slug', target: '/GraphQL', hold: ['/graphql', 'route'] },
    { entry: '/graphql', route: '/*path', target: '/x/..%2fgraphql', hold: ['/graphql', 'route'] },
    { entry: '/graphql', route: '/:slug', target: '/graph%71l', hold: ['/graphql', 'route'] },
    { entry: '/files', route: '/files/:name', target: '/files/a%20b', hold: ['route'] },
    { entry: '/files', route: '/files/:name', target: '/files/a%2fb', hold: ['/files', 'route'] },
    // It does not hold on readings that it does not match.
    { entry: '/a/:b', route: '/:x/*y', target: '/a/b%2f..', hold: ['/a/:b'] },
    // The router has its reasons, where the route does not seem to match.
    { entry: '/a', route: '/b', target: '/a', hold: ['/a', 'route'] },
    { entry: '/a', route: '/b', target: '/c', hold: ['route'] },
    // As Fastify writes them.
    { entry: '/graphql', route: '/*', target: '/graphql', syntax: FASTIFY, hold: ['/graphql'] },
    { entry: '/graphql', route: '*', target: '/graphql', syntax: FASTIFY, hold: ['/graphql'] },
    {
      entry: '/graphql',
      route: '/graphql/*',
      target: '/graphql/x',
      syntax: FASTIFY,
      hold: ['route'],
    },
    {
      entry: '/graphql',
      route: '/graphql/*',
      target: '/graphql/',
      syntax: FASTIFY,
      hold: ['route'],
    },
    { entry: '/a', route: '/a/:id?', target: '/a', syntax: FASTIFY, hold: ['route'] },
    { entry: '/a', route: '/a/:id?', target: '/a/1', syntax: FASTIFY, hold: ['route'] },
    {
      entry: '/a/:x',
      route: '/a/:id(^\\d+(\\)|$))',
      target: '/a/1',
      syntax: FASTIFY,
      hold: ['route'],
    },
    {
      entry: '/a/:x',
      route: '/a/:id(^\\d+$).json',
      target: '/a/1.json',
      syntax: FASTIFY,
      hold: ['route'],
    },
    { entry: '/a/x:x', route: '/a/:id', target: '/a/x1', syntax: FASTIFY, hold: ['/a/x:x'] },
    {
      entry: '/a/:x-:y',
      route: '/a/:lat,:lng',
      target: '/a/1-2',
      syntax: FASTIFY,
      hold: ['/a/:x-:y'],
    },
    { entry: '/at\\:x', route: '/at::x', target: '/at:x', syntax: FASTIFY, hold: ['route'] },
    { entry: '/a{b}', route: '/a{b}', target: '/a{b}', syntax: FASTIFY, hold: ['route'] },
    // Nobody but the router can read two parameters with nothing between them.
    { entry: '/a', route: '/:x(^a)(^b)', target: '/a', syntax: FASTIFY, hold: ['/a', 'route'] },
  ])('$entry, $route, $target: $hold', ({ entry, route, target, syntax, hold }) => {
    expect(holders([entry], target, route, syntax)).toStrictEqual(hold);
  });

  test('The route takes the place of the less exact entries only', () => {
    expect(holders(['/', '/a/b'], '/a/b', '/a/:x')).toStrictEqual(['/a/b']);
    expect(holders(['/', '/a/b'], '/a/c', '/a/:x')).toStrictEqual(['route']);
  });

  test('A reading that an entry matches but for upper and lower case is no reading of the route', () => {
    const target = '/q/b%2f..%2f..%2fz';
    expect(holders(['/q/*rest', '/Z'], target, '/:x/*y')).toStrictEqual(['/q/*rest', '/Z']);
  });
});

describe('A pattern that cannot be read is refused', () => {
  test.each([
    { pattern: '', message: 'empty' },
    { pattern: '/a/:', message: 'Missing parameter name' },
    { pattern: '/a/*', message: 'Missing parameter name' },
    { pattern: '/a{/b', message: 'expected }' },
    { pattern: '/(a|b)', message: 'Unexpected (' },
    { pattern: '/:a:b', message: 'Missing text before "b"' },
    { pattern: `/${'{a}'.repeat(40)}`, message: 'Too many path combinations' },
  ])('"$pattern": $message', ({ pattern, message }) => {
    expect(() => new PathPattern(pattern)).toThrow(TypeError);
    expect(() => new PathPattern(pattern)).toThrow(message);
  });
});

describe('Where a URL has more readings than can be told', () => {
  const target = '/%25'.repeat(100);

  test('every entry holds', () => {
    expect(holders(['/a', '/b'], target)).toStrictEqual(['/a', '/b']);
  });

  test('and the route too', () => {
    expect(holders(['/a', '/b'], target, '/*path')).toStrictEqual(['/a', '/b', 'route']);
  });
});
