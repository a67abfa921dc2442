import type { CorsDocument, DocumentedOrigins, DocumentedPolicy } from './cors-document.js';

/** A policy of a place, with its origin rule. */
export interface PlacedPolicy {
  readonly key: string;
  readonly policy: DocumentedPolicy;
  readonly origins: DocumentedOrigins;
}

/** Something that policies hold on. */
export interface Place {
  /** `default` is what nothing else holds on; `named` is what code asks for by name, such as gateways. */
  readonly kind: 'route' | 'path' | 'default' | 'named';
  /** Upper case; `undefined` where it is any. */
  readonly method: string | undefined;
  /** What tells it from others, but for the method: path, hosts, versions, constraints. */
  readonly where: string;
  /** Who serves it, or where it was configured; empty where there is nothing to say. */
  readonly handler: string;
  /** In order: the first one whose origin rule allows an origin holds for it. */
  readonly policies: readonly PlacedPolicy[];
}

/** A rule that no place of the document gives: it allows nobody. */
const NOBODY: DocumentedOrigins = {
  openTo: 'nobody',
  exact: [],
  patterns: [],
  expressions: [],
  functions: [],
  resolvers: [],
};

/** All that policies hold on: routes and `paths` in the document's order, then the defaults and the named policies. */
export function placesOf(document: CorsDocument): readonly Place[] {
  const policies = placedPolicies(document);
  const placed = (keys: readonly string[]) =>
    keys.flatMap((key) => {
      const policy = policies.get(key);
      return policy === undefined ? [] : [policy];
    });
  return [
    ...document.routes.map((route): Place => {
      const { method, path, hosts = [], versions = [], constraints = {}, handler } = route;
      const details = [
        hosts.length > 0 && `host ${hosts.join(', ')}`,
        versions.length > 0 && `version ${versions.join(', ')}`,
        ...Object.entries(constraints).map(([name, value]) => `${name} ${value}`),
      ].filter((detail) => detail !== false);
      return {
        kind: 'route',
        method: method === 'ALL' ? undefined : method,
        where: details.length === 0 ? path : `${path} (${details.join('; ')})`,
        handler,
        policies: placed(route.policies),
      };
    }),
    ...document.paths.map(({ path, entry, policies: keys }): Place => {
      const where = `${path.replace(/\/$/, '')}/**`;
      return { kind: 'path', method: undefined, where, handler: entry, policies: placed(keys) };
    }),
    {
      kind: 'default',
      method: undefined,
      where: 'any other URL',
      handler: '',
      policies: placed([document.defaults]),
    },
    ...Object.entries(document.named).map(([name, key]): Place => ({
      kind: 'named',
      method: undefined,
      where: `policy ${name}`,
      handler: '',
      policies: placed([key]),
    })),
  ];
}

/** The policies of a document by their keys, each with its origin rule. */
export function placedPolicies(document: CorsDocument): ReadonlyMap<string, PlacedPolicy> {
  // Keys come from a file, and may be `__proto__`.
  const origins = new Map(Object.entries(document.origins));
  return new Map(
    Object.entries(document.policies).map(([key, policy]) => [
      key,
      { key, policy, origins: origins.get(policy.origin) ?? NOBODY },
    ]),
  );
}

/** A place in a few words: `GET /catalog/:id`, `/graphql/**`. */
export function addressOf({ kind, method, where }: Place): string {
  return kind === 'route' ? `${method ?? 'ALL'} ${where}` : where;
}
