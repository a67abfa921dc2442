import { VERSION_NEUTRAL, VersioningType, type VersioningOptions } from '@nestjs/common';

import type { FastifyInstance } from './fastify-instance.js';
import type { Route } from '../route.js';

/** How Fastify holds a route. */
export interface Registration {
  readonly route: Route;
  readonly methods: readonly string[];
  readonly constraints: Readonly<Record<string, unknown>>;
}

/**
 * Under which methods and constraints Fastify has registered a route. Fastify itself is asked, as versions of the
 * adapter differ: that of Nest 11 registers `@All()` without constraints, and for the methods Fastify knew by then.
 */
export function registrationOf(
  route: Route,
  path: string,
  instance: FastifyInstance,
  versioning: VersioningOptions | undefined,
): Registration {
  const { version } = route;
  const isConstrained =
    versioning !== undefined &&
    versioning.type !== VersioningType.URI &&
    version !== undefined &&
    version !== VERSION_NEUTRAL;
  const constraints = { ...route.constraints, ...(isConstrained && { version }) };
  const registeredMethods = (under: Registration['constraints']): readonly string[] =>
    methodsOf(route, instance).filter((method) =>
      instance.hasRoute({ method, url: path, constraints: under }),
    );

  const methods = registeredMethods(constraints);
  return methods.length === 0 && route.method === 'ALL'
    ? { route, methods: registeredMethods({}), constraints: {} }
    : { route, methods, constraints };
}

function methodsOf({ method }: Route, instance: FastifyInstance): readonly string[] {
  if (method === 'ALL') return instance.supportedMethods;
  const exposesHead = method === 'GET' && instance.initialConfig.exposeHeadRoutes !== false;
  return exposesHead ? ['GET', 'HEAD'] : [method];
}
