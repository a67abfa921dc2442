import { parse } from 'node:url';

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { readingsOf } from '../../src/routing/url-readings.js';
import { checkProperty } from '../harness/property.js';
import { SEEDED } from '../harness/seed.js';

describe('A usual URL is read in one way', () => {
  test.each([
    { target: '/', path: '/' },
    { target: '/graphql', path: '/graphql' },
    { target: '/GraphQL/', path: '/GraphQL/' },
    { target: '/graphql?query=%7Ba%7D;x=//../y', path: '/graphql' },
    { target: '/.well-known/x', path: '/.well-known/x' },
    { target: '/a/..b/c...', path: '/a/..b/c...' },
    { target: '/a.b-c_d~e/(1),2=3+4&5$6!7*8:9@0', path: '/a.b-c_d~e/(1),2=3+4&5$6!7*8:9@0' },
    { target: "/it's", path: "/it's" },
    { target: 'http://host:80/graphql?x', path: '/graphql' },
    { target: 'HTTPS://user@host', path: '/' },
    { target: '', path: '/' },
    { target: '*', path: '*' },
  ])('$target', ({ target, path }) => {
    expect(readingsOf(target)).toStrictEqual([path]);
  });
});

describe('An unusual URL is read in every way that a server may read it', () => {
  test.each([
    // Escapes.
    { target: '/%67raphql', readings: ['/%67raphql', '/graphql'] },
    { target: '/%2567raphql', readings: ['/%2567raphql', '/%67raphql', '/graphql'] },
    { target: '/a%20b/c%20d', readings: ['/a%20b/c%20d', '/a b/c d', '/a%20b/c d'] },
    { target: '/%zz', readings: ['/%zz'] },
    { target: '/%', readings: ['/%'] },
    { target: '/%E0%A4%A', readings: ['/%E0%A4%A'] },
    { target: '/%zz/%67', readings: ['/%zz/%67', '/%zz/g'] },
    { target: '/%ff%67', readings: ['/%ff%67', '/%ffg'] },
    { target: '/%C3%89', readings: ['/%C3%89', '/\u00c9', '/\u00e9'] },
    { target: '/%E2%84%AA', readings: ['/%E2%84%AA', '/\u212a', '/k'] },
    // Slashes.
    { target: '/a%2Fb', readings: ['/a%2Fb', '/a/b'] },
    // Fastify's router decodes all but the slash.
    { target: '/%61%2Fb', readings: ['/%61%2Fb', '/a/b', '/a%2Fb'] },
    { target: '/a%252fb', readings: ['/a%252fb', '/a%2fb', '/a/b'] },
    { target: '/a\\b', readings: ['/a\\b', '/a/b'] },
    { target: '/a%5cb', readings: ['/a%5cb', '/a\\b', '/a/b'] },
    { target: '/a//b', readings: ['/a//b', '/a/b', '/a'] },
    { target: '//a', readings: ['//a', '/a', '/'] },
    { target: '//host/a', readings: ['//host/a', '/host/a', '/a'] },
    { target: '/m//host/a', readings: ['/m//host/a', '/m/host/a', '/m/a'] },
    { target: '/%2fhost/a', readings: ['/%2fhost/a', '//host/a', '/host/a', '/a'] },
    { target: '/\\host/a', readings: ['/\\host/a', '//host/a', '/host/a', '/a'] },
    // Dots: what is mounted on /a never leaves it.
    { target: '/./a', readings: ['/./a', '/a'] },
    { target: '/a/.', readings: ['/a/.', '/a/'] },
    { target: '/a/..', readings: ['/a/..', '/', '/a/'] },
    { target: '/../a', readings: ['/../a', '/a'] },
    { target: '/a/../b', readings: ['/a/../b', '/b', '/a/b'] },
    { target: '/a/../../b', readings: ['/a/../../b', '/b', '/a/b'] },
    { target: '/a/%2e%2E/b', readings: ['/a/%2e%2E/b', '/a/../b', '/b', '/a/b'] },
    { target: '/a/..%2fb', readings: ['/a/..%2fb', '/a/../b', '/b', '/a/b'] },
    {
      target: '/a%2fb/%2e%2e/c',
      readings: ['/a%2fb/%2e%2e/c', '/a/b/../c', '/a%2fb/../c', '/a/c', '/c', '/a/b/c', '/a%2fb/c'],
    },
    { target: '/a//../b', readings: ['/a//../b', '/a/../b', '/a/b', '/a//b', '/b', '/a'] },
    // Parameters of segments.
    { target: '/a;b', readings: ['/a;b', '/a'] },
    { target: '/a;b/c;d/e', readings: ['/a;b/c;d/e', '/a', '/a/c/e'] },
    { target: '/a%3bb', readings: ['/a%3bb', '/a;b', '/a'] },
    { target: '/a/..;/b', readings: ['/a/..;/b', '/a/..', '/a/../b', '/', '/a/', '/b', '/a/b'] },
    // Where the query begins.
    { target: '/a#b?c', readings: ['/a#b', '/a'] },
    { target: '/a%3fb', readings: ['/a%3fb', '/a?b', '/a'] },
    { target: '/a%23b', readings: ['/a%23b', '/a#b', '/a'] },
    // `url.parse()` takes a backslash for a slash if there is a blank or a `#` anywhere.
    { target: '/a\\b#c', readings: ['/a\\b#c', '/a/b', '/a\\b', '/a/b#c'] },
    // Absolute form.
    { target: 'http://host//a', readings: ['//a', '/a', '/'] },
    { target: 'http://host/%61', readings: ['/%61', '/a'] },
    { target: 'http://host\\a/b', readings: ['\\a/b', '/a/b'] },
    { target: 'h2c+x.y-z://host/a;b', readings: ['/a;b', '/a'] },
    {
      target: '/go/http://host/a',
      readings: ['/go/http://host/a', '/go/http:/host/a', '/go/http:/a'],
    },
    // `?` in an escape ends it, and what begins as none is none.
    { target: '/%2', readings: ['/%2'] },
    { target: '/%2g%41', readings: ['/%2g%41', '/%2gA'] },
    { target: '/%2F%2', readings: ['/%2F%2', '//%2', '/%2', '/'] },
  ])('$target', ({ target, readings }) => {
    const found = readingsOf(target);
    expect(found?.[0]).toBe(readings[0]);
    expect(new Set(found)).toEqual(new Set(readings));
  });
});

test.each(
  [
    ...['\t', '\n', '\f', '\r', ' ', '#', '\u00a0', '\ufeff'].flatMap((letter) => [
      `/a\\b${letter}c`,
      `/${letter}a\\b`,
      `/a\\b${letter}`,
    ]),
    ...['a\\b', '*\\a', 'h2c://host/a\\b', 'http:a/b', '/go\\http://host/a#b'],
  ].map((target) => ({ target })),
)('What url.parse() makes of $target is a reading of it', ({ target }) => {
  // oxlint-disable-next-line typescript/no-deprecated -- Express's router and many a handler call it
  expect(readingsOf(target)).toContain(parse(target).pathname);
});

describe('No target makes much work', () => {
  test.each([
    { name: 'escapes in a hundred segments', target: '/%25'.repeat(100) },
    { name: 'escapes of escapes', target: `/%${'25'.repeat(4000)}2f` },
    { name: 'dots', target: '/a/..;%2f'.repeat(500) },
    { name: 'slashes', target: '/a//'.repeat(2000) },
    { name: 'backslashes', target: '/\\a'.repeat(2000) },
    { name: 'semicolons and all the rest', target: '/%3b;//%2f..%5c%2e/%25252f'.repeat(600) },
  ])('$name: the readings are given up', ({ target }) => {
    expect(readingsOf(target)).toBeUndefined();
  });

  test('sixteen thousand plain characters are one reading', () => {
    const target = `/${'a/'.repeat(8000)}`;
    expect(readingsOf(target)).toStrictEqual([target]);
  });

  test.each([
    { target: '/wiki/%E6%97%A5%E6%9C%AC/%E6%97%A5?x', most: 4 },
    { target: `/docs/${'a%20b/'.repeat(12)}`, most: 13 },
    { target: '/proxy/https%3A%2F%2Fexample.com%2Fa%2520b%2Fc%3Bx%3D1', most: 20 },
  ])('an escaped URL that is no attack, $target, has at most $most', ({ target, most }) => {
    expect(readingsOf(target)?.length).toBeLessThanOrEqual(most);
  });

  const targets = fc
    .array(
      fc.constantFrom(
        ...['/', '//', 'a', 'b', '.', '..', '%', '%2e', '%2F', '%5c', '\\', ';', '%3b', '%25', '?'],
        ...['#', '\u00e9', '%C3%A9', '%zz', 'http://h', ' '],
      ),
      { maxLength: 400 },
    )
    .map((parts) => parts.join(''));

  test(`random targets have at most 200, of 50,000 characters beyond the first ${SEEDED}`, () => {
    checkProperty(
      fc.property(targets, (target) => {
        const [, ...others] = readingsOf(target) ?? [''];
        expect(others.length).toBeLessThan(200);
        // A reading is never longer than what it was read from, but for what `url.parse()` escapes, threefold.
        expect(others.join('').length).toBeLessThanOrEqual(3 * (50_000 + target.length));
      }),
      500,
    );
  });

  test(`what one reader makes of a reading is a reading too ${SEEDED}`, () => {
    const short = fc.array(fc.constantFrom('/', 'x', '..', '%2e', '%2F', '\\', ';', '%25'), {
      maxLength: 8,
    });
    checkProperty(
      fc.property(short, (parts) => {
        const readings = readingsOf(`/${parts.join('')}`) ?? [];
        for (const path of readings) {
          expect(readings).toContain(decodeURIComponent(path.replace(/%(?![\da-f]{2})/gi, '%25')));
          expect(readings).toContain(path.replaceAll('\\', '/'));
          expect(readings).toContain(path.replace(/\/+/g, '/'));
          if (!/[\\%;]/.test(path) && path.startsWith('/') && !path.startsWith('//')) {
            expect(readings).toContain(new URL(`http://host${path}`).pathname);
          }
        }
      }),
      500,
    );
  });
});
