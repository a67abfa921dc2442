import type { Route } from './route.js';
import type { UrlRoutes } from './route-table.js';
import { isReported } from './routed-methods.js';

/** The most of each that is remembered; then all is forgotten. Clients choose URLs, and must not fill the memory. */
const MOST_URLS = 5_000;
const MOST_COMBINATIONS = 10_000;

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
  /** By the method asked about. */
  readonly #byUrl = new Map<string, Map<string, UrlRoutes>>();
  readonly #byCombination = new Map<string, UrlRoutes>();
  #urls = 0;

  constructor(private readonly methodsToReport: readonly string[]) {}

  /**
   * @param method the one asked about, empty if it is none that is routed
   * @param url `undefined` where the routes depend on more than that
   * @param find finds out, where it is not remembered
   */
  recall(method: string, url: string | undefined, find: () => Combination): UrlRoutes {
    let byUrl = this.#byUrl.get(method);
    const known = url === undefined ? undefined : byUrl?.get(url);
    if (known !== undefined) return known;
    const routes = this.#routesOf(method, find());
    if (url === undefined || url.length > LONGEST_URL) return routes;
    if (this.#urls >= MOST_URLS) {
      this.#byUrl.clear();
      this.#urls = 0;
      byUrl = undefined;
    }
    byUrl ??= new Map();
    this.#byUrl.set(method, byUrl.set(url, routes));
    this.#urls += 1;
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
    if (this.#byCombination.size >= MOST_COMBINATIONS) this.#byCombination.clear();
    this.#byCombination.set(fullKey, routes);
    return routes;
  }
}
