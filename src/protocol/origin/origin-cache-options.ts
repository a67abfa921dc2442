import type { ConfigurationProblem } from '../configuration-error.js';
import { isWholeNumber } from '../whole-number.js';

/**
 * How the answers of origin functions and resolvers are remembered: option `originCache`.
 *
 * Allowed origins have a memory of their own. Refused origins, and those whose rule has not answered yet, never
 * push an allowed one out of it, however many they are.
 */
export interface OriginCacheOptions {
  /**
   * The most allowed origins to remember, and the most refused ones; the least recently used of its kind makes
   * room. An integer ≥ 1. Default: `1000`.
   */
  readonly max?: number;
  /** Milliseconds for which an answer counts; a refusal counts for a tenth of it. An integer ≥ 1. Default: `60000`. */
  readonly ttl?: number;
  /**
   * Milliseconds, after `ttl`, for which an origin that was allowed stays so while its rule is asked again in the
   * background, and while it fails. An integer ≥ 0. Default: `0`.
   */
  readonly staleWhileRevalidate?: number;
  /**
   * The most questions that a rule has to answer at the same time. An integer ≥ 1. Default: `100`.
   *
   * Beyond it an origin gets 503 and its rule is not asked, so that a flood of origins does not become a flood of
   * queries. Origins that were allowed before wait for a place, up to `originTimeout`, and go first. A question
   * without an answer gives its place back after three times `originTimeout`.
   */
  readonly concurrency?: number;
}

/** The options with what they leave out. */
export function completeOriginCache({
  max = 1000,
  ttl = 60_000,
  staleWhileRevalidate = 0,
  concurrency = 100,
}: OriginCacheOptions): Required<OriginCacheOptions> {
  return { max, ttl, staleWhileRevalidate, concurrency };
}

/** The least value of each sub-option, and how to write one. */
const SUB_OPTIONS: Readonly<Record<keyof OriginCacheOptions, { least: number; hint: string }>> = {
  max: { least: 1, hint: 'Write e.g. 1000.' },
  ttl: { least: 1, hint: 'Give milliseconds, e.g. 60000 for a minute.' },
  staleWhileRevalidate: { least: 0, hint: 'Give milliseconds, e.g. 60000 for a minute.' },
  concurrency: { least: 1, hint: 'Write e.g. 100.' },
};

/** Everything that is wrong about an `originCache` option. */
export function checkOriginCache(value: unknown): readonly ConfigurationProblem[] {
  if (value === false) return [];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [
      {
        code: 'invalid-value',
        value,
        message: 'originCache must be an object, or false.',
        hint: 'Write e.g. originCache: { max: 1000, ttl: 60_000, staleWhileRevalidate: 300_000 }.',
      },
    ];
  }
  return Object.entries(value).flatMap(([name, part]: [string, unknown]) =>
    checkSubOption(name, part),
  );
}

function checkSubOption(name: string, value: unknown): readonly ConfigurationProblem[] {
  if (value === undefined) return [];
  if (!Object.hasOwn(SUB_OPTIONS, name)) {
    return [
      {
        code: 'unknown-option',
        value: name,
        message: `There is no option originCache.${name}.`,
        hint: 'Its options are max, ttl, staleWhileRevalidate and concurrency.',
      },
    ];
  }
  const { least, hint } = SUB_OPTIONS[name as keyof OriginCacheOptions];
  if (isWholeNumber(value) && value >= least) return [];
  return [
    {
      code: 'invalid-value',
      value,
      message: `originCache.${name} must be a whole number, ${String(least)} or more.`,
      hint,
    },
  ];
}
