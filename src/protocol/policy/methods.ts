import type { ConfigurationProblem } from '../configuration-error.js';
import { isToken, toList } from './header-names.js';

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

/** The `methods` option as the policy holds it, with everything that is wrong about it. */
export function readMethods(value: unknown): {
  value?: '*' | readonly string[];
  problems: readonly ConfigurationProblem[];
} {
  const list = toList(value);
  if (list === undefined) {
    return {
      problems: [
        {
          code: 'invalid-method',
          value,
          message: 'methods must be a list of HTTP methods, a comma-separated string or "*".',
          hint: "Write e.g. methods: ['GET', 'PUT'].",
        },
      ],
    };
  }
  if (list.includes('*')) return { value: '*', problems: [] };
  const problems = list.flatMap((method): ConfigurationProblem[] => {
    if (!isToken(method)) {
      return [
        {
          code: 'invalid-method',
          value: method,
          message: `"${method}" is not an HTTP method.`,
          hint: 'Remove it, or correct its spelling.',
        },
      ];
    }
    const upper = method.toUpperCase();
    if (FORBIDDEN_METHODS.has(upper)) {
      return [
        {
          code: 'forbidden-method',
          value: method,
          message: `Browsers never send ${upper} for a page.`,
          hint: 'Remove it from methods.',
        },
      ];
    }
    return method === upper
      ? []
      : [
          {
            code: 'lower-case-method',
            value: method,
            message: `Methods are case-sensitive, and "${method}" is read as ${upper} here.`,
            hint: `Write ${upper}, in pages too: fetch() does not upper-case "patch".`,
          },
        ];
  });
  return { value: Object.freeze([...new Set(list.map((m) => m.toUpperCase()))]), problems };
}
