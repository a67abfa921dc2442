import { describe, expect, test } from '@jest/globals';
import { curlLine } from '../../src/deployment/curl-line.js';
import { examplePath } from '../../src/deployment/example-path.js';
import { exampleOrigin } from '../../src/deployment/example-text.js';
import { lookAlikesOf } from '../../src/deployment/look-alikes.js';
import { Pace } from '../../src/deployment/pace.js';
import { printableStart } from '../../src/document/printable.js';
import { promisedRequests } from '../../src/deployment/promised-requests.js';
import { spread } from '../../src/deployment/verification.js';
import { PROMISING_DOCUMENT } from './promising-app.js';

describe('a path is made up', () => {
  test.each([
    ['express', '/books', '/books'],
    ['express', '/books/:id', '/books/1'],
    ['express', '/files/*path', '/files/1'],
    ['express', '/books{/:id}/pages', '/books/1/pages'],
    ['express', '/a\\:b', '/a:b'],
    ['express', '/bücher', '/b%C3%BCcher'],
    ['express', '/:', undefined],
    ['fastify', '/books/:id', '/books/1'],
    ['fastify', '/books/:id?', '/books/1'],
    ['fastify', '/files/*', '/files/1'],
    ['fastify', '/:from-:to.json', '/1-1.json'],
    ['fastify', '/a::b', '/a:b'],
    ['fastify', '/:year(^\\d{4}$)/x', '/1111/x'],
    ['fastify', '/:id([a-f]{2}|none)', '/aa'],
    ['fastify', '/:id(^(?=x)y$)', undefined],
  ] as const)('%s %s: %s', async (type, path, made) => {
    expect(await examplePath(path, type)).toBe(made);
  });
});

test.each([
  [/^https:\/\/\w+\.example\.com$/, 'https://a.example.com'],
  [/^https:\/\/.*\.example\.com$/, 'https://a.example.com'],
  [/^http:\/\/localhost:\d+$/, 'http://localhost:1'],
  [/^https:\/\/APP$/, undefined],
])('an origin that %s allows is %s', async (expression, origin) => {
  expect(await exampleOrigin(expression)).toBe(origin);
});

test.each([
  [
    'https://example.com',
    [
      'https://evil-example.com',
      'https://example.com.evil.example',
      'https://examplexcom',
      'https://any-name.example.com',
      'http://example.com',
      'https://example.com:8444',
    ],
  ],
  ['http://[::1]:8444', ['https://[::1]:8444', 'http://[::1]:8445']],
  ['null', []],
])('%s has the look-alikes %j', (origin, expected) => {
  expect(lookAlikesOf(origin).map((each) => each.origin)).toEqual(expected);
});

test('each route is asked about by a listed origin, one under each pattern, a stranger and null', async () => {
  const deployment = { host: 'api.example.com', origin: 'https://api.example.com', reads: false };
  const { requests, leftOut } = await promisedRequests(PROMISING_DOCUMENT, deployment);
  expect(
    requests.map(({ path, headers }) =>
      [headers['access-control-request-method'], path, headers['origin']].join(' '),
    ),
  ).toEqual([
    'GET /books https://shop.example.com',
    'GET /books https://any-name.preview.example.com',
    'GET /books https://evil-shop.example.com',
    'GET /books null',
    'PUT /books/1 https://shop.example.com',
    'PUT /books/1 https://any-name.preview.example.com',
    'PUT /books/1 https://shop.example.com.evil.example',
    'PUT /books/1 null',
    'GET /catalog https://evil.example',
    'GET /catalog null',
  ]);
  expect(leftOut).toEqual([]);
});

test('what other hosts, constraints and code decide is left out, and said', async () => {
  const route = { method: 'GET', handler: 'A.b', policies: ['shop'] as const };
  const { shop } = PROMISING_DOCUMENT.origins;
  const { requests, leftOut } = await promisedRequests(
    {
      ...PROMISING_DOCUMENT,
      routes: [
        { ...route, path: '/tenant', hosts: [':tenant.example.net'] },
        { ...route, path: '/constrained', constraints: { secret: 'x' } },
        { ...route, path: '/asked' },
      ],
      origins: { shop: { ...shop!, openTo: 'asked', functions: ['isPartner'] } },
    },
    { host: 'api.example.com', origin: 'https://api.example.com', reads: false },
  );
  expect(requests.map(({ headers }) => headers['origin'])).toEqual([
    'https://shop.example.com',
    'https://any-name.preview.example.com',
  ]);
  expect(leftOut.map(({ reason, first }) => [first, reason])).toEqual([
    ['GET /tenant (A.b)', 'they are bound to other hosts than api.example.com'],
    [
      'GET /constrained (A.b)',
      'only the application itself knows which requests meet their constraints',
    ],
    ['GET /asked (A.b)', 'nothing is promised about the origins that isPartner decides about'],
  ]);
});

test('which route serves a request where code chooses it is not promised, and what a preflight gets is', async () => {
  const route = { method: 'GET', handler: 'A.b', policies: ['shop'] as const };
  const { router } = PROMISING_DOCUMENT;
  const read = async (documented: Partial<typeof PROMISING_DOCUMENT>) => {
    const { requests, leftOut } = await promisedRequests(
      { ...PROMISING_DOCUMENT, ...documented },
      { host: 'api.example.com', origin: 'https://api.example.com', reads: true },
    );
    const reads = requests.filter(({ method }) => method === 'GET').map(({ path }) => path);
    const preflights = requests.filter(({ method }) => method === 'OPTIONS');
    return {
      reads: [...new Set(reads)],
      preflights: [...new Set(preflights.map(({ path }) => path))],
      leftOut: leftOut.map(({ reason, count }) => `${count}: ${reason}`),
    };
  };
  const ofCode = 'only the application itself knows which route serves a request there';
  expect(
    await read({
      router: { ...router!, versioning: { type: 'custom' } },
      routes: [
        { ...route, path: '/cats', versions: ['1'] },
        { ...route, path: '/cats' },
        { ...route, path: '/dogs' },
      ],
    }),
  ).toEqual({ reads: ['/dogs'], preflights: ['/cats', '/dogs'], leftOut: [`2: ${ofCode}`] });
  expect(
    await read({
      routes: [
        { ...route, path: '/cats', constraints: { secret: 'x' } },
        { ...route, path: '/cats' },
      ],
    }),
  ).toEqual({
    reads: [],
    preflights: ['/cats'],
    leftOut: [
      '1: only the application itself knows which requests meet their constraints',
      `1: ${ofCode}`,
    ],
  });
});

test('too many requests are thinned out evenly', () => {
  expect(spread([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 4)).toEqual([0, 2, 5, 7]);
  expect(spread([0, 1], 4)).toEqual([0, 1]);
});

test('turns are taken at most so many times a second', async () => {
  const slept: number[] = [];
  const clock = {
    now: () => 0,
    sleep: (milliseconds: number) => Promise.resolve(slept.push(milliseconds)),
  };
  const pace = new Pace(20, clock);
  for (let turn = 0; turn < 4; turn += 1) await pace.turn();
  expect(slept).toEqual([50, 100, 150]);
});

test('a request is shown as a line that a shell reads as it is meant', () => {
  const request = {
    method: 'OPTIONS',
    path: "/a'b/../[c]",
    headers: { origin: "x'; rm -rf $HOME" },
  };
  expect(curlLine({ request, url: `http://localhost${request.path}` })).toBe(
    String.raw`curl -sS -i -X OPTIONS --path-as-is -g -H 'origin: x'\''; rm -rf $HOME' 'http://localhost/a'\''b/../[c]'`,
  );
});

test('what came from the network is shown escaped and cut off', () => {
  expect(printableStart('a\u001b[31m\u202eb')).toBe(String.raw`a\u{1b}[31m\u{202e}b`);
  expect(printableStart('x'.repeat(300))).toBe(`${'x'.repeat(200)}…`);
});
