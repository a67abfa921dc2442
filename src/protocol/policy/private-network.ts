import type { ConfigurationProblem } from '../configuration-error.js';
import type { OriginExpression } from '../origin/expression/origin-expression.js';
import type { OriginRules } from '../origin/origin-rules.js';
import { ruleForAny } from './any-origin.js';

/** With it, any site could reach the devices of the network that its visitors are in (Private Network Access). */
export function checkPrivateNetwork(
  rules: OriginRules,
  expressions: readonly OriginExpression[],
): readonly ConfigurationProblem[] {
  const value = ruleForAny(rules, expressions);
  const message = 'Any public site could reach this server through the network of its visitors.';
  const hint = 'List the origins that may, or remove privateNetwork.';
  return value === undefined
    ? []
    : [{ code: 'any-origin-with-private-network', value, message, hint }];
}
