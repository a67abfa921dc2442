import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Counter, register } from 'prom-client';
import { type CorsDecisionEvent, DECISION_CHANNEL } from '../../../src/index.js';

/** Every origin that becomes a label costs memory, here and in Prometheus, for good. */
const MOST_ORIGINS = 50;

/** Counts decisions. Call it once; what it returns ends it. */
export function countCorsDecisions(registry = register): () => void {
  const decisions = new Counter({
    name: 'cors_decisions_total',
    help: 'CORS decisions',
    labelNames: ['kind', 'outcome', 'route', 'origin'],
    registers: [registry],
  });
  const named = new Set<string>();
  /** Clients choose what they send: only what a policy allows gets a label of its own, and only so many. */
  const originLabel = ({ kind, allowed, origin }: CorsDecisionEvent): string => {
    if (origin === undefined || kind === 'same-origin') return 'none';
    if (allowed && named.size < MOST_ORIGINS) named.add(origin);
    return named.has(origin) ? origin : 'other';
  };
  const count = (message: unknown) => {
    const event = message as CorsDecisionEvent;
    const { kind, reason, route } = event;
    decisions.inc({
      kind,
      outcome: reason ?? 'allowed',
      route: route === undefined ? 'none' : `${route.method} ${route.path}`,
      origin: originLabel(event),
    });
  };
  subscribe(DECISION_CHANNEL, count);
  return () => {
    unsubscribe(DECISION_CHANNEL, count);
  };
}
