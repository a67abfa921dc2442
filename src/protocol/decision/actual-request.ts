import { andThen, type NowOrLater } from '../now-or-later.js';
import { isSameOrigin } from '../origin/same-origin.js';
import type { CompiledPolicy } from '../policy/policy.js';
import type { CorsRequest } from '../policy/policy-options.js';
import { allowOrigin, ANY_ORIGIN } from '../headers/allow-origin.js';
import { isolate } from './isolation.js';
import { askAbout, reasonOf } from './origin-answer.js';
import { VARY_NOTHING, VARY_ORIGIN } from '../headers/vary.js';
import type { CorsRefusalReason, Verdict } from './verdict.js';

/**
 * Decides about a request that is no preflight: its origin first, then its method, then its credentials; and where it
 * has no `Origin`, whether it comes from another site.
 */
export function decideActual(policy: CompiledPolicy, request: CorsRequest): NowOrLater<Verdict> {
  const verdict = decideByOrigin(policy, request);
  return policy.policy.isolate ? andThen(verdict, (given) => isolate(given, request)) : verdict;
}

function decideByOrigin(policy: CompiledPolicy, request: CorsRequest): NowOrLater<Verdict> {
  const { origin } = request.headers;
  if (origin === undefined) {
    return policy.origins.any
      ? // A shared cache may hand this answer to a CORS request.
        allowed('not-cors', policy, ANY_ORIGIN)
      : untouched('not-cors', policy);
  }
  if (policy.origins.allows(origin)) return decideAllowedOrigin(policy, request, origin);
  if (isSameOrigin(request, origin)) return untouched('same-origin', policy);
  return andThen(askAbout(policy, origin, request), (answer) =>
    answer === 'allowed'
      ? decideAllowedOrigin(policy, request, origin)
      : refused(policy, reasonOf(answer)),
  );
}

function decideAllowedOrigin(
  policy: CompiledPolicy,
  request: CorsRequest,
  origin: string,
): Verdict {
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

function allowed(kind: Verdict['kind'], policy: CompiledPolicy, origin: string): Verdict {
  return {
    kind,
    policy,
    reason: undefined,
    headers: [allowOrigin(origin), ...policy.actualHeaders],
    vary: origin === ANY_ORIGIN ? VARY_NOTHING : VARY_ORIGIN,
  };
}

function untouched(kind: Verdict['kind'], policy: CompiledPolicy): Verdict {
  return { kind, policy, reason: undefined, headers: [], vary: VARY_ORIGIN };
}

function refused(policy: CompiledPolicy, reason: CorsRefusalReason): Verdict {
  return { kind: 'actual', policy, reason, headers: [], vary: VARY_ORIGIN };
}
