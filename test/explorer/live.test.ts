import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { LiveDecision } from '../../src/explorer/live-decision.js';
import { ADAPTERS, type RunningApp } from '../harness/start-app.js';
import { startExplained } from './explained-app.js';

const open: RunningApp[] = [];
afterEach(async () => {
  jest.useRealTimers();
  await Promise.all(open.splice(0).map((app) => app.close()));
});

async function start(adapter: RunningApp['adapter']): Promise<RunningApp> {
  const app = await startExplained({ adapter });
  open.push(app);
  return app;
}

/** The events of a stream, in the order of their arrival. */
class Watcher {
  #text = '';
  private constructor(readonly response: IncomingMessage) {
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => (this.#text += chunk));
  }

  static async of({ port }: RunningApp): Promise<Watcher> {
    const request = http.get({ host: '127.0.0.1', port, path: '/cors/live', agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    const watcher = new Watcher(response);
    await watcher.until(() => watcher.#text.includes('retry'));
    return watcher;
  }

  #events(name: string): readonly unknown[] {
    return this.#text
      .split('\n\n')
      .filter((event) => event.startsWith(`event: ${name}\n`))
      .map((event): unknown => JSON.parse(event.slice(event.indexOf('data: ') + 6)));
  }

  get decisions(): readonly LiveDecision[] {
    return this.#events('decision') as readonly LiveDecision[];
  }

  /** How many were left out, as often as it was told. */
  get left(): readonly unknown[] {
    return this.#events('left');
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await once(this.response, 'data');
  }

  close(): void {
    this.response.destroy();
  }
}

const EVENTS: readonly {
  readonly name: string;
  readonly method?: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly shown: Partial<LiveDecision>;
}[] = [
  {
    name: 'a request that is allowed',
    path: '/books?page=2',
    headers: { origin: 'https://shop.example.com' },
    shown: {
      ...{ kind: 'actual', allowed: true, method: 'GET', url: '/books?page=2' },
      handler: 'BooksController.list',
      question: {
        ...{ origin: 'https://shop.example.com', method: 'GET', url: '/books?page=2' },
        headers: {},
      },
    },
  },
  {
    name: 'a refused request with a cookie, without the values of its headers',
    method: 'PUT',
    path: '/books/1',
    headers: {
      ...{ origin: 'https://evil.example', cookie: 'sid=secret', authorization: 'Bearer secret' },
      ...{ 'content-type': 'text/plain', 'user-agent': 'test', 'x-trace-id': 'secret' },
    },
    shown: {
      ...{ kind: 'actual', allowed: false, reason: 'origin-not-allowed', status: 403 },
      question: {
        ...{ origin: 'https://evil.example', method: 'PUT', url: '/books/1' },
        headers: { authorization: '', 'content-type': 'text/plain', 'x-trace-id': '' },
        credentials: 'include',
      },
    },
  },
  {
    name: 'a refused preflight, as the request that it asks about',
    method: 'OPTIONS',
    path: '/books/1',
    headers: {
      origin: 'https://shop.example.com',
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'content-type,x-trace-id',
    },
    shown: {
      ...{ kind: 'preflight', allowed: false, reason: 'header-not-allowed', method: 'PUT' },
      question: {
        ...{ origin: 'https://shop.example.com', method: 'PUT', url: '/books/1' },
        headers: { 'content-type': 'application/json', 'x-trace-id': '' },
      },
    },
  },
  {
    name: 'what another site embeds of an isolated route',
    path: '/cors/document',
    headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
    shown: { kind: 'not-cors', allowed: false, reason: 'not-isolated', status: 403 },
  },
];

describe.each(ADAPTERS)('on %s a page that watches', (adapter) => {
  test.each(EVENTS)('sees $name', async ({ name: _, shown, ...request }) => {
    const app = await start(adapter);
    const watcher = await Watcher.of(app);
    await app.send(request);
    await watcher.until(() => watcher.decisions.length > 0);
    expect(watcher.decisions).toMatchObject([shown]);
    const { question } = watcher.decisions[0] ?? {};
    expect(question).toEqual(shown.question);
    expect(JSON.stringify(watcher.decisions)).not.toContain('secret');
  });

  test('sees nothing of what the page itself asks, and nothing of another application', async () => {
    const app = await start(adapter);
    const other = await start(adapter);
    const watcher = await Watcher.of(app);
    await app.send({ path: '/cors/document', headers: { 'sec-fetch-site': 'same-origin' } });
    await app.send({ path: '/books' });
    await other.send({ path: '/books', headers: { origin: 'https://other.example' } });
    await app.send({ path: '/books', headers: { origin: 'https://shop.example.com' } });
    await watcher.until(() => watcher.decisions.length > 0);
    expect(watcher.decisions.map(({ origin }) => origin)).toEqual(['https://shop.example.com']);
  });

  test('is shown twenty decisions a second, refusals first, and told how many more there were', async () => {
    // The second ends when the test says so.
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'setTimeout'] });
    const app = await start(adapter);
    const watcher = await Watcher.of(app);
    for (let index = 0; index < 30; index += 1) {
      await app.send({ path: '/books', headers: { origin: 'https://shop.example.com' } });
    }
    for (let index = 0; index < 30; index += 1) {
      await app.send({ path: '/books/orders', headers: { origin: 'https://evil.example' } });
    }
    jest.advanceTimersByTime(1_000);
    await watcher.until(() => watcher.left.length > 0);
    expect(watcher.decisions.filter(({ allowed }) => allowed)).toHaveLength(10);
    expect(watcher.decisions.filter(({ allowed }) => !allowed)).toHaveLength(10);
    expect(watcher.left).toEqual([{ count: 40 }]);
    // A new second, and room again.
    await app.send({ path: '/books', headers: { origin: 'https://later.example' } });
    await watcher.until(() => watcher.decisions.some(({ origin }) => origin?.includes('later')));
  });

  test('is one of sixteen; more are told to come back', async () => {
    const app = await start(adapter);
    const watchers = await Promise.all(Array.from({ length: 16 }, () => Watcher.of(app)));
    expect((await app.send({ path: '/cors/live' })).status).toBe(503);
    const [first] = watchers;
    first?.close();
    // The server hears of it in its own time.
    for (;;) {
      const request = http.get({
        host: '127.0.0.1',
        port: app.port,
        path: '/cors/live',
        agent: false,
      });
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      response.destroy();
      if (response.statusCode === 200) break;
    }
  });

  test('does not keep the application from being closed', async () => {
    const app = await startExplained({ adapter, nest: { forceCloseConnections: false } });
    const watcher = await Watcher.of(app);
    const ended = once(watcher.response, 'end');
    await app.close();
    await ended;
  });
});
