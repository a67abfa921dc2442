import { describe, expect, jest, test } from '@jest/globals';
import { OriginCache } from '../../../src/protocol/origin/origin-cache.js';
import type { OriginCacheOptions } from '../../../src/protocol/origin/origin-cache-options.js';
import {
  OriginDecider,
  type OriginRuleFailure,
} from '../../../src/protocol/origin/origin-decider.js';

jest.useFakeTimers();

const [A, B, C] = ['https://a.test', 'https://b.test', 'https://c.test'];
const TIMEOUT = 5000;

/** What a rule does when it is asked: answer, fail, or answer when it is told to. */
type Behavior = 'allowed' | 'refused' | 'failed' | Promise<'allowed' | 'refused' | 'failed'>;

const DOWN = new Error('down');

function act(behavior: Awaited<Behavior>): boolean {
  if (behavior === 'failed') throw DOWN;
  return behavior === 'allowed';
}

/** A rule that does as told, and a cache before it. Nothing told, it allows. */
function cacheOf(options: OriginCacheOptions = {}) {
  const answers = new Map<string, Behavior>();
  const rule = jest.fn((origin: string) => {
    const behavior = answers.get(origin) ?? 'allowed';
    return typeof behavior === 'string' ? act(behavior) : behavior.then(act);
  });
  const report = jest.fn((_failure: OriginRuleFailure) => undefined);
  const cache = new OriginCache(options, new OriginDecider('tenants', rule, TIMEOUT, report));
  return { cache, rule, answers, report };
}

/** A behavior that is told later. */
function later() {
  let tell: (behavior: Awaited<Behavior>) => void = () => undefined;
  const behavior = new Promise<Awaited<Behavior>>((resolve) => (tell = resolve));
  return {
    behavior,
    tell: async (answer: Awaited<Behavior>) => {
      tell(answer);
      await settle();
    },
  };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

/** Lets time pass, and everything happen that was waiting for it. */
async function pass(milliseconds: number): Promise<void> {
  await settle();
  jest.advanceTimersByTime(milliseconds);
  await settle();
}

describe('A remembered answer', () => {
  test.each([1, 1000, 10_000_000_000, Number.MAX_SAFE_INTEGER])(
    'takes its room only once it is there, wherever `max` is %d',
    async (max) => {
      const { cache, rule } = cacheOf({ max });
      await cache.ask(A);
      expect(cache.recall(A)).toBe('allowed');
      expect(rule).toHaveBeenCalledTimes(1);
    },
  );

  test('is not there before the rule was asked', () => {
    const { cache, rule } = cacheOf();
    expect(cache.recall(A)).toBeUndefined();
    expect(rule).not.toHaveBeenCalled();
  });

  test.each(['allowed', 'refused'] as const)('%s is there at once after that', async (answer) => {
    const { cache, rule, answers } = cacheOf();
    answers.set(A, answer);
    expect(await cache.ask(A)).toBe(answer);
    expect(cache.recall(A)).toBe(answer);
    expect(cache.recall(B)).toBeUndefined();
    expect(rule.mock.calls).toStrictEqual([[A, undefined]]);
  });

  test.each([
    { what: 'an allowed origin', answer: 'allowed' as const, options: {}, lasts: 60_000 },
    { what: 'a refused origin', answer: 'refused' as const, options: {}, lasts: 6_000 },
    { what: 'an allowed origin', answer: 'allowed' as const, options: { ttl: 500 }, lasts: 500 },
    { what: 'a refused origin', answer: 'refused' as const, options: { ttl: 500 }, lasts: 50 },
    { what: 'a refused origin', answer: 'refused' as const, options: { ttl: 1 }, lasts: 1 },
    {
      what: 'a refused origin, with a time to be stale,',
      answer: 'refused' as const,
      options: { ttl: 500, staleWhileRevalidate: 10_000 },
      lasts: 50,
    },
  ])('about $what with $options counts for $lasts ms', async ({ answer, options, lasts }) => {
    const { cache, answers } = cacheOf(options);
    answers.set(A, answer);
    await cache.ask(A);
    jest.advanceTimersByTime(lasts);
    expect(cache.recall(A)).toBe(answer);
    jest.advanceTimersByTime(1);
    expect(cache.recall(A)).toBeUndefined();
  });

  test('is given by one question, however many ask at once', async () => {
    const { cache, rule, answers } = cacheOf();
    const { behavior, tell } = later();
    answers.set(A, behavior);
    const asked = Array.from({ length: 1000 }, async () => cache.ask(A));
    await tell('allowed');
    expect(new Set(await Promise.all(asked))).toStrictEqual(new Set(['allowed']));
    expect(rule).toHaveBeenCalledTimes(1);
  });

  test('is none where the rule failed: the next request asks again', async () => {
    const { cache, rule, answers } = cacheOf();
    answers.set(A, Promise.resolve('failed'));
    expect(await cache.ask(A)).toBe('failed');
    expect(cache.recall(A)).toBeUndefined();
    answers.set(A, 'allowed');
    expect(await cache.ask(A)).toBe('allowed');
    expect(rule).toHaveBeenCalledTimes(2);
  });

  test('makes room for others: the least recently used one goes', async () => {
    const { cache } = cacheOf({ max: 2 });
    await cache.ask(A);
    await cache.ask(B);
    cache.recall(A);
    await cache.ask(C);
    expect([A, B, C].map((origin) => cache.recall(origin))).toStrictEqual([
      'allowed',
      undefined,
      'allowed',
    ]);
  });

  test('is one of a thousand unless said otherwise', async () => {
    const { cache } = cacheOf();
    for (let index = 0; index <= 1000; index += 1) await cache.ask(`https://n${index}.test`);
    const known = Array.from({ length: 1001 }, (_, index) =>
      cache.recall(`https://n${index}.test`),
    );
    expect(known.filter((answer) => answer === 'allowed')).toHaveLength(1000);
  });

  test('reaches everybody who waits, though there is no room for all of them', async () => {
    const { cache, answers } = cacheOf({ max: 1 });
    answers.set(A, Promise.resolve('allowed'));
    answers.set(B, Promise.resolve('refused'));
    expect(await Promise.all([cache.ask(A), cache.ask(B)])).toStrictEqual(['allowed', 'refused']);
  });
});

describe('A stale answer', () => {
  const options = { ttl: 1000, staleWhileRevalidate: 5000 };

  test('allows at once while its rule is asked again in the background', async () => {
    const { cache, rule, answers } = cacheOf(options);
    await cache.ask(A);
    jest.advanceTimersByTime(1001);
    answers.set(A, Promise.resolve('refused'));
    expect(cache.recall(A)).toBe('allowed');
    expect(cache.recall(A)).toBe('allowed');
    expect(rule).toHaveBeenCalledTimes(2);
    await settle();
    expect(cache.recall(A)).toBe('refused');
  });

  test('becomes fresh by the new answer', async () => {
    const { cache, rule } = cacheOf(options);
    await cache.ask(A);
    jest.advanceTimersByTime(1001);
    cache.recall(A);
    await settle();
    jest.advanceTimersByTime(1000);
    expect(cache.recall(A)).toBe('allowed');
    expect(rule).toHaveBeenCalledTimes(2);
  });

  test('stays good while its rule fails, until its time is over', async () => {
    const { cache, rule, answers } = cacheOf(options);
    await cache.ask(A);
    answers.set(A, 'failed');
    jest.advanceTimersByTime(1001);
    for (let round = 0; round < 3; round += 1) {
      expect(cache.recall(A)).toBe('allowed');
      await settle();
    }
    expect(rule).toHaveBeenCalledTimes(4);
    jest.advanceTimersByTime(4998);
    expect(cache.recall(A)).toBe('allowed');
    await settle();
    jest.advanceTimersByTime(1);
    expect(cache.recall(A)).toBeUndefined();
    expect(await cache.ask(A)).toBe('failed');
  });

  test('costs no timer for each request while its rule hangs', async () => {
    const { cache, answers } = cacheOf({ ttl: 1000, staleWhileRevalidate: 600_000 });
    await cache.ask(A);
    await pass(2000);
    answers.set(A, new Promise(() => undefined));
    cache.recall(A);
    const timers = jest.getTimerCount();
    for (let visit = 0; visit < 100; visit += 1) expect(cache.recall(A)).toBe('allowed');
    expect(jest.getTimerCount()).toBeLessThan(timers + 3);
    await pass(60_000);
  });

  test('does not count once its time is over', async () => {
    const { cache } = cacheOf(options);
    await cache.ask(A);
    jest.advanceTimersByTime(6000);
    expect(cache.recall(A)).toBeUndefined();
  });
});

describe('One that is forgotten', () => {
  const options = { ttl: 1000, staleWhileRevalidate: 60_000 };

  test('is asked about again, and the others are not', async () => {
    const { cache } = cacheOf();
    await cache.ask(A);
    await cache.ask(B);
    cache.forget(A);
    expect([cache.recall(A), cache.recall(B)]).toStrictEqual([undefined, 'allowed']);
  });

  test('is asked about again where it was refused', async () => {
    const { cache, answers } = cacheOf();
    answers.set(A, 'refused');
    await cache.ask(A);
    cache.forget(A);
    expect(cache.recall(A)).toBeUndefined();
  });

  test.each([0, 500, 2000])(
    '%p ms after its answer gets nothing while its rule fails',
    async (age) => {
      const { cache, answers } = cacheOf(options);
      await cache.ask(A);
      await pass(age);
      answers.set(A, 'failed');
      cache.forget(A);
      expect(await cache.ask(A)).toBe('failed');
      expect(cache.recall(A)).toBeUndefined();
    },
  );

  test.each(['allowed', 'refused'] as const)(
    'while its rule is asked reaches who waits (%s), is asked about anew by others, and is not remembered',
    async (answer) => {
      const { cache, answers, rule } = cacheOf();
      const { behavior, tell } = later();
      answers.set(A, behavior);
      const asked = cache.ask(A);
      cache.forget(A);
      answers.set(A, 'failed');
      expect(await cache.ask(A)).toBe('failed');
      expect(rule).toHaveBeenCalledTimes(2);
      await tell(answer);
      expect(await asked).toBe(answer);
      expect(cache.recall(A)).toBeUndefined();
    },
  );

  test('does not take from another what its rule is about to say', async () => {
    const { cache, answers } = cacheOf();
    const { behavior, tell } = later();
    answers.set(A, behavior);
    const asked = cache.ask(A);
    cache.forget(B);
    await tell('allowed');
    expect(await asked).toBe('allowed');
    expect(cache.recall(A)).toBe('allowed');
  });
});

describe('Where all are expired, an origin', () => {
  const options = { ttl: 1000, staleWhileRevalidate: 5000 };

  test.each(['allowed', 'refused'] as const)('that was %s is asked about anew', async (answer) => {
    const { cache, rule, answers } = cacheOf(options);
    answers.set(A, answer);
    await cache.ask(A);
    cache.expire();
    expect(cache.recall(A)).toBeUndefined();
    answers.set(A, answer === 'allowed' ? 'refused' : 'allowed');
    expect(await cache.ask(A)).toBe(answer === 'allowed' ? 'refused' : 'allowed');
    expect(cache.recall(A)).toBe(answer === 'allowed' ? 'refused' : 'allowed');
    expect(rule).toHaveBeenCalledTimes(2);
  });

  test('is fresh again by the new answer', async () => {
    const { cache } = cacheOf(options);
    await cache.ask(A);
    await pass(900);
    cache.expire();
    await cache.ask(A);
    await pass(900);
    expect(cache.recall(A)).toBe('allowed');
  });

  test.each([
    { options, lasts: 6000 },
    { options: { ttl: 1000 }, lasts: 1000 },
  ])(
    'that was allowed stays so while its rule fails, $lasts ms from its answer with $options',
    async (row) => {
      const { cache, answers, rule } = cacheOf(row.options);
      await cache.ask(A);
      answers.set(A, 'failed');
      cache.expire();
      cache.expire();
      expect(await cache.ask(A)).toBe('allowed');
      expect(cache.recall(A)).toBeUndefined();
      await pass(row.lasts - 1);
      expect(await cache.ask(A)).toBe('allowed');
      expect(rule).toHaveBeenCalledTimes(3);
      await pass(1);
      expect(await cache.ask(A)).toBe('failed');
    },
  );

  test.each([
    { what: 'that was refused', answer: 'refused' as const },
    { what: 'that was never asked about', answer: undefined },
  ])('$what gets nothing while its rule fails', async ({ answer }) => {
    const { cache, answers } = cacheOf(options);
    answers.set(A, answer ?? 'failed');
    if (answer !== undefined) await cache.ask(A);
    cache.expire();
    answers.set(A, 'failed');
    expect(await cache.ask(A)).toBe('failed');
  });

  test('that was revoked is refused as soon as its rule answers again, and at no request later', async () => {
    const { cache, answers } = cacheOf(options);
    await cache.ask(A);
    cache.expire();
    answers.set(A, 'failed');
    expect(await cache.ask(A)).toBe('allowed');
    answers.set(A, 'refused');
    expect(cache.recall(A) ?? (await cache.ask(A))).toBe('refused');
    answers.set(A, 'failed');
    expect(cache.recall(A)).toBe('refused');
  });

  test('that was allowed waits once for a rule that hangs, and is served at once from then on', async () => {
    const { cache, answers, rule } = cacheOf({ ...options, staleWhileRevalidate: 600_000 });
    await cache.ask(A);
    const { behavior, tell } = later();
    answers.set(A, behavior);
    cache.expire();
    expect(cache.recall(A)).toBeUndefined();
    const first = cache.ask(A);
    await pass(TIMEOUT - 1);
    expect(cache.recall(A)).toBeUndefined();
    await pass(1);
    expect(await first).toBe('allowed');
    expect(cache.recall(A)).toBe('allowed');
    expect(rule).toHaveBeenCalledTimes(2);
    await tell('refused');
    expect(cache.recall(A)).toBe('refused');
  });

  test('keeps an answer under way for who waits for it, and is asked about anew by others', async () => {
    const { cache, answers } = cacheOf();
    const { behavior, tell } = later();
    answers.set(A, behavior);
    const asked = cache.ask(A);
    cache.expire();
    answers.set(A, 'refused');
    expect(await cache.ask(A)).toBe('refused');
    await tell('allowed');
    expect(await asked).toBe('allowed');
    expect(cache.recall(A)).toBe('refused');
  });
});

describe('An answer that comes later than the timeout', () => {
  test.each(['allowed', 'refused'] as const)('is remembered: %s', async (answer) => {
    const { cache, answers, rule, report } = cacheOf();
    const { behavior, tell } = later();
    answers.set(A, behavior);
    const asked = cache.ask(A);
    await pass(TIMEOUT);
    expect(await asked).toBe('failed');
    await pass(TIMEOUT);
    await tell(answer);
    expect(cache.recall(A)).toBe(answer);
    expect(rule).toHaveBeenCalledTimes(1);
    expect(
      report.mock.calls.map(([{ rule: name, origin, error }]) => [name, origin, String(error)]),
    ).toStrictEqual([
      [
        'tenants',
        A,
        'Error: The origin rule tenants gave no answer within 5000 ms (originTimeout).',
      ],
    ]);
  });

  test('is waited for by others, each as long as the timeout, and the rule is not asked again', async () => {
    const { cache, answers, rule, report } = cacheOf();
    const { behavior, tell } = later();
    answers.set(A, behavior);
    const settled: string[] = [];
    const visit = (name: string) => {
      void Promise.resolve(cache.ask(A)).then((answer) => settled.push(`${name} ${answer}`));
    };
    visit('first');
    await pass(3000);
    visit('second');
    await pass(2000);
    expect(settled).toStrictEqual(['first failed']);
    visit('third');
    await pass(3000);
    expect(settled).toStrictEqual(['first failed', 'second failed']);
    await tell('allowed');
    expect(settled).toStrictEqual(['first failed', 'second failed', 'third allowed']);
    expect(rule).toHaveBeenCalledTimes(1);
    expect(report).toHaveBeenCalledTimes(1);
  });

  test.each([
    {
      change: 'was forgotten',
      by: (cache: OriginCache) => {
        cache.forget(A);
      },
    },
    {
      change: 'was expired',
      by: (cache: OriginCache) => {
        cache.expire();
      },
    },
  ])('is not remembered where the origin $change meanwhile', async ({ by }) => {
    for (const late of [TIMEOUT, 4 * TIMEOUT]) {
      const { cache, answers } = cacheOf();
      const { behavior, tell } = later();
      answers.set(A, behavior);
      void cache.ask(A);
      await pass(late);
      by(cache);
      await tell('allowed');
      expect(cache.recall(A)).toBeUndefined();
    }
  });

  test('is remembered though its place was given back, unless a later question was answered', async () => {
    for (const [between, expected] of [
      [undefined, 'allowed'],
      ['failed', 'allowed'],
      ['refused', 'refused'],
    ] as const) {
      const { cache, answers } = cacheOf();
      const { behavior, tell } = later();
      answers.set(A, behavior);
      void cache.ask(A);
      await pass(3 * TIMEOUT);
      if (between !== undefined) {
        answers.set(A, between);
        expect(await cache.ask(A)).toBe(between);
      }
      await tell('allowed');
      expect(cache.recall(A)).toBe(expected);
    }
  });

  test('that is a failure is reported with what it says', async () => {
    const { cache, answers, report } = cacheOf();
    const { behavior, tell } = later();
    answers.set(A, behavior);
    void cache.ask(A);
    await pass(TIMEOUT);
    await tell('failed');
    expect(cache.recall(A)).toBeUndefined();
    expect(report.mock.calls[1]).toStrictEqual([{ rule: 'tenants', origin: A, error: DOWN }]);
  });
});

describe('Questions under way', () => {
  const never = new Promise<never>(() => undefined);
  const strangers = (count: number) =>
    Array.from({ length: count }, (_, index) => `https://n${index}.evil.test`);

  test.each([{ concurrency: 1 }, { concurrency: 5 }, {}])(
    'are no more than %p says: whoever is over it has failed at once, and the rule is not asked',
    async (options) => {
      const { concurrency = 100 } = options;
      const { cache, answers, rule, report } = cacheOf(options);
      for (const origin of strangers(1000)) answers.set(origin, never);
      const asked = strangers(1000).map((origin) => cache.ask(origin));
      expect(asked.filter((answer) => answer === 'failed')).toHaveLength(1000 - concurrency);
      expect(rule).toHaveBeenCalledTimes(concurrency);
      expect(report.mock.calls.map(([{ error }]) => String(error))).toStrictEqual([
        `Error: The origin rule tenants is answering all the questions that originCache.concurrency (${concurrency}) allows at once. Origins that were never allowed get 503 without asking it.`,
      ]);
      await pass(60_000);
    },
  );

  test('that find no place are reported once a minute', async () => {
    const { cache, answers, report } = cacheOf({ concurrency: 1 });
    const { behavior, tell } = later();
    answers.set(A, behavior);
    const told = () => report.mock.calls.filter(([{ origin }]) => origin !== A).length;
    for (const [after, expected] of [
      [0, 1],
      [1, 1],
      [59_998, 1],
      [1, 2],
    ] as const) {
      await pass(after);
      void cache.ask(A);
      for (const origin of strangers(10)) void cache.ask(origin);
      expect(told()).toBe(expected);
    }
    await tell('allowed');
  });

  test('give their places back when they are answered, whatever the answer', async () => {
    for (const answer of ['allowed', 'refused', 'failed'] as const) {
      const { cache, answers } = cacheOf({ concurrency: 1 });
      const { behavior, tell } = later();
      answers.set(A, behavior);
      const asked = cache.ask(A);
      expect(cache.ask(B)).toBe('failed');
      await tell(answer);
      expect(await asked).toBe(answer);
      expect(cache.ask(B)).toBe('allowed');
    }
  });

  test('that are answered at once need no place for long', () => {
    const { cache, rule } = cacheOf({ concurrency: 1 });
    for (const origin of strangers(100)) expect(cache.ask(origin)).toBe('allowed');
    expect(rule).toHaveBeenCalledTimes(100);
  });

  test('that are never answered give their places back after three timeouts', async () => {
    const { cache, answers, rule } = cacheOf({ concurrency: 1 });
    answers.set(A, never);
    void cache.ask(A);
    await pass(3 * TIMEOUT - 1);
    expect(cache.ask(B)).toBe('failed');
    const waiting = cache.ask(A);
    expect(rule).toHaveBeenCalledTimes(1);
    await pass(1);
    expect(await waiting).toBe('failed');
    expect(cache.ask(B)).toBe('allowed');
    void cache.ask(A);
    expect(rule).toHaveBeenCalledTimes(3);
    await pass(60_000);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('wait no longer than timers can, where three timeouts are more than that', async () => {
    const longest = 2 ** 31 - 1;
    const decider = new OriginDecider(
      'tenants',
      () => never,
      longest,
      () => undefined,
    );
    const cache = new OriginCache({ concurrency: 1 }, decider);
    const asked = jest.fn();
    void Promise.resolve(cache.ask(A)).then(asked);
    await pass(longest - 1);
    expect(asked).not.toHaveBeenCalled();
    await pass(1);
    expect(asked.mock.calls).toStrictEqual([['failed']]);
  });

  test('about origins that were allowed before wait for a place, and go first', async () => {
    for (const why of ['stale', 'over', 'expired'] as const) {
      const staleWhileRevalidate = why === 'over' ? 0 : 600_000;
      const { cache, answers, rule } = cacheOf({ ttl: 1000, staleWhileRevalidate, concurrency: 1 });
      await cache.ask(A);
      if (why === 'expired') cache.expire();
      else await pass(2000);
      const { behavior, tell } = later();
      answers.set(B, behavior);
      void cache.ask(B);
      if (why === 'stale') expect(cache.recall(A)).toBe('allowed');
      else expect(cache.recall(A)).toBeUndefined();
      const asked = cache.ask(A);
      expect(cache.ask(C)).toBe('failed');
      expect(rule.mock.calls.map(([origin]) => origin)).toStrictEqual([A, B]);
      await tell('refused');
      expect(await asked).toBe('allowed');
      expect(rule.mock.calls.map(([origin]) => origin)).toStrictEqual([A, B, A]);
      expect(cache.recall(A)).toBe('allowed');
      expect(cache.ask(C)).toBe('allowed');
    }
  });

  test('of which none ends let an origin that was allowed before have what is remembered', async () => {
    const { cache, answers } = cacheOf({ staleWhileRevalidate: 600_000, concurrency: 1 });
    await cache.ask(A);
    cache.expire();
    answers.set(B, never);
    void cache.ask(B);
    const asked = cache.ask(A);
    await pass(TIMEOUT);
    expect(await asked).toBe('allowed');
    await pass(60_000);
  });
});

describe('A flood of strangers', () => {
  test('takes nothing from the origins that are allowed, in an outage neither', async () => {
    const { cache, answers, rule } = cacheOf({ ttl: 60_000, staleWhileRevalidate: 600_000 });
    const tenants = Array.from({ length: 1000 }, (_, index) => `https://t${index}.test`);
    for (const tenant of tenants) expect(await cache.ask(tenant)).toBe('allowed');
    for (let index = 0; index < 100_000; index += 1) {
      const stranger = `https://n${index}.evil.test`;
      answers.set(stranger, index % 2 === 0 ? 'refused' : 'failed');
      await cache.ask(stranger);
      answers.delete(stranger);
    }
    await pass(70_000);
    for (const tenant of tenants) answers.set(tenant, 'failed');
    rule.mockClear();
    expect(tenants.filter((tenant) => cache.recall(tenant) === 'allowed')).toHaveLength(1000);
    cache.expire();
    for (const tenant of tenants) expect(await cache.ask(tenant)).toBe('allowed');
  });

  test('that hangs makes no tenant wait, and no more questions than there are places', async () => {
    const { cache, answers, rule } = cacheOf({
      ttl: 1000,
      staleWhileRevalidate: 600_000,
      concurrency: 10,
    });
    const tenants = Array.from({ length: 50 }, (_, index) => `https://t${index}.test`);
    for (const tenant of tenants) await cache.ask(tenant);
    await pass(2000);
    rule.mockClear();
    const unanswered = new Promise<never>(() => undefined);
    for (let index = 0; index < 100_000; index += 1) {
      const stranger = `https://n${index}.evil.test`;
      if (index < 10) answers.set(stranger, unanswered);
      void cache.ask(stranger);
    }
    expect(rule).toHaveBeenCalledTimes(10);
    expect(tenants.filter((tenant) => cache.recall(tenant) === 'allowed')).toHaveLength(50);
    expect(rule).toHaveBeenCalledTimes(10);
    // As soon as a place is free, tenants are asked about again: they go first.
    await pass(3 * TIMEOUT);
    expect(rule.mock.calls.slice(10).map(([origin]) => origin)).toStrictEqual(tenants);
  });
});
