import { describe, expect, test } from '@jest/globals';
import { checkIsolation } from '../../../src/protocol/policy/isolation.js';
import { readOriginRules } from '../../../src/protocol/origin/origin-rules.js';
import { expressionsOf } from '../compiled-policy.js';

function check(option: unknown) {
  const { rules } = readOriginRules(option);
  return checkIsolation(rules, expressionsOf(rules.regexps));
}

describe('Isolation of a policy for any origin is refused', () => {
  test.each([
    { origin: '*', value: '*' },
    { origin: true, value: '*' },
    { origin: ['https://app.test', '*'], value: '*' },
    ...[/^https?:\/\/.*$/, /^https:\/\/.+$/, /^http:\/\/[^/]+$/].map((regexp) => ({
      origin: regexp,
      value: regexp,
    })),
  ])('$origin', ({ origin, value }) => {
    expect(check(origin)).toStrictEqual([
      {
        code: 'any-origin-with-isolate',
        value,
        message:
          'Pages of any site may read this with fetch(), so isolation would protect nothing.',
        hint: 'Set isolate: false, or list the origins.',
      },
    ]);
  });

  test('once for all rules', () => {
    expect(check(['*', /^https:\/\/.+$/])).toHaveLength(1);
  });
});

describe('Isolation is fine for a policy for', () => {
  test.each([
    { origin: false },
    { origin: [] },
    { origin: 'https://app.test' },
    { origin: 'https://*.app.test' },
    { origin: 'null' },
    { origin: 'file://' },
    { origin: /^https:\/\/\w+\.app\.test$/ },
    { origin: () => true },
  ])('$origin', ({ origin }) => {
    expect(check(origin)).toStrictEqual([]);
  });
});
