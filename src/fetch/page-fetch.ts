import { corsFault, passesCorsCheck } from './cors-check.js';
import type { EngineRules } from './engine-rules.js';
import type { FetchObserver } from './fetch-step.js';
import { isSameOrigin, isSameSite, secFetchSite, serializeRequestOrigin } from './origins.js';
import { type PreflightQuestion, readPreflight } from './preflight.js';
import type { PreflightCache } from './preflight-cache.js';
import { readableHeaders } from './readable-headers.js';
import {
  isForbiddenMethod,
  isSafelistedMethod,
  normalizeMethod,
  type PageRequest,
  type PageResponse,
  type WireRequest,
  type WireResponse,
} from './request.js';
import {
  type HeaderList,
  isForbiddenRequestHeader,
  isNoCorsSafelisted,
  unsafeRequestHeaderNames,
} from './request-headers.js';

/** The page that calls `fetch()`, in a browser that holds a `SameSite=Lax` cookie for `localhost`, whatever the port. */
export interface Caller {
  /** Serialized; `null` for an opaque one. */
  readonly origin: string;
  readonly cache: PreflightCache;
  readonly rules: EngineRules;
}

/** Answers a request as the server under test would. */
export type Server = (request: WireRequest) => Promise<WireResponse>;

/** What the promise of a page comes to: `undefined` where it rejects. */
export type Outcome = PageResponse | undefined;

interface Fetching {
  readonly caller: Caller;
  readonly server: Server;
  readonly mode: PageRequest['mode'];
  readonly credentials: PageRequest['credentials'];
  readonly redirect: PageRequest['redirect'];
  readonly useCorsPreflight: boolean;
  readonly observe: FetchObserver;
  method: string;
  headers: HeaderList;
  readonly originalHeaders: HeaderList;
  neededPreflight: boolean;
  sentOrigin: boolean;
  /** Where in the URL list the loader of an engine began that starts anew. */
  startedAt: number;
  /** Whether a redirect was followed that an engine comes to regret. */
  doomed: boolean;
  /** Fetch, "URL list": the last one is current. */
  readonly urls: [string, ...string[]];
  tainting: 'basic' | 'cors' | 'opaque';
}

/**
 * Fetch, "fetch method": the parts of the standard that CORS consists of, from the call to the promise.
 *
 * @param observe is told of each step
 */
export async function pageFetch(
  caller: Caller,
  request: PageRequest,
  server: Server,
  observe: FetchObserver = () => undefined,
): Promise<Outcome> {
  const { url, mode, credentials, redirect, useCorsPreflight = false } = request;
  const method = normalizeMethod(request.method);
  const headers = guardedHeaders(request);
  const droppedHeaders = request.headers
    .filter((header) => !headers.includes(header))
    .map(([name]) => name);
  const fault = methodFault(method, mode);
  observe({ name: 'call', method, droppedHeaders, ...(fault && { fault }) });
  if (fault !== undefined) return undefined;
  return mainFetch({
    ...{ caller, server, mode, credentials, redirect, method, headers },
    ...{ useCorsPreflight, observe },
    originalHeaders: headers,
    neededPreflight: false,
    sentOrigin: false,
    startedAt: 0,
    doomed: false,
    urls: [url],
    tainting: 'basic',
  });
}

function methodFault(
  method: string,
  mode: PageRequest['mode'],
): 'forbidden-method' | 'no-cors-method' | undefined {
  if (isForbiddenMethod(method)) return 'forbidden-method';
  return mode === 'no-cors' && !isSafelistedMethod(method) ? 'no-cors-method' : undefined;
}

/** Fetch, "headers guard", and the `Content-Type` that a body brings along. */
function guardedHeaders({ headers, body, mode }: PageRequest): HeaderList {
  const kept = headers.filter(
    ([name, value]) =>
      !isForbiddenRequestHeader(name) && (mode !== 'no-cors' || isNoCorsSafelisted(name, value)),
  );
  const hasType = kept.some(([name]) => name.toLowerCase() === 'content-type');
  return body === undefined || hasType
    ? kept
    : [...kept, ['content-type', 'text/plain;charset=UTF-8']];
}

/** Fetch, "main fetch" and "HTTP fetch", round by round where redirects are followed. */
async function mainFetch(fetching: Fetching): Promise<Outcome> {
  const { caller, credentials, redirect, mode, urls, observe } = fetching;
  for (;;) {
    const url = currentUrl(fetching);
    const { tainting } = fetching;
    if (!(isSameOrigin(caller.origin, url) && fetching.tainting === 'basic')) {
      fetching.tainting = mode === 'no-cors' ? 'opaque' : 'cors';
      const fault = taintingFault(fetching);
      observe({ name: 'tainting', url, tainting: fetching.tainting, ...(fault && { fault }) });
      if (fault !== undefined) return undefined;
    } else {
      observe({ name: 'tainting', url, tainting });
    }
    if (fetching.tainting === 'cors' && !(await passesPreflight(fetching))) return undefined;
    if (fetching.doomed) return undefined;
    if (fetching.neededPreflight || fetching.tainting !== tainting) startAnew(fetching);

    const request = actualRequest(fetching);
    const response = await fetching.server(request);
    observe({ name: 'request', request, response });
    const origin = serializeRequestOrigin(caller.origin, urls);
    if (fetching.tainting === 'cors') {
      const fault = corsFault(response, origin, credentials);
      observe({ name: 'cors-check', url, origin, credentials, response, ...(fault && { fault }) });
      if (fault !== undefined) {
        if (caller.rules.forgetsPreflightsOfFailedRequests) {
          caller.cache.forget(url, preflightOrigin(fetching));
        }
        return undefined;
      }
    }
    const { location } = response.headers;
    if (![301, 302, 303, 307, 308].includes(response.status) || location === undefined) {
      return handedOver(filtered(response, fetching), observe);
    }
    const { status } = response;
    if (redirect === 'error') {
      observe({ name: 'redirect', status, location, fault: 'redirect-mode' });
      return undefined;
    }
    observe({ name: 'redirect', status, location });
    if (redirect === 'manual') {
      return handedOver(
        { type: 'opaqueredirect', status: 0, redirected: false, headers: [] },
        observe,
      );
    }
    fetching.doomed =
      caller.rules.checksRedirectsWithStaleCredentials &&
      fetching.tainting === 'cors' &&
      credentials === 'same-origin' &&
      isSameOrigin(caller.origin, urls[0]) &&
      !passesCorsCheck(response, origin, 'include');
    followRedirect(fetching, status, location);
  }
}

function handedOver(response: PageResponse, observe: FetchObserver): PageResponse {
  observe({ name: 'response', response });
  return response;
}

function taintingFault({
  mode,
  redirect,
}: Fetching): 'same-origin-mode' | 'no-cors-redirect' | undefined {
  if (mode === 'same-origin') return 'same-origin-mode';
  return mode === 'no-cors' && redirect !== 'follow' ? 'no-cors-redirect' : undefined;
}

function currentUrl({ urls }: Fetching): string {
  return urls.at(-1) ?? urls[0];
}

/** Fetch, "HTTP-redirect fetch". */
function followRedirect(fetching: Fetching, status: number, location: string): void {
  const { method, headers, urls } = fetching;
  const from = currentUrl(fetching);
  const to = new URL(location, from).href;
  const becomesGet =
    ([301, 302].includes(status) && method === 'POST') ||
    (status === 303 && !['GET', 'HEAD'].includes(method));
  const dropped: string[] = [];
  if (becomesGet) {
    fetching.method = 'GET';
    // Fetch, "request-body-header name".
    dropped.push('content-encoding', 'content-language', 'content-location', 'content-type');
  }
  if (!isSameOrigin(new URL(from).origin, to)) dropped.push('authorization');
  fetching.headers = headers.filter(([name]) => !dropped.includes(name.toLowerCase()));
  urls.push(to);
  if (becomesGet) startAnew(fetching);
}

function startAnew(fetching: Fetching): void {
  if (fetching.caller.rules.restartsOnRedirect) fetching.startedAt = fetching.urls.length - 1;
}

function preflightOrigin({ caller, urls }: Fetching): string {
  return caller.rules.preflightsHideRedirects
    ? caller.origin
    : serializeRequestOrigin(caller.origin, urls);
}

/** Fetch, "CORS-preflight fetch", where one is needed and none is remembered. */
async function passesPreflight(fetching: Fetching): Promise<boolean> {
  const { caller, method, credentials, server, useCorsPreflight, observe } = fetching;
  const headers = caller.rules.asksForOriginalHeaders ? fetching.originalHeaders : fetching.headers;
  const question: PreflightQuestion = {
    url: currentUrl(fetching),
    origin: preflightOrigin(fetching),
    method,
    unsafeNames: unsafeRequestHeaderNames(headers),
    credentials,
  };
  fetching.neededPreflight =
    !isSafelistedMethod(method) ||
    question.unsafeNames.length > 0 ||
    useCorsPreflight ||
    (fetching.neededPreflight && caller.rules.preflightsEveryRedirect);
  const needed = fetching.neededPreflight;
  const remembered = needed && caller.cache.covers(question);
  observe({ name: 'preflight-need', question, needed, remembered });
  if (!needed || remembered) return true;
  const request: WireRequest = {
    method: 'OPTIONS',
    url: question.url,
    headers: {
      origin: question.origin,
      'access-control-request-method': method,
      ...(question.unsafeNames.length > 0 && {
        'access-control-request-headers': question.unsafeNames.join(','),
      }),
      ...fetchMetadata(fetching, [question.url]),
    },
  };
  const response = await server(request);
  const read = readPreflight(question, response);
  const fault = 'fault' in read && read;
  observe({ name: 'preflight', question, request, response, ...fault });
  if ('fault' in read) return false;
  if (caller.origin !== 'null' || caller.rules.remembersPreflightsOfOpaqueOrigins) {
    caller.cache.remember(question, read.grant, response.headers['access-control-max-age']);
  }
  return true;
}

/** The request itself, with what the browser adds to it. */
function actualRequest(fetching: Fetching): WireRequest {
  const { caller, method, headers, credentials, tainting, urls } = fetching;
  const url = currentUrl(fetching);
  // Fetch, "append a request `Origin` header".
  const sendsOrigin =
    tainting === 'cors' ||
    !['GET', 'HEAD'].includes(method) ||
    (fetching.sentOrigin && caller.rules.keepsOriginOnRedirect) ||
    (caller.rules.sendsOriginForStorageAccess &&
      caller.origin === 'null' &&
      credentials === 'include');
  fetching.sentOrigin = sendsOrigin;
  const sendsCredentials =
    credentials === 'include' || (credentials === 'same-origin' && tainting === 'basic');
  return {
    method,
    url,
    headers: {
      ...Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
      ...(sendsOrigin && { origin: serializeRequestOrigin(caller.origin, urls) }),
      ...(sendsCredentials && hasCookieFor(caller, url) && { cookie: 'session=1' }),
      ...fetchMetadata(fetching, urls.slice(fetching.startedAt)),
    },
  };
}

/** Fetch Metadata, for a request with this URL list. */
function fetchMetadata(
  { caller, urls }: Fetching,
  ownUrls: readonly string[],
): WireRequest['headers'] {
  const leftAnOrigin = new Set(urls.map((url) => new URL(url).origin)).size > 1;
  return leftAnOrigin && !caller.rules.keepsFetchMetadataOnRedirect
    ? {}
    : { 'sec-fetch-site': secFetchSite(caller.origin, ownUrls) };
}

/** RFC 6265bis, section 5.8.3: the cookie is `SameSite=Lax`, and none of these requests is a navigation. */
function hasCookieFor({ origin, rules }: Caller, url: string): boolean {
  return origin === 'null' ? rules.sandboxIsOfItsPagesSite : isSameSite(origin, url);
}

/** Fetch, "filtered response". */
function filtered(response: WireResponse, { tainting, urls, credentials }: Fetching): PageResponse {
  return tainting === 'opaque'
    ? { type: 'opaque', status: 0, redirected: false, headers: [] }
    : {
        type: tainting,
        status: response.status,
        redirected: urls.length > 1,
        headers: readableHeaders(response, tainting, credentials),
      };
}
