import { RESOURCE_POLICY } from '../protocol/headers/resource-policy.js';
import { commonHeaders } from './common-headers.js';
import type { Outcome } from './outcome.js';

/**
 * Of outcomes that all have to allow: a refusal that is enforced, another refusal, or the one that gives least, with no
 * more than all of them give.
 */
export function strictest(outcomes: readonly Outcome[]): Outcome {
  const given = ({ verdict: { reason, policy } }: Outcome) =>
    reason === undefined
      ? 2 + Number(policy.origins.any) + 2 * Number(policy.policy.credentials)
      : 1;
  const [chosen, ...others] = [...outcomes].sort(
    (a, b) => given(a) - given(b) || Number(b.enforced) - Number(a.enforced),
  );
  if (chosen === undefined) throw new RangeError('Somebody has to hold.');
  if (others.length === 0) return chosen;
  // The answer depends on whatever any of them depends on.
  const vary = [...new Set(outcomes.flatMap((each) => each.verdict.vary))];
  const { reason } = chosen.verdict;
  const held = reason === undefined ? [chosen, ...others] : [chosen];
  const common = commonHeaders(held.map(({ verdict }) => verdict.headers.filter(isNoProtection)));
  const isIsolated = outcomes.some(({ verdict }) => !verdict.headers.every(isNoProtection));
  const headers = isIsolated ? [...common, RESOURCE_POLICY] : common;
  return { ...chosen, verdict: { ...chosen.verdict, headers, vary } };
}

/** The only header that says what may not be done, so that one who says it is enough. */
const isNoProtection = (field: unknown): boolean => field !== RESOURCE_POLICY;
