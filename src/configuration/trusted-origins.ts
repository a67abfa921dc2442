import type { CombinedPolicies } from './policy-combiner.js';
import { isExact, serializePattern } from '../protocol/origin/origin-pattern.js';
import type { ResolvedPolicy } from '../protocol/policy/policy.js';

/** The origins that policies with credentials allow by name, and the rules that allow more than can be listed. */
export interface TrustedOrigins {
  readonly origins: readonly string[];
  readonly unlisted: readonly string[];
}

/** Collects what the effective policies of an application allow with credentials. */
export function collectTrustedOrigins({
  defaults,
  paths,
  handlers,
}: CombinedPolicies): TrustedOrigins {
  const origins = new Set<string>();
  const unlisted = new Set<string>();
  const policies = [
    ...defaults,
    ...paths.flatMap(({ resolved }) => resolved),
    ...[...handlers.values()].flatMap((ofController) => [...ofController.values()].flat()),
  ];
  for (const { policy, originRules } of new Set(policies)) {
    if (!policy.credentials) continue;
    for (const pattern of originRules.patterns) {
      (isExact(pattern) ? origins : unlisted).add(serializePattern(pattern));
    }
    for (const rule of otherRules(originRules)) unlisted.add(rule);
  }
  return { origins: [...origins], unlisted: [...unlisted] };
}

function otherRules({ regexps, deciders }: ResolvedPolicy['originRules']): string[] {
  return [...regexps.map(String), ...deciders.map((rule) => rule.name || 'a function')];
}
