import { LRUCache } from 'lru-cache';
import type { ConfigurationProblem } from '../configuration-error.js';
import type { OriginAnswer } from './origin-rules.js';

/** How long the answers of origin functions and resolvers are remembered, and how many of them. */
export interface OriginCacheOptions {
  /** The most origins to remember; the least recently used one makes room. An integer ≥ 1. Default: `1000`. */
  readonly max?: number;
  /** Milliseconds for which an answer counts; a refusal counts for a tenth of it. Default: `60000`. */
  readonly ttl?: number;
  /**
   * Milliseconds, after `ttl`, for which an origin that was allowed stays so while its rule is asked again in the
   * background, and while it fails. Default: `0`.
   */
  readonly staleWhileRevalidate?: number;
}

/** A refusal is asked about again sooner, so that an origin that was just added need not wait. */
const REFUSAL_SHARE = 0.1;

interface RememberedAnswer {
  readonly answer: OriginAnswer;
  /** When it stops being good even while its rule is asked again. */
  readonly staleUntil: number;
}

/** Thrown within the cache where there is no answer to remember. */
class NoAnswer extends Error {}

/**
 * Remembers what functions and resolvers say of origins. However many requests ask about an origin at once,
 * its rule is asked once; failures are not remembered; memory is bounded.
 */
export class OriginCache {
  readonly #answers: LRUCache<string, RememberedAnswer>;

  constructor(
    { max = 1000, ttl = 60_000, staleWhileRevalidate = 0 }: OriginCacheOptions,
    ask: (origin: string) => OriginAnswer | Promise<OriginAnswer>,
  ) {
    this.#answers = new LRUCache<string, RememberedAnswer>({
      max,
      ttl,
      // A stale answer stays until its rule has given another one.
      noDeleteOnStaleGet: true,
      noDeleteOnFetchRejection: true,
      // Whoever waits for an answer that is forgotten meanwhile still gets it; it is not remembered.
      ignoreFetchAbort: true,
      fetchMethod: async (origin, _stale, { options }) => {
        const answer = await ask(origin);
        if (answer === 'failed') throw new NoAnswer();
        const allowed = answer === 'allowed';
        if (!allowed) options.ttl = Math.max(1, ttl * REFUSAL_SHARE);
        return { answer, staleUntil: allowed ? Date.now() + ttl + staleWhileRevalidate : 0 };
      },
    });
  }

  /** The remembered answer, if it still counts; where it only just does, its rule is asked in the background. */
  recall(origin: string): OriginAnswer | undefined {
    const fresh = this.#answers.get(origin);
    if (fresh !== undefined) return fresh.answer;
    const stale = this.#answers.peek(origin, { allowStale: true });
    if (stale === undefined || stale.staleUntil <= Date.now()) return undefined;
    void this.ask(origin);
    return stale.answer;
  }

  /** Has the rule asked, unless somebody is waiting for its answer already. */
  async ask(origin: string): Promise<OriginAnswer> {
    try {
      return (await this.#answers.fetch(origin))?.answer ?? 'failed';
    } catch (error) {
      if (error instanceof NoAnswer) return 'failed';
      throw error;
    }
  }

  /** Forgets what is remembered of an origin, or of all. */
  forget(origin?: string): void {
    if (origin === undefined) this.#answers.clear();
    else this.#answers.delete(origin);
  }
}

/** Everything that is wrong about an `originCache` option. */
export function checkOriginCache(value: unknown): readonly ConfigurationProblem[] {
  const invalid = (part: unknown, message: string, hint: string): ConfigurationProblem[] => [
    { code: 'invalid-value', value: part, message, hint },
  ];
  if (value === false) return [];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return invalid(
      value,
      'originCache must be an object, or false.',
      'Write e.g. originCache: { max: 1000, ttl: 60_000, staleWhileRevalidate: 300_000 }.',
    );
  }
  return Object.entries(value).flatMap(([name, part]: [string, unknown]) => {
    if (part === undefined) return [];
    if (name !== 'max' && name !== 'ttl' && name !== 'staleWhileRevalidate') {
      return [
        {
          code: 'unknown-option' as const,
          value: name,
          message: `There is no option originCache.${name}.`,
          hint: 'Its options are max, ttl and staleWhileRevalidate.',
        },
      ];
    }
    const least = name === 'staleWhileRevalidate' ? 0 : 1;
    return typeof part === 'number' && Number.isInteger(part) && part >= least
      ? []
      : invalid(
          part,
          `originCache.${name} must be a whole number, ${String(least)} or more.`,
          name === 'max' ? 'Write e.g. 1000.' : 'Give milliseconds, e.g. 60000 for a minute.',
        );
  });
}

/** Milliseconds after which an origin function or resolver counts as failed, unless said otherwise. */
export const DEFAULT_ORIGIN_TIMEOUT = 5000;

/** The longest delay of a timer of Node's. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** Everything that is wrong about an `originTimeout` option. */
export function checkOriginTimeout(value: unknown): readonly ConfigurationProblem[] {
  return typeof value === 'number' &&
    Number.isInteger(value) &&
    value >= 1 &&
    value <= LONGEST_TIMEOUT
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
