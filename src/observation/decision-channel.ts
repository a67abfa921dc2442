import { channel } from 'node:diagnostics_channel';
import { type CorsDecision, describeOutcome } from '../decision/cors-decision.js';
import type { Outcome } from '../decision/outcome.js';
import type { CorsRequest } from '../protocol/policy/policy-options.js';

/** The name of the `node:diagnostics_channel` on which every decision is published. */
export const DECISION_CHANNEL = 'nestjs-cors:decision';

/** What is published on {@link DECISION_CHANNEL}: the decision, and what it was about. */
export interface CorsDecisionEvent extends CorsDecision {
  readonly method: string;
  readonly url: string;
  /** As sent by the client: check it before it becomes a label of a metric. */
  readonly origin: string | undefined;
}

const decisions = channel(DECISION_CHANNEL);

/** Publishes a decision; costs nothing while nobody listens. */
export function publishDecision(outcome: Outcome, request: CorsRequest): void {
  if (!decisions.hasSubscribers) return;
  const { method, url, headers } = request;
  decisions.publish({
    ...describeOutcome(outcome, request),
    method,
    url,
    origin: headers.origin,
  } satisfies CorsDecisionEvent);
}
