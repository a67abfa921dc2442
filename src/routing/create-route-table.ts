import { collectRoutes, type RouteSources } from './collect-routes.js';
import { ExpressRouteTable } from './express/express-route-table.js';
import { FastifyRouteTable } from './fastify/fastify-route-table.js';
import type { RouteTable } from './route-table.js';

/**
 * The route table of an application, to be made in `onModuleInit`. Adapters other than Nest's own two are taken to
 * serve the first registered route that matches, as Nest takes them.
 */
export async function createRouteTable(sources: RouteSources): Promise<RouteTable> {
  const { applicationConfig, httpAdapter } = sources;
  const routes = await collectRoutes(sources);
  const Table = httpAdapter.getType() === 'fastify' ? FastifyRouteTable : ExpressRouteTable;
  return new Table(routes, httpAdapter, applicationConfig.getVersioning());
}
