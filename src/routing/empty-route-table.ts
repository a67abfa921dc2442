import type { RouteTable } from './route-table.js';

/** What an application without an HTTP server routes: nothing. */
export const EMPTY_ROUTE_TABLE: RouteTable = {
  routes: [],
  find: () => undefined,
  at: () => ({ candidates: () => [], methods: () => [] }),
};
