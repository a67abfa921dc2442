import { describe, expect, test } from '@jest/globals';
import { describeRoutes } from '../../src/document/report.js';
import { type WrittenDocument, type WrittenPolicy, written } from './written-document.js';

const CATALOG: WrittenDocument = {
  routes: {
    'GET /catalog': {
      origin: '*',
      exposedHeaders: ['X-Total-Count'],
      said: { exposedHeaders: 'policies.public' },
    },
    'PUT /catalog/:id': [
      { origin: ['https://admin.example'], credentials: true, maxAge: 60 },
      { origin: 'ask:PartnerOrigins', methods: ['PUT'] },
    ],
    'ALL /hooks@hooks.example#2': {
      origin: [
        'https://a.example',
        'https://b.example',
        'https://*.c.example',
        '/^https:\\/\\/d$/',
      ],
      enforce: false,
    },
    'DELETE /catalog/:id': {},
  },
  handlers: {
    'GET /catalog': 'CatalogController.list',
    'PUT /catalog/:id': 'CatalogController.update',
    'ALL /hooks@hooks.example#2': 'HooksController.take',
    'DELETE /catalog/:id': 'CatalogController.remove',
  },
  paths: { '/graphql': { origin: '*', allowedHeaders: '*' } },
};

test('The report has a line for each route, then every policy, and every long list, once', () => {
  expect(describeRoutes(written(CATALOG))).toBe(`\
4 routes and 1 path: 2 open to any origin, 1 to listed origins, 1 to origins that code is asked about, 1 closed, 1 with credentials.

METHOD  PATH                                    HANDLER                        WHO MAY CALL
GET     /catalog                                CatalogController.list         any origin
PUT     /catalog/:id                            CatalogController.update       https://admin.example [credentials]; else asks PartnerOrigins [PUT]
ALL     /hooks (host hooks.example; version 2)  HooksController.take           2 origins, 1 pattern, 1 expression [not enforced]
DELETE  /catalog/:id                            CatalogController.remove       nobody
*       /graphql/**                             CorsModule.forRoot() paths[0]  any origin [any header]
*       any other URL                                                          nobody

Policy CorsModule.forRoot()
  origin    nobody
  holds on  any other URL

Policy CorsModule.forRoot() paths[0]
  origin          any origin
  methods         every routed method
  allowedHeaders  any
  exposedHeaders  none
  credentials     no
  maxAge          7200 s
  holds on        /graphql/**

Policy GET /catalog
  origin          any origin
  methods         every routed method
  allowedHeaders  the usual ones
  exposedHeaders  X-Total-Count  (policies.public)
  credentials     no
  maxAge          7200 s
  holds on        GET /catalog

Policy PUT /catalog/:id
  origin          https://admin.example
  methods         every routed method
  allowedHeaders  the usual ones
  exposedHeaders  none
  credentials     yes
  maxAge          60 s
  holds on        PUT /catalog/:id

Policy PUT /catalog/:id [1]
  origin          asks PartnerOrigins
  methods         PUT
  allowedHeaders  the usual ones
  exposedHeaders  none
  credentials     no
  maxAge          7200 s
  holds on        PUT /catalog/:id

Policy ALL /hooks@hooks.example#2
  origin          2 origins, 1 pattern, 1 expression: see Origins ALL /hooks@hooks.example#2
  methods         every routed method
  allowedHeaders  the usual ones
  exposedHeaders  none
  credentials     no
  maxAge          7200 s
  enforce         no
  holds on        ALL /hooks (host hooks.example; version 2)

Policy DELETE /catalog/:id
  origin    nobody
  holds on  DELETE /catalog/:id

Origins ALL /hooks@hooks.example#2
  https://a.example
  https://b.example
  https://*.c.example
  /^https:\\/\\/d$/
`);
});

test('Only what is open to any origin is told, if that is asked for', () => {
  const told = describeRoutes(written(CATALOG), { open: true });
  expect(told.split('\n').filter((line) => /^(?:[A-Z*]+ +\/|Policy|Origins)/.test(line))).toEqual([
    'GET     /catalog     CatalogController.list         any origin',
    '*       /graphql/**  CorsModule.forRoot() paths[0]  any origin [any header]',
    'Policy CorsModule.forRoot() paths[0]',
    'Policy GET /catalog',
  ]);
  expect(describeRoutes(written({ routes: { 'GET /a': {} } }), { open: true })).toBe(
    '1 route: 1 closed.\n\nNone.\n',
  );
});

describe('Who may call is told as', () => {
  test.each<{ policy: WrittenPolicy | readonly WrittenPolicy[]; who: string }>([
    { policy: {}, who: 'nobody' },
    { policy: { credentials: true, methods: ['PUT'] }, who: 'nobody' },
    { policy: { enforce: false }, who: 'nobody [not enforced]' },
    { policy: { origin: '*' }, who: 'any origin' },
    { policy: { origin: 'null' }, who: 'null' },
    {
      policy: { origin: ['https://a.example', 'https://*.b.example'] },
      who: 'https://a.example, https://*.b.example',
    },
    {
      policy: {
        origin: ['https://a-long-name-to-read.example', 'https://*.another-long-one.example'],
      },
      who: '1 origin, 1 pattern',
    },
    {
      policy: { origin: ['https://a.example', 'https://b.example', 'https://c.example'] },
      who: '3 origins',
    },
    {
      policy: { origin: ['https://a.example', 'fn:isOurs', 'ask:Partners'] },
      who: 'https://a.example, asks Partners, isOurs',
    },
    {
      policy: { origin: '*', exposedHeaders: '*', allowedHeaders: '*', methods: [] },
      who: 'any origin [no method, any header, exposes all]',
    },
    {
      policy: { origin: 'null', isolate: true, privateNetwork: true, preflightContinue: true },
      who: 'null [private network, preflight continues, isolated]',
    },
    {
      policy: [{ origin: 'https://a.example', credentials: true }, { origin: '*' }],
      who: 'https://a.example [credentials]; else any origin',
    },
    { policy: { origin: 'ask:\u001b[31m\u202eevil' }, who: 'asks \\u{1b}[31m\\u{202e}evil' },
  ])('$who', ({ policy, who }) => {
    const told = describeRoutes(
      written({ routes: { 'GET /a': policy }, handlers: { 'GET /a': 'A.a' } }),
    );
    expect(told.split('\n')[3]).toBe(`GET     /a             A.a      ${who}`);
  });
});

test('A list of ten thousand origins is told once, by its beginning, and in full if that is asked for', () => {
  const list = Array.from({ length: 10_000 }, (_, index) => `https://shop-${index}.example`);
  const document = written({ routes: { 'GET /a': { origin: list } } });
  const told = describeRoutes(document);
  expect(told).toContain('GET     /a             Handler of GET /a  10000 origins\n');
  expect(told.match(/shop-/g)).toHaveLength(10);
  expect(told.endsWith('  https://shop-9.example\n  and 9990 more (--all)\n')).toBe(true);
  expect(describeRoutes(document, { all: true }).match(/shop-/g)).toHaveLength(10_000);
});

test('No text of a document gets to a terminal with characters that are not to be seen', () => {
  const evil = '\u001b]0;owned\u0007\u0000\n\u2028\ud800';
  const document = written({
    routes: {
      [`GET /${evil}`]: {
        origin: [`https://${evil}`],
        exposedHeaders: [evil],
        said: { origin: evil },
      },
    },
    handlers: { [`GET /${evil}`]: evil },
    paths: { [evil]: { origin: Array.from({ length: 5 }, (_, index) => `${index}${evil}`) } },
    named: { [evil]: {} },
  });
  for (const all of [false, true]) {
    expect(describeRoutes(document, { all })).not.toMatch(/[^\P{C}\n]/u);
  }
});
