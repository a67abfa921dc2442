import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Controller, Get, Logger, Put, Sse } from '@nestjs/common';
import { of } from 'rxjs';
import {
  Cors,
  type CorsDecisionEvent,
  CorsModule,
  CorsPolicyService,
  DECISION_CHANNEL,
} from '../../src/index.js';
import { APP, EVIL } from '../harness/origins.js';
import type { Request } from '../harness/send.js';
import { ADAPTERS, type AdapterName, startApp, type RunningApp } from '../harness/start-app.js';
import { preflight } from '../harness/table.js';

@Controller('books')
class BooksController {
  @Get() list() {
    return 'listed';
  }
  @Cors({ methods: 'GET' }) @Put() replace() {
    return 'replaced';
  }
  @Cors({ enforce: false }) @Get('open') open() {
    return 'listed';
  }
  @Sse('live') live() {
    return of({ data: 1 });
  }
}

@Controller('books')
class FailingController {
  @Cors({ origin: () => Promise.reject(new Error('down')) }) @Get('failing') failing() {
    return 'listed';
  }
}

const heard: CorsDecisionEvent[] = [];
const hear = (event: unknown) => void heard.push(event as CorsDecisionEvent);

let app: RunningApp | undefined;
afterEach(async () => {
  unsubscribe(DECISION_CHANNEL, hear);
  heard.length = 0;
  jest.restoreAllMocks();
  await app?.close();
  app = undefined;
});

/** What makes an application decide about every request before it is routed: functions, and paths. */
const EARLY = {
  paths: [{ path: '/files/*path', policy: { maxAge: 5 } }],
  controllers: [FailingController],
};
const LATE = { paths: [], controllers: [] };

async function start(adapter: AdapterName, { paths, controllers } = EARLY): Promise<RunningApp> {
  app = await startApp({
    adapter,
    imports: [CorsModule.forRoot({ origin: APP, paths })],
    controllers: [BooksController, ...controllers],
  });
  return app;
}

const requests: readonly (Request & {
  what: string;
  event: Partial<CorsDecisionEvent>;
  /** Whether there is nothing of the kind in an application that decides late. */
  early?: true;
})[] = [
  {
    what: 'no CORS request',
    path: '/books?page=2',
    event: { kind: 'not-cors', allowed: true, origin: undefined, url: '/books?page=2' },
  },
  {
    what: 'an allowed request',
    path: '/books',
    headers: { origin: APP },
    event: { kind: 'actual', allowed: true, origin: APP, method: 'GET' },
  },
  {
    what: 'a same-origin request',
    path: '/books',
    headers: { origin: EVIL, 'sec-fetch-site': 'same-origin' },
    event: { kind: 'same-origin', allowed: true, origin: EVIL },
  },
  {
    what: 'a refused request',
    path: '/books',
    headers: { origin: EVIL },
    event: { kind: 'actual', allowed: false, reason: 'origin-not-allowed', status: 403 },
  },
  {
    what: 'a refused method',
    method: 'PUT',
    path: '/books',
    headers: { origin: APP },
    event: { kind: 'actual', allowed: false, reason: 'method-not-allowed', method: 'PUT' },
  },
  {
    what: 'a rule that failed',
    early: true,
    path: '/books/failing',
    headers: { origin: EVIL },
    event: { kind: 'actual', allowed: false, reason: 'origin-check-failed', status: 503 },
  },
  {
    what: 'a refusal that is not enforced',
    path: '/books/open',
    headers: { origin: EVIL },
    event: { kind: 'actual', allowed: false, reason: 'origin-not-allowed' },
  },
  {
    what: 'an allowed preflight',
    path: '/books',
    ...preflight(APP, 'GET'),
    event: { kind: 'preflight', allowed: true, status: 204, method: 'OPTIONS' },
  },
  {
    what: 'a refused preflight',
    path: '/books',
    ...preflight(EVIL, 'GET'),
    event: { kind: 'preflight', allowed: false, reason: 'origin-not-allowed', status: 403 },
  },
  {
    what: 'a stream',
    path: '/books/live',
    headers: { origin: APP },
    event: { kind: 'actual', allowed: true },
  },
  {
    what: 'a URL with a paths entry',
    early: true,
    path: '/files/logo.svg',
    headers: { origin: EVIL },
    event: { kind: 'actual', allowed: false, status: 403 },
  },
  {
    what: 'a URL that nobody serves',
    path: '/nowhere',
    headers: { origin: APP },
    event: { kind: 'actual', allowed: true, url: '/nowhere' },
  },
];

describe.each(ADAPTERS)(`${DECISION_CHANNEL}, on %s,`, (adapter) => {
  describe.each([
    { when: 'before it is routed', how: EARLY },
    { when: 'by its handler', how: LATE },
  ])('where a request is decided about $when', ({ how }) => {
    const concerned = requests.filter(({ early }) => how === EARLY || early === undefined);
    test.each(concerned)(
      'has the decision about $what, once',
      async ({ what, event, early, ...request }) => {
        const running = await start(adapter, how);
        subscribe(DECISION_CHANNEL, hear);
        await running.send(request);
        expect(heard).toEqual([expect.objectContaining(event)]);
        const { method, url, origin, ...decision } = heard[0]!;
        const evaluated = await running.nest.get(CorsPolicyService).evaluate(running.received());
        expect(decision).toEqual(evaluated);
        expect({ method, url, origin }).toEqual({
          method: request.method ?? 'GET',
          url: request.path,
          origin: request.headers?.['origin'],
        });
      },
    );
  });

  test('has the second decision where Nest chose another handler than the URL suggests', async () => {
    const running = await startApp({
      adapter,
      imports: [CorsModule.forRoot({ origin: APP, paths: EARLY.paths })],
      controllers: [BooksController],
      configure: (nest) =>
        nest.use((request: { url: string }, _response: unknown, next: () => void) => {
          request.url = '/books/open';
          next();
        }),
    });
    app = running;
    subscribe(DECISION_CHANNEL, hear);
    await running.send({ path: '/books', headers: { origin: EVIL } });
    if (adapter === 'express') {
      expect(heard.map(({ url, status }) => [url, status])).toEqual([
        ['/books', 403],
        ['/books/open', undefined],
      ]);
    } else {
      expect(heard).not.toEqual([]);
    }
  });

  test('costs nothing while nobody listens: no decision is described', async () => {
    let described = 0;
    const rule = Object.defineProperty(() => false, 'name', {
      // Every message about a refusal names the rule.
      get: () => {
        described += 1;
        return 'ownRule';
      },
    });
    const running = await startApp({
      adapter,
      imports: [CorsModule.forRoot({ origin: rule })],
      controllers: [BooksController],
    });
    app = running;
    const visit = () => running.send({ path: '/books', headers: { origin: EVIL } });
    // The first refusal is logged.
    await visit();
    described = 0;
    for (let turn = 0; turn < 5; turn += 1) expect((await visit()).status).toBe(403);
    expect(described).toBe(0);
    subscribe(DECISION_CHANNEL, hear);
    await visit();
    expect(described).toBe(1);
    expect(heard).toHaveLength(1);
  });
});

describe.each(ADAPTERS)('The log of refusals, on %s,', (adapter) => {
  const warnings = () => {
    const lines: string[] = [];
    jest
      .spyOn(Logger.prototype, 'warn')
      .mockImplementation((message: unknown) => void lines.push(String(message)));
    return lines;
  };

  test('has no warning of what enforce: false serves, and says so to those who debug', async () => {
    const running = await start(adapter);
    const lines = warnings();
    const details = jest.spyOn(Logger.prototype, 'debug').mockReturnValue(undefined);
    const request = { path: '/books/open', headers: { origin: EVIL } };
    expect((await running.send(request)).status).toBe(200);
    await running.send(request);
    expect(lines).toEqual([]);
    expect(details.mock.calls).toEqual([
      [
        `BooksController.open (GET /books/open) answers the origin "${EVIL}" without CORS headers, since enforce is false, and would refuse it otherwise: its origin rule is '${APP}'.`,
      ],
    ]);
  });

  test("has evaluate()'s message, once per origin and route", async () => {
    const running = await start(adapter);
    const lines = warnings();
    const service = running.nest.get(CorsPolicyService);
    const refused = [
      { path: '/books', headers: { origin: EVIL } },
      { path: '/books/failing', headers: { origin: EVIL } },
      { path: '/books', headers: { origin: 'https://other.example' } },
      { method: 'PUT', path: '/books', headers: { origin: APP } },
      { path: '/files/a', headers: { origin: EVIL } },
    ];
    const messages: string[] = [];
    for (const request of refused) {
      await running.send(request);
      messages.push((await service.evaluate(running.received())).message);
    }
    expect(lines).toEqual(messages);
    for (const request of refused) {
      await running.send(request);
      await running.send({ ...request, path: `${request.path}?again` });
    }
    // The preflight of the same request is no news, either.
    await running.send({ path: '/books', ...preflight(EVIL, 'GET') });
    expect(lines).toEqual(messages);
  });

  test('has nothing of what is allowed', async () => {
    const running = await start(adapter);
    const lines = warnings();
    for (const { event, ...request } of requests) {
      if (event.allowed === true) await running.send(request);
    }
    expect(lines).toEqual([]);
  });

  test('begins anew every minute', async () => {
    const running = await start(adapter);
    const lines = warnings();
    const visit = () => running.send({ path: '/books', headers: { origin: EVIL } });
    const now = Date.now();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(now);
    await visit();
    clock.mockReturnValue(now + 59_999);
    await visit();
    expect(lines).toHaveLength(1);
    clock.mockReturnValue(now + 60_000);
    await visit();
    await visit();
    expect(lines).toHaveLength(2);
  });

  test('has no more than a hundred lines in a minute, and then the number of those left out', async () => {
    const running = await start(adapter);
    const lines = warnings();
    const now = Date.now();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(now);
    for (let index = 0; index < 130; index += 1) {
      await running.send({ path: '/books', headers: { origin: `https://n${index}.example` } });
    }
    expect(lines).toHaveLength(100);
    clock.mockReturnValue(now + 60_000);
    await running.send({ path: '/books', headers: { origin: EVIL } });
    expect(lines.slice(100)).toEqual([
      '30 more requests were not allowed in the minute before.',
      expect.stringContaining(EVIL),
    ]);
  });

  test('has no more than a hundred failures of origin rules in a minute, and then their number', async () => {
    const running = await start(adapter);
    const lines: string[] = [];
    jest
      .spyOn(Logger.prototype, 'error')
      .mockImplementation((message: unknown) => void lines.push(String(message)));
    warnings();
    const now = Date.now();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(now);
    const visit = (origin: string) => running.send({ path: '/books/failing', headers: { origin } });
    for (let index = 0; index < 130; index += 1) await visit(`https://n${index}.example`);
    expect(lines).toHaveLength(100);
    clock.mockReturnValue(now + 60_000);
    await visit(EVIL);
    expect(lines.slice(100)).toEqual([
      'Origin rules failed 30 more times in the minute before.',
      expect.stringContaining(EVIL),
    ]);
  });

  test('keeps what clients send on one line, and short', async () => {
    const running = await start(adapter);
    const lines = warnings();
    await running.send({ path: '/books', headers: { origin: `https://${'a'.repeat(5000)}` } });
    await running.send({ path: '/books', headers: { origin: 'https://x\t"forged"' } });
    expect(lines.map((line) => line.length < 600 && !/[\n\r\t]/.test(line))).toEqual([true, true]);
  });
});
