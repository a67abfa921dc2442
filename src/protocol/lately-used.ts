import { LRUCache } from 'lru-cache';

/**
 * A memory that forgets what was used least lately once it holds `most` things. It grows with what it holds: with a `max`,
 * `lru-cache` takes room for all of it at once, which a start pays for each policy, and which fails for large numbers.
 */
export function latelyUsed<Value extends object>(
  most: number,
  options: LRUCache.OptionsBase<string, Value, unknown> = {},
): LRUCache<string, Value> {
  return new LRUCache({ ...options, maxSize: most, sizeCalculation: () => 1 });
}
