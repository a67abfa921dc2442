import { STANDARD } from '../../../src/fetch/engine-rules.js';
import { pageFetch } from '../../../src/fetch/page-fetch.js';
import { PreflightCache } from '../../../src/fetch/preflight-cache.js';
import type { PageRequest, PageResponse, WireRequest } from '../../../src/fetch/request.js';
import type { PageQuestion } from '../../../src/document/explanation/cors-explanation.js';
import type { RunningApp } from '../../harness/start-app.js';
import { HOST } from '../../harness/send.js';
import { evaluate } from './application-spec.js';

/** What a page gets, and what is known of the answer that came last. */
export interface Fetched {
  readonly response: PageResponse | undefined;
  readonly status: number;
  /** Fetch, "cross-origin resource policy check". */
  readonly keptBack: boolean;
}

/** Sends what a page asks for, preflight and all, to a running application, from a browser that has a cookie for it. */
export async function fetchOverHttp(
  app: RunningApp,
  origin: string,
  request: PageRequest,
): Promise<Fetched> {
  let last = 0;
  let keptBack = false;
  const response = await pageFetch(
    { origin, cache: new PreflightCache(STANDARD), rules: STANDARD },
    request,
    async (wire) => {
      const { pathname, search } = new URL(wire.url);
      const { status, headers } = await app.send({
        method: wire.method,
        path: pathname + search,
        headers: { host: HOST, ...wire.headers, ...cookieFor(wire, request) },
      });
      last = status;
      const isCrossSite = wire.headers['sec-fetch-site'] === 'cross-site';
      keptBack = isCrossSite && headers.some(([name]) => name === 'cross-origin-resource-policy');
      return { status, headers: Object.fromEntries(headers) };
    },
  );
  return { response, status: last, keptBack };
}

function cookieFor(wire: WireRequest, { credentials }: PageRequest): Record<string, string> {
  const isPreflight = 'access-control-request-method' in wire.headers;
  return credentials === 'include' && !isPreflight ? { cookie: 'session=1' } : {};
}

export function pageRequest({
  url,
  method = 'GET',
  headers = {},
  mode = 'cors',
  credentials = 'same-origin',
}: PageQuestion): PageRequest {
  return {
    url: new URL(url, `https://${HOST}`).href,
    method,
    headers: Object.entries(headers),
    mode,
    credentials,
    redirect: 'follow',
  };
}

/** What the module refuses with; where nothing is served, the application has its own answer. */
const REFUSED = [403, 503];

/** Whether a page gets what it asks for: with no-cors, that the server lets it in is all there is. */
export function isGranted(
  { response, status, keptBack }: Fetched,
  { mode }: PageRequest,
  reads: readonly string[] = [],
): boolean {
  if (mode === 'no-cors')
    return response?.type === 'opaque' && !REFUSED.includes(status) && !keptBack;
  if (response?.type !== 'cors') return false;
  return reads.every((name) => response.headers.includes(name.toLowerCase()));
}

/** The request that a page makes by the code of a fix. */
export function requestOfCall(code: string): PageRequest {
  let request: PageRequest | undefined;
  evaluate(code, {
    fetch: (url: string, init: Omit<PageQuestion, 'url' | 'origin'> = {}) =>
      (request = pageRequest({ origin: '', url, ...init })),
  });
  return request!;
}
