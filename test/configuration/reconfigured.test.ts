import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Controller, Get, Logger, Put } from '@nestjs/common';
import {
  Cors,
  CorsConfigurationError,
  CorsModule,
  type CorsModuleOptions,
  type CorsOriginResolver,
  CorsPolicyService,
} from '../../src/index.js';
import { corsHeadersOf } from '../harness/cors-headers.js';
import { ADAPTERS, type AdapterName, type RunningApp, startApp } from '../harness/start-app.js';
import { preflight } from '../harness/table.js';

const ONE = 'https://one.example';
const TWO = 'https://two.example';

const handling: { started: () => void; go: Promise<void> } = {
  started: () => {},
  go: Promise.resolve(),
};

@Controller('books')
class BooksController {
  @Get() list() {
    return 'listed';
  }
  @Cors('partners') @Get('partners') partners() {
    return 'listed';
  }
  @Cors((inherited) => ({ maxAge: inherited.maxAge + 1 })) @Put('function') byFunction() {
    return 'replaced';
  }
  @Cors({ exposedHeaders: 'X-Own' }) @Get('object') object() {
    return 'listed';
  }
  @Cors({ origin: TWO }) @Get('fixed') fixed() {
    return 'listed';
  }
  @Get('slow') async slow() {
    handling.started();
    await handling.go;
    return 'listed';
  }
}

const before: CorsModuleOptions = {
  origin: ONE,
  maxAge: 10,
  policies: { partners: { exposedHeaders: 'X-Before' } },
  paths: [{ path: '/files/*path', policy: 'partners' }],
};

const after: CorsModuleOptions = {
  origin: TWO,
  credentials: true,
  maxAge: 20,
  policies: { partners: { exposedHeaders: 'X-After' } },
  paths: [{ path: '/uploads/*path', policy: 'partners' }],
};

let app: RunningApp | undefined;
afterEach(async () => {
  jest.restoreAllMocks();
  await app?.close();
  app = undefined;
});

async function start(adapter: AdapterName, options: CorsModuleOptions = before) {
  const running = await startApp({
    adapter,
    imports: [CorsModule.forRoot(options)],
    controllers: [BooksController],
  });
  app = running;
  const visit = async (path: string, origin: string) => {
    const { status, headers } = await running.send({ path, headers: { origin } });
    return { status, cors: corsHeadersOf(headers) };
  };
  return { running, visit, service: running.nest.get(CorsPolicyService) };
}

type Visit = Awaited<ReturnType<typeof start>>['visit'];

/** What every kind of policy answers to both origins. */
async function everything(running: RunningApp, visit: Visit): Promise<unknown> {
  const paths = [
    '/books',
    '/books/partners',
    '/books/object',
    '/books/fixed',
    '/files/a',
    '/uploads/a',
  ];
  const seen: Record<string, unknown> = {};
  for (const origin of [ONE, TWO]) {
    for (const path of paths) seen[`${path} ${origin}`] = await visit(path, origin);
    const { headers } = await running.send({
      path: '/books/function',
      ...preflight(origin, 'PUT'),
    });
    seen[`/books/function ${origin}`] = corsHeadersOf(headers);
  }
  return seen;
}

describe.each(ADAPTERS)('reconfigure(), on %s,', (adapter) => {
  test('changes defaults, named policies, paths, and what decorators make of them', async () => {
    const fresh = await start(adapter, after);
    const expected = await everything(fresh.running, fresh.visit);
    const routes = fresh.service.routes().map(({ policy }) => policy);
    await fresh.running.close();

    const { running, visit, service } = await start(adapter);
    expect(await everything(running, visit)).not.toEqual(expected);
    await service.reconfigure(after);
    expect(await everything(running, visit)).toEqual(expected);
    expect(service.routes().map(({ policy }) => policy)).toEqual(routes);
    expect(service.policyOf(BooksController, 'byFunction').maxAge).toBe(21);
    expect(service.trustedOrigins()).toEqual([TWO]);
    expect(await service.isOriginAllowed(ONE)).toBe(false);
  });

  test.each([
    {
      fault: 'an origin that is none',
      options: { ...after, origin: [TWO, 'https://three.example/'] },
      codes: ['invalid-origin'],
    },
    {
      fault: 'any origin with credentials',
      options: { ...after, origin: '*' },
      codes: ['any-origin-with-credentials'],
    },
    {
      fault: 'a named policy that decorators use and that is gone',
      options: { ...after, policies: {} },
      codes: ['unknown-policy'],
    },
    {
      fault: 'an error in the last of many entries',
      options: {
        ...after,
        paths: [
          { path: '/a', policy: {} },
          { path: '/b', policy: { maxAge: -1 } },
        ],
      },
      codes: ['invalid-max-age'],
    },
    {
      fault: 'a path that cannot be read',
      options: { ...after, paths: [{ path: '/a(', policy: {} }] },
      codes: ['invalid-path'],
    },
    {
      fault: 'several faults in different places',
      options: {
        ...after,
        origins: [],
        policies: { partners: { methods: 'TRACE' }, others: { origin: 'example.com' } },
      } as CorsModuleOptions,
      codes: ['forbidden-method', 'invalid-origin', 'unknown-option'],
    },
  ])(
    'with $fault throws CorsConfigurationError and changes nothing',
    async ({ options, codes }) => {
      const { running, visit, service } = await start(adapter);
      const was = await everything(running, visit);
      const failure: unknown = await service.reconfigure(options).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(CorsConfigurationError);
      const { issues } = failure as CorsConfigurationError;
      expect([...new Set(issues.map(({ code }) => code))].sort()).toEqual(codes);
      for (const issue of issues) {
        expect(issue).toMatchObject({
          where: expect.stringMatching(/\w/),
          field: expect.stringMatching(/\w/),
          message: expect.stringMatching(/\w/),
          hint: expect.stringMatching(/\w/),
        });
      }
      expect(await everything(running, visit)).toEqual(was);
      expect(service.trustedOrigins()).toEqual([]);
      // It is not stuck, either.
      await service.reconfigure(after);
      expect((await visit('/books', TWO)).status).toBe(200);
    },
  );

  test('logs what is a warning at the start, and takes the options all the same', async () => {
    const warnings = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const { visit, service } = await start(adapter);
    await service.reconfigure({ ...after, policies: { partners: { maxAge: 100_000 } } });
    expect(warnings.mock.calls.map(([message]) => String(message))).toEqual([
      expect.stringContaining('[max-age-capped]'),
    ]);
    expect((await visit('/books', TWO)).status).toBe(200);
  });

  test('lets requests under way keep the decision they have', async () => {
    const { running, visit, service } = await start(adapter);
    const { started, go } = gate();
    const early = visit('/books/slow', ONE);
    await started;
    await service.reconfigure(after);
    expect((await visit('/books', ONE)).status).toBe(403);
    go();
    expect(await early).toEqual({ status: 200, cors: { 'access-control-allow-origin': ONE } });
    expect(running.nest).toBeDefined();
  });

  test('lets a request keep the policy that its origin function is asked for', async () => {
    let reply = (_: boolean) => {};
    let asked = () => {};
    const waiting = new Promise<void>((resolve) => (asked = resolve));
    const { visit, service } = await start(adapter, {
      ...before,
      origin: () => {
        asked();
        return new Promise((resolve) => (reply = resolve));
      },
    });
    const early = visit('/books', ONE);
    await waiting;
    await service.reconfigure(after);
    reply(true);
    expect((await early).status).toBe(200);
    expect((await visit('/books', ONE)).status).toBe(403);
  });

  test('swaps everything at once: no answer mixes the two', async () => {
    const { running, service } = await start(adapter);
    const seen = new Set<string>();
    let done = false;
    const watching = Promise.all(
      Array.from({ length: 4 }, async () => {
        while (!done) {
          const { headers } = await running.send({
            path: '/books/partners',
            headers: { origin: seen.size % 2 === 0 ? ONE : TWO },
          });
          seen.add(JSON.stringify(corsHeadersOf(headers)));
        }
      }),
    );
    for (let turn = 0; turn < 20; turn += 1) {
      await service.reconfigure(turn % 2 === 0 ? after : before);
      await wait(5);
    }
    done = true;
    await watching;
    const possible = new Set([
      '{}',
      JSON.stringify({
        'access-control-allow-origin': ONE,
        'access-control-expose-headers': ['x-before'],
      }),
      JSON.stringify({
        'access-control-allow-origin': TWO,
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers': ['x-after'],
      }),
    ]);
    expect([...seen].filter((headers) => !possible.has(headers))).toEqual([]);
  });

  test('takes changes that are asked for at the same time in their order', async () => {
    const { visit, service } = await start(adapter);
    const changes = [
      after,
      { ...after, origin: 'nonsense/' },
      before,
      after,
      { ...after, origin: ONE },
    ];
    const results = await Promise.allSettled(
      changes.map((options) => service.reconfigure(options)),
    );
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
      'fulfilled',
    ]);
    expect(await visit('/books', ONE)).toMatchObject({
      status: 200,
      cors: { 'access-control-allow-credentials': 'true' },
    });
  });

  test('takes a change that needs longer before the one that was asked for after it', async () => {
    const { visit, service } = await start(adapter);
    // Nest has to make the resolver first.
    class Nobody implements CorsOriginResolver {
      isOriginAllowed(): boolean {
        return false;
      }
    }
    const finished: string[] = [];
    await Promise.all([
      service.reconfigure({ ...before, origin: Nobody }).then(() => finished.push('first')),
      service.reconfigure({ ...before, origin: TWO }).then(() => finished.push('second')),
    ]);
    expect(finished).toEqual(['first', 'second']);
    expect((await visit('/books', TWO)).status).toBe(200);
    expect((await visit('/books', ONE)).status).toBe(403);
  });

  test('takes origin functions, and forgets what earlier ones answered', async () => {
    const { visit, service } = await start(adapter, {
      ...before,
      origin: () => true,
      originCache: {},
    });
    expect((await visit('/books', ONE)).status).toBe(200);
    await service.reconfigure({ ...before, origin: (origin) => origin === TWO, originCache: {} });
    expect((await visit('/books', ONE)).status).toBe(403);
    expect((await visit('/books', TWO)).status).toBe(200);
  });
});

describe('check()', () => {
  test.each([
    { options: { origin: ONE, credentials: true }, codes: [] },
    { options: { origin: `${ONE}/`, credentials: true }, codes: ['invalid-origin'] },
    { options: { origin: '*', credentials: true }, codes: ['any-origin-with-credentials'] },
    {
      options: { origin: 'http://one.example', credentials: true },
      codes: ['insecure-origin-with-credentials'],
    },
    { options: { maxAge: 100_000 }, codes: [] },
    { options: { policies: { a: { maxAge: -1 } } }, codes: ['invalid-max-age'] },
  ] satisfies { options: CorsModuleOptions; codes: string[] }[])(
    'says of $options: $codes, and puts nothing in force',
    async ({ options, codes }) => {
      const { visit, service } = await start('express');
      const found: unknown = await service.check(options).catch((error: unknown) => error);
      const issues = found instanceof CorsConfigurationError ? found.issues : [];
      expect(issues.map(({ code }) => code)).toEqual(codes);
      expect((await visit('/books', ONE)).cors).toEqual({ 'access-control-allow-origin': ONE });
      expect(service.trustedOrigins()).toEqual([]);
    },
  );
});

/** Holds the slow handler until it is told to go on. */
function gate(): { started: Promise<void>; go: () => void } {
  let go = () => {};
  handling.go = new Promise((resolve) => (go = resolve));
  const started = new Promise<void>((resolve) => (handling.started = resolve));
  return { started, go };
}

describe.each(ADAPTERS)('reconfigure() before the application is ready, on %s,', (adapter) => {
  test('rejects, and leaves the options that it starts with alone', async () => {
    let rejected: unknown;
    const running = await startApp({
      adapter,
      imports: [CorsModule.forRoot(before)],
      controllers: [BooksController],
      configure: async (nest) => {
        rejected = await nest
          .get(CorsPolicyService)
          .reconfigure(after)
          .catch((error: unknown) => error);
      },
    });
    app = running;
    expect(rejected).toBeInstanceOf(Error);
    expect(String(rejected)).toContain('onApplicationBootstrap()');
    const service = running.nest.get(CorsPolicyService);
    expect(service.policyOf(BooksController, 'list').origin).toBe(ONE);
    expect(service.routes()).toHaveLength(6);
  });
});
