import type { OriginRuleFailure } from '../protocol/origin/origin-decider.js';

/** Who hears of origin rules that fail; the log, in an application. */
export abstract class OriginFailures {
  abstract report(failure: OriginRuleFailure): void;
}
