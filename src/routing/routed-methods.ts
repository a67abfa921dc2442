import type { Route } from './route.js';

/**
 * What `@All()` is reported as: the methods of RFC 9110 and RFC 5789, without CONNECT and TRACE, which no page can
 * send. Routers serve dozens more with it.
 */
export const METHODS_OF_ALL = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** The methods to ask a URL about: what any route names, and those of `@All()` if there is one. */
export function methodsToReport(routes: readonly Pick<Route, 'method'>[]): readonly string[] {
  const methods = new Set<string>();
  for (const { method } of routes) {
    for (const each of method === 'ALL' ? METHODS_OF_ALL : [method]) methods.add(each);
    if (method === 'GET') methods.add('HEAD');
  }
  const usual = METHODS_OF_ALL.filter((method) => methods.has(method));
  return [...new Set([...usual, ...methods])];
}

/** Whether a URL where these routes serve the method reports it: a rarer method only if a route names it. */
export function isReported(
  method: string,
  candidates: readonly Pick<Route, 'method'>[],
): boolean {
  return METHODS_OF_ALL.includes(method)
    ? candidates.length > 0
    : candidates.some((route) => route.method === method);
}
