import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { All, Controller, Get, Options, Put } from '@nestjs/common';
import { Cors, CorsModule, CorsPolicyService } from '../../src/index.js';
import { allows, approves, corsHeadersOf, lists } from '../harness/cors-headers.js';
import { cpuTime } from '../harness/cpu-time.js';
import { APP } from '../harness/origins.js';
import { sendLines } from '../harness/raw-client.js';
import { HOST, type Request } from '../harness/send.js';
import { ADAPTERS, type AppSetup, type RunningApp, startApp } from '../harness/start-app.js';
import { check, preflight, type Row } from '../harness/table.js';

const asked: string[] = [];

@Controller()
class HostileController {
  @Get('listed') listed() {
    return 'listed';
  }
  @Put('listed') replaceListed() {}
  @Cors({ origin: '*', credentials: false }) @Get('open') open() {
    return 'open';
  }
  @Cors({ origin: 'https://*.example.com' }) @Get('pattern') pattern() {
    return 'pattern';
  }
  @Cors({ origin: /^https:\/\/[a-z.]+\.example\.com$/ }) @Get('expression') expression() {
    return 'expression';
  }
  @Cors({
    origin: (origin) => {
      asked.push(origin);
      return true;
    },
  })
  @Get('asking')
  asking() {
    return 'asking';
  }
  @Cors({ allowedHeaders: '*' }) @Put('any-header') anyHeader() {}
  @Cors({ methods: '*', allowedHeaders: '*', credentials: false, origin: '*' })
  @Put('any')
  any() {}
  @All('all') all() {
    return 'all';
  }
  @Get('items/:id') item() {
    return 'item';
  }
  @Put('items/:id') replaceItem() {
    return 'item';
  }
  @Options('described') describe() {
    return 'described';
  }
}

const setup: AppSetup = {
  imports: [CorsModule.forRoot({ origin: APP, credentials: true })],
  controllers: [HostileController],
};

/** No serialized origin, whatever they contain. */
const MALFORMED = [
  ['that is empty', ''],
  ['without a scheme', 'app.example.com'],
  ['without a host', 'https://'],
  ['with one slash', 'https:/app.example.com'],
  ['that begins with slashes', '//app.example.com'],
  ['with a trailing slash', 'https://app.example.com/'],
  ['with a path', 'https://app.example.com/a'],
  ['with a query', 'https://app.example.com?a=b'],
  ['with a fragment', 'https://app.example.com#a'],
  ['with user info', 'https://user@app.example.com'],
  ['with user info that looks like an origin', 'https://app.example.com@evil.example'],
  ['with a backslash', 'https://app.example.com\\.evil.example'],
  ['with a space inside', 'https://app.example.com https://evil.example'],
  ['that is a list', 'https://app.example.com, https://evil.example'],
  ['that is a list without space', 'https://app.example.com,https://evil.example'],
  ['with an escape', 'https://app.example.com%00.evil.example'],
  ['with a tab inside', 'https://app.example\t.com'],
  ['with an empty port', 'https://app.example.com:'],
  ['with a port that is no number', 'https://app.example.com:port'],
  ['with a negative port', 'https://app.example.com:-1'],
  ['with a port out of range', 'https://app.example.com:99999'],
  ['with a hexadecimal port', 'https://app.example.com:0x1bb'],
  ['with an IPv6 address that does not end', 'https://[::1'],
  ['with an IPv6 address without brackets', 'https://::1'],
  ['that is *', '*'],
  ['that is a script', 'javascript:alert(1)'],
  ['that is markup', '<script>alert(1)</script>'],
  ['that says null twice', 'null, null'],
  ['that is a list with null', 'null,https://app.example.com'],
  ['in upper case', 'HTTPS://APP.EXAMPLE.COM'],
  ['that is very long and no origin', 'x'.repeat(15_000)],
  ['that is all colons', ':'.repeat(15_000)],
  ['that is all slashes', 'https://'.repeat(1_800)],
] as const;

/** Origins by their form, of hosts that nobody allowed. */
const ABSURD = [
  ['that is a pattern', 'https://*.example.com'],
  ['with 3,000 labels', `https://${'a.'.repeat(3_000)}evil.example`],
  ['with one very long label', `https://${'a'.repeat(14_000)}.example.comm`],
  ['that contains an allowed one', 'https://app.example.com.evil.example'],
  ['that ends like an allowed one', 'https://evilapp.example.co'],
  ['of a scheme nobody knows', 'unknown-scheme://app.example.com'],
] as const;

/** Where origins are compared with something. */
const PATHS = ['/listed', '/pattern', '/expression', '/asking'];

const shown = (value: string) => (value.length > 60 ? `${value.slice(0, 60)}…` : value);

describe.each(ADAPTERS)('Hostile requests, on %s', (adapter) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp({ ...setup, adapter });
  });
  afterAll(() => app.close());

  describe('Origin', () => {
    test.each(MALFORMED)(
      'An origin %s is refused wherever not every origin is allowed.',
      async (_, origin) => {
        asked.splice(0);
        for (const path of PATHS) {
          await check(app, {
            name: path,
            path,
            headers: { origin },
            status: 403,
            reason: 'origin-not-allowed',
          });
          await check(app, {
            name: path,
            ...preflight(origin, 'GET'),
            path,
            status: 403,
            reason: 'origin-not-allowed',
          });
        }
        expect(asked).toEqual([]);
      },
    );

    test.each([...MALFORMED, ...ABSURD])(
      'An origin %s gets * where every origin is allowed: there is nothing to compare.',
      async (_, origin) => {
        await check(app, {
          name: origin,
          path: '/open',
          headers: { origin },
          status: 200,
          cors: allows('*'),
          vary: [],
        });
        await check(app, {
          name: origin,
          ...preflight(origin, 'GET'),
          path: '/open',
          status: 204,
          cors: approves('*', { methods: 'GET' }),
        });
      },
    );

    test.each(ABSURD)('An origin %s is refused where it is not allowed.', async (_, origin) => {
      for (const row of [{ headers: { origin } }, preflight(origin, 'GET')]) {
        await check(app, {
          name: origin,
          ...row,
          path: '/listed',
          status: 403,
          reason: 'origin-not-allowed',
        });
      }
    });

    test.each([...MALFORMED, ...ABSURD])('An origin %s is not echoed.', async (_, origin) => {
      for (const row of [{ headers: { origin } }, preflight(origin, 'GET')]) {
        const answer = await app.send({ ...row, path: '/listed' });
        expect(answer.status).toBe(403);
        if (origin.length > 4) {
          expect(JSON.stringify(answer.headers)).not.toContain(JSON.stringify(origin).slice(1, -1));
        }
      }
    });

    test('An origin that comes twice is refused wherever not every origin is allowed.', async () => {
      for (const path of PATHS) {
        await check(app, {
          name: path,
          path,
          headers: { origin: [APP, APP] },
          status: 403,
          reason: 'origin-not-allowed',
        });
      }
    });

    test('Two origins, of which one is allowed, are refused.', async () => {
      for (const origin of [
        [APP, 'https://evil.example'],
        ['https://evil.example', APP],
      ]) {
        await check(app, {
          name: 'two',
          path: '/listed',
          headers: { origin },
          status: 403,
          reason: 'origin-not-allowed',
        });
      }
    });

    test.each([
      ['that is not ASCII', 'https://b\xFCcher.example'],
      ['with a NUL', 'https://app.example.com\0'],
      ['with a control character', 'https://app\x01.example.com'],
      ['with a carriage return', 'https://app.example.com\rX-Injected: 1'],
    ])('An origin %s is refused by the parser or with 403.', async (_, origin) => {
      const { status, headers } = await sendLines(app.port, [
        'GET /listed HTTP/1.1',
        `Host: ${HOST}`,
        `Origin: ${origin}`,
      ]);
      expect([400, 403]).toContain(status);
      expect(corsHeadersOf(headers)).toEqual({});
      expect(headers.map(([name]) => name)).not.toContain('x-injected');
    });
  });

  describe('Access-Control-Request-Method', () => {
    const METHODS = [
      ['that is not standard', 'BREW'],
      ['that is lower-case', 'put'],
      ['that is a list', 'PUT, DELETE'],
      ['that is *', '*'],
      ['that is ALL', 'ALL'],
      ['that is CONNECT', 'CONNECT'],
      ['that is TRACK', 'TRACK'],
      ['that every object has', 'constructor'],
      ['that is a prototype', '__proto__'],
      ['with a space', 'PU T'],
      ['that is markup', '<script>'],
      ['that is not ASCII', 'P\xDCT'],
      ['that is very long', 'A'.repeat(14_000)],
    ] as const;

    test.each(METHODS)('A method %s is not allowed and not listed.', async (_, method) => {
      const row: Row = {
        name: shown(method),
        ...preflight(APP, method),
        path: '/listed',
        status: 204,
        reason: 'method-not-allowed',
        cors: lists(APP, { credentials: true, methods: 'GET,PUT' }),
      };
      await check(app, row);
    });

    test.each(METHODS)(
      'A method %s is not listed by a policy for any method.',
      async (_, method) => {
        const { status, headers } = await app.send({ ...preflight(APP, method), path: '/any' });
        expect(status).toBe(204);
        expect(corsHeadersOf(headers)).not.toMatchObject({
          'access-control-allow-methods': expect.arrayContaining([method]),
        });
        expect(JSON.stringify(headers)).not.toContain(`"${method}"`);
        const { allowed, reason } = await app.nest.get(CorsPolicyService).evaluate(app.received());
        expect({ allowed, reason }).toEqual({ allowed: false, reason: 'method-not-allowed' });
      },
    );

    test.each([
      ['is empty', ''],
      ['comes twice', ['PUT', 'PUT']],
      ['comes twice with two methods', ['GET', 'PUT']],
    ])('A method that %s approves nothing.', async (_, method) => {
      const { status, headers } = await app.send({
        method: 'OPTIONS',
        path: '/listed',
        headers: { origin: APP, 'access-control-request-method': method },
      });
      expect([204, 403, 404]).toContain(status);
      expect(corsHeadersOf(headers)).not.toHaveProperty('access-control-max-age');
    });
  });

  describe('Access-Control-Request-Headers', () => {
    const NAMES = [
      ['with a space', 'x y'],
      ['that is markup', '<script>'],
      ['that is *', '*'],
      ['that every object has', 'constructor'],
      ['that is a prototype', '__proto__'],
      ['that is not ASCII', 'x-cl\xE9'],
      ['with a colon', 'x-a:b'],
      ['that is very long', 'x'.repeat(14_000)],
      ['that repeats without end', 'x,'.repeat(7_000)],
      ['among many that are allowed', `${'content-type,'.repeat(1_000)}x-secret`],
      ['among empty members', `${','.repeat(14_000)}x-secret`],
      ['among spaces', `${' '.repeat(7_000)}x-secret${' '.repeat(7_000)},`],
    ] as const;

    test.each(NAMES)('A header %s is not allowed and not listed.', async (_, names) => {
      await check(app, {
        name: shown(names),
        ...preflight(APP, 'PUT', names),
        path: '/listed',
        status: 204,
        reason: 'header-not-allowed',
        cors: lists(APP, { credentials: true, methods: 'GET,PUT' }),
      });
    });

    test.each([
      ['only empty members', ','.repeat(14_000)],
      ['nothing', ''],
      ['nothing but spaces and commas', ' , , '],
    ])('A list with %s asks for nothing.', async (_, names) => {
      await check(app, {
        name: shown(names),
        ...preflight(APP, 'PUT', names),
        path: '/listed',
        status: 204,
        cors: approves(APP, { credentials: true, methods: 'GET,PUT' }),
      });
    });

    test.each([
      ['with a space', 'x-a,x y', 'x y'],
      ['that is markup', 'x-a,<script>', '<script>'],
      ['that is not ASCII', 'x-a,x-cl\xE9', 'x-cl\xE9'],
      ['with a colon', 'x-a:b', 'x-a:b'],
      ['with a quote', 'x-a"', 'x-a"'],
    ])(
      'A name %s is not echoed by a policy for any header with credentials.',
      async (_, names, name) => {
        const answer = await app.send({ ...preflight(APP, 'PUT', names), path: '/any-header' });
        expect(answer.status).toBe(204);
        expect(corsHeadersOf(answer.headers)['access-control-allow-headers'] ?? []).not.toContain(
          Buffer.from(name, 'latin1').toString('latin1'),
        );
        const { allowed, reason } = await app.nest.get(CorsPolicyService).evaluate(app.received());
        expect({ allowed, reason }).toEqual({ allowed: false, reason: 'header-not-allowed' });
      },
    );
  });

  describe('URLs', () => {
    const URLS = [
      '/items/%',
      '/items/%zz',
      '/items/%E0%A4%A',
      '/items/%C0%80',
      '/%E0%A4%A/items',
      '/items/%00',
      '/items/..%2f..%2fetc',
      '//evil.example/items/1',
      '///',
      '/items/1;a=b',
      '/items/1?%zz',
      `/items/${'a'.repeat(14_000)}`,
      `/${'a/'.repeat(7_000)}`,
      `/items/1?${'a=b&'.repeat(3_000)}`,
      'http://evil.example/items/1',
      '*',
    ];

    test.each(URLS.map((url) => [shown(url), url]))(
      'A preflight to %s crashes nothing.',
      async (_, url) => {
        const { status, headers } = await sendLines(app.port, [
          `OPTIONS ${url} HTTP/1.1`,
          `Host: ${HOST}`,
          `Origin: ${APP}`,
          'Access-Control-Request-Method: PUT',
        ]);
        expect([204, 400, 404]).toContain(status);
        const { 'access-control-allow-origin': origin } = corsHeadersOf(headers);
        expect([APP, undefined]).toContain(origin);
        await expect(app.send({ path: '/listed' })).resolves.toMatchObject({ status: 200 });
      },
    );

    test.each(URLS.map((url) => [shown(url), url]))(
      'A request to %s crashes nothing.',
      async (_, url) => {
        const { status, headers } = await sendLines(app.port, [
          `PUT ${url} HTTP/1.1`,
          `Host: ${HOST}`,
          'Content-Length: 0',
          'Origin: https://evil.example',
        ]);
        expect([200, 400, 403, 404, 414]).toContain(status);
        expect(corsHeadersOf(headers)).toEqual({});
        await expect(app.send({ path: '/listed' })).resolves.toMatchObject({ status: 200 });
      },
    );

    test.each(URLS.map((url) => [shown(url), url]))(
      'evaluate() decides about %s.',
      async (_, url) => {
        const service = app.nest.get(CorsPolicyService);
        for (const request of [
          preflight(APP, 'PUT'),
          { method: 'PUT', headers: { origin: APP } },
        ]) {
          const { headers = {}, method = '' } = request as Request;
          await expect(service.evaluate({ method, url, headers: headers })).resolves.toMatchObject({
            message: expect.stringMatching(/\w/),
          });
        }
      },
    );

    test('A malformed query does not hide the route.', async () => {
      await check(app, {
        name: 'query',
        ...preflight(APP, 'PUT'),
        path: '/items/1?%zz=%',
        status: 204,
        cors: approves(APP, { credentials: true, methods: 'GET,PUT' }),
      });
    });
  });

  describe('Hosts', () => {
    test.each([
      ['is not there', []],
      ['is empty', ['Host:']],
      ['comes twice', ['Host: api.example.com', 'Host: app.example.com']],
      ['is no host', ['Host: [::1']],
      ['is markup', ['Host: <script>']],
    ])('A Host that %s refuses or serves, and makes nothing same-origin.', async (_, host) => {
      const { status, headers } = await sendLines(app.port, [
        'GET /listed HTTP/1.1',
        ...host,
        'Origin: https://evil.example',
      ]);
      expect([400, 403]).toContain(status);
      expect(corsHeadersOf(headers)).toEqual({});
    });

    test('A request of HTTP/1.0 without Host is decided.', async () => {
      const { status } = await sendLines(app.port, ['GET /listed HTTP/1.0', `Origin: ${APP}`]);
      expect(status).toBe(200);
    });
  });

  describe('Time', () => {
    const million = 1_000_000;
    const requests: [string, Request][] = [
      [
        'an origin of a million characters',
        { path: '/expression', headers: { origin: `https://${'a'.repeat(million)}` } },
      ],
      [
        'an origin of a million dots',
        { path: '/pattern', headers: { origin: `https://${'.'.repeat(million)}example.com` } },
      ],
      [
        'a million labels',
        { path: '/pattern', headers: { origin: `https://${'a.'.repeat(million)}example.com` } },
      ],
      [
        'a million digits of a port',
        { path: '/listed', headers: { origin: `https://app.example.com:${'1'.repeat(million)}` } },
      ],
      [
        'a million empty members',
        { path: '/listed', ...preflight(APP, 'PUT', ','.repeat(million)) },
      ],
      [
        'a million header names',
        { path: '/listed', ...preflight(APP, 'PUT', 'content-type,'.repeat(million)) },
      ],
      [
        'a million header names to echo',
        { path: '/any-header', ...preflight(APP, 'PUT', 'x-a,'.repeat(million)) },
      ],
      [
        'a million spaces',
        { path: '/listed', ...preflight(APP, 'PUT', `x${' '.repeat(million)}y`) },
      ],
      [
        'a method of a million characters',
        { path: '/listed', ...preflight(APP, 'A'.repeat(million)) },
      ],
      ['a million segments', { path: '/a'.repeat(million), ...preflight(APP, 'PUT') }],
      ['a million escapes', { path: `/items/${'%41'.repeat(million)}`, ...preflight(APP, 'PUT') }],
      ['a million slashes', { path: '/'.repeat(million), ...preflight(APP, 'PUT') }],
    ];

    test.each(requests)('%s is decided in no more than linear time.', async (_, request) => {
      const { method = 'GET', path, headers = {} } = request;
      const question = { method, url: path, headers: headers as Record<string, string> };
      const took = await cpuTime(() => app.nest.get(CorsPolicyService).evaluate(question));
      // Anything quadratic in a million takes minutes.
      expect(took).toBeLessThan(3_000);
    });
  });
});
