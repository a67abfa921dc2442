import type { PageRequest, WireResponse } from './request.js';

/** Why an answer does not pass the CORS check. */
export type CorsFault =
  | 'no-allow-origin'
  | 'wildcard-with-credentials'
  | 'other-origin'
  | 'credentials-not-allowed';

/** Fetch, "CORS check": why an answer may not be handed to the page; `undefined` where it may. */
export function corsFault(
  { headers }: WireResponse,
  serializedOrigin: string,
  credentials: PageRequest['credentials'],
): CorsFault | undefined {
  const allowed = headers['access-control-allow-origin'];
  if (allowed === undefined) return 'no-allow-origin';
  if (credentials !== 'include' && allowed === '*') return undefined;
  if (allowed !== serializedOrigin) {
    return allowed === '*' ? 'wildcard-with-credentials' : 'other-origin';
  }
  if (credentials !== 'include') return undefined;
  return headers['access-control-allow-credentials'] === 'true'
    ? undefined
    : 'credentials-not-allowed';
}

/** Fetch, "CORS check": whether an answer may be handed to the page. */
export function passesCorsCheck(
  response: WireResponse,
  serializedOrigin: string,
  credentials: PageRequest['credentials'],
): boolean {
  return corsFault(response, serializedOrigin, credentials) === undefined;
}
