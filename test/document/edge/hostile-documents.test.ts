import { describe, expect, test } from '@jest/globals';
import type {
  CorsDocument,
  DocumentedOrigins,
  DocumentedPolicy,
} from '../../../src/document/cors-document.js';
import {
  EDGE_SERVERS,
  type EdgeAddresses,
  edgeConfiguration,
} from '../../../src/document/edge/edge-configurations.js';
import { gatewayApiReport } from '../../../src/document/edge/gateway-api.js';
import { checkEdgeConfiguration, describeEdgeServers } from '../../harness/edge-servers.js';
import { written } from '../written-document.js';

const ADDRESSES: EdgeAddresses = { upstream: { host: '127.0.0.1', port: 3000 }, listen: 8080 };
const SHOP = 'https://shop.example';

/** A document from elsewhere, where every text is another one's idea. */
function withText(text: string): CorsDocument {
  const document = written({
    paths: { [`/mounted/${text}`]: { origin: '*' } },
    routes: {
      'GET /books': { origin: SHOP, credentials: true },
      'PUT /books/:id': { origin: ['https://*.shop.example', SHOP], allowedHeaders: '*' },
      'GET /headers': { origin: SHOP, allowedHeaders: ['x-a', text] },
      'GET /methods': { origin: SHOP, methods: [text] },
      'GET /exact': { origin: [SHOP, text, `https://${text}`, `https://shop.example:${text}`] },
      'GET /patterns': { origin: [SHOP, `https://*.${text}`, `https://${text}:*`] },
      'GET /expressions': { origin: [SHOP, `/${text}/`] },
      'GET /functions': { origin: [SHOP, `fn:${text}`] },
      'GET /resolvers': { origin: [SHOP, `ask:${text}`] },
    },
    handlers: { 'GET /books': text },
  });
  const [route] = document.routes;
  if (route === undefined) throw new Error('There is a route.');
  const [policy, rule] = [
    document.policies['GET /books'],
    document.origins['GET /books'],
  ] as const satisfies readonly [DocumentedPolicy | undefined, DocumentedOrigins | undefined];
  if (policy === undefined || rule === undefined) throw new Error('It has a policy.');
  return {
    ...document,
    paths: document.paths.map((each) => ({ ...each, entry: text })),
    policies: { ...document.policies, [text]: { ...policy, origin: text } },
    origins: { ...document.origins, [text]: { ...rule, exact: [SHOP, 'https://named.example'] } },
    routes: [
      ...document.routes,
      { ...route, path: '/named', policies: [text] },
      { ...route, path: `/path/${text}` },
      { ...route, path: `/path/${text}/below`, method: 'PUT' },
      { ...route, path: `/parameter/:${text}` },
      { ...route, path: '/hosts', hosts: [text] },
      { ...route, path: '/versions', versions: [text] },
      { ...route, path: '/constraints', constraints: { [text]: text } },
      { ...route, path: '/method', method: text },
    ],
  };
}

const HOSTILE = [
  'a\nlisten 81;',
  'a\r\nlisten 81',
  'a\n}\nserver { return 200; }\n',
  'a"; return 200 "b',
  "a' b",
  "a\\' b",
  'a\\',
  'a\\\n',
  '`a`',
  '$request_uri',
  '${http_origin}',
  '{$HOME}',
  '{env.HOME}',
  '{http.request.uri}',
  '%[src]',
  '%{+Q}o',
  '#',
  'a # b',
  'a;b',
  'a{b',
  'a}b',
  'a<<EOF',
  '~^.*$',
  '\0',
  'a\0b',
  '\u001b[31m',
  '\u2028a',
  '\u202ea',
  'bücher',
  '書',
  '💥',
  '\ud800',
  'a'.repeat(65_536),
  '{'.repeat(65_536),
  'é'.repeat(65_536),
];

/** What no configuration spells, and what nothing means anything in. */
const HARMLESS = withText('é');

const withoutComments = (text: string) => text.split('\n').filter((line) => !line.startsWith('#'));

describe.each(EDGE_SERVERS)('a configuration of %s', (server) => {
  test.each(HOSTILE.map((text) => [JSON.stringify(text.slice(0, 40)), text]))(
    'has nothing of %s',
    (_, text) => {
      const configuration = edgeConfiguration(server, withText(text), ADDRESSES);
      expect(withoutComments(configuration)).toEqual(
        withoutComments(edgeConfiguration(server, HARMLESS, ADDRESSES)),
      );
      // Comments are what they were, too: visible ASCII, on lines that people and servers read.
      expect(configuration).toMatch(/^[\n -~]*$/);
      for (const line of configuration.split('\n').filter((each) => each.startsWith('#'))) {
        expect(line).toMatch(/^# [^{}\\`$#]*$/);
        expect(line.length).toBeLessThan(2_000);
      }
    },
  );

  test('answers what is not hostile in such a document', () => {
    expect(edgeConfiguration(server, HARMLESS, ADDRESSES)).toContain(
      '# Answers preflights for 9 of 17 routes.',
    );
  });
});

test.each(HOSTILE.map((text) => [JSON.stringify(text.slice(0, 40)), text]))(
  'a report for the Gateway API has nothing of %s but visible characters',
  (_, text) => {
    expect(gatewayApiReport(withText(text))).toMatch(/^[\n -~]*$/);
  },
);

/** All at once, since starting a server takes a while. */
function withAll(): CorsDocument {
  const documents = HOSTILE.map(withText);
  const merged = Object.assign({}, ...documents) as CorsDocument;
  return {
    ...merged,
    paths: documents.flatMap(({ paths }) => paths),
    routes: documents.flatMap(({ routes }, index) =>
      routes.map((route) => ({ ...route, path: `/n${String(index)}${route.path}` })),
    ),
    policies: Object.assign(
      {},
      ...documents.map(({ policies }) => policies),
    ) as CorsDocument['policies'],
    origins: Object.assign(
      {},
      ...documents.map(({ origins }) => origins),
    ) as CorsDocument['origins'],
  };
}

/** As much of everything as is spelled, and a little more. */
const LONG = written({
  routes: Object.fromEntries(
    [50, 90, 99, 100, 101, 500, 4_096].flatMap((length) => [
      [`GET /${'a'.repeat(length)}`, { origin: SHOP }],
      [`GET /${'a'.repeat(length)}/:id`, { origin: SHOP }],
      [`GET /s${`/${'b'.repeat(90)}`.repeat(length / 10)}`, { origin: SHOP }],
      [`GET /p${'/:id'.repeat(length)}`, { origin: SHOP }],
      [
        `GET /h${length}`,
        {
          origin: SHOP,
          allowedHeaders: Array.from({ length }, (_, index) => `x-header-${String(index)}`),
        },
      ],
      [`GET /hl${length}`, { origin: SHOP, allowedHeaders: ['x'.repeat(length * 10)] }],
      [`GET /o${length}`, { origin: `https://${'o'.repeat(length)}.example` }],
      [`GET /f${length}`, { origin: `https://*.${'o'.repeat(length)}.example:*` }],
      [`GET /a${length}`, { origin: SHOP, maxAge: 10 ** (length / 10) }],
      [`GET /m${length}`, { origin: SHOP, maxAge: length / 7 }],
    ]),
  ),
  paths: { [`/mounted/${'a'.repeat(4_096)}`]: {}, [`/mounted${'/a'.repeat(4_096)}`]: {} },
});

describeEdgeServers('a configuration', (server) => {
  test('of nothing but hostile texts is taken', async () => {
    const configuration = edgeConfiguration(server, withAll(), ADDRESSES);
    expect(await checkEdgeConfiguration(server, configuration)).toBeUndefined();
  });

  test.each([
    ['long texts', LONG],
    ...[0, 0.5, 1.5, 1e9].map(
      (maxParamLength) =>
        [
          `parameters of ${String(maxParamLength)}`,
          { ...HARMLESS, router: HARMLESS.router && { ...HARMLESS.router, maxParamLength } },
        ] as const,
    ),
  ])('of %s is taken', async (_, document) => {
    const configuration = edgeConfiguration(server, document, ADDRESSES);
    expect(await checkEdgeConfiguration(server, configuration)).toBeUndefined();
  });
});

describe('what places are called decides nothing', () => {
  /** Three policies, alone and in pairs, called like this. */
  const named = (a: string, b: string, c: string) => {
    const document = written({
      routes: {
        'GET /a': { origin: 'https://a.example' },
        'GET /b': { origin: 'https://b.example' },
        'GET /c': { origin: 'https://c.example' },
      },
    });
    const [one, two, three] = document.routes;
    if (one === undefined || two === undefined || three === undefined) throw new Error();
    const rename = <Value>(record: Readonly<Record<string, Value>>) =>
      Object.fromEntries([
        ...Object.entries(record),
        ...[a, b, c].map((name, index) => [name, record[`GET /${'abc'.charAt(index)}`]] as const),
      ]) as Record<string, Value>;
    const policies = rename(document.policies);
    for (const name of [a, b, c]) {
      const policy = policies[name];
      if (policy !== undefined) policies[name] = { ...policy, origin: name };
    }
    return {
      ...document,
      policies,
      origins: rename(document.origins),
      routes: [
        { ...one, path: '/ab', policies: [a, b] as const },
        { ...two, path: '/c', policies: [c] as const },
        { ...three, path: '/abc', policies: [a, b, c] as const },
        { ...one, path: '/two', policies: [a] as const },
        { ...two, method: 'PUT', path: '/two', policies: [b] as const },
        { ...three, path: '/one', policies: [c] as const },
      ],
    } satisfies CorsDocument;
  };

  test.each([
    ['a', 'b', 'a\nb'],
    ['a', 'b', 'a,b'],
    ['a', 'b', 'a\n\nPUT b'],
    ['a', 'b', '["a","b"]'],
    ['a', 'b', 'a","b'],
    ['constructor', 'toString', 'hasOwnProperty'],
    ['', ' ', '\0'],
  ])('%j, %j and %j', (...names) => {
    for (const server of EDGE_SERVERS) {
      expect(edgeConfiguration(server, named(...names), ADDRESSES)).toBe(
        edgeConfiguration(server, named('one', 'two', 'three'), ADDRESSES),
      );
    }
    expect(gatewayApiReport(named(...names))).toBe(gatewayApiReport(named('one', 'two', 'three')));
  });
});
