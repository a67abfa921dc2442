import { andThen, type NowOrLater } from '../now-or-later.js';
import { isSameOrigin } from '../origin/same-origin.js';
import type { ListedPolicy, PolicyList } from '../policy/policy-list.js';
import type { CorsRequest } from '../policy/policy-options.js';
import { allowOrigin, ANY_ORIGIN } from '../headers/allow-origin.js';
import { isolate } from './isolation.js';
import { askAbout, reasonOf } from './origin-answer.js';
import { VARY_ORIGIN } from '../headers/vary.js';
import type { CorsRefusalReason, Verdict } from './verdict.js';

/**
 * Decides about a request that is no preflight: its origin first, then its method, then its credentials; and where it
 * has no `Origin`, whether it comes from another site. One policy of several that isolates is enough for that.
 */
export function decideActual(list: PolicyList, request: CorsRequest): NowOrLater<Verdict> {
  const verdict = decideByOrigin(list, request);
  return list.isolates ? andThen(verdict, (given) => isolate(given, request)) : verdict;
}

function decideByOrigin({ first, last }: PolicyList, request: CorsRequest): NowOrLater<Verdict> {
  const { origin } = request.headers;
  if (origin !== undefined) return decideFrom(first, request, origin);
  return last.origins.any
    ? // A shared cache may hand this answer to a CORS request.
      allowed('not-cors', last, ANY_ORIGIN)
    : untouched('not-cors', last);
}

/** Decides by a policy, or by those behind it where it does not allow the origin. */
function decideFrom(
  policy: ListedPolicy,
  request: CorsRequest,
  origin: string,
): NowOrLater<Verdict> {
  if (policy.origins.allows(origin)) return decideAllowedOrigin(policy, request, origin);
  const { hasDeciders } = policy.origins;
  if (!hasDeciders && policy.next) return decideFrom(policy.next, request, origin);
  if (isSameOrigin(request, origin)) return untouched('same-origin', policy.list.last);
  if (!hasDeciders) return refused(policy, 'origin-not-allowed');
  return andThen(askAbout(policy, origin, request), (answer) => {
    if (answer === 'allowed') return decideAllowedOrigin(policy, request, origin);
    return answer === 'refused' && policy.next
      ? decideFrom(policy.next, request, origin)
      : refused(policy, reasonOf(answer));
  });
}

function decideAllowedOrigin(policy: ListedPolicy, request: CorsRequest, origin: string): Verdict {
  const reason =
    policy.methods?.has(request.method) === false
      ? 'method-not-allowed'
      : request.headers.cookie !== undefined && !policy.policy.credentials
        ? 'credentials-not-allowed'
        : undefined;
  return reason === undefined || isSameOrigin(request, origin)
    ? allowed('actual', policy, policy.origins.any ? ANY_ORIGIN : origin)
    : refused(policy, reason);
}

function allowed(kind: Verdict['kind'], policy: ListedPolicy, origin: string): Verdict {
  return {
    kind,
    policy,
    reason: undefined,
    headers: [allowOrigin(origin), ...policy.actualHeaders],
    vary: policy.list.vary,
  };
}

function untouched(kind: Verdict['kind'], policy: ListedPolicy): Verdict {
  return { kind, policy, reason: undefined, headers: [], vary: VARY_ORIGIN };
}

function refused(policy: ListedPolicy, reason: CorsRefusalReason): Verdict {
  return { kind: 'actual', policy, reason, headers: [], vary: VARY_ORIGIN };
}
