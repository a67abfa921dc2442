import { describe, expect, test } from '@jest/globals';
import { andThen, isLater } from '../../src/protocol/now-or-later.js';

const double = (value: number) => value * 2;
const fail = (): never => {
  throw new Error('no');
};

describe('andThen', () => {
  test('goes on at once with a value that is there', () => {
    expect(andThen(2, double)).toBe(4);
  });

  test('goes on with a value that is still to come as soon as it is there', async () => {
    const later = andThen(Promise.resolve(2), double);
    expect(isLater(later)).toBe(true);
    expect(await later).toBe(4);
  });

  test('gives what comes later where the next step takes time', async () => {
    const later = andThen(2, async (value) => double(value));
    expect(isLater(later)).toBe(true);
    expect(await later).toBe(4);
  });

  test('throws at once what the next step throws at once', () => {
    expect(() => andThen(2, fail)).toThrow('no');
  });

  test('rejects with what the next step throws later, and with what the value rejects with', async () => {
    await expect(andThen(Promise.resolve(2), fail)).rejects.toThrow('no');
    await expect(andThen(Promise.reject(new Error('never came')), double)).rejects.toThrow(
      'never came',
    );
  });
});

test.each([undefined, null, 0, 'text', {}])('%p is no value that is still to come', (value) => {
  expect(isLater(value)).toBe(false);
});
