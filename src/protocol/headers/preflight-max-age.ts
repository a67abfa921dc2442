import type { HeaderField } from './header-field.js';

/** `Access-Control-Max-Age`, in seconds (Fetch, "CORS-preflight fetch"). */
export function preflightMaxAge(seconds: number): HeaderField {
  return ['Access-Control-Max-Age', String(seconds)];
}
