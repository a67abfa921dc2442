import { METHODS } from 'node:http';

import { VERSION_NEUTRAL, VersioningType, type VersioningOptions } from '@nestjs/common';
import { pathToRegexp } from 'path-to-regexp';

import { createHostFilter, type HostFilter } from '../host-filter.js';
import { PathIndex } from './path-index.js';
import { pathnameOf } from '../pathname.js';
import type { Route } from '../route.js';
import { routerSettings } from './router-settings.js';
import type { RouterAdapter } from '../router-adapter.js';
import type { RoutedRequest, RouteTable, UrlRoutes } from '../route-table.js';
import { methodsToReport } from '../routed-methods.js';
import { UrlRoutesMemory } from '../url-routes-memory.js';

/** What Node's parser lets through, so what `@All()` serves. */
const SERVER_METHODS: ReadonlySet<string> = new Set(METHODS);

/** The table of a router that serves the first registered route that matches: Express's, and that of unknown adapters. */
export class ExpressRouteTable implements RouteTable {
  readonly #index: PathIndex<Layer>;
  readonly #memory: UrlRoutesMemory;
  readonly #dependsOnHost: boolean;

  constructor(
    readonly routes: readonly Route[],
    httpAdapter: RouterAdapter,
    versioning: VersioningOptions | undefined,
  ) {
    const settings = routerSettings(httpAdapter);
    this.#index = new PathIndex(settings);
    for (const [order, route] of routes.entries()) {
      const pattern = settings.strict ? route.path : withoutTrailingSlashes(route.path);
      const { regexp } = pathToRegexp(pattern, {
        sensitive: settings.caseSensitive,
        trailing: !settings.strict,
      });
      const servesVersion = versionFilter(route, httpAdapter, versioning);
      this.#index.add(pattern, new Layer(order, route, regexp, servesVersion));
    }
    this.#memory = new UrlRoutesMemory(methodsToReport(routes));
    this.#dependsOnHost = routes.some(({ host }) => host !== undefined);
  }

  find(request: RoutedRequest): Route | undefined {
    const pathname = pathnameOf(request.url);
    if (pathname === undefined || !SERVER_METHODS.has(request.method)) return undefined;
    const hasEscapes = pathname.includes('%');
    try {
      for (const layer of this.#index.candidates(pathname)) {
        const handles = layer.handles(request.method);
        // A layer for another method still counts if it cannot decode the path: see `Layer.matches`.
        if (!handles && !hasEscapes) continue;
        if (layer.matches(pathname) && handles && layer.serves(request)) return layer.route;
      }
    } catch {
      // Answered by the router with an error, from here on no route runs: the path cannot be decoded, or the
      // application's version extractor throws.
    }
    return undefined;
  }

  at(request: RoutedRequest, method: string): UrlRoutes {
    const asked = SERVER_METHODS.has(method) ? method : '';
    return this.#memory.recall(asked, this.#dependsOnHost ? undefined : request.url, () => {
      const layers = this.#layersAt(request);
      return {
        key: layers.map(({ order }) => order).join(),
        candidates: (each) => findCandidates(layers, each),
      };
    });
  }

  #layersAt(request: RoutedRequest): readonly Layer[] {
    const layers: Layer[] = [];
    const pathname = pathnameOf(request.url);
    if (pathname === undefined) return layers;
    try {
      for (const layer of this.#index.candidates(pathname)) {
        if (layer.matches(pathname) && layer.servesHost(request)) layers.push(layer);
      }
    } catch {
      // The layers before the one that cannot decode the path may still serve it.
    }
    return layers;
  }
}

/** The routes that may serve a method, of those that serve the URL. */
function findCandidates(layers: readonly Layer[], method: string): readonly Route[] {
  const routes: Route[] = [];
  if (!SERVER_METHODS.has(method)) return routes;
  const taken = new Set<unknown>();
  for (const { route, handles, versions } of layers) {
    if (!handles(method)) continue;
    if (versions === undefined) {
      // Serves whatever the earlier ones left.
      routes.push(route);
      break;
    }
    if (versions.every((version) => taken.has(version))) continue;
    routes.push(route);
    for (const version of versions) taken.add(version);
  }
  return routes;
}

/** One route as the router holds it. */
class Layer {
  readonly #hostFilter: HostFilter | undefined;
  /** The versions this route serves; `undefined`: all of them. */
  readonly versions: readonly unknown[] | undefined;
  readonly handles: (method: string) => boolean;

  constructor(
    /** Its place in the order of registration. */
    readonly order: number,
    readonly route: Route,
    private readonly regexp: RegExp,
    private readonly servesVersion: VersionFilter | undefined,
  ) {
    this.#hostFilter = createHostFilter(route.host);
    this.versions = servesVersion && [route.version].flat();
    const own = route.method;
    this.handles =
      own === 'ALL'
        ? () => true
        : own === 'GET'
          ? (method) => method === 'GET' || method === 'HEAD'
          : (method) => method === own;
  }

  /**
   * @throws URIError if a parameter's escapes cannot be decoded. The router decodes them in every layer whose path
   *   matches, before it looks at the method, and passes over all routes from then on.
   */
  matches(pathname: string): boolean {
    if (!pathname.includes('%')) return this.regexp.test(pathname);
    const match = this.regexp.exec(pathname);
    if (match === null) return false;
    // Typed as strings, but a group that took no part is undefined.
    for (const parameter of match.slice(1) as (string | undefined)[]) {
      if (parameter !== undefined) decodeURIComponent(parameter);
    }
    return true;
  }

  serves(request: RoutedRequest): boolean {
    // In the order of Nest's filters, as the version's may throw.
    return (this.servesVersion?.(request) ?? true) && this.servesHost(request);
  }

  servesHost(request: RoutedRequest): boolean {
    return this.#hostFilter?.(request) ?? true;
  }
}

type VersionFilter = (request: RoutedRequest) => boolean;

/** The adapter's own filter, around a handler that says yes and before a next one that says no. */
function versionFilter(
  { version }: Route,
  httpAdapter: RouterAdapter,
  versioning: VersioningOptions | undefined,
): VersionFilter | undefined {
  if (!versioning || versioning.type === VersioningType.URI) return undefined;
  if (!version || version === VERSION_NEUTRAL) return undefined;
  const filter = httpAdapter.applyVersionFilter(() => true, version, versioning);
  return (request) => {
    // Typed by what it is for in Nest, it hands back what the handler or `next` returned.
    const served: unknown = filter(request, undefined, () => false);
    return served === true;
  };
}

/** How a router that is not strict reads a pattern. */
function withoutTrailingSlashes(pattern: string): string {
  return pattern === '/' ? pattern : pattern.replace(/\/+$/, '');
}
