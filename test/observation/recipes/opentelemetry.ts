import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { metrics } from '@opentelemetry/api';
import { type CorsDecisionEvent, DECISION_CHANNEL } from '../../../src/index.js';

/** Counts decisions. Call it once, after the SDK has been started; what it returns ends it. */
export function countCorsDecisions(meter = metrics.getMeter('nestjs-cors')): () => void {
  const decisions = meter.createCounter('cors.decisions', { unit: '{decision}' });
  const count = (message: unknown) => {
    const { kind, reason, route } = message as CorsDecisionEvent;
    decisions.add(1, {
      'cors.kind': kind,
      'cors.outcome': reason ?? 'allowed',
      ...(route !== undefined && { 'http.route': route.path }),
    });
  };
  subscribe(DECISION_CHANNEL, count);
  return () => {
    unsubscribe(DECISION_CHANNEL, count);
  };
}
