import { oncePer } from '../once-per.js';
import type { OriginExpression } from '../origin/expression/origin-expression.js';
import type { OriginRules } from '../origin/origin-rules.js';

/** Names that nobody can register (RFC 6761, ISO 3166): an expression that matches all of them matches any. */
const NOBODYS_HOSTS = ['any-site.invalid', 'anysite.zz', 'www.any7site.zz'];

/** The rule that allows every site, as it is written; `undefined` where none does. */
export function ruleForAny(
  { any }: OriginRules,
  expressions: readonly OriginExpression[],
): '*' | RegExp | undefined {
  return any ? '*' : expressions.find(matchesAny)?.regexp;
}

/** Whether an expression allows every site. */
export function matchesAny(expression: OriginExpression): boolean {
  return allowsEverySite(expression);
}

const allowsEverySite = oncePer((expression: OriginExpression) =>
  ['https', 'http'].some((scheme) =>
    ['', ':8443'].some((port) =>
      NOBODYS_HOSTS.every((host) => expression.matches(`${scheme}://${host}${port}`)),
    ),
  ),
);
