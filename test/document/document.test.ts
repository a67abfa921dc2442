import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Controller, Get, Put, Version, VERSION_NEUTRAL, VersioningType } from '@nestjs/common';
import { Ajv } from 'ajv';
import { readDocument } from '../../src/document/read-document.js';
import { Cors, CorsModule, CorsPolicyService, type CorsDocument } from '../../src/index.js';
import { openBookshop } from '../../sample-app/bookshop.js';
import { ADAPTERS, type AdapterName, startApp } from '../harness/start-app.js';

class PartnerOrigins {
  isOriginAllowed(): boolean {
    return true;
  }
}

@Cors('public')
@Controller('books')
class BooksController {
  @Get()
  list(): string {
    return 'list';
  }

  @Cors([{ origin: 'https://desk.example', credentials: true }, 'public'])
  @Get(':id')
  read(): string {
    return 'read';
  }

  @Cors({
    origin: ['https://*.shop.example', /^https:\/\/(a|b)\.example$/, PartnerOrigins],
    maxAge: 60,
  })
  @Version(['2', VERSION_NEUTRAL])
  @Put(':id')
  update(): string {
    return 'update';
  }
}

@Cors(false)
@Controller({ path: 'admin', host: ['admin.example', /^back\./] })
class AdminController {
  @Get()
  read(): string {
    return 'read';
  }
}

/** The document of an application, in the words of the README. */
async function documentOf(adapter: AdapterName): Promise<CorsDocument> {
  const app = await startApp({
    adapter,
    imports: [
      CorsModule.forRootAsync({
        useFactory: () => ({
          origin: 'https://app.example',
          credentials: true,
          policies: { public: { origin: '*', credentials: false } },
          paths: [{ path: '/files', policy: 'public' }],
        }),
      }),
    ],
    providers: [PartnerOrigins],
    controllers: [BooksController, AdminController],
    configure: (nest) =>
      nest.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version' }),
  });
  const service = app.nest.get(CorsPolicyService);
  const document = service.document();
  expect(JSON.stringify(service.document())).toBe(JSON.stringify(document));
  await app.close();
  return document;
}

const UNSAID = {
  methods: '*',
  allowedHeaders: [
    ...['accept', 'authorization', 'content-type', 'user-agent'],
    ...['x-csrf-token', 'x-csrftoken', 'x-requested-with'],
  ],
  exposedHeaders: [],
  maxAge: 7200,
  privateNetwork: false,
  preflightContinue: false,
  optionsSuccessStatus: 204,
  enforce: true,
  isolate: false,
  originCache: false,
  originTimeout: 5000,
  dangerouslyAllowInsecureOrigins: false,
  dangerouslyAllowPublicSuffixes: false,
};

const NO_ORIGINS = { exact: [], patterns: [], expressions: [], functions: [], resolvers: [] };

const MODULE = 'CorsModule.forRootAsync()';
const PUBLIC = `${MODULE} policies.public`;
const DESK = 'BooksController.read policy[0]';

describe.each(ADAPTERS)('The document of an application on %s', (adapter) => {
  test('says what holds where, in the words of the file, and writes everything once', async () => {
    const document = await documentOf(adapter);
    expect(JSON.parse(JSON.stringify(document))).toStrictEqual({
      format: 'nestjs-cors/1',
      router: {
        type: adapter,
        caseSensitive: adapter === 'fastify',
        ignoreTrailingSlash: adapter === 'express',
        ignoreDuplicateSlashes: false,
        useSemicolonDelimiter: false,
        maxParamLength: adapter === 'fastify' ? 100 : null,
        servesHead: true,
        versioning: { type: 'header', header: 'X-Version' },
      },
      defaults: MODULE,
      named: { public: PUBLIC },
      paths: [{ path: '/files', entry: `${MODULE} paths[0]`, policies: [PUBLIC] }],
      routes: [
        { method: 'GET', path: '/books', handler: 'BooksController.list', policies: [PUBLIC] },
        {
          ...{ method: 'GET', path: '/books/:id', handler: 'BooksController.read' },
          policies: [DESK, PUBLIC],
        },
        {
          ...{ method: 'PUT', path: '/books/:id', versions: ['2', 'neutral'] },
          ...{ handler: 'BooksController.update', policies: ['BooksController.update'] },
        },
        {
          ...{ method: 'GET', path: '/admin', hosts: ['admin.example', '/^back\\./'] },
          ...{ handler: 'AdminController.read', policies: ['AdminController'] },
        },
      ],
      policies: {
        [MODULE]: {
          ...UNSAID,
          origin: MODULE,
          credentials: true,
          said: { origin: MODULE, credentials: MODULE },
        },
        [PUBLIC]: {
          ...UNSAID,
          origin: PUBLIC,
          credentials: false,
          said: { origin: PUBLIC, credentials: PUBLIC },
        },
        [DESK]: {
          ...UNSAID,
          origin: DESK,
          credentials: true,
          said: { origin: DESK, credentials: DESK },
        },
        'BooksController.update': {
          ...UNSAID,
          origin: 'BooksController.update',
          credentials: false,
          maxAge: 60,
          said: {
            origin: 'BooksController.update',
            credentials: PUBLIC,
            maxAge: 'BooksController.update',
          },
        },
        AdminController: {
          ...UNSAID,
          origin: 'AdminController',
          credentials: true,
          said: { origin: 'AdminController', credentials: MODULE },
        },
      },
      origins: {
        [MODULE]: { ...NO_ORIGINS, openTo: 'listed', exact: ['https://app.example'] },
        [PUBLIC]: { ...NO_ORIGINS, openTo: 'any' },
        [DESK]: { ...NO_ORIGINS, openTo: 'listed', exact: ['https://desk.example'] },
        'BooksController.update': {
          ...{ ...NO_ORIGINS, openTo: 'asked' },
          patterns: ['https://*.shop.example'],
          expressions: ['/^https:\\/\\/(a|b)\\.example$/'],
          resolvers: ['PartnerOrigins'],
        },
        AdminController: { ...NO_ORIGINS, openTo: 'nobody' },
      },
    });
  });

  test('is the same text each time that the application starts, and keeps to its schema', async () => {
    const [first, second] = [await documentOf(adapter), await documentOf(adapter)];
    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
    expect(faultsOf(JSON.parse(JSON.stringify(first)))).toStrictEqual([]);
  });

  test('of the bookshop keeps to its schema, and is read again', async () => {
    const ports = { PORT: '0', SHOP_PORT: '0', PARTNER_PORT: '0', STRANGER_PORT: '0' };
    const bookshop = await openBookshop({ ...ports, ADAPTER: adapter }, { logger: false });
    const document = bookshop.app.get(CorsPolicyService).document();
    await bookshop.close();
    const written: unknown = JSON.parse(JSON.stringify(document));
    expect(faultsOf(written)).toStrictEqual([]);
    expect(readDocument(written)).toStrictEqual(written);
  });
});

// It is written from a list of routes, whichever router they are of; Fastify's takes longer to start with so many.
test('The document of an application of 5,000 routes and a list of 10,000 origins takes less than a second, and names the list once', async () => {
  const origins = Array.from({ length: 10_000 }, (_, index) => `https://a${String(index)}.example`);
  class ManyController {}
  Controller('many')(ManyController);
  const ownMaxAge = Cors((inherited) => ({ maxAge: inherited.maxAge + 1 }));
  for (let index = 0; index < 5_000; index += 1) {
    const name = `read${String(index)}`;
    const handler = { value: () => name, configurable: true, writable: true };
    Object.defineProperty(ManyController.prototype, name, handler);
    const descriptor = Object.getOwnPropertyDescriptor(ManyController.prototype, name) ?? handler;
    Get(name)(ManyController.prototype, name, descriptor);
    if (index % 10 === 0) ownMaxAge(ManyController.prototype, name, descriptor);
  }
  const app = await startApp({
    ...{ adapter: 'express', imports: [CorsModule.forRoot({ origin: origins })] },
    controllers: [ManyController],
  });
  const service = app.nest.get(CorsPolicyService);
  // Others may keep the machine busy meanwhile.
  const began = process.cpuUsage();
  const text = JSON.stringify(service.document(), null, 2);
  const took = process.cpuUsage(began).user / 1_000;
  await app.close();
  expect(text.split('"https://a9999.example"')).toHaveLength(2);
  expect(text.split('\n').length).toBeLessThan(75_000);
  expect(took).toBeLessThan(1_000);
}, 300_000);

const SCHEMA = JSON.parse(
  readFileSync(new URL('../../document.schema.json', import.meta.url), 'utf8'),
) as object;
const validate = new Ajv({ allErrors: true }).compile(SCHEMA);

function faultsOf(document: unknown): readonly string[] {
  validate(document);
  return (validate.errors ?? []).map(
    ({ instancePath, message }) => `${instancePath} ${String(message)}`,
  );
}

/** A document that says as little as one can. */
const LEAST = {
  format: 'nestjs-cors/1',
  router: null,
  defaults: 'd',
  named: {},
  paths: [],
  routes: [],
  policies: { d: { ...UNSAID, origin: 'o', credentials: false, said: {} } },
  origins: { o: { openTo: 'nobody', ...NO_ORIGINS } },
};

const ROUTE = { method: 'GET', path: '/a', handler: 'A.a', policies: ['d'] };

test.each([
  { what: 'nothing but what has to be there', change: {}, refused: undefined },
  { what: 'a field that a later version wrote', change: { later: 1 }, refused: undefined },
  { what: 'a route', change: { routes: [ROUTE] }, refused: undefined },
  {
    what: 'no policies',
    change: { policies: undefined },
    refused: 'The document.policies has to be an object, and is missing.',
  },
  {
    what: 'another format',
    change: { format: 'nestjs-cors/2' },
    refused:
      'The document says that its format is "nestjs-cors/2", and this version reads nestjs-cors/1. Write it again with this version.',
  },
  {
    what: 'no format',
    change: { format: 1 },
    refused:
      'This is not a document of nestjs-cors: it has to be an object with format: "nestjs-cors/1".',
  },
  {
    what: 'a route without policies',
    change: { routes: [{ ...ROUTE, policies: [] }] },
    refused:
      'The document.routes[0].policies has to be a list that is not empty, and is an empty list.',
  },
  {
    what: 'a route without path',
    change: { routes: [{ ...ROUTE, path: null }] },
    refused: 'The document.routes[0].path has to be a string, and is null.',
  },
  {
    what: 'a router of another kind',
    change: { router: { type: 'koa' } },
    refused: 'The document.router.type has to be one of "express", "fastify", and is "koa".',
  },
  {
    what: 'a number for a flag',
    change: { policies: { d: { ...LEAST.policies.d, enforce: 1 } } },
    refused: 'The document.policies["d"].enforce has to be true or false, and is 1.',
  },
  {
    what: 'an object for a list',
    change: { origins: { o: { ...LEAST.origins.o, exact: {} } } },
    refused: 'The document.origins["o"].exact has to be a list, and is an object.',
  },
])('a document with $what is refused: $refused', ({ change, refused }) => {
  const document: unknown = JSON.parse(JSON.stringify({ ...LEAST, ...change }));
  expect(faultsOf(document).length > 0).toBe(refused !== undefined);
  if (refused === undefined) expect(readDocument(document)).toStrictEqual(document);
  else expect(() => readDocument(document)).toThrow(refused);
});

// What JSON Schema cannot say.
test.each([
  [{ defaults: 'x' }, 'defaults refers to "x", which the document does not hold.'],
  [{ defaults: 'toString' }, 'defaults refers to "toString", which the document does not hold.'],
  [{ named: { a: 'x' } }, 'named "a" refers to "x", which the document does not hold.'],
  [
    { routes: [{ ...ROUTE, policies: ['x'] }] },
    '"/a" refers to "x", which the document does not hold.',
  ],
  [
    { routes: [{ ...ROUTE, method: 'FETCH' }] },
    'The document.routes[0].method has to be one of "ALL", ',
  ],
  [{ origins: {} }, 'The policy "d" refers to "o", which the document does not hold.'],
  [
    { origins: { o: { ...LEAST.origins.o, expressions: ['/(/'] } } },
    'The document.origins["o"].expressions[0] has to be a regular expression as JavaScript writes it',
  ],
])('a document with %j is refused: %s', (change, message) => {
  expect(() => readDocument(JSON.parse(JSON.stringify({ ...LEAST, ...change })))).toThrow(message);
});

test.each([undefined, null, 1, 'nestjs-cors/1', [], [LEAST]])('%j is no document', (value) => {
  expect(() => readDocument(value)).toThrow('This is not a document of nestjs-cors');
});
