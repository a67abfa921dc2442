import type { ControllerOptions, Type } from '@nestjs/common';

/** What `@Version()` takes. */
export type RouteVersion = NonNullable<ControllerOptions['version']>;

/** One (method, path, host, version) that the application's router serves with one controller handler. */
export interface Route {
  /** Upper-case HTTP method; `ALL` for `@All()`. */
  readonly method: string;
  /** The path as registered with the router: prefixes, module path and URI version included. */
  readonly path: string;
  /** Host pattern of the controller, if it is bound to any. */
  readonly host?: string | RegExp | readonly (string | RegExp)[] | undefined;
  /** Set only where the application has versioning enabled. */
  readonly version?: RouteVersion | undefined;
  /** What the Fastify adapter's `@RouteConstraints()` asks for, besides the version. */
  readonly constraints?: Readonly<Record<string, unknown>> | undefined;
  readonly controller: Type;
  /** Name of the handler's method. */
  readonly handlerName: string;
}
