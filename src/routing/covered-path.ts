import { VERSION_NEUTRAL } from '@nestjs/common';

import { patternOfRoute } from './path-entries.js';
import {
  ANYTHING,
  compareExactness,
  type Exactness,
  type PathPattern,
  type PatternSyntax,
} from './path-pattern.js';
import type { Route } from './route.js';

/**
 * Whether routes hold on all of a mount's URLs and for every method, so that an entry there is never asked. It says
 * so only where it is certain: routes for all methods, hosts and versions have the mount's very path, and that path with
 * a wildcard behind it; and no less exact route could be found before them.
 *
 * Only URLs as they are usually written count: a router that knows upper from lower case leaves the others to the
 * entry.
 */
export function routesCover(
  mount: PathPattern,
  routes: readonly Route[],
  syntax: PatternSyntax,
): boolean {
  const everywhere: Exactness[] = [];
  const all: Exactness[] = [];
  for (const route of routes) {
    const shapes = patternOfRoute(route.path, syntax)?.shapes;
    // It may match anything.
    if (shapes === undefined) return false;
    all.push(...shapes);
    if (!servesEverybody(route)) continue;
    // Fastify's `/books/*` serves `/books/`, and not `/books`.
    const needsSlash = syntax === 'find-my-way' && /[^/]\/\*$/.test(route.path);
    everywhere.push(...(needsSlash ? shapes.slice(0, 1) : shapes));
  }
  return mount.shapes.every(
    (shape) =>
      everywhere.some((route) => isSame(route, shape)) &&
      (isSame(shape.slice(-1), [ANYTHING]) ||
        everywhere.some((route) => isSame(route, [...shape, ANYTHING]))) &&
      !all.some((route) => compareExactness(shape, route) > 0 && mayMeet(shape, route)),
  );
}

function servesEverybody({ method, host, version, constraints }: Route): boolean {
  return (
    method === 'ALL' &&
    host === undefined &&
    (version === undefined || version === VERSION_NEUTRAL) &&
    Object.keys(constraints ?? {}).length === 0
  );
}

function isSame(a: Exactness, b: Exactness): boolean {
  return (
    a.length === b.length &&
    a.every(({ kind, text }, index) => b[index]?.kind === kind && b[index].text === text)
  );
}

/** Whether a URL could lie under the mount and be the route's. */
function mayMeet(mount: Exactness, route: Exactness): boolean {
  for (const [index, ours] of mount.entries()) {
    const theirs = route[index];
    if (theirs === undefined) return false;
    if (ours.kind === 'wildcard' || theirs.kind === 'wildcard') return true;
    if (ours.kind === 'literal' && theirs.kind === 'literal') {
      if (ours.text.toLowerCase() !== theirs.text.toLowerCase()) return false;
    }
  }
  return true;
}
