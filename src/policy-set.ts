import type { Type } from '@nestjs/common';
import { match as compilePath } from 'path-to-regexp';
import { corsDeclarations } from './cors.decorator.js';
import type { CorsModuleOptions, CorsPolicyInput } from './cors-options.js';
import {
  type CorsConfigurationErrorCode,
  type CorsConfigurationIssue,
  type CorsConfigurationWarningCode,
} from './protocol/configuration-error.js';
import {
  compileDecider,
  isResolverClass,
  type OriginDecider,
  OriginMatcher,
  type OriginRules,
} from './protocol/origin-rules.js';
import {
  BUILT_IN_POLICY,
  checkPolicy,
  type CompiledPolicy,
  compilePolicy,
  type Place,
  refine,
  type ResolvedPolicy,
} from './protocol/policy.js';
import { type PolicyFields, readPolicyFields, unknownOption } from './protocol/policy-fields.js';
import type {
  CorsOriginFunction,
  CorsOriginResolver,
  CorsOriginResolverClass,
  CorsPolicy,
} from './protocol/policy-options.js';
import type { Route } from './routing/route.js';

/** A route and the policy that holds on it. */
export interface CorsRoute extends Route {
  readonly policy: CorsPolicy;
}

/** The policy of resources that no controller serves. */
export interface PathPolicy {
  readonly path: string;
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
  readonly handlers: ReadonlyMap<Type, ReadonlyMap<unknown, CompiledPolicy>>;
  /** What holds on a route of the route table. */
  readonly routed: ReadonlyMap<Route, RoutedPolicy>;
  /** Every origin matcher of these policies. */
  readonly matchers: readonly OriginMatcher[];
}

/** A route, as users see it, and its policy. */
export interface RoutedPolicy {
  readonly route: CorsRoute;
  readonly policy: CompiledPolicy;
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

/** An origin matcher, and what it was made for besides its rules. */
interface SharedMatcher extends Pick<CorsPolicy, 'originCache' | 'originTimeout'> {
  readonly owner: Type | undefined;
  readonly matcher: OriginMatcher;
}

const MODULE: Place = { where: 'CorsModule.forRoot()', depth: 1 };

/**
 * Combines and compiles the policies of an application: options → module defaults → controllers → handlers.
 * Every problem found on the way is in `issues`; with one that is no warning, the set must not be used.
 */
export async function buildPolicySet(
  options: CorsModuleOptions,
  sources: PolicySources,
): Promise<{ policies: PolicySet; issues: readonly CorsConfigurationIssue[] }> {
  const builder = new PolicySetBuilder(sources);
  const policies = await builder.build(options);
  return { policies, issues: builder.issues };
}

class PolicySetBuilder {
  readonly #issues = new Map<string, CorsConfigurationIssue>();
  readonly #fields = new Map<unknown, PolicyFields>();
  readonly #matchers = new Map<OriginRules, SharedMatcher[]>();
  readonly #compiled = new Map<ResolvedPolicy, CompiledPolicy>();
  readonly #named = new Map<string, ResolvedPolicy>();
  #defaults: ResolvedPolicy = BUILT_IN_POLICY;

  constructor(private readonly sources: PolicySources) {}

  get issues(): readonly CorsConfigurationIssue[] {
    return [...this.#issues.values()];
  }

  async build(options: CorsModuleOptions): Promise<PolicySet> {
    const fields = await this.#read(options, MODULE, ['policies', 'paths']);
    this.#defaults = refine(BUILT_IN_POLICY, fields, MODULE);
    const defaults = await this.#compile(this.#defaults, MODULE, undefined);
    const named = await this.#buildNamed(options.policies ?? {});
    const paths = await this.#buildPaths(options.paths ?? []);
    const { handlers, resolved } = await this.#buildHandlers();
    this.#checkMethodsRouted(resolved);
    const routed = new Map<Route, RoutedPolicy>();
    for (const route of this.sources.routes) {
      const policy = handlers.get(route.controller)?.get(route.handlerName) ?? defaults;
      routed.set(route, { route: Object.freeze({ ...route, policy: policy.policy }), policy });
    }
    const routes = Object.freeze([...routed.values()].map(({ route }) => route));
    const matchers = [...this.#matchers.values()].flat().map(({ matcher }) => matcher);
    return { routes, defaults, named, paths, handlers, routed, matchers };
  }

  async #buildNamed(policies: object): Promise<Map<string, CompiledPolicy>> {
    const named = new Map<string, CompiledPolicy>();
    for (const [name, options] of Object.entries(policies) as [string, unknown][]) {
      const place = { where: `${MODULE.where} policies.${name}`, depth: 2 };
      const policy = refine(this.#defaults, await this.#read(options, place), place);
      this.#named.set(name, policy);
      named.set(name, await this.#compile(policy, place, undefined));
    }
    return named;
  }

  async #buildPaths(entries: NonNullable<CorsModuleOptions['paths']>): Promise<PathPolicy[]> {
    const paths: PathPolicy[] = [];
    for (const [index, entry] of entries.entries()) {
      const place = { where: `${MODULE.where} paths[${String(index)}]`, depth: 3 };
      for (const name of Object.keys(entry)) {
        if (name !== 'path' && name !== 'policy') {
          this.#note(place, name, unknownOption(name, ['path', 'policy']));
        }
      }
      const resolved = await this.#apply(this.#defaults, [entry.policy], place);
      const policy = await this.#compile(resolved, place, undefined);
      for (const path of [entry.path].flat()) {
        const matches = this.#compilePath(path, place);
        if (matches !== undefined) paths.push({ path, policy, matches });
      }
    }
    return paths;
  }

  #compilePath(path: string, place: Place): PathPolicy['matches'] | undefined {
    try {
      // Where the pattern matches is all that counts, so that nothing is decoded.
      const matcher = compilePath(path, { decode: false });
      return (pathname) => matcher(pathname) !== false;
    } catch (error) {
      this.#note(place, 'path', {
        code: 'invalid-path',
        value: path,
        message: `path-to-regexp cannot read "${path}": ${error instanceof Error ? error.message : String(error)}`,
        hint: "Write e.g. '/graphql' or '/files/*path'.",
      });
      return undefined;
    }
  }

  async #buildHandlers() {
    const handlers = new Map<Type, Map<unknown, CompiledPolicy>>();
    const resolved: { route: Route; policy: ResolvedPolicy }[] = [];
    const ofController = new Map<Type, ResolvedPolicy>();
    const ofHandler = new Map<Type, Map<string, ResolvedPolicy>>();
    for (const route of this.sources.routes) {
      const { controller, handlerName } = route;
      let inherited = ofController.get(controller);
      if (inherited === undefined) {
        const place = { where: controller.name, depth: 4 };
        inherited = await this.#apply(this.#defaults, corsDeclarations(controller), place);
        ofController.set(controller, inherited);
        ofHandler.set(controller, new Map());
        handlers.set(controller, new Map());
      }
      let policy = ofHandler.get(controller)?.get(handlerName);
      if (policy === undefined) {
        const place = {
          where: `${controller.name}.${handlerName} (${route.method} ${route.path})`,
          depth: 5,
        };
        const handler = handlerOf(controller, handlerName);
        policy = await this.#apply(inherited, corsDeclarations(handler), place);
        ofHandler.get(controller)?.set(handlerName, policy);
        const compiled = await this.#compile(policy, place, controller);
        handlers.get(controller)?.set(handlerName, compiled).set(handler, compiled);
      }
      resolved.push({ route, policy });
    }
    return { handlers, resolved };
  }

  /** Applies what decorators or a `paths` entry say, one after the other. */
  async #apply(
    inherited: ResolvedPolicy,
    declarations: readonly (CorsPolicyInput | undefined)[],
    place: Place,
  ): Promise<ResolvedPolicy> {
    let policy = inherited;
    for (const declared of declarations) {
      if (declared === undefined) policy = this.#defaults;
      else if (typeof declared === 'string') policy = this.#namedPolicy(declared, place);
      else if (declared === false) {
        policy = refine(policy, await this.#read({ origin: false }, place), place);
      } else {
        const options = this.#optionsOf(declared, policy.policy, place);
        policy = refine(policy, await this.#read(options, place), place);
      }
    }
    return policy;
  }

  #optionsOf(
    declared: Exclude<CorsPolicyInput, string | false>,
    inherited: CorsPolicy,
    place: Place,
  ): unknown {
    if (typeof declared !== 'function') return declared;
    try {
      return declared(inherited);
    } catch (error) {
      this.#note(place, 'policy', {
        code: 'invalid-value',
        value: declared,
        message: `The policy function threw: ${error instanceof Error ? error.message : String(error)}`,
        hint: 'Let it return the fields to change, e.g. (inherited) => ({ maxAge: 60 }).',
      });
      return {};
    }
  }

  #namedPolicy(name: string, place: Place): ResolvedPolicy {
    const policy = this.#named.get(name);
    if (policy !== undefined) return policy;
    const known = [...this.#named.keys()];
    this.#note(place, 'policy', {
      code: 'unknown-policy',
      value: name,
      message: `There is no policy "${name}".`,
      hint:
        known.length === 0
          ? `Define it: CorsModule.forRoot({ policies: { ${name}: { … } } }).`
          : `Define it in policies, or use one of ${known.join(', ')}.`,
    });
    return refine(this.#defaults, { values: { origin: false }, problems: [] }, place);
  }

  async #read(options: unknown, place: Place, others?: readonly string[]): Promise<PolicyFields> {
    let fields = this.#fields.get(options);
    if (fields === undefined) {
      fields = await readPolicyFields(options, others);
      this.#fields.set(options, fields);
    }
    for (const { field, ...problem } of fields.problems) this.#note(place, field, problem);
    return fields;
  }

  async #compile(
    resolved: ResolvedPolicy,
    place: Place,
    controller: Type | undefined,
  ): Promise<CompiledPolicy> {
    const known = this.#compiled.get(resolved);
    if (known !== undefined) return known;
    for (const { where, field, ...problem } of await checkPolicy(resolved)) {
      this.#note({ where, depth: 0 }, field, problem);
    }
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
    // A class that is provided nowhere is made in the module of the controller that names it.
    const needsModule = originRules.deciders.some(isResolverClass);
    const owner = needsModule ? controller : undefined;
    const { originCache, originTimeout } = policy;
    const shared = this.#matchers.get(originRules) ?? [];
    this.#matchers.set(originRules, shared);
    const known = shared.find(
      (other) =>
        other.owner === owner &&
        other.originCache === originCache &&
        other.originTimeout === originTimeout,
    );
    if (known !== undefined) return known.matcher;

    const where = places.origin.depth === 0 ? place : places.origin;
    const deciders: OriginDecider[] = [];
    for (const rule of originRules.deciders) {
      deciders.push(await this.#decider(rule, where, controller, originTimeout));
    }
    const matcher = new OriginMatcher(originRules, deciders, originCache);
    shared.push({ owner, originCache, originTimeout, matcher });
    return matcher;
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
  #checkMethodsRouted(resolved: readonly { route: Route; policy: ResolvedPolicy }[]): void {
    const byPlace = new Map<string, { policy: ResolvedPolicy; routed: Set<string> }>();
    for (const { route, policy } of resolved) {
      if (policy.policy.methods === '*') continue;
      const { where } = policy.places.methods;
      const entry = byPlace.get(where) ?? { policy, routed: new Set() };
      byPlace.set(where, entry);
      entry.routed.add(route.method);
      if (route.method === 'GET') entry.routed.add('HEAD');
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

  #note(
    { where }: Place,
    field: string,
    problem: Omit<CorsConfigurationIssue, 'where' | 'field'> & {
      code: CorsConfigurationErrorCode | CorsConfigurationWarningCode;
    },
  ): void {
    const key = [problem.code, where, field, String(problem.value)].join('\n');
    if (!this.#issues.has(key)) this.#issues.set(key, { ...problem, where, field });
  }
}

function handlerOf(controller: Type, handlerName: string): object {
  return (controller.prototype as Record<string, object>)[handlerName] ?? {};
}
