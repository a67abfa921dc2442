import {
  loadExpressionCompiler,
  type OriginExpression,
} from '../../src/protocol/origin/expression/origin-expression.js';
import { OriginCache } from '../../src/protocol/origin/origin-cache.js';
import type { OriginCacheOptions } from '../../src/protocol/origin/origin-cache-options.js';
import {
  OriginDecider,
  type OriginRuleFailure,
  ruleName,
} from '../../src/protocol/origin/origin-decider.js';
import { OriginMatcher } from '../../src/protocol/origin/origin-matcher.js';
import { isResolverClass, readOriginRules } from '../../src/protocol/origin/origin-rules.js';
import { mapEach, type NonEmpty } from '../../src/protocol/non-empty.js';
import {
  place,
  BUILT_IN_POLICY,
  type CompiledPolicy,
  compilePolicy,
  refine,
} from '../../src/protocol/policy/policy.js';
import { PolicyList } from '../../src/protocol/policy/policy-list.js';
import { readPolicyFields } from '../../src/protocol/policy/policy-fields.js';
import type {
  CorsOriginFunction,
  CorsOriginResolver,
  CorsPolicyOptions,
  CorsRequest,
} from '../../src/protocol/policy/policy-options.js';

/** Told about rules that fail, as the application's log is. */
export type Report = (failure: OriginRuleFailure) => void;

const SILENT: Report = () => undefined;

/** What a matcher is made for besides its rules. */
interface MatcherSetup {
  readonly report?: Report;
  readonly timeout?: number;
  readonly originCache?: OriginCacheOptions;
}

const compileExpression = await loadExpressionCompiler();

/** Regular expressions, each of which has to be supported, as a policy uses them. */
export function expressionsOf(regexps: readonly RegExp[]): OriginExpression[] {
  return regexps.map((regexp) => {
    const compiledExpression = compileExpression(regexp);
    if ('reason' in compiledExpression) throw new Error(compiledExpression.reason);
    return compiledExpression.expression;
  });
}

/** A matcher for an `origin` option. Resolver classes are made by calling them without arguments. */
export function matcherOf(
  option: unknown,
  { report = SILENT, timeout = 1000, originCache }: MatcherSetup = {},
): OriginMatcher {
  const { rules } = readOriginRules(option);
  const asked = rules.deciders.map((rule) => {
    const resolver = isResolverClass(rule)
      ? (Reflect.construct(rule, []) as CorsOriginResolver)
      : { isOriginAllowed: rule };
    const decide: CorsOriginFunction = (origin, request) =>
      resolver.isOriginAllowed(origin, request);
    const decider = new OriginDecider(ruleName(rule), decide, timeout, report);
    return originCache === undefined ? decider : new OriginCache(originCache, decider);
  });
  return new OriginMatcher(rules, expressionsOf(rules.regexps), asked);
}

/** The policy of these options on top of the built-in defaults, ready for requests. */
export function compiled(options: CorsPolicyOptions): CompiledPolicy {
  const fields = readPolicyFields(options);
  const resolved = refine(BUILT_IN_POLICY, fields, place('the test', 1));
  return compilePolicy(resolved, matcherOf(options.origin));
}

/** Policies of one place, in order. */
export function listOf(...policies: NonEmpty<CorsPolicyOptions>): PolicyList {
  return new PolicyList(mapEach(policies, compiled));
}

/** A request as Node presents it. */
export function requestOf(headers: CorsRequest['headers'], method = 'GET'): CorsRequest {
  return { method, url: '/', headers };
}
