import type { IncomingMessage } from 'node:http';
import { requireOrigin } from './page-origin.js';
import type { FetchStep } from '../fetch/fetch-step.js';
import { pageFetch } from '../fetch/page-fetch.js';
import type { WireRequest, WireResponse } from '../fetch/request.js';
import { blockedFetchError } from './blocked-fetch.js';
import { withBrowserHeaders } from './browser-headers.js';
import { explainFailure } from './failure-explanation.js';
import type { PageBrowser } from './page-browser.js';
import { PageCookies } from './page-cookies.js';
import { type PageExchange, valuesOf } from './page-exchange.js';
import { type PreparedRequest, prepareRequest } from './page-request.js';
import { linesOf, pageResponse } from './page-response.js';

/** A page in a browser: what its scripts may do by `fetch()`, and what the browser lets them see of it. */
export class Page {
  /** Of the page, serialized; `null` in a sandboxed frame. */
  readonly origin: string;
  /** The cookies of the browser, shared by all of its pages. */
  readonly cookies: PageCookies;
  readonly #exchanges: PageExchange[] = [];

  /** @internal Pages are opened by {@link openPage} and {@link Page.open}. */
  constructor(
    private readonly browser: PageBrowser,
    origin: string,
  ) {
    this.origin = requireOrigin(origin);
    this.cookies = new PageCookies(browser.cookies, browser.url);
  }

  /** Every request that this page's fetches sent, in order, preflights and redirected ones included. */
  get exchanges(): readonly PageExchange[] {
    return this.#exchanges;
  }

  /** Forgets the exchanges so far, so that a test sees only its own. */
  forgetExchanges(): void {
    this.#exchanges.length = 0;
  }

  /** Has the next request of every page of this browser ask by preflight anew. */
  clearPreflightCache(): void {
    this.browser.preflights.clear();
  }

  /**
   * A page of another origin in the same browser: the same cookies, preflight cache and servers.
   *
   * @param origin in its serialized form, or `null` for a sandboxed frame
   * @throws TypeError for what is no origin
   */
  open(origin: string): Page {
    return new Page(this.browser, origin);
  }

  /**
   * What `fetch()` does in a page: preflight, preflight cache, cookies, redirects, the CORS check, and the filter of
   * response headers (https://fetch.spec.whatwg.org/#fetch-method).
   *
   * @param input relative URLs are those of the server that the page was opened for
   * @param init as Node's own `fetch()` takes it; `signal` aborts
   * @returns a `Response` of Node's with what the page may see of it
   * @throws TypeError where a browser says no, with Chromium's sentence, the place that decided, and a
   *   {@link BlockedFetch} as `cause`; also where the server cannot be reached. The signal's reason where it aborts.
   */
  async fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const prepared = await prepareRequest(input, init, this.browser.url);
    const { signal } = prepared;
    signal.throwIfAborted();
    if (/^(?:data|blob):/.test(prepared.request.url))
      return fetch(prepared.request.url, { signal });
    const steps: FetchStep[] = [];
    const firstExchange = this.#exchanges.length;
    let last: { message: IncomingMessage; url: string; method: string } | undefined;
    const outcome = await pageFetch(
      this.#caller(),
      prepared.request,
      async (request) => {
        last?.message.resume();
        const message = await this.#send(request, prepared);
        last = { message, url: request.url, method: request.method };
        return wireResponse(message);
      },
      (step) => steps.push(step),
    );
    if (outcome !== undefined && last !== undefined) {
      return pageResponse(outcome, last.message, { ...last, signal });
    }
    last?.message.resume();
    const exchanges = this.#exchanges.slice(firstExchange);
    const explained = await explainFailure(this.browser, steps, this.origin, prepared.request);
    throw blockedFetchError({ origin: this.origin, steps, exchanges, ...explained });
  }

  #caller() {
    const { browser, origin } = this;
    return {
      origin,
      // Every page is at `/`.
      url: `${origin}/`,
      cache: browser.preflights,
      rules: browser.rules,
      cookies: browser.cookies,
      privateNetwork: browser.privateNetwork,
    };
  }

  async #send(request: WireRequest, prepared: PreparedRequest): Promise<IncomingMessage> {
    const { signal, body, cache } = prepared;
    const { method, url, hasBody = false } = request;
    const isPreflight = hasPreflightHeaders(request);
    const headers = withBrowserHeaders(request, {
      engine: this.browser.engine,
      mode: prepared.request.mode,
      cache,
      bodyLength: body instanceof Uint8Array ? body.byteLength : undefined,
    });
    const exchange = {
      kind: isPreflight ? ('preflight' as const) : ('request' as const),
      ...{ method, url, requestHeaders: headers },
      status: undefined as number | undefined,
      responseHeaders: [] as PageExchange['responseHeaders'],
    };
    this.#exchanges.push(exchange);
    const message = await this.browser
      .send({ method, url, headers, body: hasBody ? body : undefined, signal })
      .catch((error: unknown) => {
        signal.throwIfAborted();
        throw networkError(url, error);
      });
    exchange.status = message.statusCode;
    exchange.responseHeaders = linesOf(message);
    return message;
  }
}

function hasPreflightHeaders({ method, headers, hasBody = false }: WireRequest): boolean {
  return method === 'OPTIONS' && !hasBody && 'access-control-request-method' in headers;
}

/** What the model of Fetch reads of an answer. Fetch, "get": lines of one name are one value. */
function wireResponse(message: IncomingMessage): WireResponse {
  const lines = linesOf(message);
  const headers: Record<string, string> = {};
  for (const [given, value] of lines) {
    const name = given.toLowerCase();
    headers[name] = name in headers ? `${headers[name] ?? ''}, ${value}` : value;
  }
  return {
    status: message.statusCode ?? 0,
    headers,
    cookies: valuesOf(lines, 'set-cookie'),
  };
}

function networkError(url: string, error: unknown): TypeError {
  const reason = error instanceof Error ? error.message : String(error);
  return new TypeError(`Failed to fetch: ${url} gave no answer (${reason}).`, { cause: error });
}
