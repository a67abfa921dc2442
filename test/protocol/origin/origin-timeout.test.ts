import { afterEach, describe, expect, jest, test } from '@jest/globals';
import {
  checkOriginTimeout,
  DEFAULT_ORIGIN_TIMEOUT,
  inTime,
} from '../../../src/protocol/origin/origin-timeout.js';

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

describe('Waiting for an answer', () => {
  jest.useFakeTimers();
  afterEach(() => {
    expect(jest.getTimerCount()).toBe(0);
  });

  const never = new Promise<string>(() => undefined);

  test('gives the answer that comes in time, and leaves no timer behind', async () => {
    expect(await inTime(Promise.resolve('yes'), 20, () => 'late')).toBe('yes');
  });

  test('rejects where the answer does, and leaves no timer behind', async () => {
    const boom = new Error('boom');
    await expect(inTime(Promise.reject(boom), 20, () => 'late')).rejects.toBe(boom);
  });

  test('ends when its time is over, and not before', async () => {
    const late = jest.fn(() => 'late');
    const waiting = inTime(never, 20, late);
    jest.advanceTimersByTime(19);
    expect(late).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(await waiting).toBe('late');
  });
});
