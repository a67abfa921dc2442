import {
  loadExpressionCompiler,
  type OriginExpression,
} from '../../src/protocol/origin/expression/origin-expression.js';
import {
  compileDecider,
  isResolverClass,
  type OriginDecider,
  OriginMatcher,
  readOriginRules,
} from '../../src/protocol/origin/origin-rules.js';
import {
  BUILT_IN_POLICY,
  type CompiledPolicy,
  compilePolicy,
  refine,
} from '../../src/protocol/policy/policy.js';
import { readPolicyFields } from '../../src/protocol/policy/policy-fields.js';
import type {
  CorsOriginResolver,
  CorsPolicyOptions,
  CorsRequest,
} from '../../src/protocol/policy/policy-options.js';

/** Told about rules that fail, as the application's log is. */
export type Report = (failure: { origin: string; error: unknown }) => void;

const SILENT: Report = () => undefined;

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
  { report = SILENT, timeout = 1000 }: { report?: Report; timeout?: number } = {},
): OriginMatcher {
  const { rules } = readOriginRules(option);
  const deciders = rules.deciders.map((rule): OriginDecider => {
    if (!isResolverClass(rule)) return compileDecider(rule, report, timeout);
    const resolver = Reflect.construct(rule, []) as CorsOriginResolver;
    return compileDecider(
      (origin, request) => resolver.isOriginAllowed(origin, request),
      report,
      timeout,
    );
  });
  return new OriginMatcher(rules, expressionsOf(rules.regexps), deciders);
}

/** The policy of these options on top of the built-in defaults, ready for requests. */
export function compiled(options: CorsPolicyOptions): CompiledPolicy {
  const fields = readPolicyFields(options);
  const resolved = refine(BUILT_IN_POLICY, fields, { where: 'the test', depth: 1 });
  return compilePolicy(resolved, matcherOf(options.origin));
}

/** A request as Node presents it. */
export function requestOf(headers: CorsRequest['headers'], method = 'GET'): CorsRequest {
  return { method, url: '/', headers };
}
