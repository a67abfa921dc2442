import { describe, expect, test } from '@jest/globals';
import { DocumentError, readDocument, readExpression } from '../../src/document/read-document.js';
import { written } from './written-document.js';

const ROUTE = 'GET /a';

function document(): Record<string, unknown> {
  return JSON.parse(
    JSON.stringify(
      written({
        routes: { [ROUTE]: { origin: ['https://a.example', '/^b$/'], said: { origin: 'A.a' } } },
        paths: { '/files': {} },
        named: { staff: {} },
      }),
    ),
  ) as Record<string, unknown>;
}

/** The document with something else at a place, whose names are separated by `|`; nothing at all where it is `undefined`. */
function documentWith(place: string, value: unknown): unknown {
  const whole = document();
  const names = place.split('|');
  const last = names.pop() ?? '';
  let part = whole;
  for (const name of names) part = part[name] as Record<string, unknown>;
  if (value === undefined) Reflect.deleteProperty(part, last);
  else part[last] = value;
  return whole;
}

const POLICY = `policies|${ROUTE}`;
const IN_POLICY = `The document.policies["${ROUTE}"]`;
const ORIGINS = `origins|${ROUTE}`;
const IN_ORIGINS = `The document.origins["${ROUTE}"]`;
const IN_ROUTE = 'The document.routes[0]';
const NO_DOCUMENT =
  'This is not a document of nestjs-cors: it has to be an object with format: "nestjs-cors/1". Make one with `nestjs-cors routes --json`, or with CorsPolicyService.document().';
const NO_EXPRESSION = 'a regular expression as JavaScript writes it, e.g. "/^https:/"';

describe('A document is read that', () => {
  test.each<[place: string, value: unknown]>([
    ['router', null],
    ['router|type', 'fastify'],
    ['router|maxParamLength', 100],
    ['router|maxParamLength', 0],
    ['router|versioning', { type: 'uri' }],
    ['router|versioning', { type: 'custom' }],
    ['router|versioning', { type: 'header', header: 'x-version' }],
    ['router|versioning', { type: 'media-type', key: 'v=' }],
    ['routes|0|method', 'ALL'],
    ['routes|0|method', 'M-SEARCH'],
    ['routes|0|hosts', ['a.example']],
    ['routes|0|hosts', []],
    ['routes|0|versions', ['1']],
    ['routes|0|constraints', { secret: 'alpha' }],
    [`${POLICY}|methods`, ['GET']],
    [`${POLICY}|allowedHeaders`, '*'],
    [`${POLICY}|exposedHeaders`, '*'],
    [`${POLICY}|maxAge`, 0],
    [`${POLICY}|originCache`, { ttl: 60 }],
    [`${POLICY}|said`, {}],
    [`${ORIGINS}|openTo`, 'any'],
    [`${ORIGINS}|openTo`, 'asked'],
    [`${ORIGINS}|openTo`, 'nobody'],
    // A later version may have written it.
    ['more', 1],
    [`${POLICY}|more`, 1],
    [`${POLICY}|said|more`, 1],
  ])('has at %s %j', (place, value) => {
    const whole = documentWith(place, value);
    expect(readDocument(whole)).toBe(whole);
  });
});

const text = (at: string, is: string) => `${at} has to be a string, and is ${is}.`;
const flag = (at: string, is: string) => `${at} has to be true or false, and is ${is}.`;
const count = (at: string, is: string) =>
  `${at} has to be a number that is not negative, and is ${is}.`;
const list = (at: string, is: string) => `${at} has to be a list, and is ${is}.`;
const object = (at: string, is: string) => `${at} has to be an object, and is ${is}.`;

const ROWS: readonly [place: string, value: unknown, message: string][] = [
  [
    'format',
    'nestjs-cors/2',
    'The document says that its format is "nestjs-cors/2", and this version reads nestjs-cors/1. Write it again with this version.',
  ],
  ['format', 'x-nestjs-cors/1', NO_DOCUMENT],
  ['format', 1, NO_DOCUMENT],
  ['format', undefined, NO_DOCUMENT],
  ['router', undefined, object('The document.router', 'missing')],
  ['router', [], object('The document.router', 'an empty list')],
  [
    'router|type',
    'koa',
    'The document.router.type has to be one of "express", "fastify", and is "koa".',
  ],
  ...[
    ...['caseSensitive', 'ignoreTrailingSlash', 'ignoreDuplicateSlashes', 'useSemicolonDelimiter'],
    'servesHead',
  ].map((name): [string, unknown, string] => [
    `router|${name}`,
    1,
    flag(`The document.router.${name}`, '1'),
  ]),
  ['router|maxParamLength', -1, count('The document.router.maxParamLength', '-1')],
  ['router|maxParamLength', '1', count('The document.router.maxParamLength', '"1"')],
  ['router|versioning', false, object('The document.router.versioning', 'false')],
  [
    'router|versioning',
    { type: 'path' },
    'The document.router.versioning.type has to be one of "uri", "custom", "header", "media-type", and is "path".',
  ],
  [
    'router|versioning',
    { type: 'header', key: 'a' },
    text('The document.router.versioning.header', 'missing'),
  ],
  [
    'router|versioning',
    { type: 'media-type', header: 'a' },
    text('The document.router.versioning.key', 'missing'),
  ],
  ['defaults', null, text('The document.defaults', 'null')],
  ['named', ['a'], object('The document.named', 'a list')],
  ['named|staff', {}, text('The document.named["staff"]', 'an object')],
  ['paths', {}, list('The document.paths', 'an object')],
  ['paths|0', null, object('The document.paths[0]', 'null')],
  ['paths|0|path', 1, text('The document.paths[0].path', '1')],
  ['paths|0|entry', 1, text('The document.paths[0].entry', '1')],
  [
    'paths|0|policies',
    [],
    'The document.paths[0].policies has to be a list that is not empty, and is an empty list.',
  ],
  ['routes', 'a', list('The document.routes', '"a"')],
  ['routes|0|path', true, text(`${IN_ROUTE}.path`, 'true')],
  ['routes|0|handler', undefined, text(`${IN_ROUTE}.handler`, 'missing')],
  ['routes|0|policies', [1], text(`${IN_ROUTE}.policies[0]`, '1')],
  ['routes|0|hosts', 'a', list(`${IN_ROUTE}.hosts`, '"a"')],
  ['routes|0|hosts', [1], text(`${IN_ROUTE}.hosts[0]`, '1')],
  ['routes|0|versions', 'a', list(`${IN_ROUTE}.versions`, '"a"')],
  ['routes|0|constraints', { a: 1 }, text(`${IN_ROUTE}.constraints["a"]`, '1')],
  ['policies', 1, object('The document.policies', '1')],
  [`${POLICY}|origin`, 1, text(`${IN_POLICY}.origin`, '1')],
  ...['methods', 'allowedHeaders', 'exposedHeaders'].map((name): [string, unknown, string] => [
    `${POLICY}|${name}`,
    'GET',
    list(`${IN_POLICY}.${name}`, '"GET"'),
  ]),
  [`${POLICY}|methods`, [1], text(`${IN_POLICY}.methods[0]`, '1')],
  ...[
    ...['credentials', 'privateNetwork', 'preflightContinue', 'enforce', 'isolate'],
    ...['dangerouslyAllowInsecureOrigins', 'dangerouslyAllowPublicSuffixes'],
  ].map((name): [string, unknown, string] => [
    `${POLICY}|${name}`,
    'yes',
    flag(`${IN_POLICY}.${name}`, '"yes"'),
  ]),
  ...['maxAge', 'optionsSuccessStatus', 'originTimeout'].map((name): [string, unknown, string] => [
    `${POLICY}|${name}`,
    -1,
    count(`${IN_POLICY}.${name}`, '-1'),
  ]),
  [`${POLICY}|originCache`, true, object(`${IN_POLICY}.originCache`, 'true')],
  [`${POLICY}|originCache`, { ttl: '1' }, count(`${IN_POLICY}.originCache["ttl"]`, '"1"')],
  [`${POLICY}|said`, null, object(`${IN_POLICY}.said`, 'null')],
  [`${POLICY}|said`, { maxAge: 1 }, text(`${IN_POLICY}.said.maxAge`, '1')],
  [
    `${ORIGINS}|openTo`,
    'all',
    `${IN_ORIGINS}.openTo has to be one of "any", "listed", "asked", "nobody", and is "all".`,
  ],
  ...['exact', 'patterns', 'expressions', 'functions', 'resolvers'].map(
    (name): [string, unknown, string] => [
      `${ORIGINS}|${name}`,
      'a',
      list(`${IN_ORIGINS}.${name}`, '"a"'),
    ],
  ),
  ...['exact', 'patterns', 'functions', 'resolvers'].map((name): [string, unknown, string] => [
    `${ORIGINS}|${name}`,
    ['a', 1],
    text(`${IN_ORIGINS}.${name}[1]`, '1'),
  ]),
  ...[1, 'a', '/(/', '/a/xx', '//', 'x/a/', '/a/I'].map((value): [string, unknown, string] => [
    `${ORIGINS}|expressions`,
    [value],
    `${IN_ORIGINS}.expressions[0] has to be ${NO_EXPRESSION}, and is ${JSON.stringify(value)}.`,
  ]),
  [
    'defaults',
    'a'.repeat(200),
    `defaults refers to "${'a'.repeat(200)}", which the document does not hold.`,
  ],
  [
    'defaults',
    'a'.repeat(201),
    `defaults refers to "${'a'.repeat(200)}…", which the document does not hold.`,
  ],
  ['defaults', 'toString', 'defaults refers to "toString", which the document does not hold.'],
  ['named|staff', 'x', 'named "staff" refers to "x", which the document does not hold.'],
  ['paths|0|policies', ['x'], '"/files" refers to "x", which the document does not hold.'],
  ['routes|0|policies', ['x'], '"/a" refers to "x", which the document does not hold.'],
  [
    `${POLICY}|origin`,
    'x',
    `The policy "${ROUTE}" refers to "x", which the document does not hold.`,
  ],
];

describe('A document is refused that', () => {
  test.each(ROWS)('has at %s %j', (place, value, message) => {
    expect(() => readDocument(documentWith(place, value))).toThrow(new DocumentError(message));
  });

  test.each([undefined, null, 1, 'nestjs-cors/1', [], [document()]])('is %j', (value) => {
    expect(() => readDocument(value)).toThrow(new DocumentError(NO_DOCUMENT));
  });

  test('has a method that Node does not know, and is told those that there are', () => {
    expect(() => readDocument(documentWith('routes|0|method', 'get'))).toThrow(
      /^The document\.routes\[0\]\.method has to be one of "ALL", "ACL", "BIND", .*, and is "get"\.$/,
    );
    expect(() => readDocument(documentWith('routes|0|method', 'get'))).toThrow(
      expect.objectContaining({ name: 'DocumentError' }),
    );
  });
});

describe('An expression is read of', () => {
  test.each<[written: string, expression: RegExp | undefined]>([
    ['/a/', /a/],
    ['/a/i', /a/i],
    ['/a/b/', /a\/b/],
    ['/a\nb/', /a\nb/],
    ['a/', undefined],
    [' /a/', undefined],
    ['/a/i ', undefined],
    ['//', undefined],
    ['/(/', undefined],
    ['/a/ii', undefined],
  ])('%j', (written, expression) => {
    const read = readExpression(written);
    expect(read?.flags).toBe(expression?.flags);
    expect(read?.source).toBe(expression?.source);
  });
});
