import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  compileAllowedHeaders,
  DEFAULT_ALLOWED_HEADERS,
  parseRequestedHeaders,
  readAllowedHeaders,
} from '../../../src/protocol/policy/request-headers.js';
import { cpuTime } from '../../harness/cpu-time.js';
import { anyCharacter, checkProperty } from '../../harness/property.js';
import { SEEDED } from '../../harness/seed.js';

describe('allowedHeaders', () => {
  test('are, unless set, what front ends commonly send', () => {
    expect(DEFAULT_ALLOWED_HEADERS).toStrictEqual([
      'accept',
      'authorization',
      'content-type',
      'user-agent',
      'x-csrf-token',
      'x-csrftoken',
      'x-requested-with',
    ]);
    expect(Object.isFrozen(DEFAULT_ALLOWED_HEADERS)).toBe(true);
  });

  test('have safe defaults: none that browsers ignore', () => {
    expect(readAllowedHeaders(DEFAULT_ALLOWED_HEADERS)).toStrictEqual({
      value: DEFAULT_ALLOWED_HEADERS,
      problems: [],
    });
  });

  test.each([
    { given: ['X-Request-Id', 'Content-Type'], read: ['X-Request-Id', 'Content-Type'] },
    { given: 'X-Request-Id, Content-Type', read: ['X-Request-Id', 'Content-Type'] },
    { given: 'X-A,,X-B,', read: ['X-A', 'X-B'] },
    { given: [], read: [] },
    { given: '', read: [] },
    { given: '*', read: '*' },
    { given: ['*'], read: '*' },
    { given: ['X-A', '*'], read: '*' },
    { given: 'X-A,*', read: '*' },
  ])('$given is read as $read', ({ given, read }) => {
    expect(readAllowedHeaders(given)).toStrictEqual({ value: read, problems: [] });
  });

  test.each([
    'access-control-allow-origin',
    'Access-Control-Allow-Methods',
    'Access-Control-Allow-Private-Network',
    'Access-Control-Expose-Headers',
    'ACCESS-CONTROL-MAX-AGE',
  ])('with %s draw a warning, since that is a header of answers', (name) => {
    expect(readAllowedHeaders(['X-A', name])).toStrictEqual({
      value: ['X-A', name],
      problems: [
        {
          code: 'misplaced-header-name',
          value: name,
          message: `"${name}" is a header of answers, and allowedHeaders names those of requests.`,
          hint: 'Remove it: this module sends it by itself where the policy says so.',
        },
      ],
    });
  });

  test('cannot be changed once read', () => {
    expect(Object.isFrozen(readAllowedHeaders(['X-A']).value)).toBe(true);
  });

  test.each([
    ...['accept-charset', 'accept-encoding', 'access-control-request-headers'],
    ...['access-control-request-method', 'connection', 'content-length', 'cookie', 'cookie2'],
    ...['date', 'dnt', 'expect', 'host', 'keep-alive', 'origin', 'referer', 'set-cookie', 'te'],
    ...['trailer', 'transfer-encoding', 'upgrade', 'via', 'proxy-authorization', 'sec-fetch-site'],
    ...['Cookie', 'Proxy-X', 'SEC-CH-UA', 'Host'],
  ])('with %s draw a warning, since no page can set that', (name) => {
    expect(readAllowedHeaders(['X-A', name])).toStrictEqual({
      value: ['X-A', name],
      problems: [
        {
          code: 'forbidden-header-name',
          value: name,
          message: `No page can set the request header "${name}".`,
          hint: 'Remove it.',
        },
      ],
    });
  });

  test.each(['x-access-control-max-age', 'access-control-max-age-x', 'access-control-allow-'])(
    'with %s are fine, since that is no header of answers',
    (name) => {
      expect(readAllowedHeaders([name]).problems).toStrictEqual([]);
    },
  );

  test.each(['x-proxy-id', 'x-sec-id', 'section', 'proxy', 'set-cookie2', 'hosts'])(
    'with %s are fine, since pages can set that',
    (name) => {
      expect(readAllowedHeaders([name]).problems).toStrictEqual([]);
    },
  );

  test.each(['X Request', 'X-Request:', 'X-Request: 1', '', 'X-É'])(
    'with %p are refused',
    (name) => {
      expect(readAllowedHeaders(['X-A', name]).problems).toStrictEqual([
        {
          code: 'invalid-header-name',
          value: name,
          message: `"${name}" is not a header name.`,
          hint: 'Give the name alone, without colon, value or spaces.',
        },
      ]);
    },
  );

  test('report faults that stand beside "*", too', () => {
    expect(
      readAllowedHeaders(['*', 'X A', 'Cookie']).problems.map(({ code }) => code),
    ).toStrictEqual(['invalid-header-name', 'forbidden-header-name']);
  });

  test.each([true, 1, null, {}, [1]])('of %p are refused', (value) => {
    expect(readAllowedHeaders(value)).toStrictEqual({
      problems: [
        {
          code: 'invalid-header-name',
          value,
          message:
            'allowedHeaders must be a list of header names, a comma-separated string or "*".',
          hint: "Write e.g. allowedHeaders: ['X-Request-Id'].",
        },
      ],
    });
  });
});

describe('Access-Control-Request-Headers', () => {
  test.each([
    { value: 'authorization,content-type', names: ['authorization', 'content-type'] },
    { value: 'Authorization, Content-Type', names: ['authorization', 'content-type'] },
    { value: ' x-a ,\tx-b\t', names: ['x-a', 'x-b'] },
    { value: 'x-a,,x-b,', names: ['x-a', 'x-b'] },
    { value: ',x-a', names: ['x-a'] },
    { value: 'x-a,X-A', names: ['x-a'] },
    { value: 'x-b,x-a', names: ['x-b', 'x-a'] },
    { value: '', names: [] },
    { value: ' , ,', names: [] },
    { value: '*', names: ['*'] },
  ])('$value asks for $names', ({ value, names }) => {
    const parsed = parseRequestedHeaders(value);
    expect([...(parsed ?? ['malformed'])]).toStrictEqual(names);
  });

  test.each(['x a', 'x-a:', 'x-a;x-b', '"x-a"', 'x-a,x b', 'x b,x-a', 'x-a\nx-b', 'x-é'])(
    '%p is malformed',
    (value) => {
      expect(parseRequestedHeaders(value)).toBeUndefined();
    },
  );

  describe('that is sent over and over', () => {
    let count = 0;
    const another = () => {
      count += 1;
      const text = `x-another-${count}`;
      return { text, names: parseRequestedHeaders(text) };
    };
    const isRemembered = ({ text, names }: ReturnType<typeof another>) =>
      parseRequestedHeaders(text) === names;

    test.each([
      { length: 256, remembered: true },
      { length: 257, remembered: false },
    ])('is remembered: $remembered, with $length characters', ({ length, remembered }) => {
      const text = 'x-'.padEnd(length, 'y');
      const names = parseRequestedHeaders(text);
      expect(isRemembered({ text, names })).toBe(remembered);
      expect(parseRequestedHeaders(text)).toStrictEqual(new Set([text]));
    });

    test('is remembered among five hundred, and the one that was sent longest ago is forgotten with one more', () => {
      const all = Array.from({ length: 500 }, another);
      expect(all.every(isRemembered)).toBe(true);
      another();
      expect(all.slice(1).every(isRemembered)).toBe(true);
      expect(isRemembered(all[0]!)).toBe(false);
    });

    test('is no less malformed', () => {
      for (let time = 0; time < 2; time += 1) expect(parseRequestedHeaders('x a')).toBeUndefined();
    });
  });

  describe(`of any kind ${SEEDED}`, () => {
    const name = fc
      .array(fc.constantFrom(...'abcXYZ019-_!#$%&*+.^`|~'), { minLength: 1, maxLength: 12 })
      .map((characters) => characters.join(''));
    const space = fc.constantFrom('', '', ' ', '  ', '\t');

    test('asks for the names in it, whatever their case and the spaces and empty members between', () => {
      checkProperty(
        fc.property(
          fc.array(fc.tuple(space, fc.oneof(name, fc.constant('')), space)),
          (members) => {
            const names = members.map(([, text]) => text).filter((text) => text !== '');
            expect(
              parseRequestedHeaders(members.map((member) => member.join('')).join(',')),
            ).toStrictEqual(new Set(names.map((text) => text.toLowerCase())));
          },
        ),
        1000,
      );
    });

    test('is malformed as soon as one member is', () => {
      const bad = fc
        .tuple(name, fc.constantFrom(' ', ':', ';', '"', '/', '\n', 'é', '\u0000'), name)
        .map((parts) => parts.join(''));
      checkProperty(
        fc.property(fc.array(name), bad, fc.array(name), (before, fault, after) => {
          expect(parseRequestedHeaders([...before, fault, ...after].join(','))).toBeUndefined();
        }),
        500,
      );
    });

    test('throws on no text at all, and gives lower-case tokens or nothing', () => {
      checkProperty(
        fc.property(fc.string({ unit: anyCharacter }), (value) => {
          for (const parsed of parseRequestedHeaders(value) ?? []) {
            expect(parsed).toMatch(/^[!#$%&'*+\-.^_`|~0-9a-z]+$/);
          }
        }),
        1000,
      );
    });
  });

  test.each([
    { what: 'one name', value: 'a'.repeat(15_000) },
    { what: 'commas', value: ','.repeat(15_000) },
    { what: 'spaces', value: ' '.repeat(15_000) },
    { what: 'spaces after a name', value: `a${' '.repeat(15_000)}b` },
    { what: 'spaces and commas', value: ' ,'.repeat(7_500) },
    { what: 'short names', value: 'a,'.repeat(7_500) },
    { what: 'distinct names', value: Array.from({ length: 2_500 }, (_, i) => `x${i}`).join(',') },
    { what: 'a name and a fault at its end', value: `${'a'.repeat(15_000)}:` },
  ])('of 15 kB of $what is read within milliseconds', async ({ value }) => {
    const took = await cpuTime(() => {
      for (let round = 0; round < 20; round += 1) parseRequestedHeaders(value);
    });
    // Quadratic work on 15 kB would be 20 × 225 million steps.
    expect(took).toBeLessThan(400);
  });
});

describe('A policy', () => {
  test.each([
    { allowed: ['X-A', 'X-B'], requested: ['x-a'], answer: true },
    { allowed: ['X-A', 'X-B'], requested: ['x-b', 'x-a'], answer: true },
    { allowed: ['x-a'], requested: [], answer: true },
    { allowed: [], requested: [], answer: true },
    { allowed: ['x-a'], requested: ['x-a', 'x-c'], answer: false },
    { allowed: ['x-a'], requested: ['x-c', 'x-a'], answer: false },
    { allowed: [], requested: ['x-a'], answer: false },
    { allowed: ['x-a'], requested: ['*'], answer: false },
    { allowed: '*' as const, requested: ['x-a', 'authorization'], answer: true },
    { allowed: '*' as const, requested: [], answer: true },
  ])(
    'with allowedHeaders $allowed, asked for $requested, says $answer',
    ({ allowed, requested, answer }) => {
      for (const credentials of [true, false]) {
        expect(compileAllowedHeaders(allowed, credentials).allows(new Set(requested))).toBe(answer);
      }
    },
  );

  test.each([
    { allowed: ['X-A', 'x-b'], credentials: true, requested: ['x-a'], value: 'X-A,x-b' },
    { allowed: ['X-A', 'x-b'], credentials: false, requested: [], value: 'X-A,x-b' },
    { allowed: [], credentials: false, requested: [], value: '' },
    // Fetch, "CORS non-wildcard request-header name": the star does not cover it.
    {
      allowed: '*' as const,
      credentials: false,
      requested: ['x-a', 'authorization'],
      value: '*,authorization,x-a',
    },
    { allowed: '*' as const, credentials: false, requested: [], value: '*,authorization' },
    // With credentials the star is a literal name.
    { allowed: '*' as const, credentials: true, requested: ['x-a', 'x-b'], value: 'x-a,x-b' },
    { allowed: '*' as const, credentials: true, requested: [], value: '' },
  ])(
    'with allowedHeaders $allowed, credentials: $credentials, asked for $requested, answers "$value"',
    ({ allowed, credentials, requested, value }) => {
      expect(compileAllowedHeaders(allowed, credentials).fields(new Set(requested))).toStrictEqual(
        value === '' ? [] : [['Access-Control-Allow-Headers', value]],
      );
    },
  );

  test.each([
    { one: ['X-A', 'X-B'], other: ['x-b', 'x-a'], same: true },
    { one: ['X-A', 'x-a'], other: ['x-a'], same: true },
    { one: ['X-A'], other: ['X-A', 'X-B'], same: false },
    { one: ['X-A'], other: '*' as const, same: false },
    { one: ['ab'], other: ['a', 'b'], same: false },
    { one: [], other: '*' as const, same: false },
    { one: '*' as const, other: '*' as const, same: true },
  ])(
    'that allows $one gives the same answer as one that allows $other: $same',
    ({ one, other, same }) => {
      const [a, b] = [compileAllowedHeaders(one, true), compileAllowedHeaders(other, true)];
      expect(a.key === b.key).toBe(same);
    },
  );
});
