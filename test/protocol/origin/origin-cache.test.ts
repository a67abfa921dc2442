import { describe, expect, jest, test } from '@jest/globals';
import type { OriginAnswer } from '../../../src/protocol/origin/origin-rules.js';

jest.useFakeTimers();
// A time of 0 means none to it.
jest.advanceTimersByTime(1);
// Its cache looks for the clock when it is loaded.
const { checkOriginCache, checkOriginTimeout, DEFAULT_ORIGIN_TIMEOUT, OriginCache } =
  await import('../../../src/protocol/origin/origin-cache.js');

const [A, B, C] = ['https://a.test', 'https://b.test', 'https://c.test'];

/** A rule that answers as told, and a cache before it. */
function cacheOf(options: ConstructorParameters<typeof OriginCache>[0] = {}) {
  const answers = new Map<string, OriginAnswer | Promise<OriginAnswer>>();
  const rule = jest.fn((origin: string) => answers.get(origin) ?? 'allowed');
  return { cache: new OriginCache(options, rule), rule, answers };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

describe('A remembered answer', () => {
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
    expect(rule.mock.calls).toStrictEqual([[A]]);
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
    let allow: (answer: OriginAnswer) => void = () => undefined;
    answers.set(A, new Promise((resolve) => (allow = resolve)));
    const asked = Array.from({ length: 1000 }, () => cache.ask(A));
    allow('allowed');
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

  test('throws where asking throws', async () => {
    const boom = new Error('boom');
    const cache = new OriginCache({}, () => {
      throw boom;
    });
    await expect(cache.ask(A)).rejects.toBe(boom);
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

  test('does not count once its time is over', async () => {
    const { cache } = cacheOf(options);
    await cache.ask(A);
    jest.advanceTimersByTime(6000);
    expect(cache.recall(A)).toBeUndefined();
  });
});

describe('What is forgotten', () => {
  test('is asked about again: one origin', async () => {
    const { cache } = cacheOf();
    await cache.ask(A);
    await cache.ask(B);
    cache.forget(A);
    expect([cache.recall(A), cache.recall(B)]).toStrictEqual([undefined, 'allowed']);
  });

  test('is asked about again: all', async () => {
    const { cache } = cacheOf();
    await cache.ask(A);
    await cache.ask(B);
    cache.forget();
    expect([cache.recall(A), cache.recall(B)]).toStrictEqual([undefined, undefined]);
  });

  test.each([A, undefined])(
    'while its rule is asked is still answered, but not remembered (%p)',
    async (origin) => {
      const { cache, answers } = cacheOf();
      let allow: (answer: OriginAnswer) => void = () => undefined;
      answers.set(A, new Promise((resolve) => (allow = resolve)));
      const asked = cache.ask(A);
      cache.forget(origin);
      allow('allowed');
      expect(await asked).toBe('allowed');
      expect(cache.recall(A)).toBeUndefined();
    },
  );
});

describe('originCache', () => {
  test.each([
    false,
    {},
    { max: 1 },
    { ttl: 1 },
    { staleWhileRevalidate: 0 },
    { max: 50, ttl: 1000, staleWhileRevalidate: 5000 },
    { max: undefined },
  ])('may be %p', (value) => {
    expect(checkOriginCache(value)).toStrictEqual([]);
  });

  test.each([true, null, 1000, 'yes', [], undefined])('is refused as %p', (value) => {
    expect(checkOriginCache(value)).toStrictEqual([
      {
        code: 'invalid-value',
        value,
        message: 'originCache must be an object, or false.',
        hint: 'Write e.g. originCache: { max: 1000, ttl: 60_000, staleWhileRevalidate: 300_000 }.',
      },
    ]);
  });

  const milliseconds = 'Give milliseconds, e.g. 60000 for a minute.';
  test.each([
    { name: 'max', value: 0, least: 1, hint: 'Write e.g. 1000.' },
    { name: 'max', value: 1.5, least: 1, hint: 'Write e.g. 1000.' },
    { name: 'max', value: '10', least: 1, hint: 'Write e.g. 1000.' },
    { name: 'max', value: Infinity, least: 1, hint: 'Write e.g. 1000.' },
    { name: 'ttl', value: 0, least: 1, hint: milliseconds },
    { name: 'ttl', value: '1m', least: 1, hint: milliseconds },
    { name: 'ttl', value: null, least: 1, hint: milliseconds },
    { name: 'staleWhileRevalidate', value: -1, least: 0, hint: milliseconds },
    { name: 'staleWhileRevalidate', value: 0.5, least: 0, hint: milliseconds },
  ])('with $name $value is refused', ({ name, value, least, hint }) => {
    expect(checkOriginCache({ [name]: value })).toStrictEqual([
      {
        code: 'invalid-value',
        value,
        message: `originCache.${name} must be a whole number, ${least} or more.`,
        hint,
      },
    ]);
  });

  test('with what it does not know is refused', () => {
    expect(checkOriginCache({ maxAge: 5, ttl: 0 })).toStrictEqual([
      {
        code: 'unknown-option',
        value: 'maxAge',
        message: 'There is no option originCache.maxAge.',
        hint: 'Its options are max, ttl and staleWhileRevalidate.',
      },
      expect.objectContaining({ code: 'invalid-value', value: 0 }),
    ]);
  });
});

describe('originTimeout', () => {
  test('is five seconds unless set', () => {
    expect(DEFAULT_ORIGIN_TIMEOUT).toBe(5000);
  });

  test.each([1, 5000, 2_147_483_647])('may be %p', (value) => {
    expect(checkOriginTimeout(value)).toStrictEqual([]);
  });

  test.each([0, -1, 1.5, 2_147_483_648, Infinity, NaN, '5000', null, true])(
    'is refused as %p',
    (value) => {
      expect(checkOriginTimeout(value)).toStrictEqual([
        {
          code: 'invalid-value',
          value,
          message: 'originTimeout must be a whole number of milliseconds, 1 or more.',
          hint: 'Write e.g. 5000 for five seconds.',
        },
      ]);
    },
  );
});
