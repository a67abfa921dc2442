import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isSerializedOrigin } from '../../../../src/protocol/origin/origin.js';
import {
  accepts,
  originClasses,
} from '../../../../src/protocol/origin/expression/origin-classes.js';
import {
  type OriginAutomaton,
  patternAutomata,
} from '../../../../src/protocol/origin/expression/pattern-automaton.js';
import { readOriginPattern } from '../../../../src/protocol/origin/origin-pattern.js';
import { OriginMatcher } from '../../../../src/protocol/origin/origin-matcher.js';
import { expressionsOf } from '../../compiled-policy.js';
import { checkProperty } from '../../../harness/property.js';
import { SEEDED } from '../../../harness/seed.js';

function patternOf(text: string) {
  const read = readOriginPattern(text);
  if ('pattern' in read) return read.pattern;
  throw new Error(read.problem.message);
}

function automataOf(rule: string | RegExp): readonly OriginAutomaton[] {
  return typeof rule === 'string' ? patternAutomata(patternOf(rule)) : expressionsOf([rule]);
}

async function classesOf(...rules: (string | RegExp)[]) {
  const classes = await originClasses(rules.map(automataOf));
  if (classes === undefined) throw new Error('It took too long.');
  return classes;
}

describe('Of two rules', () => {
  test.each<{ a: string | RegExp; b: string | RegExp; are: string }>([
    { a: 'https://*.a.example', b: 'https://x.a.example', are: 'a covers b' },
    { a: 'https://*.a.example', b: 'https://*.b.a.example', are: 'a covers b' },
    { a: 'https://*.b.a.example', b: 'https://*.a.example', are: 'b covers a' },
    { a: 'https://*.a.example', b: 'https://a.example', are: 'they share none' },
    { a: 'https://*.a.example', b: 'https://*.ba.example', are: 'they share none' },
    { a: 'https://*.a.example', b: 'http://*.a.example', are: 'they share none' },
    { a: 'http://localhost:*', b: 'http://localhost:3000', are: 'a covers b' },
    { a: 'http://localhost:*', b: 'http://localhost', are: 'a covers b' },
    { a: 'http://127.0.0.1:*', b: 'http://127.0.0.1', are: 'a covers b' },
    { a: 'http://127.0.0.1:*', b: 'http://127.0.0.1:1', are: 'a covers b' },
    { a: 'http://[::1]:*', b: 'http://[::1]:3000', are: 'a covers b' },
    { a: 'http://*.localhost:*', b: 'http://*.localhost', are: 'a covers b' },
    { a: 'https://*.a.example:8443', b: 'https://*.a.example', are: 'they share none' },
    { a: 'https://*.a.example:*', b: 'https://*.a.example:8443', are: 'a covers b' },
    { a: /^https:\/\/[a-z]+\.a\.example$/, b: 'https://x.a.example', are: 'a covers b' },
    { a: /^https:\/\/[a-z]+\.a\.example$/, b: 'https://*.a.example', are: 'b covers a' },
    { a: /^https:\/\/.+\.a\.example$/, b: 'https://*.a.example', are: 'they are the same' },
    { a: /^https?:\/\/a\.example$/, b: /^http(s|):\/\/a\.example$/, are: 'they are the same' },
    { a: /^https:\/\/A\.example$/i, b: 'https://a.example', are: 'they are the same' },
    // No browser spells out the default port.
    { a: /^https:\/\/a\.example(:443)?$/, b: 'https://a.example', are: 'they are the same' },
    { a: /^https:\/\/a\.example(:\d+)?$/, b: 'https://a.example:*', are: 'they are the same' },
    { a: /^https:\/\/(a|b)\.c\.example$/, b: /^https:\/\/(b|c)\.c\.example$/, are: 'they overlap' },
    { a: /^https:\/\/a\.example\/$/, b: /^$/, are: 'they are the same' },
  ])('$a and $b: $are', async ({ a, b, are }) => {
    const classes = await classesOf(a, b);
    const has = (...members: number[]) =>
      classes.some(({ allowedBy }) => allowedBy.join() === members.join());
    const [onlyA, onlyB, both] = [has(0), has(1), has(0, 1)];
    const found =
      onlyA && onlyB
        ? both
          ? 'they overlap'
          : 'they share none'
        : onlyA
          ? 'a covers b'
          : onlyB
            ? 'b covers a'
            : 'they are the same';
    expect(found).toBe(are);
  });
});

test('The example of a class is an origin that browsers send, and is allowed by its rules and by no other', async () => {
  const rules = [
    'https://*.a.example',
    'https://*.b.a.example',
    'http://localhost:*',
    /^https:\/\/[a-z0-9.]+$/,
  ];
  const classes = await classesOf(...rules);
  expect(classes.length).toBeGreaterThan(3);
  for (const { allowedBy, example } of classes) {
    expect(isSerializedOrigin(example)).toBe(true);
    const allowing = rules.flatMap((rule, index) =>
      automataOf(rule).some((automaton) => accepts(automaton, example)) ? [index] : [],
    );
    expect(allowing).toEqual(allowedBy);
  }
});

test('Two thousand patterns are sorted; what would take too long is not begun', async () => {
  const patterns = Array.from({ length: 2_000 }, (_, index) => `https://*.shop-${index}.example`);
  expect(await classesOf(...patterns)).toHaveLength(2_000);
  const many = Array.from({ length: 30_000 }, (_, index) =>
    automataOf(`https://*.shop-${index}.example`),
  );
  expect(await originClasses(many)).toBeUndefined();
});

/** Origins near to the patterns, so that they match now and then. */
const SCHEMES = fc.constantFrom('https', 'http', 'app');
const LABEL = fc.constantFrom('a', 'b', 'ba', 'x-1', '127', '1');
const HOST = fc
  .array(LABEL, { minLength: 1, maxLength: 4 })
  .map((labels) => `${labels.join('.')}.example`);
const PORT = fc.constantFrom('', ':8080', ':1');

test(`An automaton of a pattern says what the matcher of requests says ${SEEDED}`, () => {
  const pattern = fc
    .tuple(SCHEMES, fc.constantFrom('', '*.'), HOST, fc.constantFrom('', ':*', ':8080'))
    .map((parts) => `${parts[0]}://${parts[1]}${parts[2]}${parts[3]}`);
  const origin = fc
    .tuple(SCHEMES, HOST, PORT)
    .map(([scheme, host, port]) => `${scheme}://${host}${port}`);
  checkProperty(
    fc.property(pattern, origin, (text, asked) => {
      const rules = {
        any: false,
        opaque: false,
        patterns: [patternOf(text)],
        regexps: [],
        deciders: [],
      };
      const said = automataOf(text).some((automaton) => accepts(automaton, asked));
      expect(said).toBe(new OriginMatcher(rules).allows(asked));
    }),
    5_000,
  );
});

test(`Every origin is in one of the classes that are found ${SEEDED}`, async () => {
  const rule = fc.oneof(
    fc
      .tuple(SCHEMES, fc.constantFrom('', '*.'), HOST, fc.constantFrom('', ':*'))
      .map((parts) => `${parts[0]}://${parts[1]}${parts[2]}${parts[3]}`),
    fc.constantFrom(
      /^https?:\/\/(a|b)+\.example$/,
      /^https:\/\/[^.]+\.a\.example(:\d+)?$/,
      /^http.*\.example$/,
    ),
  );
  const origins = fc.array(
    fc.tuple(SCHEMES, HOST, PORT).map((parts) => `${parts[0]}://${parts[1]}${parts[2]}`),
    { maxLength: 20 },
  );
  await checkProperty(
    fc.asyncProperty(
      fc.array(rule, { minLength: 1, maxLength: 4 }),
      origins,
      async (rules, asked) => {
        const classes = await classesOf(...rules);
        const keys = new Set(classes.map(({ allowedBy }) => allowedBy.join()));
        for (const origin of asked) {
          const allowedBy = rules.flatMap((each, index) =>
            automataOf(each).some((automaton) => accepts(automaton, origin)) ? [index] : [],
          );
          if (allowedBy.length > 0) expect([...keys]).toContain(allowedBy.join());
        }
      },
    ),
    100,
  );
});
