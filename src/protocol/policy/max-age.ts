import type { ConfigurationProblem } from '../configuration-error.js';
import { isWholeNumber } from '../whole-number.js';

/** Chromium's cap, in seconds; asking again after two hours costs nobody anything. */
export const DEFAULT_MAX_AGE = 7200;

/** Firefox's cap, in seconds, the longest of all browsers (Fetch, "CORS-preflight fetch"). */
const LONGEST_MAX_AGE = 86_400;

/** Everything that is wrong about a `maxAge` option. */
export function checkMaxAge(value: unknown): readonly ConfigurationProblem[] {
  if (!isWholeNumber(value) || value < 0) {
    return [
      {
        code: 'invalid-max-age',
        value,
        message: 'maxAge must be a whole number of seconds, 0 or more.',
        hint: hintFor(value),
      },
    ];
  }
  return value > LONGEST_MAX_AGE
    ? [
        {
          code: 'max-age-capped',
          value,
          message: `No browser keeps a preflight longer than ${String(LONGEST_MAX_AGE)} seconds.`,
          hint: `Write ${String(LONGEST_MAX_AGE)} or less.`,
        },
      ]
    : [];
}

function hintFor(value: unknown): string {
  if (typeof value === 'number' && value < 0) {
    return 'Write 0 to have browsers ask before every request.';
  }
  const seconds = Number(value);
  return typeof value !== 'object' && Number.isFinite(seconds) && seconds >= 0
    ? `Write ${String(Math.round(seconds))}.`
    : `Write e.g. ${String(DEFAULT_MAX_AGE)} for two hours.`;
}
