import type { Server } from 'node:http';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Controller, Get, Injectable, Logger, type Type } from '@nestjs/common';
import {
  Cors,
  CorsModule,
  type CorsModuleOptions,
  type CorsOriginResolver,
  CorsPolicyService,
} from '../../src/index.js';
import { allows, corsHeadersOf } from '../harness/cors-headers.js';
import { holdTimers, pass, passOnceSet } from '../harness/held-clock.js';
import { APP, EVIL } from '../harness/origins.js';
import { ADAPTERS, type AdapterName, type RunningApp, startApp } from '../harness/start-app.js';
import { preflight } from '../harness/table.js';
import { until } from '../harness/until.js';

const OTHER = 'https://other.example.com';

/** What stands for a database: it answers as it is told to, when it is told to. */
class Directory {
  readonly asked: string[] = [];
  answer: (origin: string) => unknown = (origin) => origin !== EVIL;
}

/** The resolver class of one application. */
function resolverOf(directory: Directory): Type<CorsOriginResolver> {
  @Injectable()
  class DirectoryOrigins implements CorsOriginResolver {
    async isOriginAllowed(origin: string): Promise<boolean> {
      directory.asked.push(origin);
      return (await directory.answer(origin)) as boolean;
    }
  }
  return DirectoryOrigins;
}

@Controller('books')
class BooksController {
  @Get() list() {
    return 'listed';
  }
}

let app: RunningApp | undefined;
afterEach(async () => {
  jest.restoreAllMocks();
  jest.useRealTimers();
  await app?.close();
  app = undefined;
});

async function start(
  adapter: AdapterName,
  options: Omit<CorsModuleOptions, 'origin'>,
  controller: Type = BooksController,
): Promise<{
  directory: Directory;
  resolver: Type<CorsOriginResolver>;
  visit: (origin: string) => Promise<number>;
  service: CorsPolicyService;
}> {
  const directory = new Directory();
  const resolver = resolverOf(directory);
  const running = await startApp({
    adapter,
    imports: [CorsModule.forRoot({ origin: resolver, ...options })],
    controllers: [controller],
  });
  app = running;
  return {
    directory,
    resolver,
    visit: async (origin) => (await running.send({ path: '/books', headers: { origin } })).status,
    service: running.nest.get(CorsPolicyService),
  };
}

describe.each(ADAPTERS)('With originCache, on %s,', (adapter) => {
  test.each(['allowed', 'refused', 'failed'])(
    'a hundred simultaneous requests of one origin ask once, and all get the one answer: %s',
    async (answer) => {
      const { directory, visit } = await start(adapter, {
        originCache: {},
        originTimeout: 60_000,
      });
      let reply = () => {};
      const told = new Promise<void>((resolve) => (reply = resolve));
      directory.answer = async () => {
        await told;
        if (answer === 'failed') throw new Error('down');
        return answer === 'allowed';
      };
      let arrived = 0;
      (app!.nest.getHttpServer() as Server).on('request', () => (arrived += 1));
      const visits = Array.from({ length: 100 }, () => visit(APP));
      await until(100, () => arrived);
      reply();
      expect(new Set(await Promise.all(visits))).toEqual(
        new Set([{ allowed: 200, refused: 403, failed: 503 }[answer]]),
      );
      expect(directory.asked).toEqual([APP]);
    },
  );

  test('preflights, requests and isOriginAllowed() share what is remembered', async () => {
    const { directory, visit, service } = await start(adapter, { originCache: {} });
    await app?.send({ path: '/books', ...preflight(APP, 'GET') });
    expect(await visit(APP)).toBe(200);
    expect(await service.isOriginAllowed(APP)).toBe(true);
    expect(directory.asked).toEqual([APP]);
  });

  test('routes that inherit the rule share what is remembered; one with a cache of its own does not', async () => {
    @Controller('books')
    class ShelvesController {
      @Get() list() {
        return 'listed';
      }
      @Cors({ maxAge: 5 }) @Get('new') latest() {
        return 'listed';
      }
      @Cors({ originCache: { ttl: 5 } }) @Get('old') oldest() {
        return 'listed';
      }
      @Cors({ originCache: false }) @Get('odd') odd() {
        return 'listed';
      }
    }
    const { directory } = await start(adapter, { originCache: {} }, ShelvesController);
    const asked = async (path: string) => {
      directory.asked.length = 0;
      await app?.send({ path, headers: { origin: APP } });
      return directory.asked.length;
    };
    expect(await asked('/books')).toBe(1);
    expect(await asked('/books/new')).toBe(0);
    expect(await asked('/books/old')).toBe(1);
    expect(await asked('/books/odd')).toBe(1);
    expect(await asked('/books/odd')).toBe(1);
    expect(await asked('/books')).toBe(0);
  });

  test('refusals are remembered as well, for a tenth of the time', async () => {
    const { directory, visit } = await start(adapter, { originCache: { ttl: 20_000 } });
    await pass(0);
    const times = async (origin: string) => {
      directory.asked.length = 0;
      await visit(origin);
      return directory.asked.length;
    };
    for (const origin of [APP, EVIL]) {
      expect(await times(origin)).toBe(1);
      expect(await times(origin)).toBe(0);
    }
    await pass(1999);
    expect(await times(EVIL)).toBe(0);
    await pass(2);
    expect(await times(APP)).toBe(0);
    expect(await times(EVIL)).toBe(1);
  });

  test('what a rule answered to a failure is not remembered', async () => {
    const { directory, visit } = await start(adapter, { originCache: {} });
    directory.answer = () => {
      throw new Error('down');
    };
    expect(await visit(APP)).toBe(503);
    directory.answer = () => true;
    expect(await visit(APP)).toBe(200);
  });

  test('however many origins are tried, no more than max are remembered', async () => {
    const { directory, visit } = await start(adapter, { originCache: { max: 10 } });
    const origins = Array.from({ length: 50 }, (_, index) => `https://n${index}.example`);
    for (const origin of origins) await visit(origin);
    expect(directory.asked).toEqual(origins);
    directory.asked.length = 0;
    for (const origin of origins.toReversed()) await visit(origin);
    expect(directory.asked).toEqual(origins.toReversed().slice(10));
  });

  test('a stale answer serves while its rule is asked again, and while that fails', async () => {
    const { directory, visit } = await start(adapter, {
      originCache: { ttl: 100, staleWhileRevalidate: 60_000 },
    });
    await pass(0);
    expect(await visit(APP)).toBe(200);
    await pass(150);
    const reply = later(directory);
    expect(await visit(APP)).toBe(200);
    expect(await visit(APP)).toBe(200);
    expect(directory.asked).toEqual([APP, APP]);
    reply(false);
    await until(403, () => visit(APP));
    expect(directory.asked).toEqual([APP, APP]);

    // A refusal is remembered for 10 ms only.
    directory.answer = () => true;
    await pass(11);
    expect(await visit(APP)).toBe(200);
    await pass(150);
    directory.answer = outage;
    expect(await visit(APP)).toBe(200);
    expect(await visit(APP)).toBe(200);
    expect(await visit(OTHER)).toBe(503);
  });

  test('a stale answer does not serve once its time is over', async () => {
    const { directory, visit } = await start(adapter, {
      originCache: { ttl: 50, staleWhileRevalidate: 50 },
    });
    await pass(0);
    expect(await visit(APP)).toBe(200);
    directory.answer = outage;
    await pass(99);
    expect(await visit(APP)).toBe(200);
    await pass(1);
    expect(await visit(APP)).toBe(503);
  });

  test.each([
    { forget: 'one', given: APP, askedAgain: [APP] },
    { forget: 'all', given: undefined, askedAgain: [APP, OTHER] },
    { forget: 'an unknown one', given: EVIL, askedAgain: [] },
  ])('forgetOrigin() drops $forget', async ({ given, askedAgain }) => {
    const { directory, visit, service } = await start(adapter, { originCache: {} });
    for (const origin of [APP, OTHER]) await visit(origin);
    directory.asked.length = 0;
    service.forgetOrigin(given);
    for (const origin of [APP, OTHER]) await visit(origin);
    expect(directory.asked).toEqual(askedAgain);
  });

  test.each([
    { what: 'the origin', given: APP },
    { what: 'all', given: undefined },
  ])(
    'forgetOrigin() of $what keeps an answer under way from being remembered',
    async ({ given }) => {
      const { directory, visit, service } = await start(adapter, { originCache: {} });
      let reply = () => {};
      directory.answer = () =>
        new Promise(
          (resolve) =>
            (reply = () => {
              resolve(true);
            }),
        );
      const early = visit(APP);
      await until(1, () => directory.asked.length);
      service.forgetOrigin(given);
      directory.answer = () => false;
      // What comes after it does not wait for the answer of before.
      expect(await visit(APP)).toBe(403);
      reply();
      expect(await early).toBe(200);
      expect(await visit(APP)).toBe(403);
    },
  );
});

/** An answer that is told later. */
function later(directory: Directory): (answer: boolean) => void {
  let reply: (answer: boolean) => void = () => {};
  const answer = new Promise<boolean>((resolve) => (reply = resolve));
  directory.answer = () => answer;
  return reply;
}

const outage = () => {
  throw new Error('down');
};

describe.each(ADAPTERS)('Whoever was allowed, on %s,', (adapter) => {
  const STALE = { ttl: 60_000, staleWhileRevalidate: 600_000 };

  test.each([
    { state: 'within ttl', age: 0 },
    { state: 'within staleWhileRevalidate', age: 120_000 },
  ])(
    'is served in an outage, $state, after 50 made-up origins that were refused or failed',
    async ({ age }) => {
      const { directory, visit } = await start(adapter, { originCache: { ...STALE, max: 10 } });
      expect(await visit(APP)).toBe(200);
      directory.answer = (origin) => (/[02468]\./.test(origin) ? outage() : false);
      for (let index = 0; index < 50; index += 1) {
        expect(await visit(`https://n${index}.evil.example`)).toBe(index % 2 === 0 ? 503 : 403);
      }
      await pass(age);
      directory.answer = outage;
      expect(await visit(APP)).toBe(200);
      expect(await visit(OTHER)).toBe(503);
    },
  );

  test('is served, and asked about first, while strangers take every place for questions', async () => {
    const { directory, visit } = await start(adapter, {
      originCache: { ...STALE, concurrency: 5 },
      originTimeout: 20_000,
    });
    expect(await visit(APP)).toBe(200);
    await pass(120_000);
    const reply = later(directory);
    directory.asked.length = 0;
    let refused = 0;
    const strangers = Array.from({ length: 50 }, async (_, index) => {
      const status = await visit(`https://n${index}.evil.example`);
      if (status === 503) refused += 1;
      return status;
    });
    await until(45, () => refused);
    expect(directory.asked).toHaveLength(5);
    expect(await visit(APP)).toBe(200);
    expect(await visit(OTHER)).toBe(503);
    expect(directory.asked).toHaveLength(5);
    directory.answer = () => true;
    reply(false);
    expect((await Promise.all(strangers)).filter((status) => status === 403)).toHaveLength(5);
    await until(APP, () => directory.asked[5]);
    expect(await visit(OTHER)).toBe(200);
  });

  test('is served in an outage after forgetOrigin(), and refused as soon as its rule says so', async () => {
    const { directory, visit, service } = await start(adapter, { originCache: STALE });
    for (const origin of [APP, OTHER]) expect(await visit(origin)).toBe(200);
    expect(await visit(EVIL)).toBe(403);
    directory.answer = outage;
    service.forgetOrigin();
    for (const origin of [APP, APP, OTHER]) expect(await visit(origin)).toBe(200);
    expect(await visit(EVIL)).toBe(503);
    service.forgetOrigin(OTHER);
    expect(await visit(OTHER)).toBe(503);
    directory.answer = () => false;
    expect(await visit(APP)).toBe(403);
    directory.answer = outage;
    expect(await visit(APP)).toBe(403);
  });

  test('is served no longer than ttl and staleWhileRevalidate after forgetOrigin()', async () => {
    const { directory, visit, service } = await start(adapter, { originCache: STALE });
    expect(await visit(APP)).toBe(200);
    directory.answer = outage;
    service.forgetOrigin();
    await pass(600_000);
    expect(await visit(APP)).toBe(200);
    await pass(60_000);
    expect(await visit(APP)).toBe(503);
  });

  test.each([
    { change: 'maxAge', options: { maxAge: 5 } },
    { change: 'another policy', options: { policies: { open: { origin: '*' } } } },
    { change: 'a default that is written out', options: { originCache: { ...STALE, max: 1000 } } },
  ])('stays so through reconfigure() where it changes $change', async ({ options }) => {
    const { directory, resolver, visit, service } = await start(adapter, { originCache: STALE });
    for (const origin of [APP, OTHER]) expect(await visit(origin)).toBe(200);
    directory.answer = (origin) => (origin === OTHER ? false : outage());
    await service.reconfigure({ origin: resolver, originCache: STALE, ...options });
    expect(await visit(APP)).toBe(200);
    // All are asked about anew.
    expect(await visit(OTHER)).toBe(403);
    await service.reconfigure({ origin: ['https://new.example', resolver], originCache: STALE });
    expect(await visit(APP)).toBe(200);
  });

  test.each([
    {
      change: 'the rule',
      options: () => ({ origin: resolverOf(new Directory()), originCache: STALE }),
    },
    { change: 'ttl', options: () => ({ originCache: { ...STALE, ttl: 1 } }) },
    { change: 'originTimeout', options: () => ({ originCache: STALE, originTimeout: 1 }) },
  ])('is forgotten by reconfigure() where it changes $change', async ({ options }) => {
    const { directory, resolver, visit, service } = await start(adapter, { originCache: STALE });
    expect(await visit(APP)).toBe(200);
    directory.answer = outage;
    const changed = options();
    await service.reconfigure({ origin: resolver, ...changed });
    // The other rule works, and has to be asked.
    expect(await visit(APP)).toBe('origin' in changed ? 200 : 503);
    expect(directory.asked).toHaveLength('origin' in changed ? 1 : 2);
  });

  test('stays so, and is not asked about, where check() or a reconfigure() that fails comes between', async () => {
    const { directory, resolver, visit, service } = await start(adapter, { originCache: STALE });
    expect(await visit(APP)).toBe(200);
    await service.check({ origin: resolver, originCache: STALE });
    await expect(
      service.reconfigure({ origin: resolver, originCache: STALE, maxAge: -1 }),
    ).rejects.toThrow();
    expect(await visit(APP)).toBe(200);
    expect(directory.asked).toEqual([APP]);
  });
});

describe.each(ADAPTERS)('An answer later than originTimeout, on %s,', (adapter) => {
  test.each([
    { answer: true, status: 200 },
    { answer: false, status: 403 },
  ])('counts for the requests after it, and is not asked for again: $status', async (row) => {
    const { directory, visit } = await start(adapter, { originCache: {}, originTimeout: 1000 });
    const reply = later(directory);
    holdTimers();
    const early = [visit(APP), visit(APP)];
    // Both wait for their answer, and a place for the question.
    await passOnceSet(3, 1000);
    expect(await Promise.all(early)).toEqual([503, 503]);
    const third = visit(APP);
    await passOnceSet(2, 1000);
    expect(await third).toBe(503);
    reply(row.answer);
    await until(row.status, () => visit(APP));
    expect(directory.asked).toEqual([APP]);
  });

  test.each([{ given: APP }, { given: undefined }])(
    'does not count after forgetOrigin($given)',
    async ({ given }) => {
      const { directory, visit, service } = await start(adapter, {
        originCache: {},
        originTimeout: 100,
      });
      const reply = later(directory);
      holdTimers();
      const early = visit(APP);
      await passOnceSet(2, 100);
      expect(await early).toBe(503);
      service.forgetOrigin(given);
      reply(true);
      directory.answer = () => false;
      expect(await visit(APP)).toBe(403);
      expect(directory.asked).toEqual([APP, APP]);
    },
  );

  test('that never comes lets its origin be asked about again after three timeouts', async () => {
    const { directory, visit } = await start(adapter, { originCache: {}, originTimeout: 50 });
    later(directory);
    holdTimers();
    const first = visit(APP);
    await passOnceSet(2, 99);
    const second = visit(APP);
    await passOnceSet(2, 50);
    expect(await Promise.all([first, second])).toEqual([503, 503]);
    expect(directory.asked).toEqual([APP]);
    await jest.advanceTimersByTimeAsync(1);
    directory.answer = () => true;
    expect(await visit(APP)).toBe(200);
    expect(directory.asked).toEqual([APP, APP]);
  });
});

const NO_ORIGINS = [
  'HTTPS://app.example.com',
  'https://app.example.com/',
  'https://app.example.com:443',
  'https://user@app.example.com',
  'https://app.example.com, https://evil.example',
  'https://bücher.example',
  'https://a b.example',
  'app.example.com',
  '*',
  'file:///etc/passwd',
  "https://x'; DROP TABLE tenants; --",
  `https://${'a'.repeat(600)}.example`,
  'javascript:alert(1)',
];

describe.each(ADAPTERS)('An origin rule, on %s,', (adapter) => {
  test.each([{ originCache: {} }, { originCache: false as const }])(
    'that is slower than originTimeout counts as failed: %j',
    async (options) => {
      const { directory, visit } = await start(adapter, { ...options, originTimeout: 100 });
      directory.answer = () => new Promise(() => {});
      holdTimers();
      let isOver = false;
      const late = visit(APP).finally(() => (isOver = true));
      await passOnceSet(options.originCache ? 2 : 1, 99);
      expect(isOver).toBe(false);
      await jest.advanceTimersByTimeAsync(1);
      expect(await late).toBe(503);
      await jest.advanceTimersByTimeAsync(200);
      directory.answer = () => true;
      expect(await visit(APP)).toBe(200);
    },
  );

  test('has the originTimeout of its policy', async () => {
    @Controller('books')
    class PatientController {
      @Get() list() {
        return 'listed';
      }
      @Cors({ originTimeout: 50 }) @Get('new') latest() {
        return 'listed';
      }
    }
    const { directory } = await start(adapter, { originTimeout: 20_000 }, PatientController);
    const reply = later(directory);
    const visit = async (path: string) =>
      (await app?.send({ path, headers: { origin: APP } }))?.status;
    expect(await visit('/books/new')).toBe(503);
    const patient = visit('/books');
    await until(2, () => directory.asked.length);
    reply(true);
    expect(await patient).toBe(200);
  });

  test('is never asked about what no browser sends as an origin', async () => {
    const { directory, visit } = await start(adapter, { originCache: {} });
    const statuses = new Map<string, number>();
    for (const origin of NO_ORIGINS) {
      statuses.set(origin, await visit(Buffer.from(origin).toString('latin1')));
    }
    expect(statuses).toEqual(new Map(NO_ORIGINS.map((origin) => [origin, 403])));
    expect(directory.asked).toEqual([]);
  });

  test.each(['yes', 1, {}, null, undefined])(
    'that answers %p refuses, and that is logged once',
    async (answer) => {
      const errors = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
      const { directory, visit } = await start(adapter, {});
      directory.answer = () => answer;
      for (const origin of [APP, APP, OTHER]) expect(await visit(origin)).toBe(403);
      expect(errors.mock.calls.map(([message]) => String(message))).toEqual([
        expect.stringContaining(
          'The origin rule DirectoryOrigins must answer true or false; it answered ',
        ),
      ]);
    },
  );
});

describe.each(ADAPTERS)('An answer that no handler gives, on %s,', (adapter) => {
  const ANSWERS = [
    { what: 'a 404', path: '/nowhere', status: 404 },
    { what: 'a refusal', path: '/books', origin: EVIL, status: 403 },
    { what: 'the 404 of a refused origin', path: '/nowhere', origin: EVIL, status: 404 },
  ];
  test.each([
    { rules: 'one rule', further: 0 },
    { rules: 'many rules', further: 8 },
  ])(
    'is by what is remembered of the origin, and by what is not, with $rules',
    async ({ further }) => {
      class FurtherController {}
      const prototype = FurtherController.prototype as Record<string, () => string>;
      for (let index = 0; index < further; index += 1) {
        const name = `list${index}`;
        prototype[name] = () => 'listed';
        const descriptor = Object.getOwnPropertyDescriptor(prototype, name)!;
        Get(name)(prototype, name, descriptor);
        Cors({ origin: async () => false })(prototype, name, descriptor);
      }
      Controller('further')(FurtherController);
      const directory = new Directory();
      const running = await startApp({
        adapter,
        imports: [
          CorsModule.forRoot({ origin: resolverOf(directory), originCache: { ttl: 60_000 } }),
        ],
        controllers: [BooksController, FurtherController],
      });
      app = running;
      for (const turn of ['first', 'second']) {
        for (const { what, path, origin = APP, status } of ANSWERS) {
          const { headers, ...answer } = await running.send({ path, headers: { origin } });
          expect({ turn, what, status: answer.status, cors: corsHeadersOf(headers) }).toEqual({
            turn,
            what,
            status,
            cors: origin === APP ? allows(APP) : {},
          });
        }
      }
      expect(directory.asked).toEqual([APP, EVIL]);
    },
  );
});
