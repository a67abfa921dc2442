import { Injectable, Logger } from '@nestjs/common';
import { describeOutcome } from './cors-decision.js';
import type { Outcome } from './cors-policies.js';
import type { CorsRoute } from './policy-set.js';
import type { CorsRequest } from './protocol/policy-options.js';

const MINUTE = 60_000;

/** Enough to see what is going on; a client that tries one origin after the other must not fill the disk. */
const MOST_LINES = 100;

/** Tells Nest's `Logger` which requests were refused and why: once per origin, route and minute. */
@Injectable()
export class RefusalLog {
  readonly #logger = new Logger('CorsModule');
  /** What is in the log already: by origin, then by route, the reasons. */
  readonly #lines = new Map<string | undefined, Map<CorsRoute | undefined, Set<string>>>();
  #logged = 0;
  #left = 0;
  #minuteEnds = 0;

  /** Notes a refusal; other decisions are none of its business. */
  note(outcome: Outcome, request: CorsRequest): void {
    const { verdict, route } = outcome;
    if (verdict.reason === undefined) return;
    this.#turnOver(Date.now());
    const { origin } = request.headers;
    const byRoute = this.#lines.get(origin) ?? new Map<CorsRoute | undefined, Set<string>>();
    const reasons = byRoute.get(route) ?? new Set();
    if (reasons.has(verdict.reason)) return;
    if (this.#logged >= MOST_LINES) {
      this.#left += 1;
      return;
    }
    this.#logged += 1;
    this.#lines.set(origin, byRoute.set(route, reasons.add(verdict.reason)));
    this.#logger.warn(describeOutcome(outcome, request).message);
  }

  #turnOver(now: number): void {
    if (now < this.#minuteEnds) return;
    if (this.#left > 0) {
      this.#logger.warn(`${String(this.#left)} more requests were refused in the minute before.`);
    }
    this.#lines.clear();
    this.#logged = 0;
    this.#left = 0;
    this.#minuteEnds = now + MINUTE;
  }
}
