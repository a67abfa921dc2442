import type { ConfigurationProblem } from '../configuration-error.js';
import { isLoopbackHost, splitOrigin } from '../origin/origin.js';
import { serializePattern } from '../origin/origin-pattern.js';
import { wholeOriginRegExp } from '../origin/origin-regexp.js';
import type { OriginRules } from '../origin/origin-rules.js';
import { sampleOrigins } from '../origin/origin-samples.js';

/** What a policy with credentials may override, knowing what it does. */
export interface DangerousOverrides {
  readonly dangerouslyAllowInsecureOrigins: boolean;
  readonly dangerouslyAllowPublicSuffixes: boolean;
}

/** Origins of names that nobody can register (RFC 6761, ISO 3166): an expression that matches one matches any. */
const NOBODYS_ORIGINS = ['any-site.invalid', 'anysite.zz', 'www.anysite.zz'].flatMap((host) =>
  ['https', 'http'].flatMap((scheme) => ['', ':8443'].map((port) => `${scheme}://${host}${port}`)),
);

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
  const boundless = regexps.find((regexp) => {
    const whole = wholeOriginRegExp(regexp);
    return NOBODYS_ORIGINS.some((origin) => whole.test(origin));
  });
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
      .filter(matchesInsecureOrigin)
      .map((regexp) => problem(regexp, String(regexp), 'Let the expression begin with ^https:')),
  ];
}

function matchesInsecureOrigin(regexp: RegExp): boolean {
  const whole = wholeOriginRegExp(regexp);
  return sampleOrigins(whole).some(({ origin }) => {
    const { host } = splitOrigin(origin);
    return !isLoopbackHost(host) && whole.test(origin.replace(/^.*:\/\//, 'http://'));
  });
}

async function checkPublicSuffixes({
  patterns,
  regexps,
}: OriginRules): Promise<readonly ConfigurationProblem[]> {
  const families = patterns.filter(({ subdomains }) => subdomains);
  if (families.length === 0 && regexps.length === 0) return [];
  // Loaded when needed: the list is large, and most policies name their origins.
  const { parse } = await import('tldts');
  /** The part of a host that anybody can get a name under, and the label before it. */
  const split = (host: string) => {
    const { publicSuffix, isIcann, isPrivate, domainWithoutSuffix } = parse(host, {
      allowPrivateDomains: true,
    });
    const isPublic = isIcann === true || isPrivate === true;
    return { suffix: isPublic ? publicSuffix : null, label: domainWithoutSuffix ?? '' };
  };
  /** The public suffix under which an expression leaves the whole label open. */
  const openSuffix = (regexp: RegExp) =>
    sampleOrigins(wholeOriginRegExp(regexp))
      .map(({ origin, twin }) => {
        const { suffix, label } = split(splitOrigin(origin).host);
        const other = split(splitOrigin(twin).host).label;
        return label.at(0) !== other.at(0) && label.at(-1) !== other.at(-1) ? suffix : null;
      })
      .find((suffix) => suffix !== null);
  const problem = (value: unknown, suffix: string, own: string): ConfigurationProblem => ({
    code: 'public-suffix-wildcard',
    value,
    message: `Anybody can get a name under ${suffix}, and so act with your users' cookies.`,
    hint: `Name your own, e.g. '${own}', or set dangerouslyAllowPublicSuffixes: true.`,
  });
  return [
    ...families
      .filter(({ host }) => split(host).suffix === host)
      .map((pattern) => {
        const own = { ...pattern, subdomains: false, host: `my-site.${pattern.host}` };
        return problem(serializePattern(pattern), pattern.host, serializePattern(own));
      }),
    ...regexps.flatMap((regexp) => {
      const suffix = openSuffix(regexp);
      return suffix === undefined ? [] : [problem(regexp, suffix, `https://my-site.${suffix}`)];
    }),
  ];
}
