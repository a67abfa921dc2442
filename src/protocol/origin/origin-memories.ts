import type { CorsOriginFunction, CorsOriginResolverClass } from '../policy/policy-options.js';
import { OriginCache } from './origin-cache.js';
import { completeOriginCache, type OriginCacheOptions } from './origin-cache-options.js';
import type { OriginDecider } from './origin-decider.js';

/**
 * What is remembered of the origin rules of an application. A rule has one memory wherever it stands, as long as
 * `originCache` and `originTimeout` are the same there; policies that take the place of others take it over.
 */
export class OriginMemories {
  /** By the function or class itself, then by the options that it is asked with. */
  readonly #caches = new Map<unknown, Map<string, OriginCache>>();

  /**
   * The memory of a rule.
   *
   * @param decider the rule made ready, for a memory that is begun
   * @param before the memories of the policies before, which nothing is changed in
   */
  cacheOf(
    rule: CorsOriginFunction | CorsOriginResolverClass,
    options: OriginCacheOptions,
    decider: OriginDecider,
    before: OriginMemories | undefined,
  ): OriginCache {
    const key = [...Object.values(completeOriginCache(options)), decider.timeout].join();
    const known = this.#find(rule, key) ?? (before && before.#find(rule, key));
    const cache = known ?? new OriginCache(options, decider);
    const ofRule = this.#caches.get(rule) ?? new Map<string, OriginCache>();
    this.#caches.set(rule, ofRule.set(key, cache));
    return cache;
  }

  #find(rule: unknown, key: string): OriginCache | undefined {
    return this.#caches.get(rule)?.get(key);
  }
}
