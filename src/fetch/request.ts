import type { ReferrerPolicy } from './referrer.js';

/** What a page gives to `fetch()`. */
export interface PageRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /**
   * A text brings the type `text/plain` along. Whatever else it is, its type is among the headers, and only a stream
   * makes a difference: it cannot be sent again.
   */
  readonly body?: string | object;
  readonly mode: 'cors' | 'no-cors' | 'same-origin';
  readonly credentials: 'omit' | 'same-origin' | 'include';
  readonly redirect: 'follow' | 'error' | 'manual';
  /** Default: the empty one. */
  readonly referrerPolicy?: ReferrerPolicy;
  /**
   * Fetch, "use-CORS-preflight flag": set by listeners on the upload of an `XMLHttpRequest`, and by a body that is a
   * stream.
   */
  readonly useCorsPreflight?: boolean;
}

/** One request on the wire, with the headers that a server decides by; their names are in lower case. */
export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether the page's body goes along. */
  readonly hasBody?: boolean;
}

/** An answer on the wire; the names of its headers are in lower case. */
export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The lines of `Set-Cookie`, each for itself. */
  readonly cookies?: readonly string[];
}

/** What a page gets: nothing but a rejected promise, or this. */
export interface PageResponse {
  readonly type: 'basic' | 'cors' | 'opaque' | 'opaqueredirect';
  readonly status: number;
  readonly redirected: boolean;
  /** The names of the headers that it can read. */
  readonly headers: readonly string[];
}

const NORMALIZED_METHODS = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT']);

/** Fetch, "normalize a method": `patch` is not among them. */
export function normalizeMethod(method: string): string {
  const upper = method.toUpperCase();
  return NORMALIZED_METHODS.has(upper) ? upper : method;
}

/** Fetch, "forbidden method". */
export function isForbiddenMethod(method: string): boolean {
  return ['CONNECT', 'TRACE', 'TRACK'].includes(method.toUpperCase());
}

/** Fetch, "CORS-safelisted method". */
export function isSafelistedMethod(method: string): boolean {
  return ['GET', 'HEAD', 'POST'].includes(method);
}
