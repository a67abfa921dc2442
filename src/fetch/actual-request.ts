import { type Caller, currentUrl, type Fetching } from './fetching.js';
import { secFetchSite, serializeRequestOrigin } from './origins.js';
import { hidesOrigin, isLessRestricted, referrerFor } from './referrer.js';
import type { WireRequest } from './request.js';
import { isPotentiallyTrustworthy, isSameSite } from './site.js';

/** The request itself, with what the browser adds to it. */
export function actualRequest(fetching: Fetching): WireRequest {
  const { caller, method, headers, credentials, tainting, urls, body, mode } = fetching;
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
  const isHidden =
    caller.rules.referrerPolicyHidesOrigin &&
    tainting !== 'cors' &&
    mode !== 'cors' &&
    hidesOrigin(fetching.referrerPolicy, caller.origin, url);
  const cookie = sendsCredentials(fetching) ? cookieFor(caller, url) : undefined;
  return {
    method,
    url,
    ...(body !== undefined && { hasBody: true }),
    headers: {
      ...Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
      ...(sendsOrigin && {
        origin: isHidden ? 'null' : serializeRequestOrigin(caller.origin, urls),
      }),
      ...referrerHeader(fetching),
      ...(cookie !== undefined && { cookie }),
      ...fetchMetadata(fetching, urls.slice(fetching.startedAt)),
    },
  };
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

export function referrerHeader({ referrer }: Fetching): WireRequest['headers'] {
  return referrer === undefined ? {} : { referer: referrer };
}

/** Fetch Metadata, for a request with this URL list. */
export function fetchMetadata(
  { caller, urls }: Fetching,
  ownUrls: readonly string[],
): WireRequest['headers'] {
  if (!isPotentiallyTrustworthy(urls.at(-1) ?? urls[0])) return {};
  const leftAnOrigin = new Set(urls.map((url) => new URL(url).origin)).size > 1;
  return leftAnOrigin && !caller.rules.keepsFetchMetadataOnRedirect
    ? {}
    : { 'sec-fetch-site': secFetchSite(caller.origin, ownUrls) };
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
