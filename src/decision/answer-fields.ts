import type { HeaderField } from '../protocol/headers/header-field.js';
import type { Outcome } from './outcome.js';

/** A refusal hangs on more than `Vary: Origin` tells a cache: on cookies, on `Sec-Fetch-Site`. */
const NO_STORE: HeaderField = ['Cache-Control', 'no-store'];

/** The headers that an outcome puts on its answer, `Vary` aside. */
export function answerFields({ verdict, enforced }: Outcome): readonly HeaderField[] {
  return verdict.reason !== undefined && enforced
    ? [...verdict.headers, NO_STORE]
    : verdict.headers;
}
