import type { Answer } from './send.js';

/**
 * The CORS headers of an answer by their names in lower case. Those that hold lists are sorted lists, so that
 * order and spacing do not matter; `HEAD` is left out of the methods beside `GET`, which includes it.
 */
export type CorsHeaders = Readonly<Record<string, unknown>>;

const METHODS = 'access-control-allow-methods';
const NAMES = ['access-control-allow-headers', 'access-control-expose-headers'];

export const members = (value: string): string[] =>
  value
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '');

/** @throws if a CORS header is there more than once */
export function corsHeadersOf(headers: Iterable<readonly [string, string]>): CorsHeaders {
  const found: Record<string, unknown> = {};
  for (const [given, value] of headers) {
    const name = given.toLowerCase();
    if (!name.startsWith('access-control-')) continue;
    if (name in found) throw new Error(`${name} is there twice.`);
    found[name] =
      name === METHODS
        ? methodList(members(value))
        : NAMES.includes(name)
          ? members(value.toLowerCase()).sort()
          : value;
  }
  return found;
}

/** The members of `Vary`, in lower case and sorted, with their repetitions. */
export function varyOf(headers: Iterable<readonly [string, string]>): string[] {
  return [...headers]
    .filter(([name]) => name.toLowerCase() === 'vary')
    .flatMap(([, value]) => members(value.toLowerCase()))
    .sort();
}

function methodList(methods: readonly string[]): string[] {
  return methods.filter((method) => method !== 'HEAD' || !methods.includes('GET')).sort();
}

/** What an actual request from an allowed origin gets. */
export function allows(
  origin: string,
  { credentials = false, exposes }: { credentials?: boolean; exposes?: string } = {},
): CorsHeaders {
  return {
    'access-control-allow-origin': origin,
    ...(credentials && { 'access-control-allow-credentials': 'true' }),
    ...(exposes !== undefined && {
      'access-control-expose-headers': members(exposes.toLowerCase()).sort(),
    }),
  };
}

/** `DEFAULT_ALLOWED_HEADERS`, as the design lists them. */
const DEFAULT_HEADERS =
  'accept,authorization,content-type,user-agent,x-csrf-token,x-csrftoken,x-requested-with';

interface PreflightGrants {
  credentials?: boolean;
  /** Default: none listed. */
  methods?: string | object;
  /** Default: `DEFAULT_ALLOWED_HEADERS`; `false` for no header at all. */
  headers?: string | false;
  /** Default: 7200; `false` for no header at all. */
  maxAge?: number | false;
  privateNetwork?: boolean;
}

/** What a preflight request gets when everything it asks for is allowed. */
export function approves(
  origin: string,
  {
    credentials = false,
    methods,
    headers = DEFAULT_HEADERS,
    maxAge = 7200,
    privateNetwork = false,
  }: PreflightGrants,
): CorsHeaders {
  return {
    ...allows(origin, { credentials }),
    ...(methods !== undefined && {
      [METHODS]: typeof methods === 'string' ? methodList(members(methods)) : methods,
    }),
    ...(headers !== false && { 'access-control-allow-headers': members(headers).sort() }),
    ...(maxAge !== false && { 'access-control-max-age': String(maxAge) }),
    ...(privateNetwork && { 'access-control-allow-private-network': 'true' }),
  };
}

/** What a preflight request gets from an allowed origin when its method or a header is not allowed. */
export function lists(origin: string, grants: PreflightGrants): CorsHeaders {
  return approves(origin, { ...grants, maxAge: false });
}

export const isCorsHeader = ([name]: Answer['headers'][number]): boolean =>
  name.startsWith('access-control-');
