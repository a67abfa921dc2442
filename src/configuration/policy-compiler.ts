import type { Type } from '@nestjs/common';
import type { CorsModuleOptions } from '../cors-options.js';
import { ConfigurationIssues } from './configuration-issues.js';
import { unresolvable } from './origin-resolvers.js';
import {
  combinePolicies,
  type CombinedPolicies,
  handlerFunction,
  type ResolvedPolicies,
} from './policy-combiner.js';
import type {
  CorsRoute,
  HandlerPolicy,
  PathPolicy,
  PolicySet,
  RoutedPolicy,
} from './policy-set.js';
import type { CorsConfigurationIssue } from '../protocol/configuration-error.js';
import { type OriginRegExp, readOriginRegExp } from '../protocol/origin/origin-regexp.js';
import type { OriginCache } from '../protocol/origin/origin-cache.js';
import {
  OriginDecider,
  type OriginRuleFailure,
  ruleName,
} from '../protocol/origin/origin-decider.js';
import { OriginMatcher } from '../protocol/origin/origin-matcher.js';
import { OriginMemories } from '../protocol/origin/origin-memories.js';
import { isResolverClass, type OriginRules } from '../protocol/origin/origin-rules.js';
import {
  checkPolicy,
  type CompiledPolicy,
  compilePolicy,
  type Place,
  type ResolvedPolicy,
} from '../protocol/policy/policy.js';
import { PolicyList } from '../protocol/policy/policy-list.js';
import type {
  CorsOriginFunction,
  CorsOriginResolver,
  CorsOriginResolverClass,
  CorsPolicy,
} from '../protocol/policy/policy-options.js';
import type { FoundHandler, Handler } from '../routing/collect-handlers.js';
import { routesCover } from '../routing/covered-path.js';
import { PathEntries, type PathEntry } from '../routing/path-entries.js';
import { PathPattern, type PatternSyntax } from '../routing/path-pattern.js';
import type { Route } from '../routing/route.js';

/** What policies depend on besides the options. */
export interface PolicySources {
  /** What was called with the options, to be named in messages. */
  readonly where: string;
  readonly routes: readonly Route[];
  readonly handlers: readonly FoundHandler[];
  /** How the paths of routes are written. */
  readonly routeSyntax: PatternSyntax;
  /** The provider of a resolver class; rejects where there is none and none can be made. */
  resolve(
    resolver: CorsOriginResolverClass,
    controller: Type | undefined,
  ): Promise<CorsOriginResolver>;
  /** Is called with every failure of an origin function or resolver. */
  report(failure: OriginRuleFailure): void;
  /** The memories of the policies in force. Rules that are unchanged take them over. */
  readonly memories: OriginMemories | undefined;
}

/**
 * Combines, checks and compiles the policies of an application. The caller must not use the set where one of the issues
 * is an error.
 */
export async function compilePolicies(
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
  const combined = combinePolicies(options, sources.where, sources.routes, describe, issues);
  const policies = await new PolicyCompiler(sources, issues).compile(combined);
  return { policies, issues: issues.all };
}

/** An origin matcher, and the options besides its rules that it was made with. */
interface SharedMatcher extends Pick<CorsPolicy, 'originCache' | 'originTimeout'> {
  readonly matcher: OriginMatcher;
}

interface HandlerInTheMaking extends HandlerPolicy {
  routes: readonly CorsRoute[];
}

class PolicyCompiler {
  readonly #matchers = new Map<OriginRules, SharedMatcher[]>();
  readonly #memories = new OriginMemories();
  readonly #compiled = new Map<ResolvedPolicy, CompiledPolicy>();
  readonly #lists = new Map<ResolvedPolicies, PolicyList>();
  readonly #regexps = new Map<string, Promise<OriginRegExp>>();

  constructor(
    private readonly sources: PolicySources,
    private readonly issues: ConfigurationIssues,
  ) {}

  async compile(combined: CombinedPolicies): Promise<PolicySet> {
    const defaults = await this.#compileList(combined.defaults, undefined);
    const named = new Map<string, PolicyList>();
    for (const [name, policy] of combined.named) {
      named.set(name, await this.#compileList(policy, undefined));
    }
    const entries: PathEntry<PathPolicy>[] = [];
    for (const { resolved, place, paths } of combined.paths) {
      const policies = await this.#compileList(resolved, undefined);
      for (const path of paths) {
        const pattern = this.#compilePath(path, place);
        if (pattern === undefined) continue;
        entries.push({
          pattern,
          payload: { where: `${place.name} (${String(path)})`, entry: place.name, policies },
        });
      }
    }
    const handlers = await this.#compileHandlers(combined.handlers);
    this.#checkMethodsRouted(combined.handlers);

    const routed = new Map<Route, RoutedPolicy>();
    for (const route of this.sources.routes) {
      const handler = handlers.get(route.controller)?.get(route.handlerName);
      const list = handler?.policies ?? defaults;
      const { policies } = list;
      const told = Object.freeze({ ...route, policy: policies[0], policies });
      // `push()` would reserve room for many more items in each list.
      if (handler !== undefined) handler.routes = [...handler.routes, told];
      routed.set(route, { route: told, policies: list });
    }
    const routes = Object.freeze([...routed.values()].map(({ route }) => route));
    const matchers = [...this.#matchers.values()].flat().map(({ matcher }) => matcher);
    const asking = matchers.filter(({ hasDeciders }) => hasDeciders);
    return {
      routes,
      defaults,
      named,
      paths: new PathEntries(entries, this.sources.routeSyntax),
      handlers,
      routed,
      matchers,
      asking,
      memories: this.#memories,
      readsRequests:
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
      for (const [handlerName, resolved] of policies) {
        const handler = { policies: await this.#compileList(resolved, controller), routes: [] };
        ofController.set(handlerName, handler);
        ofController.set(handlerFunction({ controller, handlerName }), handler);
      }
    }
    for (const { controller, handlerName, callback } of this.sources.handlers) {
      const ofController = compiled.get(controller);
      const handler = ofController?.get(handlerName);
      if (handler !== undefined) ofController?.set(callback, handler);
    }
    return compiled;
  }

  #compilePath(path: unknown, place: Place): PathPattern | undefined {
    try {
      if (typeof path !== 'string') throw new TypeError('it is no string.');
      const pattern = new PathPattern(path);
      if (routesCover(pattern, this.sources.routes, this.sources.routeSyntax)) {
        this.issues.note(place, 'path', {
          code: 'unreachable-path',
          value: path,
          message: `Routes hold everywhere under "${path}", so this entry is never used.`,
          hint: 'Remove it, and decorate the controller with @Cors() instead.',
        });
      }
      return pattern;
    } catch (error) {
      this.issues.note(place, 'path', {
        code: 'invalid-path',
        value: path,
        message: `path-to-regexp cannot read "${String(path)}": ${error instanceof Error ? error.message : String(error)}`,
        hint: "Write e.g. '/graphql' or '/files/*path'.",
      });
      return undefined;
    }
  }

  async #compileList(
    resolved: ResolvedPolicies,
    controller: Type | undefined,
  ): Promise<PolicyList> {
    const known = this.#lists.get(resolved);
    if (known !== undefined) return known;
    const [first, ...others] = resolved;
    const policies: [CompiledPolicy, ...CompiledPolicy[]] = [
      await this.#compile(first, controller),
    ];
    for (const other of others) policies.push(await this.#compile(other, controller));
    const list = new PolicyList(policies);
    this.#lists.set(resolved, list);
    return list;
  }

  async #compile(resolved: ResolvedPolicy, controller: Type | undefined): Promise<CompiledPolicy> {
    const known = this.#compiled.get(resolved);
    if (known !== undefined) return known;
    const regexps = await this.#readRegExps(resolved.originRules.regexps);
    const expressions = regexps.flatMap(({ expression }) => expression ?? []);
    for (const issue of await checkPolicy(resolved, expressions)) this.issues.add(issue);
    const origins = await this.#matcherFor(resolved, controller);
    const policy = compilePolicy(resolved, origins);
    this.#compiled.set(resolved, policy);
    return policy;
  }

  async #matcherFor(
    { policy, originRules, places }: ResolvedPolicy,
    controller: Type | undefined,
  ): Promise<OriginMatcher> {
    const { originCache, originTimeout } = policy;
    const shared = this.#matchers.get(originRules) ?? [];
    this.#matchers.set(originRules, shared);
    const known = shared.find(
      (other) => other.originCache === originCache && other.originTimeout === originTimeout,
    );
    if (known !== undefined) return known.matcher;

    const regexps = await this.#readRegExps(originRules.regexps);
    if (shared.length === 0) {
      for (const problem of regexps.flatMap(({ problems }) => problems)) {
        this.issues.note(places.origin, 'origin', problem);
      }
    }
    const asked: (OriginDecider | OriginCache)[] = [];
    for (const rule of originRules.deciders) {
      const decide = await this.#decisionOf(rule, places.origin, controller);
      const decider = new OriginDecider(ruleName(rule), decide, originTimeout, (failure) => {
        this.sources.report(failure);
      });
      asked.push(
        originCache === false
          ? decider
          : this.#memories.cacheOf(rule, originCache, decider, this.sources.memories),
      );
    }
    const matcher = new OriginMatcher(
      originRules,
      regexps.flatMap(({ expression }) => expression ?? []),
      asked,
    );
    shared.push({ originCache, originTimeout, matcher });
    return matcher;
  }

  /** Many places may name the same expression. It is compiled once. */
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

  async #decisionOf(
    rule: CorsOriginFunction | CorsOriginResolverClass,
    place: Place,
    controller: Type | undefined,
  ): Promise<CorsOriginFunction> {
    if (!isResolverClass(rule)) return rule;
    try {
      const resolver = await this.sources.resolve(rule, controller);
      if (typeof (resolver as Partial<CorsOriginResolver>).isOriginAllowed !== 'function') {
        throw new TypeError('It has no method isOriginAllowed(origin, request).');
      }
      return (origin, request) => resolver.isOriginAllowed(origin, request);
    } catch (error) {
      this.issues.note(place, 'origin', unresolvable(rule, error));
      return () => false;
    }
  }

  /** Methods that a policy names and no route under it has; per place that names them, all routes together. */
  #checkMethodsRouted(handlers: CombinedPolicies['handlers']): void {
    const byPlace = new Map<string, { policy: ResolvedPolicy; routed: Set<string> }>();
    for (const { controller, handlerName, method } of this.sources.routes) {
      for (const policy of handlers.get(controller)?.get(handlerName) ?? []) {
        if (policy.policy.methods === '*') continue;
        const { where } = policy.places.methods;
        const entry = byPlace.get(where) ?? { policy, routed: new Set() };
        byPlace.set(where, entry);
        entry.routed.add(method);
        if (method === 'GET') entry.routed.add('HEAD');
      }
    }
    for (const { policy, routed } of byPlace.values()) {
      if (policy.policy.methods === '*' || routed.has('ALL')) continue;
      const missing = policy.policy.methods.filter((method) => !routed.has(method));
      if (missing.length === 0) continue;
      this.issues.note(policy.places.methods, 'methods', {
        code: 'method-not-routed',
        value: missing,
        message: `No route that this applies to serves ${missing.join(', ')}.`,
        hint: `Remove ${missing.length === 1 ? 'it' : 'them'}: methods narrows what is routed, it opens nothing.`,
      });
    }
  }
}
