import type { Route } from './route.js';

/**
 * What `@All()` is reported as: the methods of RFC 9110 and RFC 5789, without CONNECT and TRACE, which no page can
 * send. Routers serve dozens more with it.
 */
const METHODS_OF_ALL = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** The methods to ask a URL about: those of `@All()`, and what else any route names. */
export function methodsToReport(routes: readonly Route[]): readonly string[] {
  const methods = new Set(METHODS_OF_ALL);
  for (const { method } of routes) {
    if (method !== 'ALL') methods.add(method);
  }
  return [...methods];
}

/** Whether a URL where these routes serve the method reports it: a rarer method only if a route names it. */
export function isReported(method: string, candidates: readonly Route[]): boolean {
  return METHODS_OF_ALL.includes(method)
    ? candidates.length > 0
    : candidates.some((route) => route.method === method);
}
