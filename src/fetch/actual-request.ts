import { type Caller, currentUrl, type Fetching, hasChangedOrigin } from './fetching.js';
import { secFetchSite, serializeRequestOrigin } from './origins.js';
import { hidesOrigin, isLessRestricted, referrerFor } from './referrer.js';
import type { WireRequest } from './request.js';
import { isPotentiallyTrustworthy, isSameSite } from './site.js';

/** The request itself, with what the browser adds to it. */
export function actualRequest(fetching: Fetching): WireRequest {
  const { caller, method, headers, urls, body } = fetching;
  const url = currentUrl(fetching);
  const origin = originHeader(fetching);
  fetching.sentOrigin = origin;
  const cookie = sendsCredentials(fetching) ? cookieFor(caller, url) : undefined;
  return {
    method,
    url,
    ...(body !== undefined && { hasBody: true }),
    headers: {
      ...Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
      ...(origin !== undefined && { origin }),
      ...referrerHeader(fetching.referrer),
      ...(cookie !== undefined && { cookie }),
      ...fetchMetadata(fetching, urls.slice(fetching.startedAt)),
    },
  };
}

/** Fetch, "append a request `Origin` header"; `undefined` for none. */
function originHeader(fetching: Fetching): string | undefined {
  const { caller, method, credentials, tainting, urls, mode, sentOrigin } = fetching;
  const { origin, rules } = caller;
  const isRedirected = urls.length > 1;
  if (rules.keepsOriginOnRedirect && isRedirected && !hasChangedOrigin(fetching)) {
    if (sentOrigin !== undefined) return sentOrigin;
  }
  const isSent =
    tainting === 'cors' ||
    !['GET', 'HEAD'].includes(method) ||
    (rules.sendsOriginForStorageAccess && origin === 'null' && credentials === 'include');
  if (!isSent) return undefined;
  const isHiddenByPolicy =
    rules.referrerPolicyHidesOrigin &&
    !(rules.keepsOriginOnRedirect && isRedirected) &&
    mode !== 'cors' &&
    hidesOrigin(fetching.referrerPolicy, origin, currentUrl(fetching));
  const isHidden = isHiddenByPolicy || (rules.hidesOriginOnRedirect && haveLeftAnOrigin(urls));
  return tainting !== 'cors' && isHidden ? 'null' : serializeRequestOrigin(origin, urls);
}

/** Fetch, "main fetch": what the request to the current URL tells. */
export function nextReferrer(fetching: Fetching): string | undefined {
  const { caller, referrer, referrerPolicy } = fetching;
  const url = currentUrl(fetching);
  const isShortened =
    caller.rules.shortensReferrersToOtherSites &&
    isLessRestricted(referrerPolicy) &&
    !isSameSite(caller.origin, url);
  return referrerFor(referrer, isShortened ? '' : referrerPolicy, url);
}

export function referrerHeader(referrer: string | undefined): WireRequest['headers'] {
  return referrer === undefined ? {} : { referer: referrer };
}

/** Fetch Metadata, for a request with this URL list. */
export function fetchMetadata(
  { caller, urls }: Fetching,
  ownUrls: readonly string[],
): WireRequest['headers'] {
  if (!isPotentiallyTrustworthy(urls.at(-1) ?? urls[0])) return {};
  return haveLeftAnOrigin(urls) && !caller.rules.keepsFetchMetadataOnRedirect
    ? {}
    : { 'sec-fetch-site': secFetchSite(caller.origin, ownUrls) };
}

function haveLeftAnOrigin(urls: readonly string[]): boolean {
  return new Set(urls.map((url) => new URL(url).origin)).size > 1;
}

/** Fetch, "HTTP-network-or-cache fetch", `includeCredentials`. */
export function sendsCredentials({ credentials, tainting }: Fetching): boolean {
  return credentials === 'include' || (credentials === 'same-origin' && tainting === 'basic');
}

function cookieFor(caller: Caller, url: string): string | undefined {
  const page = cookiePage(caller);
  if (caller.cookies !== undefined) return caller.cookies.headerFor({ url, page });
  return isSameSite(page, url) ? 'session=1' : undefined;
}

/** RFC 6265bis, section 5.2: whose site decides about cookies. None of these requests is a navigation. */
export function cookiePage({ origin, pageAround = origin, rules }: Caller): string {
  return rules.sandboxIsOfItsPagesSite ? pageAround : origin;
}
