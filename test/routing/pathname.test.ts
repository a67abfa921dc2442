import { expect, test } from '@jest/globals';

import { pathnameOf } from '../../src/routing/pathname.js';

// As Express's router reads them, with the package `parseurl`.
test.each([
  { target: '/', path: '/' },
  { target: '/a', path: '/a' },
  { target: '/a?b=/c?d', path: '/a' },
  { target: '/a?b#c', path: '/a' },
  { target: '/a#b', path: '/a' },
  { target: '/a#b?c', path: '/a' },
  { target: '/a b', path: '/a%20b' },
  { target: '/a\tb', path: '/a%09b' },
  { target: '/a|b', path: '/a|b' },
  { target: '/a{b}', path: '/a{b}' },
  { target: '/a\\b', path: '/a\\b' },
  { target: '/a\\b#c', path: '/a/b' },
  { target: '/a/../b', path: '/a/../b' },
  { target: '/\u00e9', path: '/\u00e9' },
  { target: '/%zz', path: '/%zz' },
  { target: '//host/a', path: '//host/a' },
  { target: 'http://host/a', path: '/a' },
  { target: 'http://host/a|b?c', path: '/a%7Cb' },
  { target: 'http://host', path: '/' },
  { target: 'http://[host/a', path: undefined },
  { target: 'host:80', path: undefined },
  { target: '*', path: '*' },
  { target: '', path: undefined },
  { target: '?a', path: undefined },
])('The path of the request target $target is $path', ({ target, path }) => {
  expect(pathnameOf(target)).toBe(path);
});
