import { RESOURCE_POLICY } from '../protocol/headers/resource-policy.js';
import type { Outcome } from './outcome.js';

/** Of outcomes that all have to allow: a refusal that is enforced, another refusal, or the one that gives least. */
export function strictest(outcomes: readonly Outcome[]): Outcome {
  const given = ({ verdict: { reason, policy } }: Outcome) =>
    reason === undefined
      ? 2 + Number(policy.origins.any) + 2 * Number(policy.policy.credentials)
      : 1;
  const [chosen] = [...outcomes].sort(
    (a, b) => given(a) - given(b) || Number(b.enforced) - Number(a.enforced),
  );
  if (chosen === undefined) throw new RangeError('Somebody has to hold.');
  // The answer depends on whatever any of them depends on.
  const vary = [...new Set(outcomes.flatMap((each) => each.verdict.vary))];
  const isIsolated = ({ verdict }: Outcome) => verdict.headers.includes(RESOURCE_POLICY);
  const headers =
    outcomes.some(isIsolated) && !isIsolated(chosen)
      ? [...chosen.verdict.headers, RESOURCE_POLICY]
      : chosen.verdict.headers;
  return { ...chosen, verdict: { ...chosen.verdict, headers, vary } };
}
