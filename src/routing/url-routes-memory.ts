import { LRUCache } from 'lru-cache';
import type { Route } from './route.js';
import type { UrlRoutes } from './route-table.js';
import { isReported } from './routed-methods.js';

/** The most of each that is remembered. Clients choose URLs, and must not fill the memory. */
const MOST_URLS = 5_000;
const MOST_COMBINATIONS = 10_000;

/** With a `max`, `lru-cache` takes room for all of it at once, at each start. */
const upTo = (most: number) => ({ maxSize: most, sizeCalculation: () => 1 });

/** Characters. */
const LONGEST_URL = 256;

/** The routes that serve a URL, and a key that is equal wherever they are the same. */
export interface Combination {
  readonly key: string;
  /** Those that may serve a method. */
  readonly candidates: (method: string) => readonly Route[];
}

/**
 * Remembers what was found out about URLs. Pages ask for some URLs over and over; and however many URLs there are,
 * only so many combinations of routes serve them.
 */
export class UrlRoutesMemory {
  /** Then by the method asked about. */
  readonly #byUrl = new LRUCache<string, Map<string, UrlRoutes>>(upTo(MOST_URLS));
  readonly #byCombination = new LRUCache<string, UrlRoutes>(upTo(MOST_COMBINATIONS));

  constructor(private readonly methodsToReport: readonly string[]) {}

  /**
   * @param method the one asked about, empty if it is none that is routed
   * @param url `undefined` where the routes depend on more than that
   * @param find finds out, where it is not remembered
   */
  recall(method: string, url: string | undefined, find: () => Combination): UrlRoutes {
    const byMethod = url === undefined ? undefined : this.#byUrl.get(url);
    const known = byMethod?.get(method);
    if (known !== undefined) return known;
    const routes = this.#routesOf(method, find());
    if (byMethod !== undefined) byMethod.set(method, routes);
    else if (url !== undefined && url.length <= LONGEST_URL) {
      this.#byUrl.set(url, new Map([[method, routes]]));
    }
    return routes;
  }

  #routesOf(method: string, { key, candidates }: Combination): UrlRoutes {
    const fullKey = `${method} ${key}`;
    const known = this.#byCombination.get(fullKey);
    if (known !== undefined) return known;
    const methods = new Map<string, readonly Route[]>();
    for (const each of this.methodsToReport) {
      const routes = candidates(each);
      if (isReported(each, routes)) methods.set(each, routes);
    }
    const routes = { candidates: candidates(method), methods };
    this.#byCombination.set(fullKey, routes);
    return routes;
  }
}
