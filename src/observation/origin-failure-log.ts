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

  report({ origin, error }: OriginFailure): void {
    this.#budget.keepTime();
    if (!this.#budget.spend()) return;
    this.#logger.error(
      `The origin rule failed for ${JSON.stringify(origin)}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  }
}
