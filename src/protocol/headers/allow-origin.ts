import type { HeaderField } from './header-field.js';

/** What tells a browser that every origin may read the answer (Fetch, "HTTP responses"). */
export const ANY_ORIGIN = '*';

/** `Access-Control-Allow-Origin`: one origin or `*`, never a list (Fetch, "CORS check"). */
export function allowOrigin(origin: string): HeaderField {
  return ['Access-Control-Allow-Origin', origin];
}
