import type { Type } from '@nestjs/common';
import type { OriginMatcher } from '../protocol/origin/origin-matcher.js';
import type { OriginMemories } from '../protocol/origin/origin-memories.js';
import type { PolicyList } from '../protocol/policy/policy-list.js';
import type { CorsPolicy } from '../protocol/policy/policy-options.js';
import type { PathEntries } from '../routing/path-entries.js';
import type { Route } from '../routing/route.js';

/** A route and what holds on it. */
export interface CorsRoute extends Route {
  /** The first of its policies, and nearly always the only one. */
  readonly policy: CorsPolicy;
  /** All of them, in order: the first one whose origin rule allows an origin holds for it. */
  readonly policies: readonly CorsPolicy[];
}

/** A route, as users see it, and its policies. */
export interface RoutedPolicy {
  readonly route: CorsRoute;
  readonly policies: PolicyList;
}

/** The policies of a controller's handler, and the routes that lead to it. */
export interface HandlerPolicy {
  readonly policies: PolicyList;
  readonly routes: readonly CorsRoute[];
}

/** The policies of resources that no controller serves. */
export interface PathPolicy {
  /** The entry, by its place in the configuration. */
  readonly where: string;
  /** The same, in the words of the file alone. */
  readonly entry: string;
  readonly policies: PolicyList;
}

/** Every policy of an application, compiled. A set never changes: `reconfigure()` puts another in its place. */
export interface PolicySet {
  readonly routes: readonly CorsRoute[];
  readonly defaults: PolicyList;
  readonly named: ReadonlyMap<string, PolicyList>;
  readonly paths: PathEntries<PathPolicy>;
  /** By controller, then by the handler's function, and by its name. */
  readonly handlers: ReadonlyMap<Type, ReadonlyMap<unknown, HandlerPolicy>>;
  /** What holds on a route of the route table. */
  readonly routed: ReadonlyMap<Route, RoutedPolicy>;
  /** Every origin matcher of these policies. */
  readonly matchers: readonly OriginMatcher[];
  /** The matchers that may have to ask functions and resolvers. */
  readonly asking: readonly OriginMatcher[];
  /** What is remembered of the answers of functions and resolvers. */
  readonly memories: OriginMemories;
  /** Whether anybody reads a request besides its URL and origin: routes its host name; functions and resolvers all of it. */
  readonly readsRequests: boolean;
}

/** What holds on a controller's handler, given as function or by name; `undefined` where none is routed. */
export function handlerPolicy(
  { handlers }: PolicySet,
  controller: Type,
  handler: unknown,
): HandlerPolicy | undefined {
  return handlers.get(controller)?.get(handler);
}
