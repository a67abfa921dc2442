import { describe, expect, test } from '@jest/globals';
import createRouter from 'find-my-way';
import { match } from 'path-to-regexp';
import { compareExactness, PathPattern } from '../../src/routing/path-pattern.js';

describe('A pattern matches', () => {
  test.each([
    { pattern: '/books', scope: 'path', paths: ['/books', '/books/', '/BOOKS'], not: ['/books/1'] },
    { pattern: '/books', scope: 'mount', paths: ['/books', '/books/1/2'], not: ['/bookshop', '/'] },
    // A slash before it goes without saying, and those behind it say nothing.
    { pattern: 'books', scope: 'path', paths: ['/books'], not: ['/'] },
    { pattern: 'books/new', scope: 'path', paths: ['/books/new'], not: ['/new'] },
    { pattern: '{books}', scope: 'path', paths: ['/'], not: ['/books'] },
    { pattern: '/books//', scope: 'mount', paths: ['/books', '/books/1'], not: ['/book'] },
    { pattern: '/', scope: 'path', paths: ['/'], not: ['/books'] },
    { pattern: '/', scope: 'mount', paths: ['/', '/books', '//'], not: [] },
    // As it is written, and decoded, wherever that stands.
    { pattern: '/%62ooks', scope: 'path', paths: ['/%62ooks', '/books'], not: ['/b'] },
    { pattern: '/a{/%62}', scope: 'path', paths: ['/a', '/a/%62', '/a/b'], not: ['/a/c'] },
  ] as const)('$pattern, a $scope: $paths, and not $not', ({ pattern, scope, paths, not }) => {
    const { exactnessAt } = reading(new PathPattern(pattern, scope));
    expect(paths.filter((path) => exactnessAt(path) === undefined)).toEqual([]);
    expect(not.filter((path) => exactnessAt(path) !== undefined)).toEqual([]);
  });

  test.each([
    { pattern: '/a/:id/b', paths: ['/a/1/b', '/b/1/b', '/a/1', '/a/1b'] },
    { pattern: '/:id', paths: ['/1', '/1/2'] },
    { pattern: '/:from-:to', paths: ['/1-2', '/1', '/1/2'] },
    { pattern: '/:name.json', paths: ['/a.json', '/a.xml', '/a'] },
    { pattern: '/at/:hour(^\\d{2})h:minute(^\\d{2})m', paths: ['/at/08h30m', '/at/08h', '/at/m'] },
    { pattern: '/:id(^\\d+)/page', paths: ['/1/page', '/1', '/1page'] },
    { pattern: '/:id(^(?:a|(?:b))$)/page', paths: ['/a/page', '/b/page', '/a'] },
    { pattern: '/:id(^\\(x$)/page', paths: ['/(x/page', '/(x'] },
    { pattern: '/a::b', paths: ['/a:b', '/ab', '/a::b', '/a/b'] },
    { pattern: '/a::::b/:c', paths: ['/a::b/1', '/a:b/1'] },
    { pattern: '/files/*', paths: ['/files/', '/files/a', '/files/a/b', '/file'] },
    { pattern: '*', paths: ['/', '/a', '/a/b'] },
    { pattern: '/books/:id?', paths: ['/books', '/books/1', '/books/1/2', '/book'] },
    { pattern: '/:a/books/:id?', paths: ['/1/books', '/1/books/2', '/books/2'] },
  ])("$pattern as Fastify's router does", ({ pattern, paths }) => {
    const router = createRouter();
    router.on('GET', pattern, () => undefined);
    const { exactnessAt } = reading(new PathPattern(pattern, 'path', 'find-my-way'));
    const found = paths.map((path) => [path, router.find('GET', path) !== null]);
    expect(found).toContainEqual([expect.any(String), true]);
    expect(paths.map((path) => [path, exactnessAt(path) !== undefined])).toEqual(found);
  });

  test("A parameter that Fastify's router leaves empty is none: an entry there is asked besides the route", () => {
    expect(new PathPattern('/a/:id', 'path', 'find-my-way').exactnessAt('/a/', false)).toBe(
      undefined,
    );
  });

  test.each(['/a/:id', '/a{/:id}/b', '/a/*rest', '/:from-:to', '/a{b{c}}', '/a\\:b'])(
    '%s as Express does',
    (pattern) => {
      const paths = ['/', '/a', '/a/1', '/a/1/b', '/a/b', '/a-b', '/ab', '/abc', '/a:b', '/A/1/2'];
      const { exactnessAt } = reading(new PathPattern(pattern, 'path'));
      const matches = match(pattern);
      expect(paths.map((path) => [path, exactnessAt(path) !== undefined])).toEqual(
        paths.map((path) => [path, matches(path) !== false]),
      );
    },
  );

  test.each([
    { pattern: '/books', path: '/BOOKS' },
    { pattern: '/b:id', path: '/B1' },
  ])('$pattern matches $path only without regard to case', ({ pattern, path }) => {
    const known = new PathPattern(pattern);
    expect(known.exactnessAt(path, false)).toBeDefined();
    expect(known.exactnessAt(path, true)).toBeUndefined();
  });
});

describe('Of two patterns that match, one is more exact', () => {
  test.each([
    { path: '/books/1', more: '/books', less: '/:any' },
    { path: '/books/1', more: '/books/:id', less: '/books' },
    { path: '/books/1', more: '/:any/1', less: '/:any/:id' },
    { path: '/books/1', more: '/:any', less: '/*any' },
    // What comes first decides.
    { path: '/books/1', more: '/books/:id', less: '/:any/1' },
    { path: '/b1/two', more: '/b:n/:m', less: '/:n/two' },
    { path: '/b1/two', more: '/b:n/:m', less: '/:n/tw:m' },
    // Of two parameters, the one with more letters given.
    { path: '/ab1', more: '/ab:n', less: '/a:n' },
    { path: '/ab-1', more: '/ab:n', less: '/:a-:b' },
    { path: '/ab1/x', more: '/ab:n/:x', less: '/a:n/:x' },
    // One that may be anything is not more exact for a parameter in it.
    { path: '/1-2', more: '/:x', less: '/*a-:b' },
    { path: '/x/1', more: '/x/*a', less: '/*a' },
    // The most exact of its own readings counts.
    { path: '/b/b', more: '{/:x}/b', less: '/:x/b' },
    { path: '/a/b', more: '/a{/b}', less: '/a/:b' },
  ])('for $path, $more before $less', ({ path, more, less }) => {
    const [first, second] = [more, less].map((source) =>
      new PathPattern(source).exactnessAt(path, true),
    );
    expect(compareExactness(first!, second!)).toBeGreaterThan(0);
    expect(compareExactness(second!, first!)).toBeLessThan(0);
  });
});

/** What it makes of paths as most applications read them. */
function reading(pattern: PathPattern) {
  return { exactnessAt: (path: string) => pattern.exactnessAt(path, false) };
}
