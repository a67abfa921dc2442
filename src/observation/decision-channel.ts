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

/** Where a published decision came from. */
export interface DecisionSource {
  /** The policies in force of the application that decided: of several in one process, each has its own. */
  readonly by: object;
  readonly request: CorsRequest;
}

const decisions = channel(DECISION_CHANNEL);
const sources = new WeakMap<object, DecisionSource>();

/**
 * Publishes a decision; costs nothing while nobody listens.
 *
 * @param by the policies in force of the application that decided
 */
export function publishDecision(outcome: Outcome, request: CorsRequest, by: object): void {
  if (!decisions.hasSubscribers) return;
  const { method, url, headers } = request;
  const event: CorsDecisionEvent = {
    ...describeOutcome(outcome, request),
    method,
    url,
    origin: headers.origin,
  };
  sources.set(event, { by, request });
  decisions.publish(event);
}

/** Where a decision came from; what others publish on the channel came from nowhere. */
export function sourceOf(event: CorsDecisionEvent): DecisionSource | undefined {
  return sources.get(event);
}
