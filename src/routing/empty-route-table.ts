import type { RouteTable, UrlRoutes } from './route-table.js';

const NO_ROUTES: UrlRoutes = { candidates: [], methods: new Map() };

/** What an application without an HTTP server routes: nothing. */
export const EMPTY_ROUTE_TABLE: RouteTable = {
  routes: [],
  find: () => undefined,
  at: () => NO_ROUTES,
};
