import type { IncomingHttpHeaders } from 'node:http';

import type { Route } from './route.js';

/** A request as routing sees it: a raw request of Node's, or a plain object that stands for one. */
export interface RoutedRequest {
  readonly method: string;
  /** The request target: path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** The host without port, where the adapter has told it; read from the headers otherwise. */
  readonly hostname?: string | undefined;
}

/** Which controller handler serves which request, with the precedence of the application's own router. */
export interface RouteTable {
  /** Every route that is registered with the router. */
  readonly routes: readonly Route[];

  /**
   * The route that would serve this request, if any. `undefined` too where the router answers by itself: an
   * escape it cannot decode, a parameter that is too long, a version extractor that throws.
   */
  find(request: RoutedRequest): Route | undefined;

  /**
   * The routes of the URL and host of this request, whatever its own method is.
   *
   * @param method the one that a preflight asks about
   * @returns the same object as before wherever the same routes are concerned, as long as it is remembered
   */
  at(request: RoutedRequest, method: string): UrlRoutes;
}

/** The routes of one URL and host. Nothing in it ever changes. */
export interface UrlRoutes {
  /**
   * The routes that may serve a request with the method asked about, in the order in which the router tries them.
   * There are several only where headers decide that a preflight does not carry: the version (header, media type,
   * custom), and custom constraints on Fastify.
   */
  readonly candidates: readonly Route[];

  /**
   * The same for every method that is routed here. `@All()` stands for the seven that RFC 9110 and RFC 5789 define
   * for pages.
   */
  readonly methods: ReadonlyMap<string, readonly Route[]>;
}
