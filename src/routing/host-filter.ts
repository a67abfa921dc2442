import { pathToRegexp } from 'path-to-regexp';

import type { Route } from './route.js';
import type { RoutedRequest } from './route-table.js';

/** Tells whether a host-bound controller serves a request's host. `undefined`: it serves every host. */
export type HostFilter = (request: RoutedRequest) => boolean;

/** The filter Nest puts in front of every handler of a controller that is bound to hosts. */
export function createHostFilter(host: Route['host']): HostFilter | undefined {
  if (!host) return undefined;
  const patterns = [host].flat().map((pattern) =>
    // Nest compiles it with path-to-regexp's defaults, which are those of paths.
    typeof pattern === 'string' ? pathToRegexp(pattern).regexp : pattern,
  );
  return (request) => {
    const hostname = hostnameOf(request);
    // `search` neither reads nor moves the `lastIndex` of an expression that belongs to the application.
    return patterns.some((pattern) => hostname.search(pattern) !== -1);
  };
}

function hostnameOf(request: RoutedRequest): string {
  // Only the adapter knows whether it trusts a proxy, so its own word comes first.
  if (request.hostname !== undefined) return request.hostname;
  const { headers } = request;
  const authority = headers.host ?? headers[':authority']?.toString() ?? '';
  // The colons of an IPv6 address are inside its brackets.
  const portAt = authority.indexOf(':', authority.startsWith('[') ? authority.indexOf(']') : 0);
  return portAt === -1 ? authority : authority.slice(0, portAt);
}
