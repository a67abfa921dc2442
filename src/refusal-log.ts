import { Injectable, Logger } from '@nestjs/common';
import { describeOutcome } from './cors-decision.js';
import type { Outcome } from './cors-policies.js';
import type { CorsRequest } from './protocol/policy-options.js';

const MINUTE = 60_000;

/** Enough to see what is going on; a client that tries one origin after the other must not fill the disk. */
const MOST_LINES = 100;

/** Tells Nest's `Logger` which requests were refused and why: once per origin, route and minute. */
@Injectable()
export class RefusalLog {
  readonly #logger = new Logger('CorsModule');
  readonly #lines = new Set<string>();
  #minuteEnds = 0;
  #left = 0;

  /** Notes a refusal; other decisions are none of its business. */
  note(outcome: Outcome, request: CorsRequest): void {
    if (outcome.verdict.reason === undefined) return;
    this.#turnOver(Date.now());
    const { reason } = outcome.verdict;
    const { method, path } = outcome.route ?? { method: '', path: '' };
    const line = [request.headers.origin, reason, method, path].join(' ');
    if (this.#lines.has(line)) return;
    if (this.#lines.size >= MOST_LINES) {
      this.#left += 1;
      return;
    }
    this.#lines.add(line);
    this.#logger.warn(describeOutcome(outcome, request).message);
  }

  #turnOver(now: number): void {
    if (now < this.#minuteEnds) return;
    if (this.#left > 0) {
      this.#logger.warn(`${String(this.#left)} more requests were refused in the minute before.`);
    }
    this.#lines.clear();
    this.#left = 0;
    this.#minuteEnds = now + MINUTE;
  }
}
