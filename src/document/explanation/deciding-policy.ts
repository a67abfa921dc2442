import type { CorsDecision } from '../../decision/cors-decision.js';
import { ruleName } from '../../protocol/origin/origin-decider.js';
import { serializePattern } from '../../protocol/origin/origin-pattern.js';
import { readOriginRules } from '../../protocol/origin/origin-rules.js';
import type { CorsPolicy } from '../../protocol/policy/policy-options.js';
import { PathEntries } from '../../routing/path-entries.js';
import { PathPattern } from '../../routing/path-pattern.js';
import type {
  CorsDocument,
  DocumentedOrigins,
  DocumentedPath,
  DocumentedPolicy,
  DocumentedRoute,
} from '../cors-document.js';

/** What policies of a document hold on. */
export type Holder =
  | { readonly kind: 'route'; readonly route: DocumentedRoute; readonly policies: Keys }
  | { readonly kind: 'entry'; readonly entry: DocumentedPath; readonly policies: Keys }
  | { readonly kind: 'defaults'; readonly policies: Keys };

type Keys = readonly [string, ...string[]];

/** The policy of a document by which a decision was made, and what it holds on. */
export interface DecidingPolicy {
  readonly holder: Holder;
  readonly key: string;
  readonly policy: DocumentedPolicy;
}

/** Everything of a document that has a say about a request: its `paths` entries, its route, or the defaults. */
export function holdersOf(
  document: CorsDocument,
  decision: CorsDecision,
  target: string,
): readonly Holder[] {
  const route = decision.route && documentedRoute(document, decision.route);
  const entries = entriesAt(document, target, route?.path).map((entry): Holder => {
    return { kind: 'entry', entry, policies: entry.policies };
  });
  if (route !== undefined) return [...entries, { kind: 'route', route, policies: route.policies }];
  return entries.length > 0 ? entries : [{ kind: 'defaults', policies: [document.defaults] }];
}

function documentedRoute(
  { routes }: CorsDocument,
  { method, path, controller, handlerName }: NonNullable<CorsDecision['route']>,
): DocumentedRoute | undefined {
  const handler = `${controller.name}.${handlerName}`;
  return routes.find(
    (each) => each.handler === handler && each.method === method && each.path === path,
  );
}

function entriesAt(document: CorsDocument, target: string, path?: string): DocumentedPath[] {
  const entries = document.paths.map((payload) => ({
    pattern: new PathPattern(payload.path),
    payload,
  }));
  const syntax = document.router?.type === 'fastify' ? 'find-my-way' : 'path-to-regexp';
  const { entries: found } = new PathEntries(entries, syntax).holdersAt(target, path);
  return found.map(({ payload }) => payload);
}

/** The policy of a document that a decision names. */
export function decidingPolicy(
  document: CorsDocument,
  holders: readonly Holder[],
  decision: CorsDecision,
): DecidingPolicy | undefined {
  for (const holder of holders) {
    for (const key of holder.policies) {
      const policy = document.policies[key];
      const origins = policy && document.origins[policy.origin];
      if (policy && origins && isSamePolicy(policy, origins, decision.policy)) {
        return { holder, key, policy };
      }
    }
  }
  return undefined;
}

function isSamePolicy(
  { origin: _key, said: _said, ...documented }: DocumentedPolicy,
  origins: DocumentedOrigins,
  { origin, ...policy }: CorsPolicy,
): boolean {
  return (
    JSON.stringify(sorted(documented)) === JSON.stringify(sorted(policy)) &&
    isSameOrigins(origins, origin)
  );
}

function sorted(values: object): [string, unknown][] {
  return Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
}

function isSameOrigins(documented: DocumentedOrigins, option: CorsPolicy['origin']): boolean {
  const { any, opaque, patterns, regexps, deciders } = readOriginRules(option).rules;
  const written = [
    ...(opaque ? ['null'] : []),
    ...patterns.map(serializePattern),
    ...regexps.map(String),
    ...deciders.map(ruleName),
  ];
  const { exact, expressions, functions, resolvers } = documented;
  const told = [...exact, ...documented.patterns, ...expressions, ...functions, ...resolvers];
  return (
    any === (documented.openTo === 'any') && written.sort().join('\n') === told.sort().join('\n')
  );
}
