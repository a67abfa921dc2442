import type { HeaderField } from '../protocol/headers/header-field.js';
import type { Outcome } from './outcome.js';

/** Cookies and `Sec-Fetch-Site` can cause a refusal, and `Vary: Origin` does not tell a cache so. */
const NO_STORE: HeaderField = ['Cache-Control', 'no-store'];

/** The headers that an outcome puts on its answer, `Vary` aside. */
export function answerFields({ verdict, enforced }: Outcome): readonly HeaderField[] {
  return verdict.reason !== undefined && enforced
    ? [...verdict.headers, NO_STORE]
    : verdict.headers;
}
