import { type CorsFault, corsFault } from './cors-check.js';
import { listIn } from './header-values.js';
import { isSafelistedMethod, type PageRequest, type WireResponse } from './request.js';

/** What a preflight asks for. */
export interface PreflightQuestion {
  readonly url: string;
  readonly origin: string;
  readonly method: string;
  /** The CORS-unsafe request-header names. */
  readonly unsafeNames: readonly string[];
  readonly credentials: PageRequest['credentials'];
  /** Private Network Access: whether the page asks for what is in a network more private than its own. */
  readonly privateNetwork?: boolean;
}

/** What a preflight granted, as the browser remembers it. */
export interface Grant {
  readonly methods: readonly string[];
  readonly headers: readonly string[];
}

/** Why a preflight's answer does not let the request through. */
export type PreflightFault =
  | CorsFault
  | 'no-ok-status'
  | 'private-network-not-allowed'
  | 'method-not-listed'
  | 'header-not-listed';

/** Fetch, "CORS-preflight fetch", from step 7: what the answer grants, or why it is a network error. */
export function readPreflight(
  question: PreflightQuestion,
  response: WireResponse,
  wildcardCoversAuthorization = false,
):
  | { readonly grant: Grant }
  | { readonly fault: PreflightFault; readonly unlisted?: readonly string[] } {
  const { origin, credentials } = question;
  const { status, headers } = response;
  const fault = corsFault(response, origin, credentials);
  if (fault !== undefined) return { fault };
  if (status < 200 || status > 299) return { fault: 'no-ok-status' };
  // Private Network Access, section 3.1.2: https://wicg.github.io/private-network-access/#cors-preflight
  if (question.privateNetwork && headers['access-control-allow-private-network'] !== 'true') {
    return { fault: 'private-network-not-allowed' };
  }
  const starCounts = credentials !== 'include';
  const names = listIn(headers, 'access-control-allow-headers').map((name) => name.toLowerCase());
  const isAuthorizationMeant = wildcardCoversAuthorization && starCounts && names.includes('*');
  const grant: Grant = {
    methods: listIn(headers, 'access-control-allow-methods'),
    headers: isAuthorizationMeant ? [...names, 'authorization'] : names,
  };
  if (!isMethodCovered(question.method, grant, starCounts)) return { fault: 'method-not-listed' };
  const unlisted = question.unsafeNames.filter((name) => !isHeaderCovered(name, grant, starCounts));
  return unlisted.length === 0 ? { grant } : { fault: 'header-not-listed', unlisted };
}

/** Whether method and headers of a request are among what was granted. */
export function isCovered(
  { method, unsafeNames, credentials }: PreflightQuestion,
  grant: Grant,
  starCounts = credentials !== 'include',
): boolean {
  return (
    isMethodCovered(method, grant, starCounts) &&
    unsafeNames.every((name) => isHeaderCovered(name, grant, starCounts))
  );
}

function isMethodCovered(method: string, { methods }: Grant, starCounts: boolean): boolean {
  return (
    isSafelistedMethod(method) || methods.includes(method) || (starCounts && methods.includes('*'))
  );
}

/** Whether a CORS-unsafe request-header is among what was granted. */
function isHeaderCovered(name: string, { headers }: Grant, starCounts: boolean): boolean {
  return (
    headers.includes(name) ||
    // Fetch, "CORS non-wildcard request-header name".
    (starCounts && headers.includes('*') && name !== 'authorization')
  );
}
