import type { RoutedRequest } from '../route-table.js';

/*
 * What routing uses of Fastify and of Nest's adapter for it. Both are optional peers that may not be installed, so
 * their own types cannot be imported.
 */

/** Tells find-my-way how to read a constraint's value off a request, and where to keep the handlers by value. */
export interface ConstraintStrategy {
  readonly name: string;
  readonly mustMatchWhenDerived?: boolean;
  validate?(value: unknown): void;
  storage(): {
    get(value: unknown): unknown;
    set(value: unknown, handler: unknown): void;
  };
  deriveConstraint(request: RoutedRequest, context?: unknown): unknown;
}

export type ConstraintStrategies = Readonly<Record<string, ConstraintStrategy>>;

export interface RouterOptions {
  readonly caseSensitive?: boolean;
  readonly ignoreTrailingSlash?: boolean;
  readonly ignoreDuplicateSlashes?: boolean;
  readonly allowUnsafeRegex?: boolean;
  readonly useSemicolonDelimiter?: boolean;
  readonly maxParamLength?: number;
  readonly constraints?: ConstraintStrategies;
}

export interface FastifyInstance {
  /** The router's options are in `routerOptions`, or, as in Fastify 4, at the top. */
  readonly initialConfig: RouterOptions & {
    readonly routerOptions?: RouterOptions;
    readonly exposeHeadRoutes?: boolean;
  };
  readonly supportedMethods: readonly string[];
  hasRoute(route: {
    method: string;
    url: string;
    constraints: Readonly<Record<string, unknown>>;
  }): boolean;
}

/** Private to the adapter, and absent in its earlier versions, which do without what they do. */
export interface FastifyAdapter {
  /** Wraps a handler so that it passes requests with an empty parameter to `callNotFound`. */
  requireNonEmptyParams?(path: string, handler: () => boolean): ParamsFilter;
  /** Whether a request target is a path or an absolute URL; all others are answered 404. */
  isRoutableRequestTarget?(url: string): boolean;
}

export type ParamsFilter = (
  request: { params: object; raw: RoutedRequest },
  reply: { callNotFound(): void },
) => unknown;

const DEFAULT_MAX_PARAM_LENGTH = 100;

/**
 * The options of the instance's router. `initialConfig` fills both places with defaults, so what was set is
 * whatever differs from them.
 */
export function routerOptions({ initialConfig }: FastifyInstance): RouterOptions {
  const { routerOptions: options = {} } = initialConfig;
  const isSet = (
    name:
      | 'ignoreTrailingSlash'
      | 'ignoreDuplicateSlashes'
      | 'allowUnsafeRegex'
      | 'useSemicolonDelimiter',
  ): boolean => (options[name] ?? false) || (initialConfig[name] ?? false);
  const lengths = [options.maxParamLength, initialConfig.maxParamLength];
  return {
    caseSensitive: options.caseSensitive !== false && initialConfig.caseSensitive !== false,
    ignoreTrailingSlash: isSet('ignoreTrailingSlash'),
    ignoreDuplicateSlashes: isSet('ignoreDuplicateSlashes'),
    allowUnsafeRegex: isSet('allowUnsafeRegex'),
    useSemicolonDelimiter: isSet('useSemicolonDelimiter'),
    maxParamLength:
      lengths.find((length) => length && length !== DEFAULT_MAX_PARAM_LENGTH) ??
      DEFAULT_MAX_PARAM_LENGTH,
    constraints: { ...initialConfig.constraints, ...options.constraints },
  };
}
