import type { EngineRules } from './engine-rules.js';
import { type Grant, isCovered, type PreflightQuestion } from './preflight.js';

/** Seconds that a grant lasts which does not say (Fetch, "CORS-preflight fetch", step 7.9). */
const DEFAULT_MAX_AGE = '5';

/** Fetch, "CORS-preflight cache". Nothing in these tests lasts long enough to expire, but for what lasts 0 seconds. */
export class PreflightCache {
  readonly #entries = new Map<string, Grant>();

  constructor(private readonly rules: EngineRules) {}

  covers(question: PreflightQuestion): boolean {
    const entry = this.#entries.get(keyOf(question));
    if (entry === undefined) return false;
    const headCounts = this.rules.remembersHeadAsSafelisted || entry.methods.includes('HEAD');
    if (question.method === 'HEAD' && !headCounts) return false;
    const starCounts = question.credentials !== 'include' && this.rules.remembersWildcards;
    return isCovered(question, entry, starCounts);
  }

  remember(question: PreflightQuestion, grant: Grant, maxAge = DEFAULT_MAX_AGE): void {
    if (Number(maxAge) > 0) this.#entries.set(keyOf(question), grant);
  }

  forget(url: string, origin: string): void {
    for (const credentials of ['include', 'omit'] as const) {
      this.#entries.delete(keyOf({ url, origin, credentials }));
    }
  }
}

function keyOf({
  url,
  origin,
  credentials,
}: Pick<PreflightQuestion, 'url' | 'origin' | 'credentials'>): string {
  return JSON.stringify([url, origin, credentials === 'include']);
}
