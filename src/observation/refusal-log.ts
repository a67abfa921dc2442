import { Injectable, Logger } from '@nestjs/common';
import { describeOutcome } from '../decision/cors-decision.js';
import type { Outcome } from '../decision/outcome.js';
import { LineBudget } from './line-budget.js';
import type { CorsRoute } from '../configuration/policy-set.js';
import type { CorsRequest } from '../protocol/policy/policy-options.js';

/** Whether a request runs, although it is not allowed. */
function isServed({ verdict }: Outcome): boolean {
  return verdict.kind === 'actual' && !verdict.policy.policy.enforce;
}

/**
 * Tells Nest's `Logger` which requests were refused and why: once per origin, route and minute. What was not allowed
 * and was served all the same, with `enforce: false`, is for those who debug.
 */
@Injectable()
export class RefusalLog {
  readonly #logger = new Logger('CorsModule');
  /** The reasons that the log has in this minute, by origin, then by route. */
  readonly #lines = new Map<string | undefined, Map<CorsRoute | undefined, Set<string>>>();
  readonly #budget = new LineBudget((left) => {
    this.#lines.clear();
    if (left > 0) {
      this.#logger.warn(`${String(left)} more requests were not allowed in the minute before.`);
    }
  });

  /** Logs a refusal. Does nothing about other decisions. */
  note(outcome: Outcome, request: CorsRequest): void {
    const { verdict, route } = outcome;
    if (verdict.reason === undefined) return;
    this.#budget.keepTime();
    const { origin } = request.headers;
    const byRoute = this.#lines.get(origin) ?? new Map<CorsRoute | undefined, Set<string>>();
    const reasons = byRoute.get(route) ?? new Set();
    if (reasons.has(verdict.reason) || !this.#budget.spend()) return;
    this.#lines.set(origin, byRoute.set(route, reasons.add(verdict.reason)));
    const { message } = describeOutcome(outcome, request);
    // What ran all the same is no refusal, and may be as it should be.
    if (isServed(outcome)) this.#logger.debug(message);
    else this.#logger.warn(message);
  }
}
