import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type {
  CorsExplanation,
  PageQuestion,
} from '../src/document/explanation/cors-explanation.js';
import {
  type ExplainableService,
  explainRequest,
} from '../src/document/explanation/explain-request.js';
import type { AskedRequest } from './asked-request.js';
import { predict, type Prediction } from './prediction.js';
import type { RecordedResults } from './recorded-results.js';
import type { RequestLog } from './request-log.js';
import type { RunResult } from './run-result.js';
import { serveFile } from './static-files.js';
import type { TenantsDesk } from './tenants-desk.js';
import { originOf, type Visitor, type VisitorId } from './visitors.js';

/** What the pages need to know of the API. */
export interface Api {
  readonly origin: string;
  readonly policies: ExplainableService;
  readonly log: RequestLog;
  readonly results: RecordedResults;
  readonly tenants: TenantsDesk;
}

/** What a page begins with. */
export interface Setup {
  readonly api: string;
  readonly here: VisitorId;
  readonly visitors: readonly Visitor[];
}

const LONGEST_BODY = 64 * 1024;
/** Milliseconds that the API has to say that it is there. */
const PATIENCE = 2_000;

/**
 * One origin of the playground: serves the page, and answers what it asks.
 *
 * - `GET /setup`, `GET /health`: who is who, and whether the API answers
 * - `POST /predictions`: what becomes of these requests from each of the origins?
 * - `POST /explanation?visitor=…`: and why?
 * - `GET /requests?probe=…`: what reached the API?
 * - `GET`, `POST`, `DELETE /results`: what came of the requests that were sent, from each origin
 * - `GET`, `POST`, `DELETE /tenants`: whose origins are tenants'
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
    const { method = '', url = '/' } = request;
    if (!api) {
      sendJson(response, 503, { message: 'The bookshop is not open yet.' });
      return;
    }
    const { pathname, searchParams } = new URL(url, this.origin);
    // Browsers put `Origin` on whatever is neither GET nor HEAD: no other page changes anything here.
    const { origin = this.origin } = request.headers;
    if (method !== 'GET' && origin !== this.origin) {
      sendJson(response, 403, { message: 'This is for the page of this origin alone.' });
      return;
    }
    switch (`${method} ${pathname}`) {
      case 'GET /setup':
        sendJson(response, 200, { api: api.origin, here: this.id, visitors: this.visitors });
        return;
      case 'GET /health':
        sendJson(response, 200, { api: await answers(api.origin) });
        return;
      case 'GET /requests':
        sendJson(response, 200, api.log.of(searchParams.get('probe') ?? ''));
        return;
      case 'POST /predictions':
        sendJson(response, 200, await this.predict(api, request));
        return;
      case 'POST /explanation':
        sendJson(response, 200, await this.explain(api, request, searchParams.get('visitor')));
        return;
      case 'GET /results':
        sendJson(response, 200, api.results.all());
        return;
      case 'POST /results': {
        const result = (await readJson(request)) as RunResult;
        api.results.record(this.id, searchParams.get('scenario') ?? '', result);
        sendJson(response, 200, {});
        return;
      }
      case 'DELETE /results':
        api.results.forget(this.id);
        sendJson(response, 200, {});
        return;
      case 'GET /tenants':
        sendJson(response, 200, await api.tenants.origins());
        return;
      case 'POST /tenants':
        await api.tenants.allow('playground', originOf(this.visitors, searchParams.get('visitor')));
        sendJson(response, 200, await api.tenants.origins());
        return;
      case 'DELETE /tenants':
        await api.tenants.revoke(originOf(this.visitors, searchParams.get('visitor')));
        sendJson(response, 200, await api.tenants.origins());
        return;
      default:
        if (
          method !== 'GET' ||
          !(await serveFile(pathname, response, contentSecurityPolicy(api.origin)))
        ) {
          sendJson(response, 404, { message: 'There is nothing here.' });
        }
    }
  }

  /** For each request, what becomes of it from each origin. */
  private async predict(
    api: Api,
    request: IncomingMessage,
  ): Promise<Record<VisitorId, Prediction>[]> {
    const asked = (await readJson(request)) as readonly AskedRequest[];
    const service = withCookiesOf(request, api.policies);
    return Promise.all(
      asked.map(async (each) => {
        const predictions = this.visitors.map(async ({ id, origin }) => {
          const [question, ...follows] = questionsOf(each, origin, api.origin);
          return [id, await predict(service, question, follows)] as const;
        });
        return Object.fromEntries(await Promise.all(predictions)) as Record<VisitorId, Prediction>;
      }),
    );
  }

  private async explain(
    api: Api,
    request: IncomingMessage,
    visitor: string | null,
  ): Promise<object> {
    const asked = (await readJson(request)) as AskedRequest;
    const service = withCookiesOf(request, api.policies);
    const [first, ...follows] = questionsOf(asked, originOf(this.visitors, visitor), api.origin);
    let explanation = await explainRequest(service, first);
    for (const next of follows) {
      if (explanation.outcome !== 'readable') break;
      explanation = await explainRequest(service, next);
    }
    return request.headers.cookie === undefined ? withoutCookie(explanation) : explanation;
  }
}

/** The request, then those that redirects lead to. */
function questionsOf(
  { method, path, headers, credentials, mode, follows }: AskedRequest,
  origin: string,
  api: string,
): [PageQuestion, ...PageQuestion[]] {
  const at = (to: string): PageQuestion => {
    return { origin, url: new URL(to, api).href, method, headers, credentials, mode };
  };
  return [at(path), ...follows.map(at)];
}

/**
 * The policies, asked with no cookie where this browser has none. Cookies do not know ports: it sends this server those
 * that it would send the API.
 */
function withCookiesOf(
  { headers: { cookie: own } }: IncomingMessage,
  policies: ExplainableService,
): ExplainableService {
  return {
    document: () => policies.document(),
    evaluate: (question) => {
      const { cookie, ...headers } = question.headers ?? {};
      return policies.evaluate({
        ...question,
        headers: { ...headers, ...(cookie !== undefined && own !== undefined && { cookie: own }) },
      });
    },
  };
}

/** An explanation takes for granted that there are cookies to go along. */
function withoutCookie(explanation: CorsExplanation): CorsExplanation {
  return {
    ...explanation,
    steps: explanation.steps.map((step) => {
      if (step.name === 'cookies' && explanation.question.credentials === 'include') {
        const sentence =
          'Cookies may go along. This browser has none for the API: nobody has signed in.';
        return { ...step, sentence };
      }
      if (step.sent === undefined) return step;
      const headers = Object.entries(step.sent.headers).filter(([name]) => name !== 'cookie');
      return { ...step, sent: { ...step.sent, headers: Object.fromEntries(headers) } };
    }),
  };
}

/** Whether anything answers there. */
async function answers(origin: string): Promise<boolean> {
  try {
    const response = await fetch(origin, { signal: AbortSignal.timeout(PATIENCE) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
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

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LONGEST_BODY) throw new RangeError('That is more than the playground asks for.');
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(value));
}
