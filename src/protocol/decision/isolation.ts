import { RESOURCE_POLICY } from '../headers/resource-policy.js';
import { VARY_FETCH_METADATA, VARY_SITE } from '../headers/vary.js';
import type { CorsRequest } from '../policy/policy-options.js';
import type { Verdict } from './verdict.js';

/**
 * Completes what a policy with `isolate` says of a request that is no preflight: refuses what pages of other sites send
 * without `Origin`, and so without CORS, unless a user goes there (Fetch Metadata, "resource isolation policy"). Where
 * `Origin` is sent, the origin rules have decided.
 *
 * No browser checks the resource policy of a preflight's answer, so that preflights go without it.
 */
export function isolate(verdict: Verdict, request: CorsRequest): Verdict {
  const headers = [...verdict.headers, RESOURCE_POLICY];
  if (request.headers.origin !== undefined) return { ...verdict, headers };
  if (!isCrossSite(request)) return { ...verdict, headers, vary: VARY_SITE };
  return isTopLevelNavigation(request)
    ? { ...verdict, headers, vary: VARY_FETCH_METADATA }
    : { ...verdict, headers: [RESOURCE_POLICY], vary: VARY_FETCH_METADATA, reason: 'not-isolated' };
}

/**
 * Whether the page that caused a request is of another site. Clients that do not say are no browsers, or old ones; what
 * is no known value is ignored, as Fetch Metadata has it. A proxy that repeats the header changes nothing.
 */
function isCrossSite({ headers }: CorsRequest): boolean {
  return headers['sec-fetch-site']?.includes('cross-site') === true;
}

/**
 * Whether a request is for a page that the whole window shows: a link, a redirect, what a user opens. `iframe`, `frame`,
 * `object` and `embed` are navigations inside a page of another site. No browser navigates with HEAD, and a form's POST
 * sends `Origin`. What has a `Sec-Purpose` is fetched before any user asked for it; once refused, it is fetched when
 * the user does.
 */
function isTopLevelNavigation({ method, headers }: CorsRequest): boolean {
  return (
    method === 'GET' &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document' &&
    headers['sec-purpose'] === undefined
  );
}
