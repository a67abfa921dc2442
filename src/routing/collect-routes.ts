import { type HttpServer, RequestMethod, type Type } from '@nestjs/common';
import {
  HOST_METADATA,
  MODULE_PATH,
  PATH_METADATA,
  VERSION_METADATA,
} from '@nestjs/common/constants.js';
import { addLeadingSlash } from '@nestjs/common/utils/shared.utils.js';
import { type ApplicationConfig, MetadataScanner, type ModulesContainer } from '@nestjs/core';
import { PathsExplorer } from '@nestjs/core/router/paths-explorer.js';
import { RoutePathFactory } from '@nestjs/core/router/route-path-factory.js';

import type { Route, RouteVersion } from './route.js';

/** The metadata key of `@RouteConstraints()`; its package is an optional peer that may not be installed. */
const FASTIFY_ROUTE_CONSTRAINTS = '__fastify_route_constraints__';

/** What is needed to know an application's routes. */
export interface RouteSources {
  readonly modules: ModulesContainer;
  readonly applicationConfig: ApplicationConfig;
  readonly httpAdapter: HttpServer;
}

/**
 * Every route of the application's controllers, in the order in which Nest registers them.
 *
 * To be called in `onModuleInit` or later: only then are the global prefix and versioning final. It walks the
 * application as Nest's own RoutesResolver and RouterExplorer do, and leaves the pieces to Nest's own classes.
 */
export async function collectRoutes(sources: RouteSources): Promise<Route[]> {
  const { modules, applicationConfig, httpAdapter } = sources;
  const versioningOptions = applicationConfig.getVersioning();
  const globalPrefix = addLeadingSlash(applicationConfig.getGlobalPrefix());
  const pathsExplorer = new PathsExplorer(new MetadataScanner());
  const routePathFactory = new RoutePathFactory(applicationConfig);
  const routes: Route[] = [];

  // Metadata and instances have no static types; those named here are what Nest's decorators and injector put there.
  for (const module of modules.values()) {
    const modulePath = modulePathOf(module.metatype, modules.applicationId);
    for (const { metatype, instance } of module.controllers.values()) {
      const controller = metatype as Type;
      const host = Reflect.getMetadata(HOST_METADATA, controller) as Route['host'];
      const ownVersion = Reflect.getMetadata(VERSION_METADATA, controller) as
        | RouteVersion
        | undefined;
      const controllerPaths = Reflect.getMetadata(PATH_METADATA, controller) as string | string[];
      // Of a request-scoped controller, the instance has the prototype and nothing else.
      const handlers = pathsExplorer.scanForPaths(instance);

      for (const controllerPath of [controllerPaths].flat()) {
        for (const handler of handlers) {
          const method = nameOf(handler.requestMethod);
          // Nest mounts a handler of a method it does not know with `use()`: that is middleware, and no route.
          if (method === undefined) continue;
          const metadata = {
            globalPrefix,
            modulePath,
            ctrlPath: addLeadingSlash(controllerPath),
            controllerVersion: ownVersion ?? versioningOptions?.defaultVersion,
            methodVersion: handler.version,
            versioningOptions,
          } as RoutePathMetadata; // absent or undefined is the same to Nest
          const route: Omit<Route, 'path'> = {
            method,
            host,
            version: versioningOptions && routePathFactory.getVersion(metadata),
            constraints: Reflect.getMetadata(
              FASTIFY_ROUTE_CONSTRAINTS,
              handler.targetCallback,
            ) as Route['constraints'],
            controller,
            handlerName: handler.methodName,
          };
          for (const methodPath of handler.path) {
            const paths = routePathFactory.create(
              { ...metadata, methodPath },
              handler.requestMethod,
            );
            for (const path of paths) {
              routes.push({ ...route, path: httpAdapter.normalizePath?.(path) ?? path });
            }
          }
        }
      }
    }
  }
  return inRegistrationOrder(routes, applicationConfig, httpAdapter);
}

type RoutePathMetadata = Parameters<RoutePathFactory['create']>[0];

/** The method is what a decorator wrote down, so it may be a number that Nest has no name for. */
function nameOf(method: RequestMethod): string | undefined {
  const names: Readonly<Record<number, string | undefined>> = RequestMethod;
  return names[method];
}

/** RouterModule writes the path under a key of its own for each application that lives in the process. */
function modulePathOf(module: object, applicationId: string): string | undefined {
  return (Reflect.getMetadata(MODULE_PATH + applicationId, module) ??
    Reflect.getMetadata(MODULE_PATH, module)) as string | undefined;
}

/** Nest 12 can register the more specific paths first, with adapters whose router serves the first that matches. */
async function inRegistrationOrder(
  routes: Route[],
  // Nest 11 has neither the strategy nor the sorter.
  applicationConfig: { getRouteResolutionStrategy?(): string | undefined },
  httpAdapter: HttpServer,
): Promise<Route[]> {
  const strategy = applicationConfig.getRouteResolutionStrategy?.();
  if (strategy !== 'specificity' || httpAdapter.isRouteOrderSensitive?.() === false) return routes;
  const { RouteSpecificitySorter } = await loadSorter();
  // It reads nothing but `path`; its type names all that Nest keeps about a route.
  const sort = RouteSpecificitySorter.sort.bind(RouteSpecificitySorter) as (
    routes: readonly unknown[],
  ) => unknown;
  return sort(routes) as Route[];
}

/**
 * Nest 11 does not have the file. Bundlers look for it all the same, and take it for one that may be missing where
 * the import stands in a `try`.
 */
async function loadSorter() {
  try {
    return await import('@nestjs/core/router/route-specificity-sorter.js');
  } catch (cause) {
    throw new Error("Nest's order of routes by specificity cannot be loaded.", { cause });
  }
}
