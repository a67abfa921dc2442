import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { CorsPolicyService } from '../src/index.js';
import type { RequestLog } from './request-log.js';
import { serveFile } from './static-files.js';
import type { VisitorId } from './visitors.js';

/** What the pages need to know of the API. */
export interface Api {
  readonly origin: string;
  readonly policies: CorsPolicyService;
  readonly log: RequestLog;
}

export interface Visitor {
  readonly id: VisitorId;
  readonly name: string;
  readonly origin: string;
}

/** What a page is about to send; the rest of the request is what its browser adds. */
interface Question {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: boolean;
  readonly origin: boolean;
}

const LONGEST_BODY = 64 * 1024;

/**
 * One origin of the playground: serves the page, and answers its two questions.
 *
 * - `POST /decisions`: what does the policy say to these requests? Asked of the API's own `CorsPolicyService`.
 * - `GET /requests?probe=…`: what reached the API?
 *
 * A plain Node server, for it is no part of the bookshop and has no CORS of its own: its page is same-origin.
 */
export class PageServer {
  private readonly server: Server;
  private api: Api | undefined;
  private visitors: readonly Visitor[] = [];

  private constructor(private readonly id: VisitorId) {
    this.server = createServer((request, response) => {
      this.answer(request, response).catch((error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        if (response.headersSent) response.destroy();
        else sendJson(response, 400, { message });
      });
    });
  }

  /** @throws the server's own error, `EADDRINUSE` for instance */
  static async open(id: VisitorId, port: number, host: string): Promise<PageServer> {
    const page = new PageServer(id);
    page.server.listen(port, host);
    await once(page.server, 'listening');
    return page;
  }

  get origin(): string {
    return `http://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  /** The pages' addresses are part of the API's configuration, so the API comes later than they do. */
  connect(api: Api, visitors: readonly Visitor[]): void {
    this.api = api;
    this.visitors = visitors;
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { api } = this;
    if (!api) {
      sendJson(response, 503, { message: 'The bookshop is not open yet.' });
      return;
    }
    const { pathname, searchParams } = new URL(request.url ?? '/', this.origin);
    switch (`${request.method ?? ''} ${pathname}`) {
      case 'GET /setup':
        sendJson(response, 200, this.describe(api));
        return;
      case 'GET /requests':
        sendJson(response, 200, api.log.of(searchParams.get('probe') ?? ''));
        return;
      case 'POST /decisions':
        sendJson(response, 200, await this.decide(api, request));
        return;
      default:
        if (
          request.method !== 'GET' ||
          !(await serveFile(pathname, response, contentSecurityPolicy(api.origin)))
        ) {
          sendJson(response, 404, { message: 'There is nothing here.' });
        }
    }
  }

  private describe(api: Api): object {
    return {
      api: api.origin,
      here: this.id,
      visitors: this.visitors,
      routes: api.policies.routes().map(({ method, path, policy }) => ({
        method,
        path,
        origin: [policy.origin].flat().map(describeRule),
        credentials: policy.credentials,
        methods: policy.methods,
        exposedHeaders: policy.exposedHeaders,
        enforce: policy.enforce,
      })),
    };
  }

  private async decide(api: Api, request: IncomingMessage): Promise<object[]> {
    const questions = JSON.parse(await readBody(request)) as readonly Question[];
    const decisions = questions.map(async ({ method, url, headers, cookies, origin }) => {
      const { cookie } = request.headers;
      const {
        kind,
        allowed,
        reason,
        status,
        headers: answer,
        message,
      } = await api.policies.evaluate({
        method,
        url,
        headers: {
          ...headers,
          host: new URL(api.origin).host,
          // Not taken from the page's word: the origin is the one that this server serves.
          ...(origin && { origin: this.origin }),
          // Cookies do not know ports, so the browser sends this server those that it would send the API.
          ...(cookies && cookie !== undefined && { cookie }),
        },
      });
      return { kind, allowed, reason, status, headers: answer, message };
    });
    return Promise.all(decisions);
  }
}

/**
 * The page gets everything from its own origin, and talks to the API besides. (No `Referrer-Policy` here, by the
 * way: one that hides the referrer makes browsers send `Origin: null` with form posts.)
 */
function contentSecurityPolicy(api: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src 'self' ${api}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function describeRule(rule: unknown): string {
  if (rule === false) return 'nobody';
  if (rule === true) return '*';
  return typeof rule === 'function' ? rule.name || 'a function' : String(rule);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LONGEST_BODY) throw new RangeError('That is more than the playground asks for.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(value));
}
