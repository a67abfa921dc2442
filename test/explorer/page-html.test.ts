import { expect, test } from '@jest/globals';
import { PAGE_HEADERS, pageHtml } from '../../src/explorer/page-html.js';

test.each([
  ['/', './'],
  ['/cors', './cors/'],
  ['/cors/', './'],
  ['/api/v2/cors', './cors/'],
  ['/a%20b', './a%20b/'],
  ['/%22onload=', './%22onload%3D/'],
  ['/%E0%A4', './%25E0%25A4/'],
])('The page at %s finds its parts beside it, at %s', (path, beside) => {
  const parts = [...pageHtml(path).matchAll(/(?:href|src)="([^"]*)"/g)].map(([, part]) => part);
  expect(parts).toEqual([`${beside}icon.svg`, `${beside}page.css`, `${beside}page.js`]);
});

test('Everything is sent with headers that keep it to itself', () => {
  expect(PAGE_HEADERS).toEqual({
    'Cache-Control': 'no-store',
    'Content-Security-Policy':
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    Vary: 'Accept',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
  });
});
