import { describe, expect, test } from '@jest/globals';
import {
  checkExposedHeaders,
  readExposedHeaders,
} from '../../../src/protocol/policy/exposed-headers.js';

describe('exposedHeaders', () => {
  test.each([
    { given: ['X-Total-Count', 'ETag'], read: ['X-Total-Count', 'ETag'] },
    { given: 'X-Total-Count, ETag', read: ['X-Total-Count', 'ETag'] },
    { given: [], read: [] },
    { given: '', read: [] },
    { given: '*', read: '*' },
    { given: ['*'], read: '*' },
    { given: ['X-Total-Count', '*'], read: '*' },
    // Safelisted ones are readable anyway; naming them harms nothing.
    { given: ['cache-control'], read: ['cache-control'] },
    // Forbidden for requests only.
    { given: ['cookie', 'host'], read: ['cookie', 'host'] },
  ])('$given is read as $read', ({ given, read }) => {
    expect(readExposedHeaders(given)).toStrictEqual({ value: read, problems: [] });
  });

  test('cannot be changed once read', () => {
    expect(Object.isFrozen(readExposedHeaders(['ETag']).value)).toBe(true);
  });

  test.each([
    'origin',
    'Origin',
    'access-control-request-headers',
    'Access-Control-Request-Method',
  ])('with %s draws a warning, since that is a header of requests', (name) => {
    expect(readExposedHeaders(['ETag', name])).toStrictEqual({
      value: ['ETag', name],
      problems: [
        {
          code: 'misplaced-header-name',
          value: name,
          message: `"${name}" is a header of requests, and exposedHeaders names those of answers.`,
          hint: 'Remove it: browsers send it by themselves.',
        },
      ],
    });
  });

  test.each(['set-cookie', 'Set-Cookie', 'SET-COOKIE2', 'set-cookie2'])(
    'with %s draws a warning, since no page can read that',
    (name) => {
      expect(readExposedHeaders(['ETag', name])).toStrictEqual({
        value: ['ETag', name],
        problems: [
          {
            code: 'forbidden-header-name',
            value: name,
            message: `No page can read the response header "${name}".`,
            hint: 'Remove it.',
          },
        ],
      });
    },
  );

  test.each(['X Total', 'ETag:', 'ETag: 1', ''])('with %p is refused', (name) => {
    expect(readExposedHeaders([name]).problems).toStrictEqual([
      {
        code: 'invalid-header-name',
        value: name,
        message: `"${name}" is not a header name.`,
        hint: 'Give the name alone, without colon, value or spaces.',
      },
    ]);
  });

  test.each([true, 1, null, {}, [1]])('of %p is refused', (value) => {
    expect(readExposedHeaders(value)).toStrictEqual({
      problems: [
        {
          code: 'invalid-header-name',
          value,
          message:
            'exposedHeaders must be a list of header names, a comma-separated string or "*".',
          hint: "Write e.g. exposedHeaders: ['X-Request-Id'].",
        },
      ],
    });
  });

  test('"*" is refused with credentials, where browsers take it for a name', () => {
    expect(checkExposedHeaders('*', true)).toStrictEqual([
      {
        code: 'wildcard-exposed-headers-with-credentials',
        value: '*',
        message: 'With credentials, browsers take "*" for a header that is called "*".',
        hint: 'List the response headers that pages need to read.',
      },
    ]);
  });

  test.each([
    { exposed: '*' as const, credentials: false },
    { exposed: ['ETag'], credentials: true },
    { exposed: [], credentials: true },
  ])('$exposed is fine with credentials: $credentials', ({ exposed, credentials }) => {
    expect(checkExposedHeaders(exposed, credentials)).toStrictEqual([]);
  });
});
