import { beforeEach, describe, expect, test } from '@jest/globals';
import { Controller, Delete, Get, Post } from '@nestjs/common';
import { Cors, CorsModule, CorsPolicyService } from '../../src/index.js';
import { allows } from '../harness/cors-headers.js';
import { APP, EVIL } from '../harness/origins.js';
import { type Row, table } from '../harness/table.js';
import { ADAPTERS, startApp } from '../harness/start-app.js';

const SELF = 'https://shop.example.com';

@Controller('orders')
class OrdersController {
  @Get() list() {
    return 'listed';
  }
  @Post() create() {
    return 'created';
  }
}

@Cors(false)
@Controller('closed')
class ClosedController {
  @Post() create() {
    return 'created';
  }
}

@Cors({ origin: [SELF, /^https:\/\/blog\.example\.com$/], exposedHeaders: 'X-Total-Count' })
@Controller('listed')
class ListedController {
  @Post() create() {
    return 'created';
  }
}

@Cors({ origin: '*', credentials: false })
@Controller('open')
class OpenController {
  @Post() create() {
    return 'created';
  }
}

@Cors({ methods: ['GET'], credentials: false })
@Controller('narrow')
class NarrowController {
  @Post() create() {
    return 'created';
  }
  @Delete() remove() {
    return 'removed';
  }
}

@Cors({ origin: [SELF, APP], methods: ['GET'], credentials: false })
@Controller('narrow-and-listed')
class NarrowAndListedController {
  @Post() create() {
    return 'created';
  }
}

const passes = (name: string, headers: NonNullable<Row['headers']>, path = '/orders'): Row => ({
  name,
  method: 'POST',
  path,
  headers,
  kind: 'same-origin',
  status: 201,
  answers: 'created',
});

const refused = (name: string, headers: NonNullable<Row['headers']>, path = '/orders'): Row => ({
  name,
  method: 'POST',
  path,
  headers,
  status: 403,
  reason: 'origin-not-allowed',
});

const rows: readonly Row[] = [
  // Sec-Fetch-Site
  passes('Sec-Fetch-Site: same-origin is same-origin.', {
    origin: SELF,
    'sec-fetch-site': 'same-origin',
  }),
  passes('Sec-Fetch-Site: same-origin holds behind a proxy that rewrites Host.', {
    origin: SELF,
    host: '10.0.0.7:3000',
    'sec-fetch-site': 'same-origin',
  }),
  passes(
    'Sec-Fetch-Site: same-origin holds with Origin: null, which a referrer policy can cause.',
    {
      origin: 'null',
      'sec-fetch-site': 'same-origin',
    },
  ),
  refused('Sec-Fetch-Site: same-site is not same-origin.', {
    origin: EVIL,
    'sec-fetch-site': 'same-site',
  }),
  refused('Sec-Fetch-Site: cross-site is not same-origin.', {
    origin: EVIL,
    'sec-fetch-site': 'cross-site',
  }),
  refused('Sec-Fetch-Site: none is not same-origin.', { origin: EVIL, 'sec-fetch-site': 'none' }),
  refused('Sec-Fetch-Site: cross-site goes before a Host that equals the origin.', {
    origin: SELF,
    host: 'shop.example.com',
    'sec-fetch-site': 'cross-site',
  }),
  refused('A same-site port of the same host is not same-origin where Sec-Fetch-Site says so.', {
    origin: 'https://shop.example.com:8443',
    host: 'shop.example.com:8443',
    'sec-fetch-site': 'same-site',
  }),
  // Host
  passes('Without Sec-Fetch-Site a Host that equals the origin is same-origin.', {
    origin: SELF,
    host: 'shop.example.com',
  }),
  passes('The default port of https may be spelled out in Host.', {
    origin: SELF,
    host: 'shop.example.com:443',
  }),
  passes('The default port of http may be spelled out in Host.', {
    origin: 'http://shop.example.com',
    host: 'shop.example.com:80',
  }),
  passes('A port that is no default must be equal.', {
    origin: 'http://shop.example.com:8080',
    host: 'shop.example.com:8080',
  }),
  passes('Host is compared without regard to case.', { origin: SELF, host: 'Shop.Example.COM' }),
  passes('An IPv6 address is compared with its port.', {
    origin: 'http://[::1]:3000',
    host: '[::1]:3000',
  }),
  passes('An IPv6 address may have the default port spelled out.', {
    origin: 'http://[2001:db8::1]',
    host: '[2001:db8::1]:80',
  }),
  passes('An IPv4 address is compared with its port.', {
    origin: 'http://127.0.0.1:3000',
    host: '127.0.0.1:3000',
  }),
  refused('Another port is another origin.', {
    origin: 'https://shop.example.com:8443',
    host: 'shop.example.com',
  }),
  refused('Another port of an IPv6 address is another origin.', {
    origin: 'http://[::1]:3000',
    host: '[::1]:3001',
  }),
  refused('The default port of http is not the default port of https.', {
    origin: SELF,
    host: 'shop.example.com:80',
  }),
  refused('The default port of https is not the default port of http.', {
    origin: 'http://shop.example.com',
    host: 'shop.example.com:443',
  }),
  refused('Another host is another origin.', { origin: EVIL, host: 'shop.example.com' }),
  refused('A subdomain is another origin.', {
    origin: 'https://a.shop.example.com',
    host: 'shop.example.com',
  }),
  refused('The opaque origin is not same-origin with any Host.', { origin: 'null', host: 'null' }),
  refused('A scheme of its own is another origin than the server whose name it bears.', {
    origin: 'capacitor://shop.example.com',
    host: 'shop.example.com',
  }),
  refused('A malformed origin is not same-origin with the Host that it contains.', {
    origin: 'https://shop.example.com/',
    host: 'shop.example.com',
  }),
  // X-Forwarded-*
  refused('X-Forwarded-Host decides nothing.', {
    origin: EVIL,
    'x-forwarded-host': 'evil.example',
  }),
  refused('X-Forwarded-Host and -Proto together decide nothing.', {
    origin: EVIL,
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    'x-forwarded-port': '443',
  }),
  refused('Forwarded decides nothing.', {
    origin: EVIL,
    forwarded: 'host=evil.example;proto=https',
  }),
  passes('X-Forwarded-Host takes nothing away from a Host that equals the origin.', {
    origin: SELF,
    host: 'shop.example.com',
    'x-forwarded-host': 'evil.example',
  }),
  // whatever the policy says
  passes(
    'A same-origin request passes under a policy that allows nobody.',
    { origin: SELF, host: 'shop.example.com' },
    '/closed',
  ),
  passes(
    'A same-origin request passes with a cookie under a policy without credentials.',
    { origin: SELF, host: 'shop.example.com', cookie: 'a=b' },
    '/narrow',
  ),
  {
    name: 'A same-origin request passes with a method outside `methods`.',
    method: 'DELETE',
    path: '/narrow',
    headers: { origin: SELF, 'sec-fetch-site': 'same-origin' },
    kind: 'same-origin',
    status: 200,
    answers: 'removed',
  },
  {
    name: 'A same-origin GET that carries Origin passes.',
    path: '/orders',
    headers: { origin: SELF, 'sec-fetch-site': 'same-origin' },
    kind: 'same-origin',
    status: 200,
  },
  {
    ...passes(
      'A same-origin request whose origin a string allows gets the allowed headers.',
      { origin: SELF, host: 'shop.example.com' },
      '/listed',
    ),
    cors: allows(SELF, { credentials: true, exposes: 'X-Total-Count' }),
  },
  {
    ...passes(
      'A same-origin request whose origin an expression allows gets the allowed headers.',
      { origin: 'https://blog.example.com', 'sec-fetch-site': 'same-origin' },
      '/listed',
    ),
    cors: allows('https://blog.example.com', { credentials: true, exposes: 'X-Total-Count' }),
  },
  {
    ...passes(
      'A same-origin request gets * from a policy for any origin.',
      { origin: SELF, host: 'shop.example.com' },
      '/open',
    ),
    cors: allows('*'),
    vary: [],
  },
  {
    ...passes(
      'A same-origin request whose origin is allowed passes with a method outside `methods`.',
      { origin: SELF, host: 'shop.example.com' },
      '/narrow-and-listed',
    ),
    cors: allows(SELF),
  },
  {
    ...passes(
      'A same-origin request whose origin is allowed passes with a cookie under a policy without credentials.',
      { origin: SELF, 'sec-fetch-site': 'same-origin', cookie: 'a=b' },
      '/narrow-and-listed',
    ),
    cors: allows(SELF),
  },
  {
    name: 'The same route refuses a method outside `methods` to another origin that it allows.',
    method: 'POST',
    path: '/narrow-and-listed',
    headers: { origin: APP },
    status: 403,
    reason: 'method-not-allowed',
  },
  {
    name: 'A same-origin request to a URL that no route serves gets its 404.',
    method: 'POST',
    path: '/nowhere',
    headers: { origin: SELF, host: 'shop.example.com' },
    kind: 'same-origin',
    status: 404,
  },
];

table(
  'Same-origin requests',
  {
    imports: [CorsModule.forRoot({ origin: APP, credentials: true })],
    controllers: [
      OrdersController,
      ClosedController,
      ListedController,
      OpenController,
      NarrowController,
      NarrowAndListedController,
    ],
  },
  rows,
);

table(
  'Same-origin requests behind a trusted proxy',
  {
    imports: [CorsModule.forRoot({ origin: APP, credentials: true })],
    controllers: [OrdersController],
    fastify: { trustProxy: true },
    configure: (app, adapter) => {
      if (adapter === 'express') {
        (app.getHttpAdapter().getInstance() as { set(name: string, value: unknown): void }).set(
          'trust proxy',
          true,
        );
      }
    },
  },
  [
    refused('X-Forwarded-Host decides nothing even where the proxy is trusted.', {
      origin: EVIL,
      'x-forwarded-host': 'evil.example',
    }),
  ],
);

describe.each(ADAPTERS)('Origin functions and same-origin requests, on %s', (adapter) => {
  const asked: string[] = [];

  @Cors({
    origin: (origin) => {
      asked.push(origin);
      return true;
    },
  })
  @Controller('asked')
  class AskedController {
    @Post() create() {
      return 'created';
    }
  }

  beforeEach(() => {
    asked.splice(0);
  });

  const run = async (headers: Record<string, string>) => {
    const app = await startApp({
      adapter,
      imports: [CorsModule.forRoot({})],
      controllers: [AskedController],
    });
    try {
      const { status } = await app.send({ method: 'POST', path: '/asked', headers });
      const onTheWire = [...asked];
      const { kind } = await app.nest.get(CorsPolicyService).evaluate(app.received());
      return { status, kind, onTheWire, afterward: [...asked] };
    } finally {
      await app.close();
    }
  };

  test.each([
    ['Sec-Fetch-Site', { origin: SELF, 'sec-fetch-site': 'same-origin' }],
    ['Host', { origin: SELF, host: 'shop.example.com' }],
  ])(
    'No origin function is asked about a request that %s makes same-origin.',
    async (_, headers) => {
      await expect(run(headers)).resolves.toEqual({
        status: 201,
        kind: 'same-origin',
        onTheWire: [],
        afterward: [],
      });
    },
  );

  test('An origin function is asked once about a request from another origin.', async () => {
    await expect(run({ origin: EVIL })).resolves.toEqual({
      status: 201,
      kind: 'actual',
      onTheWire: [EVIL],
      afterward: [EVIL, EVIL],
    });
  });
});
