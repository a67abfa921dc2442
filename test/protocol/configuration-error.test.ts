import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import {
  CorsConfigurationError,
  type CorsConfigurationIssue,
  describeIssue,
  describeWarning,
  isWarning,
} from '../../src/protocol/configuration-error.js';

const ISSUE: CorsConfigurationIssue = {
  code: 'invalid-origin',
  where: 'CatalogController.update (PUT /catalog/:id)',
  field: 'origin',
  value: 'app.example.com',
  message: '"app.example.com" has no scheme.',
  hint: "Write 'https://app.example.com'.",
};

describe('An issue', () => {
  test('is described in one line: place, option, fault, remedy, code', () => {
    expect(describeIssue(ISSUE)).toBe(
      `CatalogController.update (PUT /catalog/:id): origin: "app.example.com" has no scheme. Write 'https://app.example.com'. [invalid-origin]`,
    );
  });

  test.each([
    'forbidden-header-name',
    'misplaced-header-name',
    'max-age-capped',
    'method-not-routed',
    'lower-case-method',
    'loose-regexp',
  ] as const)('with the code %s is a warning', (code) => {
    expect(isWarning({ ...ISSUE, code })).toBe(true);
  });

  test.each([
    'any-origin-with-credentials',
    'null-origin-with-credentials',
    'any-origin-with-private-network',
    'undefined-origin',
    'cors-on-no-route',
    'invalid-origin',
    'insecure-origin-with-credentials',
    'public-suffix-wildcard',
    'unanchored-regexp',
    'open-ended-regexp',
    'unsupported-regexp',
    'wildcard-exposed-headers-with-credentials',
    'invalid-method',
    'forbidden-method',
    'invalid-header-name',
    'invalid-max-age',
    'invalid-status',
    'invalid-value',
    'invalid-path',
    'unknown-policy',
    'unknown-option',
    'unresolvable-origin-resolver',
    'cors-enabled-twice',
    'cors-module-imported-twice',
  ] as const)('with the code %s stops the start', (code) => {
    expect(isWarning({ ...ISSUE, code })).toBe(false);
  });
});

describe('CorsConfigurationError', () => {
  test('is an Error of its own name that holds its issues', () => {
    const error = new CorsConfigurationError([ISSUE]);
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('CorsConfigurationError');
    expect(error.issues).toStrictEqual([ISSUE]);
  });

  test('speaks of one problem where there is one, and says where it is explained', () => {
    expect(new CorsConfigurationError([ISSUE]).message).toBe(
      [
        'The CORS configuration has one problem:',
        `  - ${describeIssue(ISSUE)}`,
        'See docs/start-up-checks.md#invalid-origin in the package nestjs-cors.',
      ].join('\n'),
    );
  });

  test('counts several problems and lists each on a line of its own', () => {
    const other: CorsConfigurationIssue = { ...ISSUE, code: 'invalid-max-age', field: 'maxAge' };
    expect(new CorsConfigurationError([ISSUE, other]).message).toBe(
      [
        'The CORS configuration has 2 problems:',
        `  - ${describeIssue(ISSUE)}`,
        `  - ${describeIssue(other)}`,
        'See docs/start-up-checks.md#invalid-origin, #invalid-max-age in the package nestjs-cors.',
      ].join('\n'),
    );
  });

  test('tells a fault that is in several places once, with its places', () => {
    const elsewhere: CorsConfigurationIssue = { ...ISSUE, where: 'CorsModule.forRoot()' };
    const { message, issues } = new CorsConfigurationError([ISSUE, elsewhere]);
    expect(message).toBe(
      [
        'The CORS configuration has one problem:',
        `  - origin: "app.example.com" has no scheme. Write 'https://app.example.com'. [invalid-origin]`,
        '      CatalogController.update (PUT /catalog/:id)',
        '      CorsModule.forRoot()',
        'See docs/start-up-checks.md#invalid-origin in the package nestjs-cors.',
      ].join('\n'),
    );
    expect(issues).toHaveLength(2);
  });

  test('is printed as its message, without frames or a second listing', () => {
    const error = new CorsConfigurationError([ISSUE]);
    expect(error.stack).toBe(`CorsConfigurationError: ${error.message}`);
    expect(inspect(error)).toMatch(/^\[?CorsConfigurationError: The CORS[^{}]+\]?$/);
    expect(inspect(error)).toContain(error.message);
  });

  test('is written as JSON with its issues', () => {
    const error = new CorsConfigurationError([ISSUE]);
    expect(JSON.parse(JSON.stringify(error))).toStrictEqual({
      name: 'CorsConfigurationError',
      message: error.message,
      issues: [ISSUE],
    });
  });

  test('tells of a warning with its explanation', () => {
    expect(describeWarning({ ...ISSUE, code: 'max-age-capped' })).toMatch(
      /\[max-age-capped\] See docs\/start-up-checks\.md#max-age-capped\.$/,
    );
  });
});
