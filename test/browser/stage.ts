import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RunningApp } from '../harness/start-app.js';
import type { Origins, Place } from './places.js';

/** One exchange as it went over the wire. */
export interface Exchange {
  readonly method: string;
  /** The whole URL. */
  readonly url: string;
  readonly requestHeaders: IncomingMessage['headers'];
  /** `undefined` where the client did not wait for an answer. */
  status: number | undefined;
  responseHeaders: Readonly<Record<string, string>>;
}

/**
 * The servers behind the pages and the API. Each serves the page below `/__page/`, and for the rest the application
 * that plays at the moment, so that every origin may be that of a page and that of an API. They stay open, while one
 * application follows the other.
 */
export class Stage {
  readonly origins: Origins;
  #app: RunningApp | undefined;
  readonly #exchanges = new Map<string, Exchange[]>();
  readonly #waiting = new Map<string, (exchange: Exchange) => void>();

  private constructor(private readonly servers: readonly Server[]) {
    const [api = 0, mirror = 0, shop = 0, partner = 0] = servers.map(
      (server) => (server.address() as AddressInfo).port,
    );
    this.origins = {
      api: `http://localhost:${api}`,
      mirror: `http://localhost:${mirror}`,
      shop: `http://localhost:${shop}`,
      partner: `http://localhost:${partner}`,
      branch: `http://shop.localhost:${shop}`,
    };
  }

  static async open(): Promise<Stage> {
    const servers = Array.from({ length: 4 }, () => createServer());
    for (const server of servers) {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    }
    const stage = new Stage(servers);
    for (const server of servers) {
      server.on('request', (request, response) => void stage.#serve(request, response));
    }
    return stage;
  }

  /** Lets an application play on every port. */
  play(app: RunningApp | undefined): void {
    this.#app = app;
    this.#exchanges.clear();
  }

  pageOf(place: Place): string {
    return `${this.origins[place]}/__page/`;
  }

  /** What was sent with `?case=…` in its URL, in order of arrival. */
  exchangesOf(caseId: string): readonly Exchange[] {
    return this.#exchanges.get(caseId) ?? [];
  }

  /** The first exchange of a case, as soon as it is over. */
  answerOf(caseId: string): Promise<Exchange> {
    const [first] = this.exchangesOf(caseId);
    return first?.status === undefined
      ? new Promise((resolve) => this.#waiting.set(caseId, resolve))
      : Promise.resolve(first);
  }

  async close(): Promise<void> {
    for (const server of this.servers) {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    }
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'localhost'}`);
    if (url.pathname.startsWith('/__page/')) {
      await servePage(url.pathname, response);
      return;
    }
    this.#record(url, request, response);
    // Whatever answers: what comes from a cache has not been decided about.
    response.setHeader('Cache-Control', 'no-store');
    const server = this.#app?.nest.getHttpServer() as Server | undefined;
    if (server === undefined) response.writeHead(503).end();
    else server.emit('request', request, response);
  }

  #record(url: URL, request: IncomingMessage, response: ServerResponse): void {
    const caseId = url.searchParams.get('case') ?? '';
    const exchanges = this.#exchanges.get(caseId) ?? [];
    this.#exchanges.set(caseId, exchanges);
    const exchange: Exchange = {
      method: request.method ?? '',
      url: url.href,
      requestHeaders: request.headers,
      status: undefined,
      responseHeaders: {},
    };
    exchanges.push(exchange);
    const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
    // Noted in the same turn in which the last byte leaves, so that no page can know the answer earlier.
    response.end = ((...args: unknown[]) => {
      const ended = end(...args);
      exchange.status = response.statusCode;
      exchange.responseHeaders = Object.fromEntries(
        Object.entries(response.getHeaders()).map(([name, value]) => [
          name.toLowerCase(),
          String(value),
        ]),
      );
      if (exchange === exchanges[0]) this.#waiting.get(caseId)?.(exchange);
      return ended;
    }) as typeof response.end;
  }
}

async function servePage(pathname: string, response: ServerResponse): Promise<void> {
  const isScript = pathname.endsWith('.js');
  const script = pathname.endsWith('/embed.js') ? 'embed.js' : 'perform.js';
  const file = isScript ? script : 'page.html';
  const content = await readFile(new URL(`./page/${file}`, import.meta.url));
  response.writeHead(200, {
    'Content-Type': isScript ? 'text/javascript' : 'text/html; charset=utf-8',
    // Cookies do not know ports: what a page of `localhost` is given goes to every port of it.
    'Set-Cookie': 'session=1; Path=/; SameSite=Lax',
  });
  response.end(content);
}
