import { andThen, type NowOrLater } from '../now-or-later.js';
import { isSharedOrigin } from '../origin/origin.js';
import type { OriginAnswer } from '../origin/origin-answer.js';
import type { CompiledPolicy } from '../policy/policy.js';
import type { ListedPolicy, PolicyList } from '../policy/policy-list.js';
import type { CorsRequest } from '../policy/policy-options.js';
import type { CorsRefusalReason } from './verdict.js';

/** What a policy says of an origin, whatever the request. */
export function answerTo(
  policy: CompiledPolicy,
  origin: string,
  request?: CorsRequest,
): NowOrLater<OriginAnswer> {
  return policy.origins.allows(origin) ? 'allowed' : askAbout(policy, origin, request);
}

/** Asks the policy's functions and resolvers about an origin that no string or expression allows. */
export function askAbout(
  policy: CompiledPolicy,
  origin: string,
  request: CorsRequest | undefined,
): NowOrLater<OriginAnswer> {
  // Any site can make its pages send `null`, any app `file://`; no function may hand cookies to all of them.
  return isSharedOrigin(origin) && policy.policy.credentials
    ? 'refused'
    : policy.origins.ask(origin, request);
}

/**
 * Which policy of a list holds for an origin. `undefined` where none allows it, and where one fails: what those behind
 * it would say counts no more.
 */
export function holderFor(
  { first }: PolicyList,
  origin: string,
  request?: CorsRequest,
): NowOrLater<ListedPolicy | undefined> {
  return holderFrom(first, origin, request);
}

function holderFrom(
  policy: ListedPolicy,
  origin: string,
  request: CorsRequest | undefined,
): NowOrLater<ListedPolicy | undefined> {
  return andThen(answerTo(policy, origin, request), (answer) => {
    if (answer === 'allowed') return policy;
    return answer === 'refused' && policy.next
      ? holderFrom(policy.next, origin, request)
      : undefined;
  });
}

/** Why a request is refused whose origin is not allowed. */
export function reasonOf(answer: Exclude<OriginAnswer, 'allowed'>): CorsRefusalReason {
  return answer === 'failed' ? 'origin-check-failed' : 'origin-not-allowed';
}
