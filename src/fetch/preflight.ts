import { passesCorsCheck } from './cors-check.js';
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
}

/** What a preflight granted, as the browser remembers it. */
export interface Grant {
  readonly methods: readonly string[];
  readonly headers: readonly string[];
}

/** Fetch, "CORS-preflight fetch", from step 7: what the answer grants, `undefined` where it is a network error. */
export function readPreflight(
  question: PreflightQuestion,
  response: WireResponse,
): Grant | undefined {
  const { origin, credentials } = question;
  const { status, headers } = response;
  if (!passesCorsCheck(response, origin, credentials) || status < 200 || status > 299) {
    return undefined;
  }
  const grant: Grant = {
    methods: listIn(headers, 'access-control-allow-methods'),
    headers: listIn(headers, 'access-control-allow-headers').map((name) => name.toLowerCase()),
  };
  return isCovered(question, grant) ? grant : undefined;
}

/** Whether method and headers of a request are among what was granted. */
export function isCovered(
  { method, unsafeNames, credentials }: PreflightQuestion,
  grant: Grant,
  starCounts = credentials !== 'include',
): boolean {
  const methodCovered =
    isSafelistedMethod(method) ||
    grant.methods.includes(method) ||
    (starCounts && grant.methods.includes('*'));
  return (
    methodCovered &&
    unsafeNames.every(
      (name) =>
        grant.headers.includes(name) ||
        // Fetch, "CORS non-wildcard request-header name".
        (starCounts && grant.headers.includes('*') && name !== 'authorization'),
    )
  );
}
