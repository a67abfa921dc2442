import { describe, expect, test } from '@jest/globals';
import { pathToRegexp } from 'path-to-regexp';

import { PathIndex } from '../../../src/routing/express/path-index.js';

interface Entry {
  readonly order: number;
  readonly pattern: string;
}

function indexOf(patterns: readonly string[], caseSensitive = false): PathIndex<Entry> {
  const index = new PathIndex<Entry>({ caseSensitive });
  for (const [order, pattern] of patterns.entries()) index.add(pattern, { order, pattern });
  return index;
}

const candidates = (patterns: readonly string[], path: string): string[] =>
  indexOf(patterns)
    .candidates(path)
    .map(({ pattern }) => pattern);

/** Four routes for each of many resources, as applications have them. */
function resources(count: number): string[] {
  return Array.from({ length: count / 4 }, (_, i) => [
    `/api/r${i}`,
    `/api/r${i}/:id`,
    `/api/r${i}/:id/items/:item`,
    `/api/r${i}{/:page}`,
  ]).flat();
}

describe('the number of candidates does not grow with the number of routes', () => {
  test.each([20, 5_000])('%i routes', (count) => {
    const index = indexOf(resources(count));
    expect(index.candidates('/api/r3').length).toBe(2);
    expect(index.candidates('/api/r3/17').length).toBe(2);
    expect(index.candidates('/api/r3/17/items/4').length).toBe(2);
    expect(index.candidates('/api/elsewhere').length).toBe(0);
    expect(index.candidates('/').length).toBe(0);
  });
});

test.each([
  ['/a', '/a', true],
  ['/a', '/A', true],
  ['/a', '/a/', true],
  ['/a', '/a//', false],
  ['/a', '/b', false],
  ['/a/', '/a/', true],
  ['/a/', '/a', false],
  ['/a/:id', '/a/1', true],
  ['/a/:id', '/a//', false],
  ['/a/:id.json', '/a/1.json', true],
  ['/a/*rest', '/a/b/c', true],
  ['/a/*rest', '/b/c', false],
  ['/a{/:id}', '/a', true],
  ['/a{/:id}', '/a/1', true],
  ['/a{/:id}', '/ab', false],
  ['/a{/b}', '/c', false],
  ['/a/{*rest}', '/a/', true],
  ['/a{b}', '/ab', true],
  ['/a{b/}c', '/ab/c', true],
  ['/a{/b}c', '/ac', true],
  ['{/:lang}/a', '/en/a', true],
])('%s is a candidate for %s: %p', (pattern, path, expected) => {
  expect(candidates([pattern], path)).toEqual(expected ? [pattern] : []);
});

test.each([
  [false, 1],
  [true, 0],
])('case counts if it counts to the router (%p)', (caseSensitive, count) => {
  const index = indexOf(['/a'], caseSensitive);
  expect(index.candidates('/a')).toHaveLength(1);
  expect(index.candidates('/A')).toHaveLength(count);
});

test('candidates come in the order of registration', () => {
  const patterns = ['/*rest', '/:a/:b', '/a/:b', '/:a/b', '/a/b', '/a{/b}'];
  expect(candidates(patterns, '/a/b')).toEqual(patterns);
});

test('no pattern that matches is left out, whatever its letters fold to', () => {
  const letters = [
    'a',
    'A',
    'k',
    '\u212a',
    's',
    '\u017f',
    '\u00df',
    '\u1e9e',
    'i',
    '\u0131',
    '\u0130',
    '\u00e9',
    '\u00c9',
    '\u03c3',
    '\u03c2',
  ];
  for (const letter of letters) {
    const { regexp } = pathToRegexp(`/${letter}`);
    for (const other of letters) {
      if (regexp.test(`/${other}`)) expect(candidates([`/${letter}`], `/${other}`)).toHaveLength(1);
    }
  }
});
