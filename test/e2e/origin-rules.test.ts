import { beforeEach, describe, expect, test } from '@jest/globals';
import { Controller, Get, Injectable, Module, type Type } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import {
  Cors,
  CorsModule,
  type CorsOriginResolver,
  type CorsOriginRule,
  CorsPolicyService,
  type CorsRequest,
} from '../../src/index.js';
import { allows, approves } from '../harness/cors-headers.js';
import { APP, EVIL } from '../harness/origins.js';
import { ADAPTERS, type AdapterName, type AppSetup, startApp } from '../harness/start-app.js';
import { check, preflight, type Row, table } from '../harness/table.js';

/** A controller whose only route, `/rule`, has this rule. */
function ruled(origin: CorsOriginRule | readonly CorsOriginRule[], credentials = false): Type {
  @Cors({ origin, credentials })
  @Controller('rule')
  class RuledController {
    @Get() read() {
      return 'read';
    }
  }
  return RuledController;
}

const rule = (origin: CorsOriginRule | readonly CorsOriginRule[], credentials = false) => ({
  imports: [CorsModule.forRoot({})],
  controllers: [ruled(origin, credentials)],
});

const allowed = (origin: string): Row[] => [
  {
    name: `${origin} is allowed.`,
    path: '/rule',
    headers: { origin },
    status: 200,
    cors: allows(origin),
  },
  {
    name: `${origin} is approved.`,
    ...preflight(origin, 'GET'),
    path: '/rule',
    status: 204,
    cors: approves(origin, { methods: 'GET' }),
  },
];

const refused = (origin: string): Row[] => [
  {
    name: `${origin} is refused.`,
    path: '/rule',
    headers: { origin },
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: `${origin} is not approved.`,
    ...preflight(origin, 'GET'),
    path: '/rule',
    status: 403,
    reason: 'origin-not-allowed',
  },
];

const failed = (origin: string): Row[] => [
  {
    name: `${origin} gets 503.`,
    path: '/rule',
    headers: { origin },
    status: 503,
    reason: 'origin-check-failed',
  },
  {
    name: `${origin} gets 503 in its preflight.`,
    ...preflight(origin, 'GET'),
    path: '/rule',
    status: 503,
    reason: 'origin-check-failed',
  },
];

// Strings

table('An origin', rule(APP), [
  ...allowed(APP),
  ...[
    'http://app.example.com',
    'https://app.example.com:8443',
    'https://app.example.com:443',
    'https://APP.example.com',
    'HTTPS://app.example.com',
    'https://www.app.example.com',
    'https://app.example.com.evil.example',
    'https://app.example.comm',
    'https://app.example.co',
    'https://app-example.com',
    'https://app.example.com.',
    'null',
    EVIL,
  ].flatMap(refused),
]);

table('An origin with a port', rule('http://localhost:3000'), [
  ...allowed('http://localhost:3000'),
  ...['http://localhost', 'http://localhost:3001', 'https://localhost:3000'].flatMap(refused),
]);

table('An IPv6 origin', rule('http://[::1]:3000'), [
  ...allowed('http://[::1]:3000'),
  ...['http://[::1]', 'http://[::2]:3000', 'http://[0:0:0:0:0:0:0:1]:3000'].flatMap(refused),
]);

table('Any subdomain', rule('https://*.example.com'), [
  ...[
    'https://a.example.com',
    'https://a.b.example.com',
    'https://xn--bcher-kva.example.com',
  ].flatMap(allowed),
  ...[
    'https://example.com',
    'https://.example.com',
    'https://a..example.com',
    'https://evilexample.com',
    'https://a.example.com.evil.example',
    'https://a.example.com:8443',
    'http://a.example.com',
    'https://evil.example/.example.com',
    'https://evil.example#.example.com',
    'https://user@a.example.com',
    'null',
  ].flatMap(refused),
]);

table('Any port', rule('http://localhost:*'), [
  ...[
    'http://localhost',
    'http://localhost:1',
    'http://localhost:3000',
    'http://localhost:65535',
  ].flatMap(allowed),
  ...[
    'https://localhost:3000',
    'http://localhost:',
    'http://localhost:65536',
    'http://localhost:080',
    'http://localhost:80',
    'http://localhost:3000x',
    'http://localhost:-1',
    'http://localhost.evil.example:3000',
    'http://localhosts',
    'http://a.localhost:3000',
  ].flatMap(refused),
]);

table('Any subdomain on any port', rule('https://*.example.com:*'), [
  ...['https://a.example.com', 'https://a.b.example.com:8443'].flatMap(allowed),
  ...['https://example.com', 'https://example.com:8443', 'http://a.example.com:8443'].flatMap(
    refused,
  ),
]);

table('Any port of an IPv6 address', rule('http://[::1]:*'), [
  ...['http://[::1]', 'http://[::1]:3000'].flatMap(allowed),
  ...['http://[::2]:3000', 'http://::1:3000'].flatMap(refused),
]);

for (const any of ['*', true]) {
  table(`Every origin, as ${String(any)}`, rule(any), [
    ...[APP, 'http://localhost:3000', 'null', 'chrome-extension://abcdefgh'].flatMap(
      (origin): Row[] => [
        {
          name: `${origin} gets *.`,
          path: '/rule',
          headers: { origin },
          status: 200,
          cors: allows('*'),
          vary: [],
        },
        {
          name: `${origin} gets * in its preflight.`,
          ...preflight(origin, 'GET'),
          path: '/rule',
          status: 204,
          cors: approves('*', { methods: 'GET' }),
        },
      ],
    ),
  ]);
}

table('Every origin in a list', rule([APP, '*']), [
  {
    name: 'An origin that is on the list as well gets *.',
    path: '/rule',
    headers: { origin: APP },
    status: 200,
    cors: allows('*'),
    vary: [],
  },
  {
    name: 'A request without Origin gets *.',
    path: '/rule',
    status: 200,
    cors: allows('*'),
    vary: [],
  },
]);

table('The opaque origin', rule('null'), [...allowed('null'), ...refused(APP), ...refused('NULL')]);

table('Nobody, as false', rule(false), [APP, 'null', 'false'].flatMap(refused));

table('Nobody, as an empty list', rule([]), [APP, 'null'].flatMap(refused));

table(
  'A list',
  rule([APP, 'https://*.preview.example.com', /^https:\/\/[ab]\.example\.org$/, 'null']),
  [
    ...[APP, 'https://a.preview.example.com', 'https://a.example.org', 'null'].flatMap(allowed),
    ...['https://preview.example.com', 'https://example.org', EVIL].flatMap(refused),
  ],
);

table(
  'A long list',
  rule(Array.from({ length: 5_000 }, (_, index) => `https://tenant-${index}.example.com`)),
  [
    ...allowed('https://tenant-0.example.com'),
    ...allowed('https://tenant-4999.example.com'),
    ...refused('https://tenant-5000.example.com'),
  ],
);

table('`false` in a list', rule([false, APP]), [...allowed(APP), ...refused(EVIL)]);

// Expressions

table('An expression', rule(/^https:\/\/\w+\.example\.com$/), [
  ...['https://a.example.com', 'https://b1.example.com'].flatMap(allowed),
  ...[
    'https://a.b.example.com',
    'https://a.example.com.evil.example',
    'http://a.example.com',
    'https://a.example.com:8443',
    'null',
  ].flatMap(refused),
]);

for (const expression of [
  /^https:\/\/(?:app|shop)\.example\.com$/g,
  /^https:\/\/(?:app|shop)\.example\.com$/y,
  /^https:\/\/(?:app|shop)\.example\.com$/gy,
]) {
  table(`The flags of ${String(expression)}`, rule(expression), [
    ...['first', 'second', 'third'].map((time): Row => ({
      name: `The same origin is allowed the ${time} time.`,
      path: '/rule',
      headers: { origin: APP },
      status: 200,
      cors: allows(APP),
    })),
    ...['first', 'second', 'third'].map((time): Row => ({
      name: `Its preflight is approved the ${time} time.`,
      ...preflight(APP, 'GET'),
      path: '/rule',
      status: 204,
      cors: approves(APP, { methods: 'GET' }),
    })),
  ]);
}

const advanced = /^https:\/\/(?:app|shop)\.example\.com$/g;
advanced.lastIndex = 12;
table('An expression whose lastIndex stands elsewhere', rule(advanced), allowed(APP));

table('An expression that matches `null`', rule(/^(?:null|https:\/\/app\.example\.com)$/), [
  ...allowed(APP),
  ...allowed('null'),
]);

// Any origin, and files

table(
  'Any origin',
  rule('*'),
  [APP, 'null', 'file://', 'file:///c:/x', 'HTTPS://APP.example.com/', 'no origin', '*'].flatMap(
    (origin): Row[] => [
      {
        name: `${origin} may read the answer.`,
        path: '/rule',
        headers: { origin },
        status: 200,
        cors: allows('*'),
        vary: [],
      },
      {
        name: `${origin} is approved.`,
        ...preflight(origin, 'GET'),
        path: '/rule',
        status: 204,
        cors: approves('*', { methods: 'GET' }),
      },
    ],
  ),
);

table('Files', rule('file://'), [
  ...allowed('file://'),
  ...['file:', 'file:///', 'file:///c:/x', 'file://host', 'null', EVIL].flatMap(refused),
]);

table(
  'A function that allows files',
  rule((origin) => origin === 'file://'),
  [...allowed('file://'), ...['file:///', 'file:///c:/x', 'null'].flatMap(refused)],
);

table(
  'A function that allows everything, with credentials,',
  rule(() => true, true),
  [...['file://', 'null', 'file:///c:/x'].flatMap(refused)],
);

// Functions

table(
  'A function',
  rule((origin) => origin === APP),
  [...allowed(APP), ...refused(EVIL)],
);

table(
  'A function that answers later',
  rule(async (origin) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    return origin === APP;
  }),
  [...allowed(APP), ...refused(EVIL)],
);

table(
  'A function with credentials',
  rule((origin) => origin === APP, true),
  [
    {
      name: 'The origin that it allows gets credentials.',
      path: '/rule',
      headers: { origin: APP, cookie: 'a=b' },
      status: 200,
      cors: allows(APP, { credentials: true }),
    },
  ],
);

table(
  'A function that reads the request',
  rule((_origin, request) => request?.headers['x-tenant'] === 'one' && request.method === 'GET'),
  [
    {
      name: 'It sees method and headers.',
      path: '/rule',
      headers: { origin: APP, 'x-tenant': 'one' },
      status: 200,
      cors: allows(APP),
    },
    {
      name: 'It may refuse for what it sees.',
      path: '/rule',
      headers: { origin: APP, 'x-tenant': 'two' },
      status: 403,
      reason: 'origin-not-allowed',
    },
  ],
);

/** Whether the application trusts the headers of a proxy, as each adapter is told. */
const trustingProxies = (trustProxy: boolean): AppSetup => ({
  fastify: { trustProxy },
  configure: (nest, adapter) => {
    if (adapter === 'express') (nest as NestExpressApplication).set('trust proxy', trustProxy);
  },
});

const forApiHost = rule((_origin, request) => request?.hostname === 'api.example.com');

table('A function that reads the host name', { ...forApiHost, ...trustingProxies(false) }, [
  ...allowed(APP),
  {
    name: 'It is the host without its port.',
    path: '/rule',
    headers: { origin: APP, host: 'api.example.com:8443' },
    status: 200,
    cors: allows(APP),
  },
  {
    name: 'Another host is another name.',
    path: '/rule',
    headers: { origin: APP, host: 'other.example' },
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: 'What an untrusted proxy says does not count.',
    path: '/rule',
    headers: { origin: APP, host: 'inner', 'x-forwarded-host': 'api.example.com' },
    status: 403,
    reason: 'origin-not-allowed',
  },
]);

table(
  'A function that reads the host name behind a trusted proxy',
  { ...forApiHost, ...trustingProxies(true) },
  [
    {
      name: 'It is the host that the proxy was asked for.',
      path: '/rule',
      headers: { origin: APP, host: 'inner', 'x-forwarded-host': 'api.example.com' },
      status: 200,
      cors: allows(APP),
    },
    {
      name: 'It is the same in a preflight.',
      method: 'OPTIONS',
      path: '/rule',
      headers: {
        origin: APP,
        host: 'inner',
        'x-forwarded-host': 'api.example.com',
        'access-control-request-method': 'GET',
      },
      status: 204,
      cors: approves(APP, { methods: 'GET' }),
    },
    {
      name: 'The host of the proxy itself plays no part.',
      path: '/rule',
      headers: { origin: APP, host: 'api.example.com', 'x-forwarded-host': 'other.example' },
      status: 403,
      reason: 'origin-not-allowed',
    },
  ],
);

/** What somebody who does without types may return. */
const answering = (answer: unknown): CorsOriginRule => (() => answer) as () => boolean;

for (const [shown, answer] of [
  ["'yes'", 'yes'],
  ['1', 1],
  ['an object', {}],
  ['undefined', undefined],
  ['the origin', APP],
  ["a promise of 'yes'", Promise.resolve('yes')],
] as const) {
  table(`A function that answers ${shown}`, rule(answering(answer)), refused(APP));
}

const failures: Record<string, CorsOriginRule> = {
  throws: () => {
    throw new Error('The database is away.');
  },
  rejects: () => Promise.reject(new Error('The database is away.')),
  'throws undefined': () => {
    // oxlint-disable-next-line typescript/only-throw-error -- what must not pass either
    throw undefined;
  },
};

for (const [does, failing] of Object.entries(failures)) {
  table(`A function that ${does}`, rule(failing, true), failed(APP));
  table(`A string before a function that ${does}`, rule([failing, APP]), [
    ...allowed(APP),
    ...failed(EVIL),
  ]);
  table(
    `An expression before a function that ${does}`,
    rule([failing, /^https:\/\/app\.example\.com$/]),
    [...allowed(APP), ...failed(EVIL)],
  );
}

describe.each(ADAPTERS)('How often a function is asked, on %s', (adapter) => {
  const asked: { origin: string; request: CorsRequest | undefined }[] = [];
  beforeEach(() => {
    asked.splice(0);
  });

  const recording: CorsOriginRule = (origin, request) => {
    asked.push({ origin, request });
    return true;
  };

  const send = async (row: Pick<Row, 'method' | 'headers'>, rules: CorsOriginRule[]) => {
    const app = await startApp({ adapter, ...rule(rules) });
    try {
      return await app.send({ path: '/rule?a=b', ...row });
    } finally {
      await app.close();
    }
  };

  test.each([
    ['an actual request', { headers: { origin: APP } }, 200],
    ['a preflight', preflight(APP, 'GET'), 204],
  ])('It is asked once about %s, with the request.', async (_, row, status) => {
    await expect(send(row, [recording])).resolves.toMatchObject({ status });
    expect(asked.map(({ origin }) => origin)).toEqual([APP]);
    expect(asked[0]?.request).toMatchObject({
      url: '/rule?a=b',
      headers: expect.objectContaining({ origin: APP, host: 'api.example.com' }),
    });
  });

  test.each([
    ['a string allows', { headers: { origin: APP } }, [recording, APP], 200],
    [
      'an expression allows',
      { headers: { origin: APP } },
      [recording, /^https:\/\/app\.example\.com$/],
      200,
    ],
    ['is malformed', { headers: { origin: 'https://app.example.com/' } }, [recording], 403],
    ['is not there', {}, [recording], 200],
  ] as const)('It is not asked about an origin that %s.', async (_, row, rules, status) => {
    await expect(send(row, [...rules])).resolves.toMatchObject({ status });
    expect(asked).toEqual([]);
  });
});

test.each(ADAPTERS)('A function that throws is logged as an error, on %s.', async (adapter) => {
  const errors: string[] = [];
  const quiet = () => {};
  const app = await startApp({
    adapter,
    ...rule(failures['throws']!),
    nest: {
      logger: {
        log: quiet,
        warn: quiet,
        error: (...parts: unknown[]) => errors.push(parts.join(' ')),
      },
    },
  });
  try {
    await app.send({ path: '/rule', headers: { origin: APP } });
  } finally {
    await app.close();
  }
  expect(errors.join('\n')).toMatch(/The database is away\./);
});

// Resolvers

@Injectable()
class PartnerStore {
  readonly origins = new Set(['https://partner.example']);
}

@Injectable()
class PartnerOrigins implements CorsOriginResolver {
  constructor(private readonly store: PartnerStore) {}

  async isOriginAllowed(origin: string): Promise<boolean> {
    return this.store.origins.has(origin);
  }
}

@Module({ providers: [PartnerStore, PartnerOrigins] })
class UnexportedPartnersModule {}

@Module({ providers: [PartnerStore, PartnerOrigins], exports: [PartnerOrigins] })
class PartnersModule {}

const partners: Row[] = [...allowed('https://partner.example'), ...refused(APP)];

table(
  'A resolver that a module exports',
  {
    imports: [CorsModule.forRoot({}), PartnersModule],
    controllers: [ruled(PartnerOrigins)],
  },
  partners,
);

table(
  'A resolver that a module keeps to itself',
  {
    imports: [CorsModule.forRoot({}), UnexportedPartnersModule],
    controllers: [ruled(PartnerOrigins)],
  },
  partners,
);

table(
  'A resolver in a named policy',
  {
    imports: [
      CorsModule.forRoot({ policies: { partners: { origin: [PartnerOrigins] } } }),
      UnexportedPartnersModule,
    ],
    controllers: [namedRule('partners')],
  },
  partners,
);

table(
  'A resolver in the module options',
  {
    imports: [CorsModule.forRoot({ origin: PartnerOrigins }), UnexportedPartnersModule],
    controllers: [namedRule()],
  },
  partners,
);

function namedRule(name?: string): Type {
  @Controller('rule')
  class NamedRuleController {
    @(name === undefined ? Cors() : Cors(name)) @Get() read() {
      return 'read';
    }
  }
  return NamedRuleController;
}

@Module({ providers: [PartnerStore], controllers: [ruled(PartnerOrigins)] })
class ShopModule {}

table(
  'A resolver that is provided nowhere',
  { imports: [CorsModule.forRoot({}), ShopModule] },
  partners,
);

abstract class Origins implements CorsOriginResolver {
  abstract isOriginAllowed(origin: string): boolean;
}

@Module({
  providers: [
    {
      provide: Origins,
      useValue: { isOriginAllowed: (origin: string) => origin === 'https://partner.example' },
    },
  ],
})
class AbstractModule {}

table(
  'A resolver under an abstract class as its token',
  { imports: [CorsModule.forRoot({}), AbstractModule], controllers: [ruled(Origins)] },
  partners,
);

@Injectable()
class FailingOrigins implements CorsOriginResolver {
  isOriginAllowed(): Promise<boolean> {
    return Promise.reject(new Error('The database is away.'));
  }
}

table('A resolver that rejects', rule(FailingOrigins), failed(APP));

@Injectable()
class YesOrigins {
  isOriginAllowed(): string {
    return 'yes';
  }
}

table(
  "A resolver that answers 'yes'",
  rule(YesOrigins as unknown as new () => CorsOriginResolver),
  refused(APP),
);

@Injectable()
class CountingOrigins implements CorsOriginResolver {
  static made = 0;
  constructor() {
    CountingOrigins.made++;
  }
  isOriginAllowed(): boolean {
    return true;
  }
}

test.each(ADAPTERS)(
  "The container's own instance of a resolver is asked, on %s.",
  async (adapter: AdapterName) => {
    CountingOrigins.made = 0;
    const app = await startApp({
      adapter,
      imports: [CorsModule.forRoot({})],
      providers: [CountingOrigins],
      controllers: [ruled(CountingOrigins)],
    });
    try {
      for (const row of allowed(APP)) await check(app, row);
      expect(CountingOrigins.made).toBe(1);
      await expect(app.nest.get(CorsPolicyService).isOriginAllowed(APP)).resolves.toBe(false);
    } finally {
      await app.close();
    }
  },
);
