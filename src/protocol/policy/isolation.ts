import type { ConfigurationProblem } from '../configuration-error.js';
import type { OriginExpression } from '../origin/expression/origin-expression.js';
import type { OriginRules } from '../origin/origin-rules.js';
import { ruleForAny } from './any-origin.js';

/** What pages of any site may read there is no point in keeping from their images and forms. */
export function checkIsolation(
  rules: OriginRules,
  expressions: readonly OriginExpression[],
): readonly ConfigurationProblem[] {
  const value = ruleForAny(rules, expressions);
  if (value === undefined) return [];
  return [
    {
      code: 'any-origin-with-isolate',
      value,
      message: 'Pages of any site may read this with fetch(), so isolation would protect nothing.',
      hint: 'Set isolate: false, or list the origins.',
    },
  ];
}
