import { STANDARD } from '../../../src/fetch/engine-rules.js';
import { pageFetch } from '../../../src/fetch/page-fetch.js';
import { PreflightCache } from '../../../src/fetch/preflight-cache.js';
import type { PageRequest, PageResponse, WireRequest } from '../../../src/fetch/request.js';
import type { PageQuestion } from '../../../src/document/explanation/cors-explanation.js';
import type { RunningApp } from '../../harness/start-app.js';
import { HOST } from '../../harness/send.js';
import { evaluate } from './application-spec.js';

/** Sends what a page asks for, preflight and all, to a running application, from a browser that has a cookie for it. */
export function fetchOverHttp(
  app: RunningApp,
  origin: string,
  request: PageRequest,
): Promise<PageResponse | undefined> {
  return pageFetch(
    { origin, cache: new PreflightCache(STANDARD), rules: STANDARD },
    request,
    async (wire) => {
      const { pathname, search } = new URL(wire.url);
      const { status, headers } = await app.send({
        method: wire.method,
        path: pathname + search,
        headers: { host: HOST, ...wire.headers, ...cookieFor(wire, request) },
      });
      return { status, headers: Object.fromEntries(headers) };
    },
  );
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

/** The request that a page makes by the code of a fix. */
export function requestOfCall(code: string): PageRequest {
  let request: PageRequest | undefined;
  evaluate(code, {
    fetch: (url: string, init: Omit<PageQuestion, 'url' | 'origin'> = {}) =>
      (request = pageRequest({ origin: '', url, ...init })),
  });
  return request!;
}
