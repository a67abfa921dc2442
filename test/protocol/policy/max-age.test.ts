import { describe, expect, test } from '@jest/globals';
import { checkMaxAge, DEFAULT_MAX_AGE } from '../../../src/protocol/policy/max-age.js';

describe('maxAge', () => {
  test("is Chromium's cap unless set", () => {
    expect(DEFAULT_MAX_AGE).toBe(7200);
  });

  test.each([0, 1, 5, 7200, 86_399, 86_400])('may be %p', (value) => {
    expect(checkMaxAge(value)).toStrictEqual([]);
  });

  test.each([86_401, 604_800, Number.MAX_SAFE_INTEGER])(
    'of %p draws a warning, since no browser keeps a preflight that long',
    (value) => {
      expect(checkMaxAge(value)).toStrictEqual([
        {
          code: 'max-age-capped',
          value,
          message: 'No browser keeps a preflight longer than 86400 seconds.',
          hint: 'Write 86400 or less.',
        },
      ]);
    },
  );

  const example = 'Write e.g. 7200 for two hours.';
  test.each([
    { value: -1, hint: 'Write 0 to have browsers ask before every request.' },
    { value: -0.5, hint: 'Write 0 to have browsers ask before every request.' },
    { value: -Infinity, hint: 'Write 0 to have browsers ask before every request.' },
    { value: 1.5, hint: 'Write 2.' },
    { value: 0.2, hint: 'Write 0.' },
    { value: '600', hint: 'Write 600.' },
    { value: '600.4', hint: 'Write 600.' },
    { value: '0', hint: 'Write 0.' },
    { value: '-1', hint: example },
    { value: '2h', hint: example },
    { value: 'Infinity', hint: example },
    { value: NaN, hint: example },
    { value: Infinity, hint: example },
    { value: null, hint: example },
    { value: [600], hint: example },
    { value: {}, hint: example },
    { value: undefined, hint: example },
  ])('of $value is refused: $hint', ({ value, hint }) => {
    expect(checkMaxAge(value)).toStrictEqual([
      {
        code: 'invalid-max-age',
        value,
        message: 'maxAge must be a whole number of seconds, 0 or more.',
        hint,
      },
    ]);
  });
});
