import type { PageRequest, WireResponse } from './request.js';

/** Fetch, "CORS check": whether an answer may be handed to the page. */
export function passesCorsCheck(
  { headers }: WireResponse,
  serializedOrigin: string,
  credentials: PageRequest['credentials'],
): boolean {
  const allowed = headers['access-control-allow-origin'];
  if (allowed === undefined) return false;
  if (credentials !== 'include' && allowed === '*') return true;
  if (allowed !== serializedOrigin) return false;
  if (credentials !== 'include') return true;
  return headers['access-control-allow-credentials'] === 'true';
}
