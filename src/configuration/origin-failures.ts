import type { OriginRuleFailure } from '../protocol/origin/origin-decider.js';

/** Hears of origin rules that fail. In an application this is the log. */
export abstract class OriginFailures {
  abstract report(failure: OriginRuleFailure): void;
}
