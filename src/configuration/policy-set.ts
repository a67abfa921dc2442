import type { Type } from '@nestjs/common';
import { match as compilePath } from 'path-to-regexp';
import type { CorsModuleOptions } from '../cors-options.js';
import {
  combinePolicies,
  type CombinedPolicies,
  ConfigurationIssues,
  type Handler,
  handlerFunction,
  type PlacedPolicy,
} from './policy-combiner.js';
import type {
  ConfigurationProblem,
  CorsConfigurationIssue,
} from '../protocol/configuration-error.js';
import { type OriginRegExp, readOriginRegExp } from '../protocol/origin/origin-regexp.js';
import {
  compileDecider,
  isResolverClass,
  type OriginDecider,
  OriginMatcher,
  type OriginRules,
} from '../protocol/origin/origin-rules.js';
import {
  checkPolicy,
  type CompiledPolicy,
  compilePolicy,
  type Place,
  type ResolvedPolicy,
} from '../protocol/policy/policy.js';
import type {
  CorsOriginFunction,
  CorsOriginResolver,
  CorsOriginResolverClass,
  CorsPolicy,
} from '../protocol/policy/policy-options.js';
import type { Route } from '../routing/route.js';

/** A route and the policy that holds on it. */
export interface CorsRoute extends Route {
  readonly policy: CorsPolicy;
}

/** A route, as users see it, and its policy. */
export interface RoutedPolicy {
  readonly route: CorsRoute;
  readonly policy: CompiledPolicy;
}

/** The policy of a controller's handler, and the routes that lead to it. */
export interface HandlerPolicy {
  readonly policy: CompiledPolicy;
  readonly routes: readonly CorsRoute[];
}

/** The policy of resources that no controller serves. */
export interface PathPolicy {
  /** The entry, by its place in the configuration. */
  readonly where: string;
  readonly policy: CompiledPolicy;
  matches(pathname: string): boolean;
}

/** Every policy of an application, compiled. Nothing in it ever changes; another one takes its place. */
export interface PolicySet {
  readonly routes: readonly CorsRoute[];
  readonly defaults: CompiledPolicy;
  readonly named: ReadonlyMap<string, CompiledPolicy>;
  readonly paths: readonly PathPolicy[];
  /** By controller, then by the handler's function, and by its name. */
  readonly handlers: ReadonlyMap<Type, ReadonlyMap<unknown, HandlerPolicy>>;
  /** What holds on a route of the route table. */
  readonly routed: ReadonlyMap<Route, RoutedPolicy>;
  /** Every origin matcher of these policies. */
  readonly matchers: readonly OriginMatcher[];
  /** Those that may have to ask functions and resolvers. */
  readonly asking: readonly OriginMatcher[];
  /** Whether the host name of a request may make a difference: to routes, to functions and resolvers. */
  readonly readsHostname: boolean;
}

/** What the policies of an application are made from, besides the options. */
export interface PolicySources {
  readonly routes: readonly Route[];
  /** The provider of a resolver class; rejects where there is none and none can be made. */
  resolve(
    resolver: CorsOriginResolverClass,
    controller: Type | undefined,
  ): Promise<CorsOriginResolver>;
  /** Told about origin functions and resolvers that fail. */
  report(failure: { origin: string; error: unknown }): void;
}

/**
 * Combines, checks and compiles the policies of an application. Where one of the issues is no warning, the
 * set must not be used.
 */
export async function buildPolicySet(
  options: CorsModuleOptions,
  sources: PolicySources,
): Promise<{ policies: PolicySet; issues: readonly CorsConfigurationIssue[] }> {
  const issues = new ConfigurationIssues();
  const firstRoutes = new Map<string, Route>();
  const keyOf = ({ controller, handlerName }: Handler) => `${controller.name}.${handlerName}`;
  for (const route of sources.routes.toReversed()) firstRoutes.set(keyOf(route), route);
  const describe = (handler: Handler) => {
    const route = firstRoutes.get(keyOf(handler));
    return route === undefined ? '' : ` (${route.method} ${route.path})`;
  };
  const combined = combinePolicies(options, sources.routes, describe, issues);
  const policies = await new Compilation(sources, issues).compile(combined);
  return { policies, issues: issues.all };
}

/** An origin matcher, and what it was made for besides its rules. */
interface SharedMatcher extends Pick<CorsPolicy, 'originCache' | 'originTimeout'> {
  readonly matcher: OriginMatcher;
}

interface HandlerInTheMaking extends HandlerPolicy {
  routes: readonly CorsRoute[];
}

class Compilation {
  readonly #matchers = new Map<OriginRules, SharedMatcher[]>();
  readonly #compiled = new Map<ResolvedPolicy, CompiledPolicy>();
  readonly #regexps = new Map<string, Promise<OriginRegExp>>();

  constructor(
    private readonly sources: PolicySources,
    private readonly issues: ConfigurationIssues,
  ) {}

  async compile(combined: CombinedPolicies): Promise<PolicySet> {
    const defaults = await this.#compile(combined.defaults, undefined);
    const named = new Map<string, CompiledPolicy>();
    for (const [name, policy] of combined.named) {
      named.set(name, await this.#compile(policy, undefined));
    }
    const paths: PathPolicy[] = [];
    for (const entry of combined.paths) {
      const policy = await this.#compile(entry, undefined);
      for (const path of entry.paths) {
        const matches = this.#compilePath(path, entry.place);
        if (matches !== undefined) {
          paths.push({ where: `${entry.place.where} (${String(path)})`, policy, matches });
        }
      }
    }
    const handlers = await this.#compileHandlers(combined.handlers);
    this.#checkMethodsRouted(combined.handlers);

    const routed = new Map<Route, RoutedPolicy>();
    for (const route of this.sources.routes) {
      const handler = handlers.get(route.controller)?.get(route.handlerName);
      const policy = handler?.policy ?? defaults;
      const told = Object.freeze({ ...route, policy: policy.policy });
      // Not pushed: a list that grows takes room for many more.
      if (handler !== undefined) handler.routes = [...handler.routes, told];
      routed.set(route, { route: told, policy });
    }
    const routes = Object.freeze([...routed.values()].map(({ route }) => route));
    const matchers = [...this.#matchers.values()].flat().map(({ matcher }) => matcher);
    const asking = matchers.filter(({ hasDeciders }) => hasDeciders);
    return {
      routes,
      defaults,
      named,
      paths,
      handlers,
      routed,
      matchers,
      asking,
      readsHostname:
        asking.some(({ showsRequests }) => showsRequests) ||
        routes.some(({ host }) => host !== undefined),
    };
  }

  async #compileHandlers(
    handlers: CombinedPolicies['handlers'],
  ): Promise<ReadonlyMap<Type, ReadonlyMap<unknown, HandlerInTheMaking>>> {
    const compiled = new Map<Type, Map<unknown, HandlerInTheMaking>>();
    for (const [controller, policies] of handlers) {
      const ofController = new Map<unknown, HandlerInTheMaking>();
      compiled.set(controller, ofController);
      for (const [handlerName, placed] of policies) {
        const handler = { policy: await this.#compile(placed, controller), routes: [] };
        ofController.set(handlerName, handler);
        ofController.set(handlerFunction({ controller, handlerName }), handler);
      }
    }
    return compiled;
  }

  #compilePath(path: unknown, place: Place): PathPolicy['matches'] | undefined {
    try {
      if (typeof path !== 'string') throw new TypeError('it is no string.');
      // Where the pattern matches is all that counts, so that nothing is decoded.
      const matcher = compilePath(path, { decode: false });
      return (pathname) => matcher(pathname) !== false;
    } catch (error) {
      this.#note(place, 'path', {
        code: 'invalid-path',
        value: path,
        message: `path-to-regexp cannot read "${String(path)}": ${error instanceof Error ? error.message : String(error)}`,
        hint: "Write e.g. '/graphql' or '/files/*path'.",
      });
      return undefined;
    }
  }

  async #compile(
    { resolved, place }: PlacedPolicy,
    controller: Type | undefined,
  ): Promise<CompiledPolicy> {
    const known = this.#compiled.get(resolved);
    if (known !== undefined) return known;
    const regexps = await this.#readRegExps(resolved.originRules.regexps);
    const expressions = regexps.flatMap(({ expression }) => expression ?? []);
    for (const issue of await checkPolicy(resolved, expressions)) this.issues.add(issue);
    const origins = await this.#matcherFor(resolved, place, controller);
    const policy = compilePolicy(resolved, origins);
    this.#compiled.set(resolved, policy);
    return policy;
  }

  async #matcherFor(
    { policy, originRules, places }: ResolvedPolicy,
    place: Place,
    controller: Type | undefined,
  ): Promise<OriginMatcher> {
    const { originCache, originTimeout } = policy;
    const shared = this.#matchers.get(originRules) ?? [];
    this.#matchers.set(originRules, shared);
    const known = shared.find(
      (other) => other.originCache === originCache && other.originTimeout === originTimeout,
    );
    if (known !== undefined) return known.matcher;

    const where = places.origin.depth === 0 ? place : places.origin;
    const regexps = await this.#readRegExps(originRules.regexps);
    if (shared.length === 0) {
      for (const problem of regexps.flatMap(({ problems }) => problems)) {
        this.#note(where, 'origin', problem);
      }
    }
    const deciders: OriginDecider[] = [];
    for (const rule of originRules.deciders) {
      deciders.push(await this.#decider(rule, where, controller, originTimeout));
    }
    const matcher = new OriginMatcher(
      originRules,
      regexps.flatMap(({ expression }) => expression ?? []),
      deciders,
      originCache,
    );
    shared.push({ originCache, originTimeout, matcher });
    return matcher;
  }

  /** The same expression may stand in many places, and is looked at once. */
  #readRegExps(regexps: readonly RegExp[]): Promise<readonly OriginRegExp[]> {
    return Promise.all(
      regexps.map((regexp) => {
        const key = String(regexp);
        const known = this.#regexps.get(key) ?? readOriginRegExp(regexp);
        this.#regexps.set(key, known);
        return known;
      }),
    );
  }

  async #decider(
    rule: CorsOriginFunction | CorsOriginResolverClass,
    place: Place,
    controller: Type | undefined,
    timeout: number,
  ): Promise<OriginDecider> {
    const report = (failure: { origin: string; error: unknown }) => {
      this.sources.report(failure);
    };
    if (!isResolverClass(rule)) return compileDecider(rule, report, timeout);
    try {
      const resolver = await this.sources.resolve(rule, controller);
      if (typeof (resolver as Partial<CorsOriginResolver>).isOriginAllowed !== 'function') {
        throw new TypeError('It has no method isOriginAllowed(origin, request).');
      }
      return compileDecider(
        (origin, request) => resolver.isOriginAllowed(origin, request),
        report,
        timeout,
      );
    } catch (error) {
      this.#note(place, 'origin', {
        code: 'unresolvable-origin-resolver',
        value: rule,
        message: `${rule.name} cannot answer for origins: ${error instanceof Error ? error.message : String(error)}`,
        hint: 'Let it implement CorsOriginResolver and provide it, with default scope, in any module.',
      });
      return () => 'failed';
    }
  }

  /** Methods that a policy names and no route under it has; per place that names them, all routes together. */
  #checkMethodsRouted(handlers: CombinedPolicies['handlers']): void {
    const byPlace = new Map<string, { policy: ResolvedPolicy; routed: Set<string> }>();
    for (const { controller, handlerName, method } of this.sources.routes) {
      const policy = handlers.get(controller)?.get(handlerName)?.resolved;
      if (policy === undefined || policy.policy.methods === '*') continue;
      const { where } = policy.places.methods;
      const entry = byPlace.get(where) ?? { policy, routed: new Set() };
      byPlace.set(where, entry);
      entry.routed.add(method);
      if (method === 'GET') entry.routed.add('HEAD');
    }
    for (const { policy, routed } of byPlace.values()) {
      if (policy.policy.methods === '*' || routed.has('ALL')) continue;
      const missing = policy.policy.methods.filter((method) => !routed.has(method));
      if (missing.length === 0) continue;
      this.#note(policy.places.methods, 'methods', {
        code: 'method-not-routed',
        value: missing,
        message: `No route that this applies to serves ${missing.join(', ')}.`,
        hint: `Remove ${missing.length === 1 ? 'it' : 'them'}: methods narrows what is routed, it opens nothing.`,
      });
    }
  }

  #note({ where }: Place, field: string, problem: ConfigurationProblem): void {
    this.issues.add({ ...problem, where, field });
  }
}
