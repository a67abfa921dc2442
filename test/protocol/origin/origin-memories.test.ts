import { describe, expect, test } from '@jest/globals';
import type { OriginCacheOptions } from '../../../src/protocol/origin/origin-cache-options.js';
import { OriginDecider } from '../../../src/protocol/origin/origin-decider.js';
import { OriginMemories } from '../../../src/protocol/origin/origin-memories.js';
import type {
  CorsOriginFunction,
  CorsOriginResolverClass,
} from '../../../src/protocol/policy/policy-options.js';

class PartnerOrigins {
  isOriginAllowed(): boolean {
    return true;
  }
}
class OtherOrigins extends PartnerOrigins {}
const yes = () => true;
const alsoYes = () => true;

interface Rule {
  readonly rule?: CorsOriginFunction | CorsOriginResolverClass;
  readonly options?: OriginCacheOptions;
  readonly timeout?: number;
}

function cacheOf(
  memories: OriginMemories,
  { rule = PartnerOrigins, options = { ttl: 500 }, timeout = 1000 }: Rule,
  before?: OriginMemories,
) {
  const decider = new OriginDecider('rule', yes, timeout, () => undefined);
  return memories.cacheOf(rule, options, decider, before);
}

const UNCHANGED: Rule[] = [
  {},
  { options: { ttl: 500, max: 1000 } },
  { options: { concurrency: 100, staleWhileRevalidate: 0, ttl: 500 } },
];
const CHANGED: Rule[] = [
  { rule: OtherOrigins },
  { rule: yes },
  { timeout: 1001 },
  { options: {} },
  { options: { ttl: 501 } },
  { options: { ttl: 500, max: 10 } },
  { options: { ttl: 500, staleWhileRevalidate: 1 } },
  { options: { ttl: 500, concurrency: 1 } },
];

describe('The memory of a rule', () => {
  test.each(UNCHANGED)(
    'is one for all places where it stands with the same options: %o',
    (other) => {
      const memories = new OriginMemories();
      expect(cacheOf(memories, other)).toBe(cacheOf(memories, {}));
    },
  );

  test.each(UNCHANGED)('is taken over where the rule is unchanged: %o', (after) => {
    const before = new OriginMemories();
    const cache = cacheOf(before, {});
    expect(cacheOf(new OriginMemories(), after, before)).toBe(cache);
  });

  test.each(CHANGED)('is another for another rule, or with other options: %o', (other) => {
    const before = new OriginMemories();
    const cache = cacheOf(before, {});
    expect(cacheOf(before, other)).not.toBe(cache);
    expect(cacheOf(new OriginMemories(), other, before)).not.toBe(cache);
  });

  test('is told by the function itself, not by what it does', () => {
    const memories = new OriginMemories();
    expect(cacheOf(memories, { rule: yes })).not.toBe(cacheOf(memories, { rule: alsoYes }));
  });

  test('is not kept by what was only tried', () => {
    const before = new OriginMemories();
    const tried = cacheOf(new OriginMemories(), { rule: yes }, before);
    expect(cacheOf(new OriginMemories(), { rule: yes }, before)).not.toBe(tried);
  });

  test('ends with the policies that no longer have the rule', () => {
    const first = new OriginMemories();
    const cache = cacheOf(first, {});
    const second = new OriginMemories();
    cacheOf(second, { rule: yes }, first);
    expect(cacheOf(new OriginMemories(), {}, second)).not.toBe(cache);
  });
});
