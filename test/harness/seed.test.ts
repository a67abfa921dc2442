import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkProperty } from './property.js';
import { Random } from './random.js';
import { SEED, SEEDED, seedOf } from './seed.js';

describe('The seed', () => {
  test.each([
    { environment: { SEED: '7' }, seed: 7 },
    { environment: { SEED: '7', CI: 'true' }, seed: 7 },
    { environment: { SEED: '0' }, seed: 0 },
    { environment: { CI: 'true' }, seed: 20_251_121 },
  ])('of $environment is $seed', ({ environment, seed }) => {
    expect(seedOf(environment)).toBe(seed);
  });

  test.each(['', 'x', '-1', '1.5', '1e3', '0x10', ' 7', '1234567890'])(
    '%j is refused, since no failure could be seen again by it',
    (given) => {
      expect(() => seedOf({ SEED: given })).toThrow(JSON.stringify(given));
    },
  );

  test.each([{}, { CI: 'false' }])('of %j is another one each time, and can be given', (given) => {
    const seed = seedOf(given);
    expect(seedOf({ SEED: String(seed) })).toBe(seed);
  });

  test('is in what ends a title', () => {
    expect(SEEDED).toBe(`(SEED=${SEED})`);
  });
});

describe(`All that is drawn from it ${SEEDED}`, () => {
  test('is the same again', () => {
    const draw = () => {
      const random = new Random(SEED);
      return random.many(100, 100, () => random.next());
    };
    expect(draw()).toEqual(draw());
  });

  test('is the same again of properties, which say the seed when they do not hold', () => {
    const draw = () => {
      const drawn: number[] = [];
      checkProperty(
        fc.property(fc.nat(), (number) => void drawn.push(number)),
        100,
      );
      return drawn;
    };
    expect(draw()).toEqual(draw());
    expect(() => {
      checkProperty(
        fc.property(fc.nat(), () => false),
        1,
      );
    }).toThrow(`seed: ${SEED}`);
  });
});
