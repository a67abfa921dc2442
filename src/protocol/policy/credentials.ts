import type { ConfigurationProblem } from '../configuration-error.js';
import { oncePer } from '../once-per.js';
import { findAdmittedSites, type OpenEnd } from '../origin/expression/admitted-sites.js';
import type { OriginExpression } from '../origin/expression/origin-expression.js';
import { isLoopbackHost, OPAQUE_ORIGIN } from '../origin/origin.js';
import { serializePattern } from '../origin/origin-pattern.js';
import type { OriginRules } from '../origin/origin-rules.js';
import { loadPublicSuffixes } from '../origin/public-suffix.js';
import { matchesAny, ruleForAny } from './any-origin.js';

/** What a policy with credentials may override, knowing what it does. */
export interface DangerousOverrides {
  readonly dangerouslyAllowInsecureOrigins: boolean;
  readonly dangerouslyAllowPublicSuffixes: boolean;
}

/**
 * Everything that is unsafe about allowing these origins to send cookies and read the answers
 * (Fetch, "CORS protocol and credentials").
 *
 * @param expressions those of the rules, compiled
 */
export async function checkCredentials(
  rules: OriginRules,
  expressions: readonly OriginExpression[],
  overrides: DangerousOverrides,
): Promise<readonly ConfigurationProblem[]> {
  const bounded = expressions.filter((expression) => !matchesAny(expression));
  return [
    ...checkAnyOrigin(rules, expressions),
    ...checkOpaqueOrigin(rules, bounded),
    ...(overrides.dangerouslyAllowInsecureOrigins ? [] : checkInsecureOrigins(rules)),
    ...(overrides.dangerouslyAllowPublicSuffixes ? [] : await checkPublicSuffixes(rules)),
    ...(await Promise.all(bounded.map((expression) => checkSites(expression, overrides)))).flat(),
  ];
}

function checkAnyOrigin(
  rules: OriginRules,
  expressions: readonly OriginExpression[],
): readonly ConfigurationProblem[] {
  const value = ruleForAny(rules, expressions);
  const message =
    'Any site could act with the cookies of whoever visits it, so browsers refuse this.';
  const hint = 'List the origins that may send cookies, or set credentials: false.';
  return value === undefined ? [] : [{ code: 'any-origin-with-credentials', value, message, hint }];
}

function checkOpaqueOrigin(
  { opaque }: OriginRules,
  expressions: readonly OriginExpression[],
): readonly ConfigurationProblem[] {
  const matching = expressions.find((expression) => expression.matches(OPAQUE_ORIGIN));
  if (!opaque && matching === undefined) return [];
  return [
    {
      code: 'null-origin-with-credentials',
      value: opaque ? 'null' : matching?.regexp,
      message:
        "Any site can make its pages send the origin 'null', by putting them in a sandboxed frame.",
      hint: "Remove 'null', or set credentials: false.",
    },
  ];
}

const insecure = (value: unknown, what: string, hint: string): ConfigurationProblem => ({
  code: 'insecure-origin-with-credentials',
  value,
  message: `Whoever controls the network can forge pages of ${what} and read what the user may read.`,
  hint: `${hint}, or set dangerouslyAllowInsecureOrigins: true.`,
});

const checkInsecureOrigins = oncePer(({ patterns }: OriginRules): readonly ConfigurationProblem[] =>
  patterns
    .filter(({ scheme, host }) => scheme === 'http' && !isLoopbackHost(host))
    .map((pattern) => {
      const text = serializePattern(pattern);
      return insecure(text, text, `Write '${text.replace('http:', 'https:')}'`);
    }),
);

const checkPublicSuffixes = oncePer(async ({ patterns }: OriginRules) => {
  const families = patterns.filter(({ subdomains }) => subdomains);
  if (families.length === 0) return [];
  const ownershipOf = await loadPublicSuffixes();
  return families
    .filter(({ host }) => ownershipOf(host).site === undefined)
    .map((pattern): ConfigurationProblem => {
      const own = { ...pattern, subdomains: false, host: `my-site.${pattern.host}` };
      return {
        code: 'public-suffix-wildcard',
        value: serializePattern(pattern),
        message: `Anybody can get a name under ${pattern.host}, and so act with your users' cookies.`,
        hint: `Name your own, e.g. '${serializePattern(own)}', or set dangerouslyAllowPublicSuffixes: true.`,
      };
    });
});

/** Holds each site that an expression admits to what holds for a string. */
async function checkSites(
  expression: OriginExpression,
  overrides: DangerousOverrides,
): Promise<readonly ConfigurationProblem[]> {
  const { regexp } = expression;
  const { sites, openEnds } = await findAdmittedSites(expression);
  const open = openEnds.filter(
    ({ what }) => what !== 'hoster' || !overrides.dangerouslyAllowPublicSuffixes,
  );
  const isInsecure = sites.some(
    ({ site, schemes }) => schemes.includes('http') && !isLoopbackHost(site),
  );
  return [
    ...open.map((end) => ({
      code: 'open-ended-regexp' as const,
      value: regexp,
      ...tellOpenEnd(regexp, end),
    })),
    ...(isInsecure && !overrides.dangerouslyAllowInsecureOrigins
      ? [insecure(regexp, String(regexp), 'Let the expression begin with ^https:')]
      : []),
  ];
}

function tellOpenEnd(
  regexp: RegExp,
  { what, example, name = '' }: OpenEnd,
): Pick<ConfigurationProblem, 'message' | 'hint'> {
  switch (what) {
    case 'hoster':
      return {
        message: `${String(regexp)} admits names under ${name} that anybody can get, such as ${example}.`,
        hint: `Name your own, e.g. 'https://my-site.${name}', or set dangerouslyAllowPublicSuffixes: true.`,
      };
    case 'addresses':
      return {
        message: `${String(regexp)} admits addresses that it does not name, such as ${example}.`,
        hint: 'List the addresses that may send cookies as strings, or set credentials: false.',
      };
    case 'schemes':
      return {
        message: `${String(regexp)} admits schemes that it does not name, such as that of ${example}.`,
        hint: 'Let the expression begin with ^https:\\/\\/, or set credentials: false.',
      };
    case 'names':
      return {
        message: `${String(regexp)} admits sites that it does not name, such as ${example}, which anybody could register.`,
        hint:
          name === ''
            ? "Spell out each site, e.g. 'https://*.example.com', or set credentials: false."
            : `Use 'https://*.${name}', or let a dot stand before ${name}.`,
      };
  }
}
