import type { ConfigurationProblem } from '../configuration-error.js';
import type { OriginExpression } from '../origin/expression/origin-expression.js';
import type { OriginRules } from '../origin/origin-rules.js';
import { matchesAny } from './any-origin.js';

/** What pages of any site may read there is no point in keeping from their images and forms. */
export function checkIsolation(
  { any }: OriginRules,
  expressions: readonly OriginExpression[],
): readonly ConfigurationProblem[] {
  const boundless = expressions.find(matchesAny);
  if (!any && boundless === undefined) return [];
  return [
    {
      code: 'any-origin-with-isolate',
      value: any ? '*' : boundless?.regexp,
      message:
        'Pages of any site may read this with fetch(), so that there is nothing to keep from their images and forms.',
      hint: 'Set isolate: false, or list the origins.',
    },
  ];
}
