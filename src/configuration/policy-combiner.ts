import type { Type } from '@nestjs/common';
import { corsDeclarations, type Declaration } from '../cors.decorator.js';
import type { CorsModuleOptions, CorsPolicyInput } from '../cors-options.js';
import type { Handler } from '../routing/collect-handlers.js';
import type { ConfigurationIssues } from './configuration-issues.js';
import { isNonEmpty, mapEach, type NonEmpty } from '../protocol/non-empty.js';
import {
  BUILT_IN_POLICY,
  type Place,
  place as placeNamed,
  refine,
  type ResolvedPolicy,
} from '../protocol/policy/policy.js';
import {
  type PolicyFields,
  readPolicyFields,
  unknownOption,
} from '../protocol/policy/policy-fields.js';
import { meantOrigins, quoted } from '../protocol/origin/origin-pattern.js';
import type { CorsPolicy, CorsPolicyOptions } from '../protocol/policy/policy-options.js';

/** The policies of one place, in the order in which they are asked. */
export type ResolvedPolicies = NonEmpty<ResolvedPolicy>;

/** A `paths` entry. */
export interface CombinedPathEntry {
  readonly place: Place;
  readonly resolved: ResolvedPolicies;
  /** The patterns, as given. */
  readonly paths: readonly unknown[];
}

/** Every policy of a configuration, before any of it is checked as a whole or compiled. */
export interface CombinedPolicies {
  readonly defaults: ResolvedPolicies;
  readonly named: ReadonlyMap<string, ResolvedPolicies>;
  readonly paths: readonly CombinedPathEntry[];
  /** By controller, then by the name of the handler's method. */
  readonly handlers: ReadonlyMap<Type, ReadonlyMap<string, ResolvedPolicies>>;
}

const NOBODY: CorsPolicyOptions = { origin: false };

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
  return new PolicyCombiner(placeNamed(where, 1), issues).combine(options, handlers, describe);
}

class PolicyCombiner {
  /** What an options object says, so that one that is used in many places is read once. */
  readonly #read = new Map<unknown, PolicyFields>();
  readonly #named = new Map<string, ResolvedPolicies>();
  #defaults: ResolvedPolicies = [BUILT_IN_POLICY];

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
    const others = ['policies', 'paths', 'revokeStreams'];
    const defaults = this.#refine(BUILT_IN_POLICY, options, this.module, others);
    this.#defaults = [defaults];
    this.#checkRevokeStreams(options.revokeStreams);
    for (const [name, fields] of this.#entries(options.policies, 'policies')) {
      const place = placeNamed(`${this.module.name} policies.${name}`, 2);
      this.#named.set(name, [this.#refine(defaults, this.#singular(fields, place), place)]);
    }
    const paths = this.#entries(options.paths, 'paths').map(([index, entry]) =>
      this.#combinePath(entry, placeNamed(`${this.module.name} paths[${index}]`, 3)),
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
      hint: "Leave it out for 'auto': streams end when their permission does.",
    });
  }

  #combinePath(entry: unknown, place: Place): CombinedPathEntry {
    const { path, policy, options, ...others } = Object(entry) as Record<string, unknown>;
    for (const name of Object.keys(others)) {
      this.issues.note(place, name, unknownOption(name, ['path', 'policy', 'options']));
    }
    // A value that the types rule out is reported where the policy is read.
    const declaration = { policy, options } as Declaration;
    const resolved = this.#apply(this.#defaults, [declaration], place);
    return { place, resolved, paths: Array.isArray(path) ? path : [path] };
  }

  #combineHandlers(
    handlers: readonly Handler[],
    describe: (handler: Handler) => string,
  ): CombinedPolicies['handlers'] {
    const controllers = new Map<Type, ResolvedPolicies>();
    const combined = new Map<Type, Map<string, ResolvedPolicies>>();
    for (const handler of handlers) {
      const { controller, handlerName } = handler;
      let inherited = controllers.get(controller);
      if (inherited === undefined) {
        const place = placeNamed(controller.name, 4);
        inherited = this.#apply(this.#defaults, corsDeclarations(controller), place);
        controllers.set(controller, inherited);
      }
      const ofController = combined.get(controller) ?? new Map<string, ResolvedPolicies>();
      combined.set(controller, ofController);
      if (ofController.has(handlerName)) continue;
      const own = placeNamed(`${controller.name}.${handlerName}`, 5);
      const place = { ...own, where: own.name + describe(handler) };
      const declared = corsDeclarations(handlerFunction(handler));
      ofController.set(handlerName, this.#apply(inherited, declared, place));
    }
    return combined;
  }

  /** Applies what decorators or a `paths` entry say, one after the other. */
  #apply(
    inherited: ResolvedPolicies,
    declarations: readonly Declaration[],
    place: Place,
  ): ResolvedPolicies {
    let policies = inherited;
    for (const { policy, options } of declarations) {
      policies = isList(policy)
        ? this.#combineList(policies, policy, place)
        : this.#applyOne(policies, policy, place);
      if (options === undefined) continue;
      if (typeof policy === 'string') policies = this.#applyOne(policies, options, place);
      else {
        this.issues.note(place, 'options', {
          code: 'invalid-value',
          value: options,
          message: 'Fields can be replaced only for a policy that is given by its name.',
          hint: "Write e.g. @Cors('public', { maxAge: 60 }), or the object alone.",
        });
      }
    }
    return policies;
  }

  #applyOne(
    inherited: ResolvedPolicies,
    declared: OnePolicyInput | undefined,
    place: Place,
  ): ResolvedPolicies {
    if (declared === undefined) return this.#defaults;
    if (typeof declared === 'string') return this.#namedPolicy(declared, place);
    const refined = mapEach(inherited, (policy) =>
      this.#refine(policy, this.#optionsOf(declared, policy.policy, place), place),
    );
    return this.#reachable(refined, declared, place);
  }

  /** Each member of a list means what it does alone. */
  #combineList(
    inherited: ResolvedPolicies,
    list: readonly unknown[],
    place: Place,
  ): ResolvedPolicies {
    if (list.length === 0) {
      this.issues.note(place, 'policy', {
        code: 'invalid-value',
        value: list,
        message: 'An empty list holds no policy.',
        hint: 'Name a policy, or write false for nobody.',
      });
    }
    const policies = list.flatMap((member, index) => {
      if (list.length === 1) return this.#combineMember(inherited, member, place);
      const behind = ` policy[${String(index)}]`;
      const { where, name, depth } = place;
      const ofMember = { where: where + behind, name: name + behind, depth };
      return this.#combineMember(inherited, member, ofMember);
    });
    return isNonEmpty(policies) ? this.#reachable(policies, list, place) : this.#defaults;
  }

  #combineMember(
    inherited: ResolvedPolicies,
    member: unknown,
    place: Place,
  ): readonly ResolvedPolicy[] {
    if (typeof member === 'string') return this.#namedPolicy(member, place);
    if (typeof member === 'object' && member !== null && !Array.isArray(member)) {
      return this.#applyOne(inherited, member, place);
    }
    this.issues.note(place, 'policy', {
      code: 'invalid-value',
      value: member,
      message: 'A list of policies may hold only names and options objects.',
      hint:
        member === false
          ? 'Leave it out: an origin that no policy allows is refused anyway.'
          : "Write e.g. ['app', 'public'], or ['app', { origin: '*', credentials: false }].",
    });
    return [];
  }

  /** Leaves out the policies that can never hold, because those before them allow whatever they would. */
  #reachable(policies: ResolvedPolicies, declared: unknown, place: Place): ResolvedPolicies {
    const [first, ...others] = policies;
    const reachable: [ResolvedPolicy, ...ResolvedPolicy[]] = [first];
    for (const [index, policy] of others.entries()) {
      const before = reachable.find((other) => preempts(other, policy));
      if (before === undefined) {
        reachable.push(policy);
        continue;
      }
      const of = policies.indexOf(before) + 1;
      const never = `Policy ${String(index + 2)} of ${String(policies.length)} can never hold`;
      this.issues.note(place, 'policy', {
        code: 'unreachable-policy',
        value: declared,
        ...(before.originRules.any
          ? {
              message: `${never}: they are asked in order, and policy ${String(of)} admits any origin.`,
              hint: policy.originRules.any
                ? 'Remove one of them.'
                : 'Put the one that admits any origin last.',
            }
          : {
              message: `${never}: policy ${String(of)} has the same origin rule, and is asked first.`,
              hint: 'Give each policy of the list an origin rule of its own, or name one policy alone.',
            }),
      });
    }
    return reachable;
  }

  #optionsOf(
    declared: Exclude<OnePolicyInput, string>,
    inherited: CorsPolicy,
    place: Place,
  ): unknown {
    if (declared === false) return NOBODY;
    if (typeof declared !== 'function') return declared;
    const hint = 'Return the fields to change, e.g. (inherited) => ({ maxAge: 60 }).';
    try {
      const options: unknown = declared(inherited);
      if (!Array.isArray(options)) return options;
      this.issues.note(place, 'policy', {
        code: 'invalid-value',
        value: declared,
        message: 'The policy function returned a list, but is called for one policy.',
        hint,
      });
    } catch (error) {
      this.issues.note(place, 'policy', {
        code: 'invalid-value',
        value: declared,
        message: `The policy function threw: ${error instanceof Error ? error.message : String(error)}`,
        hint,
      });
    }
    return {};
  }

  /** The options of a named policy, which is one policy: a list of lists would be no order that anybody can read. */
  #singular(options: unknown, place: Place): unknown {
    if (!Array.isArray(options)) return options;
    this.issues.note(place, 'policy', {
      code: 'invalid-value',
      value: options,
      message: 'A name stands for one policy, not for a list.',
      hint: "Give the list where it is used, e.g. @Cors(['app', 'public']).",
    });
    return {};
  }

  #namedPolicy(name: string, place: Place): ResolvedPolicies {
    const policy = this.#named.get(name);
    if (policy !== undefined) return policy;
    this.issues.note(place, 'policy', {
      code: 'unknown-policy',
      value: name,
      message: `There is no policy "${name}".`,
      hint: this.#policyHint(name),
    });
    return mapEach(this.#defaults, (policy) => this.#refine(policy, NOBODY, place));
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

/** What says something of one policy, or the same of each. */
type OnePolicyInput = Exclude<CorsPolicyInput, readonly unknown[]>;

function isList(
  declared: CorsPolicyInput | undefined,
): declared is Exclude<CorsPolicyInput, OnePolicyInput> {
  return Array.isArray(declared);
}

/** Whether a policy allows every origin that one behind it would. */
function preempts(before: ResolvedPolicy, { policy, originRules }: ResolvedPolicy): boolean {
  if (before.originRules.any) return true;
  const { opaque, patterns, regexps, deciders } = originRules;
  if (before.originRules !== originRules) return false;
  // Functions are asked about `null` under policies without credentials only.
  if (deciders.length > 0) return policy.credentials || !before.policy.credentials;
  // Where nobody is allowed nothing is preempted: the last one says how requests are refused.
  return opaque || patterns.length + regexps.length > 0;
}

/** The function that Nest calls for a handler; what decorators say of the handler is written on it. */
export function handlerFunction({ controller, handlerName }: Handler): object {
  return (controller.prototype as Record<string, object>)[handlerName] ?? {};
}
