import {
  actualRequest,
  cookiePage,
  fetchMetadata,
  nextReferrer,
  referrerHeader,
  sendsCredentials,
} from './actual-request.js';
import { urlFault } from './blocked-url.js';
import { corsFault, passesCorsCheck } from './cors-check.js';
import type { FetchObserver } from './fetch-step.js';
import {
  type Caller,
  currentUrl,
  type Fetching,
  hasChangedOrigin,
  type Server,
} from './fetching.js';
import { isRedirectTainted, isSameOrigin, serializeRequestOrigin } from './origins.js';
import { type PreflightQuestion, readPreflight } from './preflight.js';
import { loadPublicSuffixes } from './public-suffixes.js';
import { readableHeaders } from './readable-headers.js';
import { isRedirectStatus, locationUrl, type RedirectFault, redirectFault } from './redirect.js';
import { referrerPolicyIn } from './referrer.js';
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

export type { Caller, Server };

/** What the promise of a page comes to: `undefined` where it rejects. */
export type Outcome = PageResponse | undefined;

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
  await loadPublicSuffixes();
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
    ...{ useCorsPreflight, observe, body: request.body },
    referrer:
      caller.origin !== 'null' || caller.rules.sandboxTellsReferrer ? caller.url : undefined,
    firstReferrer: undefined,
    referrerPolicy: request.referrerPolicy ?? '',
    originalHeaders: headers,
    neededPreflight: false,
    sentOrigin: undefined,
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
  return typeof body !== 'string' || hasType
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
    }
    const outside = taintingFault(fetching) ?? urlFault(caller.origin, url);
    observe({
      name: 'tainting',
      url,
      tainting: fetching.tainting,
      ...(outside && { fault: outside }),
    });
    if (outside !== undefined) return undefined;
    fetching.referrer = nextReferrer(fetching);
    if (urls.length === 1) fetching.firstReferrer = fetching.referrer;
    if (mayNeedPreflight(fetching) && !(await passesPreflight(fetching))) return undefined;
    if (fetching.doomed) return undefined;
    if (fetching.neededPreflight || fetching.tainting !== tainting) startAnew(fetching);

    const request = actualRequest(fetching);
    const response = await fetching.server(request);
    if (sendsCredentials(fetching)) {
      caller.cookies?.store(response.cookies ?? [], { url, page: cookiePage(caller) });
    }
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
    const { status } = response;
    const { location } = response.headers;
    if (!isRedirectStatus(status) || location === undefined) {
      return handedOver(filtered(response, fetching), observe);
    }
    const to = locationUrl(location, url);
    const fault = redirectFaultOf(fetching, status, to);
    observe({ name: 'redirect', status, location, ...(fault && { fault }) });
    if (redirect === 'manual') {
      return handedOver(
        { type: 'opaqueredirect', status: 0, redirected: false, headers: [] },
        observe,
      );
    }
    if (fault !== undefined || to === undefined) return undefined;
    fetching.doomed =
      caller.rules.checksRedirectsWithStaleCredentials &&
      fetching.tainting === 'cors' &&
      credentials === 'same-origin' &&
      isSameOrigin(caller.origin, urls[0]) &&
      !passesCorsCheck(response, origin, 'include');
    fetching.referrerPolicy = referrerPolicyIn(response) ?? fetching.referrerPolicy;
    followRedirect(fetching, status, to);
  }
}

function handedOver(response: PageResponse, observe: FetchObserver): PageResponse {
  observe({ name: 'response', response });
  return response;
}

function taintingFault({
  mode,
  redirect,
  tainting,
}: Fetching): 'same-origin-mode' | 'no-cors-redirect' | undefined {
  if (tainting === 'basic') return undefined;
  if (mode === 'same-origin') return 'same-origin-mode';
  return mode === 'no-cors' && redirect !== 'follow' ? 'no-cors-redirect' : undefined;
}

/** Fetch, "HTTP-redirect fetch". */
function followRedirect(fetching: Fetching, status: number, to: string): void {
  const { caller, method, urls } = fetching;
  urls.push(to);
  const hasLeft = hasChangedOrigin(fetching);
  const becomesGet =
    ([301, 302].includes(status) && method === 'POST') ||
    (status === 303 && !['GET', 'HEAD'].includes(method)) ||
    (caller.rules.redirectsDeleteAsGet && method === 'DELETE' && hasLeft);
  const dropped: string[] = [];
  if (becomesGet) {
    fetching.method = 'GET';
    fetching.body = undefined;
    // Fetch, "request-body-header name".
    dropped.push('content-encoding', 'content-language', 'content-location', 'content-type');
  }
  if (hasLeft) dropped.push('authorization');
  const before = caller.rules.setsHeadersAnewOnRedirect ? 'originalHeaders' : 'headers';
  fetching.headers = fetching[before].filter(([name]) => !dropped.includes(name.toLowerCase()));
  if (becomesGet) startAnew(fetching);
}

function redirectFaultOf(
  { caller, mode, redirect, body, tainting, urls }: Fetching,
  status: number,
  to: string | undefined,
): RedirectFault | undefined {
  if (redirect === 'manual') return undefined;
  if (redirect === 'error') return 'redirect-mode';
  const { origin } = caller;
  return redirectFault({ origin, mode, body, tainting, status, to, followed: urls.length - 1 });
}

function startAnew(fetching: Fetching): void {
  if (fetching.caller.rules.restartsOnRedirect) fetching.startedAt = fetching.urls.length - 1;
}

function preflightOrigin({ caller, urls }: Fetching): string {
  return caller.rules.preflightsHideRedirects
    ? caller.origin
    : serializeRequestOrigin(caller.origin, urls);
}

/** CORS requests; and every request of another origin into a network more private than the page's. */
function mayNeedPreflight({ caller, tainting }: Fetching): boolean {
  return tainting === 'cors' || (tainting === 'opaque' && caller.privateNetwork === true);
}

/** Fetch, "CORS-preflight fetch", where one is needed and none is remembered. */
async function passesPreflight(fetching: Fetching): Promise<boolean> {
  const { caller, method, credentials, server, useCorsPreflight, observe } = fetching;
  const { asksForOriginalHeaders, preflightsTellFirstReferrer } = caller.rules;
  const headers = asksForOriginalHeaders ? fetching.originalHeaders : fetching.headers;
  const referrer = preflightsTellFirstReferrer ? fetching.firstReferrer : fetching.referrer;
  const question: PreflightQuestion = {
    url: currentUrl(fetching),
    origin: preflightOrigin(fetching),
    method,
    unsafeNames: unsafeRequestHeaderNames(headers),
    credentials,
    ...(caller.privateNetwork && { privateNetwork: true }),
  };
  fetching.neededPreflight =
    question.privateNetwork === true ||
    !isSafelistedMethod(method) ||
    question.unsafeNames.length > 0 ||
    useCorsPreflight ||
    (fetching.neededPreflight && caller.rules.preflightsEveryRedirect);
  const needed = fetching.neededPreflight;
  const remembered = needed && remembersPreflight(fetching) && caller.cache.covers(question);
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
      ...(question.privateNetwork && { 'access-control-request-private-network': 'true' }),
      ...referrerHeader(referrer),
      ...fetchMetadata(fetching, [question.url]),
    },
  };
  const response = await server(request);
  const read = readPreflight(question, response, caller.rules.wildcardCoversAuthorization);
  const fault = 'fault' in read && read;
  observe({ name: 'preflight', question, request, response, ...fault });
  if ('fault' in read) return false;
  if (remembersPreflight(fetching)) {
    caller.cache.remember(question, read.grant, response.headers['access-control-max-age']);
  }
  return true;
}

function remembersPreflight({ caller: { origin, rules }, urls }: Fetching): boolean {
  if (!rules.preflightsHideRedirects && isRedirectTainted(origin, urls)) {
    return rules.remembersPreflightsOfTaintedOrigins;
  }
  return origin !== 'null' || rules.remembersPreflightsOfOpaqueOrigins;
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
