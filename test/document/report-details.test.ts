import { describe, expect, test } from '@jest/globals';
import type { CorsDocument } from '../../src/document/cors-document.js';
import { whoMayCall } from '../../src/document/origin-words.js';
import { printable, printableLines, printableStart } from '../../src/document/printable.js';
import { describeRoutes, type ReportOptions } from '../../src/document/report.js';
import { DEFAULT_ALLOWED_HEADERS } from '../../src/protocol/policy/request-headers.js';
import { type WrittenDocument, type WrittenPolicy, written } from './written-document.js';

const A = 'https://a.example';

const sections = (document: CorsDocument, options?: ReportOptions) =>
  describeRoutes(document, options).trimEnd().split('\n\n');

/** What is told of a policy behind its name, field by field. */
function told(policy: WrittenPolicy, options?: ReportOptions): Record<string, string> {
  const found = sections(written({ routes: { 'GET /a': policy } }), options).find((section) =>
    section.startsWith('Policy GET /a\n'),
  );
  const [, ...lines] = (found ?? '').split('\n');
  return Object.fromEntries(
    lines.map((line) => {
      const [, name = '', value = ''] = /^ {2}(holds on|\w+) {2,}(.*)$/.exec(line) ?? [];
      return [name, value];
    }),
  );
}

const USUAL = {
  origin: 'any origin',
  methods: 'every routed method',
  allowedHeaders: 'the usual ones',
  exposedHeaders: 'none',
  credentials: 'no',
  maxAge: '7200 s',
  'holds on': 'GET /a',
};

describe('Of a policy the report tells', () => {
  test.each<[name: string, policy: WrittenPolicy, fields: object]>([
    ['what is always told', {}, USUAL],
    ['methods', { methods: ['GET', 'PUT'] }, { ...USUAL, methods: 'GET, PUT' }],
    ['no method', { methods: [] }, { ...USUAL, methods: 'none' }],
    ['headers', { allowedHeaders: ['x-a', 'x-b'] }, { ...USUAL, allowedHeaders: 'x-a, x-b' }],
    [
      'headers that may be read, whatever they are',
      { exposedHeaders: DEFAULT_ALLOWED_HEADERS },
      { ...USUAL, exposedHeaders: DEFAULT_ALLOWED_HEADERS.join(', ') },
    ],
    ['any header to read', { exposedHeaders: '*' }, { ...USUAL, exposedHeaders: 'any' }],
    [
      'ten headers in full',
      { exposedHeaders: [...'abcdefghij'] },
      { ...USUAL, exposedHeaders: 'a, b, c, d, e, f, g, h, i, j' },
    ],
    [
      'ten headers of eleven',
      { exposedHeaders: [...'abcdefghijk'] },
      { ...USUAL, exposedHeaders: 'a, b, c, d, e, f, g, h, i, j, and 1 more (--all)' },
    ],
    ['cookies', { credentials: true }, { ...USUAL, credentials: 'yes' }],
    ['refusals that are not enforced', { enforce: false }, { ...USUAL, enforce: 'no' }],
    ['isolation', { isolate: true }, { ...USUAL, isolate: 'yes' }],
    ['the private network', { privateNetwork: true }, { ...USUAL, privateNetwork: 'yes' }],
    ['preflights that go on', { preflightContinue: true }, { ...USUAL, preflightContinue: 'yes' }],
    ['a status', { optionsSuccessStatus: 200 }, { ...USUAL, optionsSuccessStatus: '200' }],
    ['a time for origins', { originTimeout: 100 }, { ...USUAL, originTimeout: '100' }],
    [
      'what is remembered',
      { originCache: { ttl: 60, max: 10 } },
      { ...USUAL, originCache: '{"ttl":60,"max":10}' },
    ],
    [
      'what is dangerous',
      { dangerouslyAllowInsecureOrigins: true, dangerouslyAllowPublicSuffixes: true },
      {
        ...USUAL,
        dangerouslyAllowInsecureOrigins: 'yes',
        dangerouslyAllowPublicSuffixes: 'yes',
      },
    ],
    [
      'who said it, unless that is the place itself',
      { said: { origin: 'GET /a', methods: 'policies.public' } },
      { ...USUAL, methods: 'every routed method  (policies.public)' },
    ],
  ])('%s', (_name, policy, fields) => {
    expect(told({ origin: '*', ...policy })).toEqual(fields);
  });

  test('nothing but its origins where nobody may call', () => {
    expect(told({ credentials: true, maxAge: 5 })).toEqual({
      origin: 'nobody',
      'holds on': 'GET /a',
    });
  });

  test.each<[origin: readonly string[], words: string]>([
    [[], 'nobody'],
    [['*'], 'any origin'],
    [
      [A, '*', 'https://b.example', 'https://c.example', 'https://d.example'],
      'any origin, https://a.example, https://b.example, https://c.example, https://d.example',
    ],
    [[A, 'https://*.b.example', '/^c$/'], 'https://a.example, https://*.b.example, /^c$/'],
    [[A, 'ask:P', 'ask:Q', 'fn:f'], 'https://a.example, asks P, Q, f'],
    [['fn:f'], 'asks f'],
    [
      [A, 'https://b.example', 'https://*.c.example', '/^d$/', 'ask:P', 'fn:f'],
      '2 origins, 1 pattern, 1 expression, asks P, f: see Origins GET /a',
    ],
  ])('the origins %j', (origin, words) => {
    expect(told({ origin })['origin']).toBe(words);
  });
});

describe('The first line counts', () => {
  test.each<[document: WrittenDocument, line: string]>([
    [{}, 'no routes.'],
    [{ routes: { 'GET /a': { origin: '*' } } }, '1 route: 1 open to any origin.'],
    [
      { routes: { 'GET /a': { credentials: true } }, named: { a: { origin: '*' } } },
      '1 route: 1 closed.',
    ],
    [{ paths: { '/a': {}, '/b': { origin: A } } }, '2 paths: 1 to listed origins, 1 closed.'],
    [
      {
        routes: {
          'GET /a': [{ origin: A, credentials: true }, { origin: '*' }],
          'GET /b': [{ origin: A }, { origin: 'fn:f' }],
        },
        paths: { '/c': {} },
      },
      '2 routes and 1 path: 1 open to any origin, 1 to origins that code is asked about, 1 closed, 1 with credentials.',
    ],
  ])('%j', (document, line) => {
    expect(sections(written(document))[0]).toBe(line);
  });
});

describe('The table', () => {
  test('has no place of what is only asked for by name', () => {
    const [, table, ...policies] = sections(written({ named: { gateway: { origin: A } } }));
    expect(table?.split('\n').slice(1)).toEqual(['*       any other URL           nobody']);
    expect(policies).toContainEqual(
      expect.stringMatching(/^Policy policies\.gateway\n[^]*\n {2}holds on {8}no route$/),
    );
  });

  test('has a place that any of its policies opens', () => {
    const document = written({ routes: { 'GET /a': [{ origin: A }, { origin: '*' }] } });
    expect(sections(document, { open: true })[1]).toContain('GET     /a    Handler of GET /a');
  });

  test('names the first places of a policy that many share', () => {
    const document = written({
      routes: { 'GET /a': {}, 'GET /b': {}, 'GET /c': {}, 'GET /d': {} },
    });
    const shared = (count: number): CorsDocument => ({
      ...document,
      routes: document.routes.slice(0, count).map((route) => ({ ...route, policies: ['GET /a'] })),
    });
    const on = (count: number, options?: ReportOptions) =>
      sections(shared(count), options)
        .find((section) => section.startsWith('Policy GET /a\n'))
        ?.split('\n')
        .at(-1);
    expect(on(3)).toBe('  holds on  GET /a, GET /b, GET /c');
    expect(on(4)).toBe('  holds on  GET /a, GET /b, GET /c, and 1 more (--all)');
    expect(on(4, { all: true })).toBe('  holds on  GET /a, GET /b, GET /c, GET /d');
  });

  test.each([
    [40, 40],
    [41, 4],
  ])('of a path of %s characters has a column of %s', (length, width) => {
    const path = `/${'a'.repeat(length - 1)}`;
    const document = written({ routes: { [`GET ${path}`]: {}, 'GET /b': {} } });
    const lines = (sections(document)[1] ?? '').split('\n');
    // The wider of the path and of `any other URL`.
    const column = Math.max(width, 'any other URL'.length);
    expect(lines[0]).toMatch(new RegExp(`^METHOD {2}PATH {${column - 4}} {2}HANDLER`));
    expect(lines[1]).toMatch(new RegExp(`^GET {5}${path} {2}Handler of `));
  });
});

describe('Who may call is told in few words:', () => {
  test.each<[rules: object, words: string]>([
    [{ exact: [A], patterns: ['https://*.b.example'] }, 'https://a.example, https://*.b.example'],
    [{ exact: ['a'.repeat(22), 'b'.repeat(24)] }, `${'a'.repeat(22)}, ${'b'.repeat(24)}`],
    [{ exact: ['a'.repeat(22), 'b'.repeat(25)] }, '2 origins'],
    [{ exact: ['a', 'b'], patterns: ['c', 'd'] }, '2 origins, 2 patterns'],
    [{ exact: ['a'], patterns: ['b'], expressions: ['/c/'] }, '1 origin, 1 pattern, 1 expression'],
    [{ exact: ['a'], functions: ['f'], resolvers: ['R', 'S'] }, 'a, asks R, S, f'],
  ])('%j', (rules, words) => {
    const none = { exact: [], patterns: [], expressions: [], functions: [], resolvers: [] };
    expect(whoMayCall({ openTo: 'listed', ...none, ...rules })).toBe(words);
  });
});

test('A policy whose origin rule the document does not hold is open to nobody', () => {
  const document = written({ routes: { 'GET /a': { origin: '*' } } });
  const { 'GET /a': _, ...origins } = document.origins;
  expect(sections({ ...document, origins })[0]).toBe('1 route: 1 closed.');
  const { 'GET /a': __, ...policies } = document.policies;
  expect(sections({ ...document, policies })[0]).toBe('1 route: 1 closed.');
});

test('Hosts, versions and constraints tell routes apart', () => {
  const document = written({ routes: { 'GET /a': {} } });
  const routes = document.routes.map((route) => ({
    ...{ ...route, hosts: ['a.example', 'b.example'], versions: ['1', '2'] },
    constraints: { secret: 'alpha', region: 'eu' },
  }));
  expect(sections({ ...document, routes })[1]).toContain(
    'GET     /a (host a.example, b.example; version 1, 2; secret alpha; region eu)  Handler of GET /a',
  );
});

describe('Text is shown', () => {
  test.each([
    ['abc äé😀', 'abc äé😀'],
    ['a\u001bb\u202ec\u2028d\u2029e\ud800f', 'a\\u{1b}b\\u{202e}c\\u{2028}d\\u{2029}e\\u{d800}f'],
  ])('%j: %s', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  test('line by line, where it may have several', () => {
    expect(printableLines('a\nb\r\nc\rd\u001b')).toBe('a\nb\nc\\u{d}d\\u{1b}');
  });

  test.each([
    ['a ~', undefined, 'a ~'],
    ['ä\u001b', undefined, '\\u{e4}\\u{1b}'],
    ['a'.repeat(200), undefined, 'a'.repeat(200)],
    ['a'.repeat(201), undefined, `${'a'.repeat(200)}…`],
    ['abc', 2, 'ab…'],
    ['abc', 3, 'abc'],
  ])('of the network by its beginning: %.10s, %s characters', (text, longest, shown) => {
    expect(printableStart(text, longest)).toBe(shown);
  });
});
