import type { ConfigurationProblem } from '../configuration-error.js';
import { type ReadNames, readNames } from './name-lists.js';

/** Never dispatched for a page (Fetch, "forbidden method"). */
export const FORBIDDEN_METHODS: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK']);

/**
 * Methods that a page may use on a URL whose methods are not known, because no route serves it: those of
 * RFC 9110 and PATCH (RFC 5789), QUERY, and those of WebDAV that Nest routes.
 */
const KNOWN_METHODS: ReadonlySet<string> = new Set([
  ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY', 'SEARCH'],
  ...['PROPFIND', 'PROPPATCH', 'MKCOL', 'COPY', 'MOVE', 'LOCK', 'UNLOCK'],
]);

/** Whether a method that no route limits may be named in an answer. */
export function isKnownMethod(method: string): boolean {
  return KNOWN_METHODS.has(method);
}

/** Methods that `fetch()` upper-cases (Fetch, "normalize a method"); `patch` is not among them. */
const NORMALIZED_METHODS = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT']);

/** A method as `fetch()` would send it. */
export function normalizeMethod(method: string): string {
  const upper = method.toUpperCase();
  return NORMALIZED_METHODS.has(upper) ? upper : method;
}

/** The methods a policy names, as a set to look up; `GET` includes `HEAD` (RFC 9110, section 9.3.2). */
export function methodSet(methods: '*' | readonly string[]): ReadonlySet<string> | undefined {
  if (methods === '*') return undefined;
  const set = new Set(methods);
  if (set.has('GET')) set.add('HEAD');
  return set;
}

/** The `methods` option as the policy holds it, in upper case, with everything that is wrong about it. */
export function readMethods(value: unknown): ReadNames {
  const read = readNames(value, {
    option: 'methods',
    code: 'invalid-method',
    one: 'an HTTP method',
    several: 'HTTP methods',
    example: "['GET', 'PUT']",
    remedy: 'Remove it, or correct its spelling.',
    check: checkMethod,
  });
  if (read.value === '*') return { value: '*', problems: [] };
  return read.value === undefined
    ? read
    : { ...read, value: Object.freeze([...new Set(read.value.map((m) => m.toUpperCase()))]) };
}

function checkMethod(method: string): Omit<ConfigurationProblem, 'value'> | undefined {
  const upper = method.toUpperCase();
  if (FORBIDDEN_METHODS.has(upper)) {
    const message = `Browsers never send ${upper} for a page.`;
    return { code: 'forbidden-method', message, hint: 'Remove it from methods.' };
  }
  if (method === upper) return undefined;
  return {
    code: 'lower-case-method',
    message: `Methods are case-sensitive, and "${method}" is read as ${upper} here.`,
    hint: `Write ${upper}, in pages too: fetch() does not upper-case "patch".`,
  };
}
