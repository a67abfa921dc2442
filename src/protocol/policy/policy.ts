import type { CorsConfigurationIssue } from '../configuration-error.js';
import { checkCredentials } from './credentials.js';
import { checkExposedHeaders } from './exposed-headers.js';
import { allowCredentials } from '../headers/allow-credentials.js';
import { exposeHeaders } from '../headers/expose-headers.js';
import type { HeaderField } from '../headers/header-field.js';
import { checkIsolation } from './isolation.js';
import { methodSet } from './methods.js';
import type { OriginExpression } from '../origin/expression/origin-expression.js';
import { checkFileOrigin } from '../origin/file-origin.js';
import type { OriginMatcher } from '../origin/origin-matcher.js';
import type { OriginRules } from '../origin/origin-rules.js';
import { DEFAULT_POLICY, type PolicyField, type PolicyFields } from './policy-fields.js';
import type { CorsPolicy } from './policy-options.js';
import { checkPrivateNetwork } from './private-network.js';
import { type AllowedHeaders, compileAllowedHeaders } from './request-headers.js';

/** A place in the configuration; the deeper one of two is the more specific. */
export interface Place {
  /** As messages name it: of a handler, with its route. */
  readonly where: string;
  /** In the words of the file alone, e.g. `BooksController.update`. */
  readonly name: string;
  readonly depth: number;
}

/** A place that is called the same everywhere. */
export function place(name: string, depth: number): Place {
  return { where: name, name, depth };
}

/** A policy in the making: the value of each field, and the place that gave it. */
export interface ResolvedPolicy {
  readonly policy: CorsPolicy;
  readonly originRules: OriginRules;
  readonly places: Readonly<Record<PolicyField, Place>>;
}

const NOBODY: OriginRules = { any: false, opaque: false, patterns: [], regexps: [], deciders: [] };

const BUILT_IN: Place = place('the built-in defaults', 0);

/** What every policy starts from. */
export const BUILT_IN_POLICY: ResolvedPolicy = {
  policy: DEFAULT_POLICY,
  originRules: NOBODY,
  places: Object.fromEntries(
    Object.keys(DEFAULT_POLICY).map((field) => [field, BUILT_IN]),
  ) as Record<PolicyField, Place>,
};

/** Refines a policy field by field. */
export function refine(
  inherited: ResolvedPolicy,
  fields: PolicyFields,
  place: Place,
): ResolvedPolicy {
  const set = Object.keys(fields.values) as PolicyField[];
  return {
    policy: Object.freeze({ ...inherited.policy, ...fields.values }),
    originRules: fields.originRules ?? inherited.originRules,
    places: { ...inherited.places, ...Object.fromEntries(set.map((field) => [field, place])) },
  };
}

/**
 * Everything that is wrong about the fields of a policy taken together.
 *
 * @param expressions those of its origin rules, compiled
 */
export async function checkPolicy(
  { policy, originRules, places }: ResolvedPolicy,
  expressions: readonly OriginExpression[],
): Promise<readonly CorsConfigurationIssue[]> {
  const deeper = (a: Place, b: Place) => (b.depth > a.depth ? b : a);
  const at = (field: PolicyField, other: PolicyField = 'credentials') => ({
    where: deeper(places[other], places[field]).where,
    field,
  });
  const isolation = policy.isolate ? checkIsolation(originRules, expressions) : [];
  const isolated = isolation.map((problem) => ({ ...problem, ...at('isolate', 'origin') }));
  const open = policy.privateNetwork ? checkPrivateNetwork(originRules, expressions) : [];
  const network = open.map((problem) => ({ ...problem, ...at('origin', 'privateNetwork') }));
  if (!policy.credentials) return [...network, ...isolated];
  const origin = await checkCredentials(originRules, expressions, policy);
  const exposed = checkExposedHeaders(policy.exposedHeaders, policy.credentials);
  return [
    ...network,
    ...[...origin, ...checkFileOrigin(originRules)].map((problem) => ({
      ...problem,
      ...at('origin'),
    })),
    ...exposed.map((problem) => ({ ...problem, ...at('exposedHeaders') })),
    ...isolated,
  ];
}

/** A policy made ready for requests: sets to look up, header values to copy. */
export interface CompiledPolicy {
  readonly policy: CorsPolicy;
  /** What it was made of, and who said so. */
  readonly resolved: ResolvedPolicy;
  readonly origins: OriginMatcher;
  /** `undefined` where every method may be used. */
  readonly methods: ReadonlySet<string> | undefined;
  readonly allowedHeaders: AllowedHeaders;
  /** What the answer to an allowed actual request says besides its origin. */
  readonly actualHeaders: readonly HeaderField[];
}

/** Whether preflights get the same answer from both policies, where they allow the origin, but for methods. */
export function answerAlike(a: CompiledPolicy, b: CompiledPolicy): boolean {
  return (
    a.policy.maxAge === b.policy.maxAge &&
    a.policy.credentials === b.policy.credentials &&
    a.allowedHeaders.key === b.allowedHeaders.key
  );
}

/** Compiles a policy. `origins` are its `originRules`, compiled; policies with the same rules share it. */
export function compilePolicy(resolved: ResolvedPolicy, origins: OriginMatcher): CompiledPolicy {
  const { policy } = resolved;
  return {
    policy,
    resolved,
    origins,
    methods: methodSet(policy.methods),
    allowedHeaders: compileAllowedHeaders(policy.allowedHeaders, policy.credentials),
    actualHeaders: [
      ...allowCredentials(policy.credentials),
      ...exposeHeaders(policy.exposedHeaders),
    ],
  };
}
