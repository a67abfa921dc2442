import type { VersioningOptions } from '@nestjs/common';
import FindMyWay from 'find-my-way';

import {
  actualStrategies,
  allGuesses,
  type Guess,
  guessingStrategies,
  HOST,
  knownConstraints,
} from './fastify-constraints.js';
import {
  type FastifyAdapter,
  type FastifyInstance,
  type RouterOptions,
  routerOptions,
} from './fastify-instance.js';
import { type Registration, registrationOf } from './fastify-registrations.js';
import { createHostFilter } from '../host-filter.js';
import type { Route } from '../route.js';
import type { RouterAdapter } from '../router-adapter.js';
import type { RoutedRequest, RouteTable, UrlRoutes } from '../route-table.js';
import { methodsToReport } from '../routed-methods.js';
import { type Combination, UrlRoutesMemory } from '../url-routes-memory.js';

/**
 * The table of a router that serves the most specific route. It is Fastify's own router, find-my-way, filled a second
 * time with the same routes and options, as Fastify does not give its own away.
 *
 * Where headers decide, there are two of it. `find` has all headers of the actual request, and reads the constraints
 * off them as Fastify does; `at` has those of a preflight, and tries everything that the others could say.
 */
export class FastifyRouteTable implements RouteTable {
  readonly routes: readonly Route[];
  readonly #isRoutable: (url: string) => boolean;
  readonly #router: Router;
  readonly #guessingRouter: Router;
  readonly #guesses: readonly Guess[];
  readonly #methodsToReport: readonly string[];
  /** Every method that a route is registered for. */
  readonly #methods: ReadonlySet<string>;
  /** Whether HEAD is served by the very routes that serve GET, and is looked up as it. */
  readonly #headIsGet: boolean;
  /** Its place, by which a combination of routes is told from others. */
  readonly #places: ReadonlyMap<Route, number>;
  /** Whether a preflight's headers decide too, and not only its URL and the method it asks about. */
  readonly #dependsOnHeaders: boolean;
  readonly #memory: UrlRoutesMemory;

  constructor(
    routes: readonly Route[],
    httpAdapter: RouterAdapter,
    versioning: VersioningOptions | undefined,
  ) {
    // Their packages are optional peers, and what is used of the adapter is private to it.
    const instance = httpAdapter.getInstance() as FastifyInstance;
    const adapter = httpAdapter as unknown as FastifyAdapter;
    this.#isRoutable = adapter.isRoutableRequestTarget?.bind(adapter) ?? (() => true);

    const options = routerOptions(instance);
    const strategies = actualStrategies(options.constraints ?? {}, versioning);
    const registrations = routes.map((route) =>
      registrationOf(route, normalizePath(route.path, options), instance, versioning),
    );
    this.#headIsGet = registrations.every(
      ({ methods }) => methods.includes('GET') === methods.includes('HEAD'),
    );
    this.#guesses = allGuesses(registrations);
    this.#router = createRouter({ ...options, constraints: strategies });
    this.#guessingRouter =
      this.#guesses.length === 1
        ? this.#router
        : createRouter({ ...options, constraints: guessingStrategies(this.#guesses, strategies) });
    this.routes = registrations
      .filter((registration) => {
        const { route, constraints } = registration;
        const serve = createServe(route, adapter);
        const path = normalizePath(route.path, options);
        // A tree of routes for each method takes room, and this one would be the other's twin.
        const methods = registration.methods.filter(
          (each) => !(this.#headIsGet && each === 'HEAD'),
        );
        const isNew = register(this.#guessingRouter, { route, methods, constraints }, path, serve);
        if (this.#router !== this.#guessingRouter) {
          const known = knownConstraints(constraints, strategies);
          register(this.#router, { route, methods, constraints: known }, path, serve);
        }
        return isNew;
      })
      .map(({ route }) => route);
    this.#methodsToReport = methodsToReport(this.routes);
    this.#methods = new Set(registrations.flatMap(({ methods }) => methods));
    this.#dependsOnHeaders =
      Object.keys(strategies).some((name) => name !== 'version') ||
      registrations.some(({ route, constraints }) => route.host ?? constraints[HOST]);
    this.#memory = new UrlRoutesMemory(this.#methodsToReport);
    this.#places = new Map(this.routes.map((route, place) => [route, place]));
  }

  find(request: RoutedRequest): Route | undefined {
    const isHead = request.method === 'HEAD' && this.#headIsGet;
    // What constraints look at is still there.
    const asked = isHead
      ? (Object.create(request, { method: { value: 'GET' } }) as RoutedRequest)
      : request;
    return this.#lookup(this.#router, asked);
  }

  at(request: RoutedRequest, method: string): UrlRoutes {
    const asked = this.#methods.has(method) ? method : '';
    const url = this.#dependsOnHeaders ? undefined : request.url;
    return this.#memory.recall(asked, url, () => this.#combinationAt(request, asked));
  }

  #combinationAt({ url, headers, hostname }: RoutedRequest, asked: string): Combination {
    const found = new Map<string, readonly Route[]>();
    for (const each of [...this.#methodsToReport, asked]) {
      const method = each === 'HEAD' && this.#headIsGet ? 'GET' : each;
      found.set(each, found.get(method) ?? this.#candidates({ method, url, headers, hostname }));
    }
    const key = [...found.values()]
      .map((routes) => routes.map((route) => this.#places.get(route)).join())
      .join(' ');
    return { key, candidates: (each) => found.get(each) ?? [] };
  }

  #candidates(request: RoutedRequest): readonly Route[] {
    const routes: Route[] = [];
    for (const guess of this.#guesses) {
      const route = this.#lookup(this.#guessingRouter, request, guess);
      if (route !== undefined && !routes.includes(route)) routes.push(route);
    }
    return routes;
  }

  #lookup(router: Router, request: RoutedRequest, guess?: Guess): Route | undefined {
    if (!this.#isRoutable(request.url)) return undefined;
    try {
      return router.lookup(request, undefined, guess);
    } catch {
      // Fastify answers with an error: the application's version extractor throws, or a constraint of its own.
      return undefined;
    }
  }
}

/** A handler of the table's own routers: answers whether its route serves the request. */
type Serve = (request: RoutedRequest, response: undefined, params: object) => Route | undefined;

/** find-my-way as it is used here: a look-up returns what the handler it calls returns. */
interface Router {
  on(
    method: string,
    path: string,
    options: Pick<Registration, 'constraints'>,
    handler: Serve,
  ): void;
  hasRoute(method: string, path: string, constraints: Registration['constraints']): boolean;
  lookup(request: RoutedRequest, response: undefined, guess?: Guess): Route | undefined;
}

function createRouter(options: RouterOptions): Router {
  const config = {
    ...options,
    defaultRoute: () => undefined,
    // Nobody looks at it.
    querystringParser: () => ({}),
  };
  // Its types ask for requests of Node's, of which it reads no more than `RoutedRequest` has.
  return FindMyWay(config as FindMyWay.Config<FindMyWay.HTTPVersion.V1>) as unknown as Router;
}

/** Whether the route was not there yet; of routes that are the same to the router, the application kept the first. */
function register(
  router: Router,
  { methods, constraints }: Registration,
  path: string,
  serve: Serve,
): boolean {
  const free = methods.filter((method) => !router.hasRoute(method, path, constraints));
  for (const method of free) router.on(method, path, { constraints }, serve);
  return free.length > 0;
}

/** What the adapter and Nest still ask once Fastify has chosen a route, with 404 as the only alternative. */
function createServe(route: Route, adapter: FastifyAdapter): Serve {
  const servesHost = createHostFilter(route.host);
  const yes = (): boolean => true;
  const filter = adapter.requireNonEmptyParams?.(route.path, yes) ?? yes;
  // It hands the handler back where there is nothing to ask.
  const servesParams = filter === yes ? undefined : filter;
  return (request, _response, params) => {
    if (servesHost && !servesHost(request)) return undefined;
    if (servesParams && servesParams({ params, raw: request }, NO_REPLY) !== true) return undefined;
    return route;
  };
}

const NO_REPLY = { callNotFound: (): void => undefined };

/** The path as find-my-way registers it; it does not do so when it is asked whether it has a route. */
function normalizePath(path: string, options: RouterOptions): string {
  if (options.ignoreDuplicateSlashes) path = path.replace(/\/\/+/g, '/');
  if (options.ignoreTrailingSlash && path.length > 1) path = path.replace(/\/$/, '');
  return path;
}
