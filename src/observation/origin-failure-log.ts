import { inspect } from 'node:util';
import { Injectable, Logger } from '@nestjs/common';
import type { OriginFailures } from '../configuration/origin-failures.js';
import type { OriginRuleFailure } from '../protocol/origin/origin-decider.js';
import { LineBudget } from './line-budget.js';

/**
 * Tells Nest's `Logger` which origin rules fail, and why. Once a minute for each rule and kind of error it writes stack
 * and causes, otherwise one line.
 */
@Injectable()
export class OriginFailureLog implements OriginFailures {
  readonly #logger = new Logger('CorsModule');
  /** The rules and kinds of error that the log has in full in this minute. */
  readonly #told = new Set<string>();
  readonly #budget = new LineBudget((left) => {
    this.#told.clear();
    if (left > 0) {
      this.#logger.error(`Origin rules failed ${String(left)} more times in the minute before.`);
    }
  });

  report({ rule, origin, error }: OriginRuleFailure): void {
    this.#budget.keepTime();
    if (!this.#budget.spend()) return;
    const message = error instanceof Error ? error.message : String(error);
    const key = `${rule} ${error instanceof Error ? error.name : typeof error}`;
    const isNew = !this.#told.has(key);
    this.#told.add(key);
    const advice = isCallOfCallback(error) ? RETURN_IT : '';
    this.#logger.error(
      `The origin rule ${rule} failed for ${JSON.stringify(origin)}: ${isNew ? inspect(error) : message}${advice}`,
    );
  }
}

const RETURN_IT =
  '\nThere is no callback here, as the cors package has one: let the function return the answer, a boolean or a Promise of it.';

/** Whether a function was called that the `cors` package would have handed on. */
function isCallOfCallback(error: unknown): boolean {
  return (
    error instanceof TypeError && /^(?:callback|cb|done) is not a function/.test(error.message)
  );
}
