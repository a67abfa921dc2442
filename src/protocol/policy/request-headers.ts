import { allowHeaders } from '../headers/allow-headers.js';
import type { HeaderField } from '../headers/header-field.js';
import { latelyUsed } from '../lately-used.js';
import { HEADER_NAMES, isToken, type ReadNames, readNames } from './name-lists.js';

/**
 * The request headers that a policy allows unless it says otherwise: what front ends send that is no
 * CORS-safelisted request header with a safelisted value (Fetch, "CORS-safelisted request-header").
 */
export const DEFAULT_ALLOWED_HEADERS: readonly string[] = Object.freeze([
  'accept',
  'authorization',
  'content-type',
  'user-agent',
  'x-csrf-token',
  'x-csrftoken',
  'x-requested-with',
]);

/** Names that no page can set (Fetch, "forbidden request-header"). */
const FORBIDDEN_REQUEST_HEADERS: ReadonlySet<string> = new Set([
  ...['accept-charset', 'accept-encoding', 'access-control-request-headers'],
  ...['access-control-request-method', 'connection', 'content-length', 'cookie', 'cookie2', 'date'],
  ...['dnt', 'expect', 'host', 'keep-alive', 'origin', 'referer', 'set-cookie', 'te', 'trailer'],
  ...['transfer-encoding', 'upgrade', 'via'],
]);

/** Response headers of the protocol (Fetch, "CORS protocol", "HTTP responses"; Private Network Access). */
function isProtocolResponseHeader(name: string): boolean {
  return /^access-control-(?:allow-.+|expose-headers|max-age)$/.test(name);
}

function isForbiddenRequestHeader(name: string): boolean {
  return (
    FORBIDDEN_REQUEST_HEADERS.has(name) || name.startsWith('proxy-') || name.startsWith('sec-')
  );
}

/** The `allowedHeaders` option as the policy holds it, with everything that is wrong about it. */
export function readAllowedHeaders(value: unknown): ReadNames {
  return readNames(value, {
    ...HEADER_NAMES,
    option: 'allowedHeaders',
    check: (name) => {
      const lower = name.toLowerCase();
      if (isProtocolResponseHeader(lower)) {
        return {
          code: 'misplaced-header-name',
          message: `"${name}" is a header of answers, and allowedHeaders names those of requests.`,
          hint: 'Remove it: this module sends it by itself where the policy says so.',
        };
      }
      if (!isForbiddenRequestHeader(lower)) return undefined;
      const message = `No page can set the request header "${name}".`;
      return { code: 'forbidden-header-name', message, hint: 'Remove it.' };
    },
  });
}

/** Characters; longer lists are no front end's, and need no memory. */
const LONGEST_REMEMBERED = 256;

/** Front ends send the same few lists over and over; whoever sends others must not fill the memory. */
const REMEMBERED = latelyUsed<ReadonlySet<string>>(500);

/**
 * The names in `Access-Control-Request-Headers`, lower-cased. Browsers send them sorted and without spaces;
 * an intermediary may add spaces and empty members. `undefined` where a member is no header name.
 */
export function parseRequestedHeaders(value: string): ReadonlySet<string> | undefined {
  const known = REMEMBERED.get(value);
  if (known !== undefined) return known;
  const names = parse(value);
  if (names !== undefined && value.length <= LONGEST_REMEMBERED) REMEMBERED.set(value, names);
  return names;
}

function parse(value: string): ReadonlySet<string> | undefined {
  const names = new Set<string>();
  for (const part of value.split(',')) {
    const name = part.trim().toLowerCase();
    if (name === '') continue;
    if (!isToken(name)) return undefined;
    names.add(name);
  }
  return names;
}

/** What a policy says about `Access-Control-Request-Headers`. */
export interface AllowedHeaders {
  /** Whether all these names, as {@link parseRequestedHeaders} gives them, may be sent. */
  allows(requested: ReadonlySet<string>): boolean;
  /** What `Access-Control-Allow-Headers` says. */
  fields(requested: ReadonlySet<string>): readonly HeaderField[];
  /** The same, where it is one whatever is requested. */
  readonly constant: readonly HeaderField[] | undefined;
  /** Equal for two policies that give the same answers. */
  readonly key: string;
}

const ANY_OF_THOSE: AllowedHeaders = {
  allows: () => true,
  fields: allowHeaders,
  constant: undefined,
  key: '*',
};

const ANY: AllowedHeaders = {
  ...ANY_OF_THOSE,
  // Firefox remembers a preflight for the names that it finds there, which a star stands for in no way.
  fields: (requested) => allowHeaders(new Set(['*', 'authorization', ...requested])),
};

/**
 * Compiles the `allowedHeaders` of a policy. For `*`, the requested names are repeated. With credentials, `*` is a
 * literal name to a browser; without, it is sent too, and covers every name but `authorization` (Fetch, "CORS
 * non-wildcard request-header name"), which is therefore named.
 */
export function compileAllowedHeaders(
  allowed: '*' | readonly string[],
  credentials: boolean,
): AllowedHeaders {
  if (allowed === '*') return credentials ? ANY_OF_THOSE : ANY;
  let compiled = COMPILED.get(allowed);
  if (compiled === undefined) {
    compiled = compileList(allowed);
    COMPILED.set(allowed, compiled);
  }
  return compiled;
}

/** Policies inherit their lists, so that thousands have the same one. */
const COMPILED = new WeakMap<readonly string[], AllowedHeaders>();

function compileList(allowed: readonly string[]): AllowedHeaders {
  const names = new Set(allowed.map((name) => name.toLowerCase()));
  const fields = allowHeaders(allowed);
  return {
    allows: (requested) => {
      for (const name of requested) if (!names.has(name)) return false;
      return true;
    },
    fields: () => fields,
    constant: fields,
    key: [...names].sort().join(','),
  };
}
