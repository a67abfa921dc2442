import type {
  CorsDocument,
  DocumentedOrigins,
  DocumentedPolicy,
  OpenTo,
} from '../src/document/cors-document.js';

/** One policy of a place. */
export interface PlacePolicy {
  readonly name: string;
  readonly policy: DocumentedPolicy;
  readonly origins: DocumentedOrigins;
}

/** A route or `paths` entry, as a person looks for it. */
export interface DocumentedPlace {
  /** Its number in the document: routes come first, `paths` after them. */
  readonly index: number;
  /** `*` for a `paths` entry. */
  readonly method: string;
  readonly path: string;
  /** Controller and handler, or the entry's place in the configuration. */
  readonly by: string;
  readonly hosts: readonly string[];
  readonly versions: readonly string[];
  /** The first one whose origin rule allows an origin holds for it. */
  readonly policies: readonly PlacePolicy[];
  readonly openTo: OpenTo;
  /** Whether some page may call it with cookies. */
  readonly withCookies: boolean;
  /** What a search looks through, in lower case. */
  readonly text: string;
}

export const PLACE_FILTERS = {
  all: 'All',
  any: 'Open to any origin',
  cookies: 'With cookies',
  listed: 'Listed origins',
  asked: 'Code is asked',
  nobody: 'Closed',
} as const;

export type PlaceFilter = keyof typeof PLACE_FILTERS;

const WIDEST_FIRST: readonly OpenTo[] = ['any', 'asked', 'listed', 'nobody'];

/** Every place of a document, its routes first. */
export function placesOf({
  routes,
  paths,
  policies,
  origins,
}: CorsDocument): readonly DocumentedPlace[] {
  const named = new Map<string, PlacePolicy>();
  for (const [name, policy] of Object.entries(policies)) {
    const rule = origins[policy.origin];
    if (rule !== undefined) named.set(name, { name, policy, origins: rule });
  }
  const entries = [
    ...routes.map(({ handler, ...route }) => ({ ...route, by: handler })),
    ...paths.map(({ entry, path, policies: keys }) => ({
      ...{ method: '*', path, by: entry, policies: keys },
      ...{ hosts: undefined, versions: undefined },
    })),
  ];
  return entries.map(({ method, path, by, hosts = [], versions = [], policies: keys }, index) => {
    const held = keys.flatMap((key) => named.get(key) ?? []);
    const open = new Set(held.map(({ origins: rule }) => rule.openTo));
    return {
      ...{ index, method, path, by, hosts, versions },
      policies: held,
      openTo: WIDEST_FIRST.find((each) => open.has(each)) ?? 'nobody',
      withCookies: held.some(
        ({ policy, origins: rule }) => policy.credentials && rule.openTo !== 'nobody',
      ),
      text: [method, path, by, ...hosts, ...keys, ...held.flatMap(({ origins: r }) => r.exact)]
        .join(' ')
        .toLowerCase(),
    };
  });
}

/** Whether a filter lets a place through. */
export function isIn(filter: PlaceFilter, { openTo, withCookies }: DocumentedPlace): boolean {
  return filter === 'all' || (filter === 'cookies' ? withCookies : openTo === filter);
}

/** The places that hold every word of a search. */
export function search(
  places: readonly DocumentedPlace[],
  words: string,
): readonly DocumentedPlace[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return wanted.length === 0
    ? places
    : places.filter(({ text }) => wanted.every((word) => text.includes(word)));
}

/** Who may call by one origin rule, in a few words. */
export function whoMayCall({ openTo, exact, patterns, ...rules }: DocumentedOrigins): string {
  if (openTo === 'any') return 'any origin';
  if (openTo === 'nobody') return 'nobody';
  const all = [
    ...exact,
    ...patterns,
    ...rules.expressions,
    ...rules.resolvers,
    ...rules.functions.map((name) => `${name}()`),
  ];
  const [first = '', ...others] = all;
  return others.length === 0 ? first : `${first} +${others.length}`;
}

/** A URL path that the pattern means, to begin with: parameters are 1. */
export function examplePathOf(path: string): string {
  return path.replace(/[{}]/g, '').replace(/[:*][\w]*(?:\([^/]*\))?\??/g, '1') || '/';
}
