import { describe, expect, test } from '@jest/globals';
import {
  checkOriginCache,
  completeOriginCache,
} from '../../../src/protocol/origin/origin-cache-options.js';

describe('originCache', () => {
  test.each([
    false,
    {},
    { max: 1 },
    { ttl: 1 },
    { staleWhileRevalidate: 0 },
    { concurrency: 1 },
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
    { name: 'concurrency', value: 0, least: 1, hint: 'Write e.g. 100.' },
    { name: 'concurrency', value: 2.5, least: 1, hint: 'Write e.g. 100.' },
    { name: 'concurrency', value: Infinity, least: 1, hint: 'Write e.g. 100.' },
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
        hint: 'Its options are max, ttl, staleWhileRevalidate and concurrency.',
      },
      expect.objectContaining({ code: 'invalid-value', value: 0 }),
    ]);
  });

  test('remembers a thousand origins for a minute, with a hundred questions at once, unless said otherwise', () => {
    const defaults = { max: 1000, ttl: 60_000, staleWhileRevalidate: 0, concurrency: 100 };
    expect(completeOriginCache({})).toStrictEqual(defaults);
    expect(completeOriginCache({ max: undefined } as object)).toStrictEqual(defaults);
    const all = { max: 1, ttl: 2, staleWhileRevalidate: 3, concurrency: 4 };
    expect(completeOriginCache(all)).toStrictEqual(all);
  });
});
