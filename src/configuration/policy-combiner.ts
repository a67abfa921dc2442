import type { Type } from '@nestjs/common';
import { corsDeclarations } from '../cors.decorator.js';
import type { CorsModuleOptions, CorsPolicyInput } from '../cors-options.js';
import type { Handler } from '../routing/collect-handlers.js';
import type { ConfigurationIssues } from './configuration-issues.js';
import {
  BUILT_IN_POLICY,
  type Place,
  refine,
  type ResolvedPolicy,
} from '../protocol/policy/policy.js';
import {
  type PolicyFields,
  readPolicyFields,
  unknownOption,
} from '../protocol/policy/policy-fields.js';
import { meantOrigins, quoted } from '../protocol/origin/origin-pattern.js';
import type { CorsPolicy } from '../protocol/policy/policy-options.js';

/** A `paths` entry. */
export interface CombinedPathEntry {
  readonly place: Place;
  readonly resolved: ResolvedPolicy;
  /** The patterns, as given. */
  readonly paths: readonly unknown[];
}

/** Every policy of a configuration, before any of it is checked as a whole or compiled. */
export interface CombinedPolicies {
  readonly defaults: ResolvedPolicy;
  readonly named: ReadonlyMap<string, ResolvedPolicy>;
  readonly paths: readonly CombinedPathEntry[];
  /** By controller, then by the name of the handler's method. */
  readonly handlers: ReadonlyMap<Type, ReadonlyMap<string, ResolvedPolicy>>;
}

/**
 * Combines the policies of an application: module defaults, then the controller's `@Cors()`, then the handler's.
 *
 * @param where what was called with the options, e.g. `CorsModule.forRoot()`
 * @param handlers every handler of the application's controllers
 * @param describe names the routes of a handler, for messages
 * @param issues receives every fault
 */
export function combinePolicies(
  options: CorsModuleOptions,
  where: string,
  handlers: readonly Handler[],
  describe: (handler: Handler) => string,
  issues: ConfigurationIssues,
): CombinedPolicies {
  return new PolicyCombiner({ where, depth: 1 }, issues).combine(options, handlers, describe);
}

class PolicyCombiner {
  /** What an options object says, so that one that is used in many places is read once. */
  readonly #read = new Map<unknown, PolicyFields>();
  readonly #named = new Map<string, ResolvedPolicy>();
  #defaults: ResolvedPolicy = BUILT_IN_POLICY;

  constructor(
    /** Where the options are given. */
    private readonly module: Place,
    private readonly issues: ConfigurationIssues,
  ) {}

  combine(
    options: CorsModuleOptions,
    handlers: readonly Handler[],
    describe: (handler: Handler) => string,
  ): CombinedPolicies {
    this.#defaults = this.#refine(BUILT_IN_POLICY, options, this.module, [
      'policies',
      'paths',
      'revokeStreams',
    ]);
    this.#checkRevokeStreams(options.revokeStreams);
    for (const [name, fields] of this.#entries(options.policies, 'policies')) {
      const place = { where: `${this.module.where} policies.${name}`, depth: 2 };
      this.#named.set(name, this.#refine(this.#defaults, fields, place));
    }
    const paths = this.#entries(options.paths, 'paths').map(([index, entry]) =>
      this.#combinePath(entry, { where: `${this.module.where} paths[${index}]`, depth: 3 }),
    );
    return {
      defaults: this.#defaults,
      named: this.#named,
      paths,
      handlers: this.#combineHandlers(handlers, describe),
    };
  }

  #checkRevokeStreams(value: unknown): void {
    if (value === undefined || value === 'auto' || typeof value === 'boolean') return;
    this.issues.note(this.module, 'revokeStreams', {
      code: 'invalid-value',
      value,
      message: "revokeStreams must be 'auto', true or false.",
      hint: "Leave it out, for 'auto': streams end with their permission wherever there are any.",
    });
  }

  #combinePath(entry: unknown, place: Place): CombinedPathEntry {
    const { path, policy, ...others } = Object(entry) as Record<string, unknown>;
    for (const name of Object.keys(others)) {
      this.issues.note(place, name, unknownOption(name, ['path', 'policy']));
    }
    // A value that the types rule out is reported where the policy is read.
    const resolved = this.#apply(this.#defaults, [policy as CorsPolicyInput], place);
    return { place, resolved, paths: Array.isArray(path) ? path : [path] };
  }

  #combineHandlers(
    handlers: readonly Handler[],
    describe: (handler: Handler) => string,
  ): CombinedPolicies['handlers'] {
    const controllers = new Map<Type, ResolvedPolicy>();
    const combined = new Map<Type, Map<string, ResolvedPolicy>>();
    for (const handler of handlers) {
      const { controller, handlerName } = handler;
      let inherited = controllers.get(controller);
      if (inherited === undefined) {
        const place = { where: controller.name, depth: 4 };
        inherited = this.#apply(this.#defaults, corsDeclarations(controller), place);
        controllers.set(controller, inherited);
      }
      const ofController = combined.get(controller) ?? new Map<string, ResolvedPolicy>();
      combined.set(controller, ofController);
      if (ofController.has(handlerName)) continue;
      const place = { where: `${controller.name}.${handlerName}${describe(handler)}`, depth: 5 };
      const declared = corsDeclarations(handlerFunction(handler));
      ofController.set(handlerName, this.#apply(inherited, declared, place));
    }
    return combined;
  }

  /** Applies what decorators or a `paths` entry say, one after the other. */
  #apply(
    inherited: ResolvedPolicy,
    declarations: readonly (CorsPolicyInput | undefined)[],
    place: Place,
  ): ResolvedPolicy {
    let policy = inherited;
    for (const declared of declarations) {
      if (declared === undefined) policy = this.#defaults;
      else if (typeof declared === 'string') policy = this.#namedPolicy(declared, place);
      else if (declared === false) policy = this.#refine(policy, { origin: false }, place);
      else {
        const options = this.#optionsOf(declared, policy.policy, place);
        policy = this.#refine(policy, options, place);
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
      this.issues.note(place, 'policy', {
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
    this.issues.note(place, 'policy', {
      code: 'unknown-policy',
      value: name,
      message: `There is no policy "${name}".`,
      hint: this.#policyHint(name),
    });
    return this.#refine(this.#defaults, { origin: false }, place);
  }

  #policyHint(name: string): string {
    const origins = meantOrigins(name);
    if (origins !== undefined) return `Write an object: { origin: ${origins} }.`;
    const key = /^[a-z_$][\w$]*$/i.test(name) ? name : quoted(name);
    const known = [...this.#named.keys()];
    return known.length === 0
      ? `Define it in the options of ${this.module.where}: policies: { ${key}: { … } }.`
      : `Define it in policies, or use one of ${known.join(', ')}.`;
  }

  #refine(
    inherited: ResolvedPolicy,
    options: unknown,
    place: Place,
    others?: readonly string[],
  ): ResolvedPolicy {
    let fields = this.#read.get(options);
    if (fields === undefined) {
      fields = readPolicyFields(options, others);
      this.#read.set(options, fields);
    }
    this.issues.expect(place);
    for (const { field, ...problem } of fields.problems) this.issues.note(place, field, problem);
    return refine(inherited, fields, place);
  }

  /** The entries of `policies` or `paths`; none, and an issue, where the option is of the wrong type. */
  #entries(value: unknown, field: 'policies' | 'paths'): readonly [string, unknown][] {
    if (value === undefined) return [];
    if (
      typeof value === 'object' &&
      value !== null &&
      Array.isArray(value) === (field === 'paths')
    ) {
      return Object.entries(value);
    }
    this.issues.note(this.module, field, {
      code: 'invalid-value',
      value,
      message: `${field} must be ${field === 'paths' ? 'a list' : 'an object, by name'}.`,
      hint:
        field === 'paths'
          ? "Write e.g. paths: [{ path: '/graphql', policy: { maxAge: 600 } }]."
          : "Write e.g. policies: { public: { origin: '*' } }.",
    });
    return [];
  }
}

/** The function that Nest calls for a handler; what decorators say of the handler is written on it. */
export function handlerFunction({ controller, handlerName }: Handler): object {
  return (controller.prototype as Record<string, object>)[handlerName] ?? {};
}
