import type { ConfigurationProblem } from './configuration-error.js';
import { isLoopbackHost } from './origin.js';
import { serializePattern } from './origin-pattern.js';
import { wholeOriginRegExp } from './origin-regexp.js';
import type { OriginRules } from './origin-rules.js';

/** What a policy with credentials may override, knowing what it does. */
export interface DangerousOverrides {
  readonly dangerouslyAllowInsecureOrigins: boolean;
  readonly dangerouslyAllowPublicSuffixes: boolean;
}

/** A name that nobody can register (RFC 6761): an expression that matches it matches anything. */
const NOBODYS_ORIGIN = 'https://any-site-whatsoever.invalid';

/**
 * Everything that is unsafe about allowing these origins to send cookies and read the answers
 * (Fetch, "CORS protocol and credentials").
 */
export async function checkCredentials(
  rules: OriginRules,
  overrides: DangerousOverrides,
): Promise<readonly ConfigurationProblem[]> {
  return [
    ...checkAnyOrigin(rules),
    ...checkOpaqueOrigin(rules),
    ...(overrides.dangerouslyAllowInsecureOrigins ? [] : checkInsecureOrigins(rules)),
    ...(overrides.dangerouslyAllowPublicSuffixes ? [] : await checkPublicSuffixes(rules)),
  ];
}

function checkAnyOrigin({ any, regexps }: OriginRules): readonly ConfigurationProblem[] {
  const boundless = regexps.find((regexp) => wholeOriginRegExp(regexp).test(NOBODYS_ORIGIN));
  if (!any && boundless === undefined) return [];
  return [
    {
      code: 'any-origin-with-credentials',
      value: any ? '*' : boundless,
      message: 'Any site could act with the cookies of whoever visits it, so browsers refuse this.',
      hint: 'List the origins that may send cookies, or set credentials: false.',
    },
  ];
}

function checkOpaqueOrigin({ opaque, regexps }: OriginRules): readonly ConfigurationProblem[] {
  const matching = regexps.find((regexp) => wholeOriginRegExp(regexp).test('null'));
  if (!opaque && matching === undefined) return [];
  return [
    {
      code: 'null-origin-with-credentials',
      value: opaque ? 'null' : matching,
      message:
        "Any site can make its pages send the origin 'null', by putting them in a sandboxed frame.",
      hint: "Remove 'null', or set credentials: false.",
    },
  ];
}

function checkInsecureOrigins({ patterns, regexps }: OriginRules): readonly ConfigurationProblem[] {
  const problem = (value: unknown, what: string, hint: string): ConfigurationProblem => ({
    code: 'insecure-origin-with-credentials',
    value,
    message: `Whoever sits on the network can forge pages of ${what} and read what the user may read.`,
    hint: `${hint}, or set dangerouslyAllowInsecureOrigins: true.`,
  });
  return [
    ...patterns
      .filter(({ scheme, host }) => scheme === 'http' && !isLoopbackHost(host))
      .map((pattern) => {
        const text = serializePattern(pattern);
        return problem(text, text, `Write '${text.replace('http:', 'https:')}'`);
      }),
    ...regexps
      .filter(
        ({ source }) =>
          /^\^?(?:\((?:\?:)?)*http(?:s\?|\(s\)\?)?(?::|\|)/i.test(source) &&
          !/localhost|127\\?\.0/.test(source),
      )
      .map((regexp) => problem(regexp, String(regexp), 'Let the expression begin with ^https:')),
  ];
}

async function checkPublicSuffixes({
  patterns,
}: OriginRules): Promise<readonly ConfigurationProblem[]> {
  const families = patterns.filter(({ subdomains }) => subdomains);
  if (families.length === 0) return [];
  // Loaded when needed: the list is large, and most policies name their origins.
  const { parse } = await import('tldts');
  return families
    .filter(({ host }) => {
      const { publicSuffix, isIcann, isPrivate } = parse(host, { allowPrivateDomains: true });
      return publicSuffix === host && (isIcann === true || isPrivate === true);
    })
    .map((pattern) => ({
      code: 'public-suffix-wildcard' as const,
      value: serializePattern(pattern),
      message: `Anybody can get a name under ${pattern.host}, and so act with your users' cookies.`,
      hint: `Name your own, e.g. '${serializePattern({ ...pattern, subdomains: false, host: `my-site.${pattern.host}` })}', or set dangerouslyAllowPublicSuffixes: true.`,
    }));
}
