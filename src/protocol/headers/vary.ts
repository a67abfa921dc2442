/** What the answer to any CORS-aware resource depends on (Fetch, "CORS protocol and HTTP caches"). */
export const VARY_ORIGIN: readonly string[] = Object.freeze(['Origin']);

/** An answer that is the same for everybody. */
export const VARY_NOTHING: readonly string[] = Object.freeze([]);

/** What the answer to a preflight depends on. */
export const VARY_PREFLIGHT: readonly string[] = Object.freeze([
  'Origin',
  'Access-Control-Request-Method',
  'Access-Control-Request-Headers',
]);

/** The same, where a policy answers requests to reach a private network. */
export const VARY_PRIVATE_PREFLIGHT: readonly string[] = Object.freeze([
  ...VARY_PREFLIGHT,
  'Access-Control-Request-Private-Network',
]);

/** What the answer depends on where a policy isolates, and no page of another site asks. */
export const VARY_SITE: readonly string[] = Object.freeze([...VARY_ORIGIN, 'Sec-Fetch-Site']);

/** The same, where a page of another site asks: what it does with the answer, too. */
export const VARY_FETCH_METADATA: readonly string[] = Object.freeze([
  ...VARY_SITE,
  'Sec-Fetch-Mode',
  'Sec-Fetch-Dest',
  'Sec-Purpose',
]);

/** Put together once; nearly every answer has one of them. */
const TEXTS: ReadonlyMap<readonly string[], string> = new Map(
  [VARY_ORIGIN, VARY_PREFLIGHT, VARY_PRIVATE_PREFLIGHT, VARY_SITE, VARY_FETCH_METADATA].map(
    (names) => [names, names.join(', ')],
  ),
);

/**
 * Adds names to whatever `Vary` is there, once each. A `*` covers every name and stays alone
 * (RFC 9110, section 12.5.5).
 */
export function mergeVary(current: string | undefined, names: readonly string[]): string {
  if (current === undefined || current.trim() === '') return TEXTS.get(names) ?? names.join(', ');
  const present = new Set(current.split(',').map((name) => name.trim().toLowerCase()));
  if (present.has('*')) return '*';
  const missing = names.filter((name) => !present.has(name.toLowerCase()));
  return [current, ...missing].join(', ');
}
