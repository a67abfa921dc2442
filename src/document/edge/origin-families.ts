import { defaultPort } from '../../protocol/origin/origin.js';
import type { DocumentedOrigins } from '../cors-document.js';

/** Web origins that a pattern allows. */
export interface OriginFamily {
  readonly scheme: string;
  /** Whether labels stand before `host`. */
  readonly subdomains: boolean;
  readonly host: string;
  /** Empty for the scheme's default port, `*` for any. */
  readonly port: string;
}

/** The longest origin that is compared at all. */
export const LONGEST_ORIGIN = 255;

/** An exact origin that every server compares alike, and that can be spelled in any configuration. */
const PLAIN_ORIGIN = /^(?:null|[a-z][a-z0-9+.-]*:\/\/[a-z0-9.:[\]-]*)$/;

export function isPlainOrigin(origin: string): boolean {
  return origin.length <= LONGEST_ORIGIN && PLAIN_ORIGIN.test(origin);
}

const FAMILY = /^(https?):\/\/(\*\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)*)(?::(\*|[1-9][0-9]{0,4}))?$/;

/** A pattern, where it can be told for certain what it allows; names in punycode may be none. */
export function readFamily(pattern: string): OriginFamily | undefined {
  const [, scheme = '', stars, host = '', port = ''] = FAMILY.exec(pattern) ?? [];
  if (scheme === '' || host.includes('xn--') || pattern.length > LONGEST_ORIGIN) return undefined;
  // The last label decides whether it is a name or an address.
  if (stars !== undefined && !/(?:^|\.)[a-z][a-z0-9-]*$/.test(host)) return undefined;
  return { scheme, subdomains: stars !== undefined, host, port };
}

/** What an origin rule says beyond its exact origins and families, and only Node can tell. */
export function hasUntold({
  patterns,
  expressions,
  functions,
  resolvers,
}: DocumentedOrigins): boolean {
  return (
    expressions.length + functions.length + resolvers.length > 0 ||
    patterns.some((pattern) => readFamily(pattern) === undefined)
  );
}

/** The origins that both have, which are a family again; `undefined` where there are none. */
function common(a: OriginFamily, b: OriginFamily): OriginFamily | undefined {
  const isPort = a.port === b.port || a.port === '*' || b.port === '*';
  if (a.scheme !== b.scheme || !isPort) return undefined;
  const port = a.port === '*' ? b.port : a.port;
  const [short, long] = a.host.length <= b.host.length ? [a, b] : [b, a];
  const isUnder = short.subdomains && long.host.endsWith(`.${short.host}`);
  if (isUnder) return { ...long, port };
  if (short.host !== long.host || short.subdomains !== long.subdomains) return undefined;
  return { ...short, port };
}

export function familyKey({ scheme, subdomains, host, port }: OriginFamily): string {
  return `${scheme}://${subdomains ? '*.' : ''}${host}:${port}`;
}

/** More than any sensible policy has. */
const MOST_FAMILIES = 500;

/**
 * The families with all that some of them have in common, the more exact first: an origin then is in all the families that
 * hold the first one it is in, and in no other. `undefined` where there are too many.
 */
export function closeFamilies(
  families: Iterable<OriginFamily>,
): readonly OriginFamily[] | undefined {
  const known = new Map<string, OriginFamily>();
  for (const family of families) known.set(familyKey(family), family);
  for (const family of known.values()) {
    if (known.size > MOST_FAMILIES) return undefined;
    for (const other of [...known.values()]) {
      const both = common(family, other);
      if (both !== undefined) known.set(familyKey(both), known.get(familyKey(both)) ?? both);
    }
  }
  const size = ({ subdomains, host, port }: OriginFamily) =>
    [Number(subdomains), -host.length, Number(port === '*')] as const;
  return [...known.values()].sort((a, b) => {
    const [one, two] = [size(a), size(b)];
    const at = one.findIndex((each, index) => each !== two[index]);
    if (at !== -1) return (one[at] ?? 0) - (two[at] ?? 0);
    return familyKey(a) < familyKey(b) ? -1 : 1;
  });
}

const ANY_PORT =
  '[1-9][0-9]?[0-9]?[0-9]?|[1-5][0-9][0-9][0-9][0-9]|6[0-4][0-9][0-9][0-9]|65[0-4][0-9][0-9]|655[0-2][0-9]|6553[0-5]';

/** The family as an expression without braces, which some configurations have another meaning for. */
export function familyExpression({ scheme, subdomains, host, port }: OriginFamily): string {
  const labels = subdomains ? '(?:[a-z0-9-]+\\.)+' : '';
  const suffix = port === '' ? '' : port === '*' ? `(?::(?:${ANY_PORT}))?` : `:${port}`;
  return `^${scheme}://${labels}${host.replaceAll('.', '\\.')}${suffix}$`;
}

/**
 * Origins that no expression above may decide about: names in punycode that may be none, default ports spelled out, and
 * what is longer than a name can be.
 */
export const DOUBTFUL_ORIGIN = 'xn--|^http://.*:80$|^https://.*:443$';

/** One of the family's origins, which hardly anybody names. */
export function memberOf({ scheme, subdomains, host, port }: OriginFamily): string {
  const isDefault = port === '' || port === '*' || port === defaultPort(scheme);
  return `${scheme}://${subdomains ? 'some-page-of.' : ''}${host}${isDefault ? '' : `:${port}`}`;
}
