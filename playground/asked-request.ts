/** A request of a page, as the playground asks about it. */
export interface AskedRequest {
  readonly method: string;
  /** Path and query, at the API. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials: 'omit' | 'same-origin' | 'include';
  readonly mode: 'cors' | 'no-cors' | 'same-origin';
  /** Paths that redirects lead to. */
  readonly follows: readonly string[];
}
