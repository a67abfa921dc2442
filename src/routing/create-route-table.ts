import { collectRoutes, type RouteSources } from './collect-routes.js';
import { ExpressRouteTable } from './express/express-route-table.js';
import type { RouteTable } from './route-table.js';

/**
 * The route table of an application, to be made in `onModuleInit`. Adapters other than Nest's own two are taken to
 * serve the first registered route that matches, as Nest takes them.
 */
export async function createRouteTable(sources: RouteSources): Promise<RouteTable> {
  const { applicationConfig, httpAdapter } = sources;
  const routes = await collectRoutes(sources);
  const versioning = applicationConfig.getVersioning();
  if (httpAdapter.getType() !== 'fastify') {
    return new ExpressRouteTable(routes, httpAdapter, versioning);
  }
  // Its router takes a while to load, and only Fastify has loaded it already.
  const { FastifyRouteTable } = await import('./fastify/fastify-route-table.js');
  return new FastifyRouteTable(routes, httpAdapter, versioning);
}
