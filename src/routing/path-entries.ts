import {
  compareExactness,
  type Exactness,
  PathPattern,
  type PatternSyntax,
} from './path-pattern.js';
import { readingsOf } from './url-readings.js';

/** Something that holds on a path and on everything under it. */
export interface PathEntry<T> {
  /** A mount; more exact patterns hold before it. */
  readonly pattern: PathPattern;
  /** What holds there. Nothing here looks at it. */
  readonly payload: T;
}

/** Who holds on one URL. */
export interface PathHolders<T> {
  /**
   * The entries that hold, each once: first the one that holds on the URL as written. There are several where the URL
   * can be read in several ways.
   */
  readonly entries: readonly PathEntry<T>[];

  /** Whether the route holds beside them; `false` too if none was given. */
  readonly routeHolds: boolean;
}

/**
 * The entries of an application, for what no controller serves: what `app.use()`, plain routes of the adapter and
 * static files answer.
 *
 * Nobody can tell beforehand who will answer a URL, and how it reads the URL. So there may be several holders, and a
 * request may pass only if **every** one of them allows it: all entries, and the route where it holds. A reading under
 * which nothing holds asks for nothing.
 */
export class PathEntries<T> {
  readonly #routes = new Map<string, PathPattern | undefined>();

  /**
   * @param entries in the order in which they were given: of two that are as exact, the first holds
   * @param routeSyntax how the paths of the application's routes are written
   */
  constructor(
    readonly entries: readonly PathEntry<T>[],
    private readonly routeSyntax: PatternSyntax,
  ) {}

  /**
   * Who holds on a URL.
   *
   * For each reading it is the most exact entry, with and without regard to case. A route holds instead where it
   * matches and the entry is not more exact. It goes on holding unless entries take its place in every reading that
   * it matches.
   *
   * @param target the request target, as received
   * @param routePath the path of the route that the application's router finds for the request, if any. Where a
   *   preflight leaves several, ask for each.
   */
  holdersAt(target: string, routePath?: string): PathHolders<T> {
    const { entries } = this;
    const readings = readingsOf(target);
    if (readings === undefined) return { entries, routeHolds: routePath !== undefined };
    const found = new Set<PathEntry<T>>();
    const route = routePath === undefined ? undefined : this.#patternOf(routePath);
    let isRouteMatched = false;
    let isRouteLeft = false;
    for (const path of readings) {
      const exactness = route?.exactnessAt(path, false);
      isRouteMatched ||= exactness !== undefined;
      const matching = entries.filter(({ pattern }) => pattern.exactnessAt(path, false));
      if (matching.length === 0) isRouteLeft ||= exactness !== undefined;
      else {
        for (const isCaseSensitive of [false, true]) {
          const entry = mostExact(matching, path, isCaseSensitive, exactness);
          if (entry !== undefined) found.add(entry);
          else isRouteLeft ||= exactness !== undefined;
        }
      }
    }
    return {
      entries: [...found],
      // The router has found it, whether or not it is seen here why.
      routeHolds: routePath !== undefined && (isRouteLeft || !isRouteMatched),
    };
  }

  /** Compiled once, as an application has only so many routes. `undefined`: unreadable, and so never more exact. */
  #patternOf(routePath: string): PathPattern | undefined {
    if (!this.#routes.has(routePath)) {
      this.#routes.set(routePath, patternOfRoute(routePath, this.routeSyntax));
    }
    return this.#routes.get(routePath);
  }
}

/** `undefined` where only the router itself can read it. */
export function patternOfRoute(routePath: string, syntax: PatternSyntax): PathPattern | undefined {
  try {
    return new PathPattern(routePath, 'path', syntax);
  } catch {
    return undefined;
  }
}

/** The entry that is more exact than all others and the route. */
function mostExact<T>(
  entries: readonly PathEntry<T>[],
  path: string,
  isCaseSensitive: boolean,
  route: Exactness | undefined,
): PathEntry<T> | undefined {
  let best: PathEntry<T> | undefined;
  let toBeat = route;
  for (const entry of entries) {
    const exactness = entry.pattern.exactnessAt(path, isCaseSensitive);
    if (exactness === undefined) continue;
    if (toBeat !== undefined && compareExactness(exactness, toBeat) <= 0) continue;
    best = entry;
    toBeat = exactness;
  }
  return best;
}
