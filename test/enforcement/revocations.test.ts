import { EventEmitter, once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Controller, Get, type MessageEvent, Res, Sse } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { interval, map, type Observable } from 'rxjs';
import { PoliciesInForce } from '../../src/configuration/policies-in-force.js';
import type { PolicySet } from '../../src/configuration/policy-set.js';
import type { Outcome } from '../../src/decision/outcome.js';
import type { RequestDecider } from '../../src/decision/request-decider.js';
import type { RawResponse } from '../../src/enforcement/exchange.js';
import { Revocations } from '../../src/enforcement/revocations.js';
import {
  Cors,
  CorsInterceptor,
  CorsModule,
  type CorsModuleOptions,
  CorsPolicyService,
} from '../../src/index.js';
import { EMPTY_ROUTE_TABLE } from '../../src/routing/empty-route-table.js';
import { APP } from '../harness/origins.js';
import {
  ADAPTERS,
  type AdapterName,
  type AppSetup,
  type RunningApp,
  startApp,
} from '../harness/start-app.js';
import { SECOND, until } from '../harness/until.js';

const OTHER = 'https://other.example.com';

const handling: { started: () => void; go: Promise<void> } = {
  started: () => {},
  go: Promise.resolve(),
};

const ticks = (): Observable<MessageEvent> =>
  interval(20).pipe(map((tick) => ({ data: { tick } })));

@Controller('stock')
class StockController {
  @Sse('live') live() {
    return ticks();
  }
  /** Decided about long before its stream opens. */
  @Sse('late') async late() {
    handling.started();
    await handling.go;
    return ticks();
  }
  @Cors({ origin: OTHER }) @Sse('fixed') fixed() {
    return ticks();
  }
  @Cors({ enforce: false }) @Sse('open') open() {
    return ticks();
  }
  /** Written by hand, chunk by chunk. */
  @Get('by-hand') byHand(@Res() reply: { raw?: http.ServerResponse } & http.ServerResponse) {
    const response = reply.raw ?? reply;
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
    const timer = setInterval(() => response.write('data: tick\n\n'), 20);
    response.on('close', () => {
      clearInterval(timer);
    });
  }
  /** Takes its time, and is no event stream. */
  @Get('download') download(@Res() reply: { raw?: http.ServerResponse } & http.ServerResponse) {
    const response = reply.raw ?? reply;
    response.writeHead(200, { 'Content-Type': 'text/plain' });
    const timer = setInterval(() => response.write('some'), 20);
    response.on('close', () => {
      clearInterval(timer);
    });
  }
}

@Controller('several')
class SeveralController {
  @Cors([{}, { origin: OTHER, credentials: false }]) @Sse('live') live() {
    return ticks();
  }
}

@Cors({ origin: APP })
@Controller('feeds')
class FeedsController {
  @Sse(':name') feed() {
    return ticks();
  }
}

/** Takes the place of the policy of one feed. */
const special = (origin: string): CorsModuleOptions => ({
  paths: [{ path: '/feeds/special', policy: { origin } }],
});

interface Stream {
  status: number;
  ended: boolean;
  /** Whether the answer came to its proper end, rather than being cut off. */
  complete: boolean;
  /** Chunks so far. */
  chunks: number;
  close(): void;
}

let app: RunningApp | undefined;
const streams: Stream[] = [];
afterEach(async () => {
  for (const stream of streams.splice(0)) stream.close();
  await app?.close();
  app = undefined;
});

async function start(
  adapter: AdapterName,
  options: CorsModuleOptions,
  setup: Partial<AppSetup> = {},
) {
  app = await startApp({
    adapter,
    imports: [CorsModule.forRoot(options)],
    controllers: [StockController],
    ...setup,
  });
  return { port: app.port, service: app.nest.get(CorsPolicyService) };
}

/** Opens a stream and waits for its first chunk; for the status alone where it is refused. */
function listen(port: number, path: string, headers: Record<string, string> = {}): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const request = http.get(
      { host: '127.0.0.1', port, path, headers, agent: false },
      (response) => {
        const stream: Stream = {
          status: response.statusCode ?? 0,
          ended: false,
          complete: false,
          chunks: 0,
          close: () => request.destroy(),
        };
        streams.push(stream);
        response.on('data', () => {
          stream.chunks += 1;
          resolve(stream);
        });
        response.on('error', () => {});
        response.on('close', () => {
          stream.ended = true;
          stream.complete = response.complete;
          resolve(stream);
        });
      },
    );
    request.on('error', reject);
  });
}

async function goesOn(stream: Stream | undefined): Promise<void> {
  const chunks = stream?.chunks ?? 0;
  await until(true, () => (stream?.chunks ?? 0) > chunks);
}

describe.each(ADAPTERS)('An event stream, on %s,', (adapter) => {
  test('ends within a second of a reconfigure() that takes its permission; others go on', async () => {
    const { port, service } = await start(adapter, { origin: [APP, OTHER] });
    const revoked = [
      await listen(port, '/stock/live', { origin: APP }),
      await listen(port, '/stock/live', { origin: APP }),
    ];
    const kept = [
      await listen(port, '/stock/live', { origin: OTHER }),
      await listen(port, '/stock/fixed', { origin: OTHER }),
      await listen(port, '/stock/live'),
      await listen(port, '/stock/live', { origin: APP, 'sec-fetch-site': 'same-origin' }),
      await listen(port, '/stock/download', { origin: OTHER }),
    ];
    await service.reconfigure({ origin: [OTHER] });
    for (const stream of revoked) await until(true, () => stream.ended, SECOND);
    for (const stream of kept) await goesOn(stream);
    expect(kept.map(({ ended }) => ended)).toEqual(kept.map(() => false));
    expect((await listen(port, '/stock/live', { origin: APP })).status).toBe(403);
  });

  test.each([{ originCache: {} }, { originCache: false as const }])(
    'ends within a second of a forgetOrigin() that a refusal follows, with %j',
    async (options) => {
      const allowed = new Set([APP, OTHER]);
      const { port, service } = await start(adapter, {
        ...options,
        origin: async (origin) => allowed.has(origin),
      });
      const revoked = await listen(port, '/stock/live', { origin: APP });
      const kept = await listen(port, '/stock/live', { origin: OTHER });
      allowed.delete(APP);
      service.forgetOrigin(APP);
      await until(true, () => revoked.ended, SECOND);
      await goesOn(kept);
      // All are asked about where all are forgotten.
      allowed.delete(OTHER);
      service.forgetOrigin();
      await until(true, () => kept.ended, SECOND);
    },
  );

  test('ends when none of several policies allows it any more, and goes on while another one does', async () => {
    const { port, service } = await start(
      adapter,
      { origin: [APP, OTHER], credentials: true },
      { controllers: [SeveralController] },
    );
    const cookie = 'session=1';
    const revoked = [
      await listen(port, '/several/live', { origin: APP }),
      await listen(port, '/several/live', { origin: APP, cookie }),
      // The second policy allows this origin, but not with its cookie.
      await listen(port, '/several/live', { origin: OTHER, cookie }),
    ];
    const kept = await listen(port, '/several/live', { origin: OTHER });
    await service.reconfigure({ origin: 'https://third.example.com', credentials: true });
    for (const stream of revoked) await until(true, () => stream.ended, SECOND);
    expect(kept.ended).toBe(false);
    await goesOn(kept);
  });

  test('goes on after a forgetOrigin() of another origin, or one that no refusal follows', async () => {
    const rule = jest.fn(() => true);
    const { port, service } = await start(adapter, { origin: rule, originCache: {} });
    const stream = await listen(port, '/stock/live', { origin: APP });
    service.forgetOrigin(OTHER);
    expect(rule).toHaveBeenCalledTimes(1);
    service.forgetOrigin(APP);
    await until(2, () => rule.mock.calls.length);
    service.forgetOrigin();
    await until(3, () => rule.mock.calls.length);
    await goesOn(stream);
    expect(stream.ended).toBe(false);
    // It was watched all the time.
    rule.mockReturnValue(false);
    service.forgetOrigin(APP);
    await until(true, () => stream.ended, SECOND);
  });

  test('goes on while its rule fails, and ends within a second when that says no', async () => {
    const rule = jest.fn(async () => true);
    const { port, service } = await start(adapter, { origin: rule, originCache: {} });
    const stream = await listen(port, '/stock/live', { origin: APP });
    rule.mockRejectedValue(new Error('down'));
    rule.mockClear();
    service.forgetOrigin(APP);
    // At once, and once more half a second later.
    await until(2, () => rule.mock.calls.length);
    await goesOn(stream);
    expect(stream.ended).toBe(false);
    rule.mockResolvedValue(false);
    await until(true, () => stream.ended, SECOND);
  });

  test.each(['forgetOrigin', 'reconfigure'] as const)(
    'that opens after a %s(), by a decision of before, ends as well',
    async (change) => {
      let allowed = true;
      const rule = () => allowed;
      const { port, service } = await start(adapter, { origin: rule });
      let go = () => {};
      handling.go = new Promise((resolve) => (go = resolve));
      const started = new Promise<void>((resolve) => (handling.started = resolve));
      const late = listen(port, '/stock/late', { origin: APP });
      await started;
      allowed = false;
      if (change === 'forgetOrigin') service.forgetOrigin(APP);
      else await service.reconfigure({ origin: OTHER });
      go();
      const stream = await late;
      expect(stream.status).toBe(200);
      await until(true, () => stream.ended, SECOND);
    },
  );

  test('whose answer was under way when it was forgotten ends as well', async () => {
    let reply = (_: boolean) => {};
    let answer: () => boolean | Promise<boolean> = () =>
      new Promise((resolve) => (reply = resolve));
    const rule = jest.fn(() => answer());
    const { port, service } = await start(adapter, { origin: rule, originCache: {} });
    const late = listen(port, '/stock/live', { origin: APP });
    await until(1, () => rule.mock.calls.length);
    answer = () => false;
    service.forgetOrigin(APP);
    reply(true);
    const stream = await late;
    expect(stream.status).toBe(200);
    await until(true, () => stream.ended, SECOND);
  });

  test('of a page that was never allowed, with enforce: false, is none of its business', async () => {
    const { port, service } = await start(adapter, { origin: OTHER });
    const stream = await listen(port, '/stock/open', { origin: APP });
    const revoked = await listen(port, '/stock/live', { origin: OTHER });
    await service.reconfigure({ origin: 'https://third.example.com' });
    await until(true, () => revoked.ended, SECOND);
    await goesOn(stream);
    expect(stream.ended).toBe(false);
  });

  test('frees what it held when it is closed', async () => {
    const rule = jest.fn(() => true);
    const { port, service } = await start(adapter, { origin: rule });
    const stream = await listen(port, '/stock/live', { origin: APP });
    stream.close();
    await until(
      true,
      () => {
        const asked = rule.mock.calls.length;
        service.forgetOrigin(APP);
        return rule.mock.calls.length === asked;
      },
      3 * SECOND,
    );
  });

  test.each([
    { path: '/stock/live', what: 'that a handler returns comes to its proper end', complete: true },
    { path: '/stock/by-hand', what: 'that a handler writes by hand is cut off', complete: false },
  ])('$what', async ({ path, complete }) => {
    const { port, service } = await start(adapter, { origin: [APP, OTHER] });
    const [revoked, kept] = [
      await listen(port, path, { origin: APP }),
      await listen(port, path, { origin: OTHER }),
    ];
    await service.reconfigure({ origin: OTHER });
    await until(true, () => revoked.ended, SECOND);
    expect(revoked.complete).toBe(complete);
    await goesOn(kept);
  });

  test.each([
    { originCache: {}, questions: 1 },
    { originCache: false as const, questions: 1 },
  ])(
    'of one origin and one policy is one question with all others of them, with %j',
    async ({ originCache, questions }) => {
      let allowed = true;
      const rule = jest.fn(async (_origin: string) => allowed);
      const { port, service } = await start(adapter, { origin: rule, originCache });
      const open = await Promise.all(
        Array.from({ length: 60 }, () => listen(port, '/stock/live', { origin: APP })),
      );
      allowed = false;
      rule.mockClear();
      service.forgetOrigin(APP);
      for (const stream of open) await until(true, () => stream.ended, SECOND);
      expect(rule).toHaveBeenCalledTimes(questions);
    },
  );

  test('is held to the policy of its handler, whatever others write to the URL of its request', async () => {
    const { port, service } = await start(
      adapter,
      { origin: [APP, OTHER] },
      {
        configure: (nest) =>
          nest.use((request: http.IncomingMessage, _response: unknown, next: () => void) => {
            next();
            request.url = '/stock/fixed';
          }),
      },
    );
    const stream = await listen(port, '/stock/live', { origin: OTHER });
    expect(stream.status).toBe(200);
    await service.reconfigure({ origin: APP });
    await until(true, () => stream.ended, SECOND);
  });

  test('is held to the paths entry that holds on it, and not to the policy of its handler', async () => {
    const { port, service } = await start(adapter, special(OTHER), {
      controllers: [FeedsController],
    });
    const stream = await listen(port, '/feeds/special', { origin: OTHER });
    expect(stream.status).toBe(200);
    await service.reconfigure({ ...special(OTHER), maxAge: 1 });
    const witness = await listen(port, '/feeds/special', { origin: OTHER });
    await goesOn(witness);
    await goesOn(stream);
    await service.reconfigure(special(APP));
    await until(true, () => stream.ended, SECOND);
  });

  if (adapter === 'express') {
    test('is held to the paths entry of the URL that a middleware made of its own', async () => {
      const { port, service } = await start(adapter, special(OTHER), {
        controllers: [FeedsController],
        configure: (nest) =>
          nest.use((request: http.IncomingMessage, _response: unknown, next: () => void) => {
            request.url = '/feeds/special';
            next();
          }),
      });
      expect((await listen(port, '/alias', { origin: APP })).status).toBe(403);
      const stream = await listen(port, '/alias', { origin: OTHER });
      expect(stream.status).toBe(200);
      await service.reconfigure({ ...special(OTHER), maxAge: 1 });
      await goesOn(await listen(port, '/alias', { origin: OTHER }));
      await goesOn(stream);
      await service.reconfigure(special(APP));
      await until(true, () => stream.ended, SECOND);
    });
  }

  test.each([
    { revokeStreams: false, path: '/stock/live', ends: false },
    { revokeStreams: false, path: '/stock/by-hand', ends: false },
    { revokeStreams: true, path: '/stock/live', ends: true },
    { revokeStreams: 'auto' as const, path: '/stock/live', ends: true },
  ])(
    'at $path ends with its permission, with revokeStreams: $revokeStreams: $ends',
    async ({ revokeStreams, path, ends }) => {
      const { port, service } = await start(adapter, { origin: [APP, OTHER], revokeStreams });
      const stream = await listen(port, path, { origin: APP });
      const witness = ends ? undefined : await listen(port, path, { origin: OTHER });
      await service.reconfigure({ origin: OTHER, revokeStreams });
      if (ends) await until(true, () => stream.ended, SECOND);
      else {
        await goesOn(witness);
        await goesOn(stream);
      }
    },
  );
});

test('An event stream over HTTP/2 ends with its permission, on fastify', async () => {
  const { port, service } = await start(
    'fastify',
    { origin: [APP, OTHER] },
    { fastify: { http2: true } as NonNullable<AppSetup['fastify']> },
  );
  const session = http2.connect(`http://127.0.0.1:${port}`);
  try {
    const open = (path: string) =>
      new Promise<http2.ClientHttp2Stream>((resolve) => {
        const stream = session.request({ ':path': path, origin: APP });
        stream.on('error', () => {});
        stream.once('data', () => {
          resolve(stream);
        });
      });
    const [returned, byHand] = [await open('/stock/live'), await open('/stock/by-hand')];
    const ended = Promise.all([once(returned, 'end'), once(byHand, 'close')]);
    await service.reconfigure({ origin: OTHER });
    await ended;
  } finally {
    session.destroy();
  }
});

describe('The interceptor', () => {
  @Controller()
  class PlainController {
    @Get() read() {
      return 'read';
    }
  }
  test.each([
    { revokeStreams: 'auto' as const, controller: StockController, registered: true },
    { revokeStreams: 'auto' as const, controller: PlainController, registered: false },
    { revokeStreams: true, controller: PlainController, registered: true },
    { revokeStreams: false, controller: StockController, registered: false },
  ])(
    'is registered with revokeStreams: $revokeStreams and $controller.name: $registered',
    async ({ revokeStreams, controller, registered }) => {
      const { nest } = (app = await startApp({
        adapter: 'express',
        imports: [CorsModule.forRoot({ revokeStreams })],
        controllers: [controller],
      }));
      const interceptors = nest.get(ApplicationConfig).getGlobalInterceptors();
      expect(interceptors.some((each) => each instanceof CorsInterceptor)).toBe(registered);
    },
  );

  test.each([{ revokeStreams: 'sometimes' }, { revokeStreams: 1 }, { revokeStreams: null }])(
    'cannot be wanted by %j',
    async (options) => {
      const starting = startApp({
        adapter: 'express',
        imports: [CorsModule.forRoot(options as CorsModuleOptions)],
      });
      await expect(starting).rejects.toMatchObject({
        issues: [{ code: 'invalid-value', field: 'revokeStreams' }],
      });
    },
  );

  test('is not changed by reconfigure(), which says so', async () => {
    const { service } = await start('express', { origin: APP });
    await expect(service.reconfigure({ origin: APP, revokeStreams: false })).rejects.toMatchObject({
      issues: [{ code: 'invalid-value', field: 'revokeStreams', where: 'reconfigure()' }],
    });
  });
});

describe('A rule that fails is asked again about open streams', () => {
  test('less and less often', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    try {
      const asked: number[] = [];
      let down = false;
      const inForce = new PoliciesInForce();
      const decider = {
        decide: async () => {
          if (down) asked.push(Date.now());
          return { verdict: { reason: down ? 'origin-check-failed' : undefined } };
        },
      } as unknown as RequestDecider;
      const revocations = new Revocations(inForce, decider);
      inForce.use({} as PolicySet, EMPTY_ROUTE_TABLE);
      const response = Object.assign(new EventEmitter(), {
        req: { method: 'GET', url: '/', headers: { origin: APP } },
        getHeader: () => 'text/event-stream',
        destroyed: false,
      });
      revocations.note(
        { verdict: { kind: 'actual', reason: undefined }, revision: 1 } as Outcome,
        { url: '/', called: undefined, endStream: undefined },
        response as unknown as RawResponse,
      );
      down = true;
      const start = Date.now();
      revocations.review();
      await jest.advanceTimersByTimeAsync(120_000);
      const seconds = asked.map((time) => (time - start) / 1000);
      expect(seconds).toEqual([0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 61.5, 91.5]);
      response.emit('close');
      await jest.advanceTimersByTimeAsync(120_000);
      expect(asked).toHaveLength(9);
    } finally {
      jest.useRealTimers();
    }
  });
});
