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
import { allows, approves, type CorsHeaders, corsHeadersOf } from '../harness/cors-headers.js';
import { ADAPTERS, type AdapterName, type RunningApp, startApp } from '../harness/start-app.js';
import { preflight } from '../harness/table.js';
import { until } from '../harness/until.js';

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

interface Seen {
  readonly status: number;
  readonly cors: CorsHeaders;
}

/** What every kind of policy answers to both origins; `PUT /books/function` is its preflight. */
async function everything(running: RunningApp, visit: Visit): Promise<Record<string, Seen>> {
  const paths = ['/books', '/books/partners', '/books/object', '/books/fixed'];
  const seen: Record<string, Seen> = {};
  for (const origin of [ONE, TWO]) {
    for (const path of [...paths, '/files/a', '/uploads/a'])
      seen[`${path} ${origin}`] = await visit(path, origin);
    const { status, headers } = await running.send({
      path: '/books/function',
      ...preflight(origin, 'PUT'),
    });
    seen[`PUT /books/function ${origin}`] = { status, cors: corsHeadersOf(headers) };
  }
  return seen;
}

const REFUSED: Seen = { status: 403, cors: {} };
const UNSERVED: Seen = { status: 404, cors: {} };

/** What `before` and `after` say of that. */
const EVERYTHING_BEFORE: Record<string, Seen> = {
  [`/books ${ONE}`]: { status: 200, cors: allows(ONE) },
  [`/books/partners ${ONE}`]: { status: 200, cors: allows(ONE, { exposes: 'X-Before' }) },
  [`/books/object ${ONE}`]: { status: 200, cors: allows(ONE, { exposes: 'X-Own' }) },
  [`/books/fixed ${ONE}`]: REFUSED,
  [`/files/a ${ONE}`]: { status: 404, cors: allows(ONE, { exposes: 'X-Before' }) },
  [`/uploads/a ${ONE}`]: { status: 404, cors: allows(ONE) },
  [`PUT /books/function ${ONE}`]: {
    status: 204,
    cors: approves(ONE, { methods: 'PUT', maxAge: 11 }),
  },
  [`/books ${TWO}`]: REFUSED,
  [`/books/partners ${TWO}`]: REFUSED,
  [`/books/object ${TWO}`]: REFUSED,
  [`/books/fixed ${TWO}`]: { status: 200, cors: allows(TWO) },
  [`/files/a ${TWO}`]: REFUSED,
  [`/uploads/a ${TWO}`]: UNSERVED,
  [`PUT /books/function ${TWO}`]: REFUSED,
};
const EVERYTHING_AFTER: Record<string, Seen> = {
  [`/books ${ONE}`]: REFUSED,
  [`/books/partners ${ONE}`]: REFUSED,
  [`/books/object ${ONE}`]: REFUSED,
  [`/books/fixed ${ONE}`]: REFUSED,
  [`/files/a ${ONE}`]: UNSERVED,
  [`/uploads/a ${ONE}`]: REFUSED,
  [`PUT /books/function ${ONE}`]: REFUSED,
  [`/books ${TWO}`]: { status: 200, cors: allows(TWO, { credentials: true }) },
  [`/books/partners ${TWO}`]: {
    status: 200,
    cors: allows(TWO, { credentials: true, exposes: 'X-After' }),
  },
  [`/books/object ${TWO}`]: {
    status: 200,
    cors: allows(TWO, { credentials: true, exposes: 'X-Own' }),
  },
  [`/books/fixed ${TWO}`]: { status: 200, cors: allows(TWO, { credentials: true }) },
  [`/files/a ${TWO}`]: { status: 404, cors: allows(TWO, { credentials: true }) },
  [`/uploads/a ${TWO}`]: {
    status: 404,
    cors: allows(TWO, { credentials: true, exposes: 'X-After' }),
  },
  [`PUT /books/function ${TWO}`]: {
    status: 204,
    cors: approves(TWO, { credentials: true, methods: 'PUT', maxAge: 21 }),
  },
};

describe.each(ADAPTERS)('reconfigure(), on %s,', (adapter) => {
  test('changes defaults, named policies, paths, and what decorators make of them', async () => {
    const { running, visit, service } = await start(adapter);
    expect(await everything(running, visit)).toEqual(EVERYTHING_BEFORE);
    await service.reconfigure(after);
    expect(await everything(running, visit)).toEqual(EVERYTHING_AFTER);
    const exposed = service
      .routes()
      .map(({ handlerName, policy }) => [handlerName, policy.origin, policy.exposedHeaders]);
    expect(exposed).toEqual([
      ['list', TWO, []],
      ['partners', TWO, ['X-After']],
      ['byFunction', TWO, []],
      ['object', TWO, ['X-Own']],
      ['fixed', TWO, []],
      ['slow', TWO, []],
    ]);
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
      expect(await everything(running, visit)).toEqual(EVERYTHING_BEFORE);
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
    const { visit, service } = await start(adapter);
    const seen: Seen[] = [];
    let done = false;
    const watching = Promise.all(
      [ONE, ONE, TWO, TWO].map(async (origin) => {
        while (!done) seen.push(await visit('/books/partners', origin));
      }),
    );
    try {
      for (let turn = 0; turn < 20; turn += 1) {
        await service.reconfigure(turn % 2 === 0 ? after : before);
        const answered = seen.length;
        await until(true, () => seen.length >= answered + 8);
      }
    } finally {
      done = true;
    }
    await watching;
    const different = [...new Set(seen.map((each) => JSON.stringify(each)))].sort();
    expect(different.map((each): unknown => JSON.parse(each))).toEqual([
      { status: 200, cors: allows(ONE, { exposes: 'X-Before' }) },
      { status: 200, cors: allows(TWO, { credentials: true, exposes: 'X-After' }) },
      REFUSED,
    ]);
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
