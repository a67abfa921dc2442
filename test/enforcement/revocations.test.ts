import http from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Controller, Get, type MessageEvent, Res, Sse } from '@nestjs/common';
import { interval, map, type Observable } from 'rxjs';
import { Cors, CorsModule, type CorsModuleOptions, CorsPolicyService } from '../../src/index.js';
import { ADAPTERS, type AdapterName, type RunningApp, startApp } from '../harness/start-app.js';
import { until } from '../sample-app/storefront.js';

const APP = 'https://app.example.com';
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

interface Stream {
  status: number;
  ended: boolean;
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

async function start(adapter: AdapterName, options: CorsModuleOptions) {
  app = await startApp({
    adapter,
    imports: [CorsModule.forRoot(options)],
    controllers: [StockController],
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
          resolve(stream);
        });
      },
    );
    request.on('error', reject);
  });
}

async function goesOn(stream: Stream | undefined): Promise<void> {
  const chunks = stream?.chunks ?? 0;
  await until(true, () => (stream?.chunks ?? 0) > chunks, 5000);
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
    for (const stream of revoked) await until(true, () => stream.ended);
    await wait(1000);
    expect(kept.map(({ ended }) => ended)).toEqual(kept.map(() => false));
    for (const stream of kept) await goesOn(stream);
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
      await until(true, () => revoked.ended);
      await goesOn(kept);
      // All are asked about where all are forgotten.
      allowed.delete(OTHER);
      service.forgetOrigin();
      await until(true, () => kept.ended);
    },
  );

  test('goes on after a forgetOrigin() of another origin, or one that no refusal follows', async () => {
    const rule = jest.fn(() => true);
    const { port, service } = await start(adapter, { origin: rule, originCache: {} });
    const stream = await listen(port, '/stock/live', { origin: APP });
    service.forgetOrigin(OTHER);
    expect(rule).toHaveBeenCalledTimes(1);
    service.forgetOrigin(APP);
    service.forgetOrigin();
    await wait(1000);
    expect(stream.ended).toBe(false);
    await goesOn(stream);
  });

  test('goes on while its rule fails, and ends within a second when that says no', async () => {
    let answer: () => boolean = () => true;
    const { port, service } = await start(adapter, {
      origin: async () => answer(),
      originCache: {},
    });
    const stream = await listen(port, '/stock/live', { origin: APP });
    answer = () => {
      throw new Error('down');
    };
    service.forgetOrigin(APP);
    await wait(1200);
    expect(stream.ended).toBe(false);
    answer = () => false;
    await until(true, () => stream.ended);
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
      await until(true, () => stream.ended);
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
    await until(true, () => stream.ended);
  });

  test('of a page that was never allowed, with enforce: false, is none of its business', async () => {
    const { port, service } = await start(adapter, { origin: OTHER });
    const stream = await listen(port, '/stock/open', { origin: APP });
    await service.reconfigure({ origin: OTHER, maxAge: 5 });
    await wait(500);
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
      3000,
    );
  });
});
