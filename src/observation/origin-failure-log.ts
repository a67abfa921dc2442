import { Injectable, Logger } from '@nestjs/common';
import type { OriginFailure, OriginFailures } from '../configuration/origin-failures.js';
import { LineBudget } from './line-budget.js';

/** Tells Nest's `Logger` which origin rules fail, and why: so many lines a minute. */
@Injectable()
export class OriginFailureLog implements OriginFailures {
  readonly #logger = new Logger('CorsModule');
  readonly #budget = new LineBudget((left) => {
    if (left > 0) {
      this.#logger.error(`Origin rules failed ${String(left)} more times in the minute before.`);
    }
  });

  report({ rule, origin, error }: OriginFailure): void {
    this.#budget.keepTime();
    if (!this.#budget.spend()) return;
    const subject = rule === '' ? 'The origin rule' : `The origin rule ${rule}`;
    this.#logger.error(
      `${subject} failed for ${JSON.stringify(origin)}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}${isCallOfCallback(error) ? RETURN_IT : ''}`,
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
