import type { ConfigurationProblem } from '../configuration-error.js';
import { isWholeNumber } from '../whole-number.js';

/** Milliseconds after which an origin function or resolver counts as failed, unless said otherwise. */
export const DEFAULT_ORIGIN_TIMEOUT = 5000;

/** The longest delay of a timer of Node's. */
export const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** Everything that is wrong about an `originTimeout` option. */
export function checkOriginTimeout(value: unknown): readonly ConfigurationProblem[] {
  return isWholeNumber(value) && value >= 1 && value <= LONGEST_TIMEOUT
    ? []
    : [
        {
          code: 'invalid-value',
          value,
          message: 'originTimeout must be a whole number of milliseconds, 1 or more.',
          hint: `Write e.g. ${String(DEFAULT_ORIGIN_TIMEOUT)} for five seconds.`,
        },
      ];
}

/**
 * Waits for an answer, but not for ever.
 *
 * @param late gives the answer that holds where none came in time
 */
export function inTime<T>(answer: Promise<T>, milliseconds: number, late: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      resolve(late());
    }, milliseconds);
    answer
      .finally(() => {
        clearTimeout(timer);
      })
      .then(resolve, reject);
  });
}
