import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  mergeVary,
  VARY_FETCH_METADATA,
  VARY_NOTHING,
  VARY_ORIGIN,
  VARY_PREFLIGHT,
  VARY_PRIVATE_PREFLIGHT,
  VARY_SITE,
} from '../../../src/protocol/headers/vary.js';
import { anyCharacter, checkProperty } from '../../harness/property.js';
import { SEEDED } from '../../harness/seed.js';

describe('Vary', () => {
  test.each([
    { current: undefined, names: ['Origin'], merged: 'Origin' },
    { current: '', names: ['Origin'], merged: 'Origin' },
    { current: '  ', names: ['Origin', 'Accept'], merged: 'Origin, Accept' },
    { current: 'Accept', names: ['Origin'], merged: 'Accept, Origin' },
    {
      current: 'Accept, Accept-Language',
      names: ['Origin'],
      merged: 'Accept, Accept-Language, Origin',
    },
    { current: 'Origin', names: ['Origin'], merged: 'Origin' },
    { current: 'origin', names: ['Origin'], merged: 'origin' },
    { current: 'ORIGIN,accept', names: ['Origin'], merged: 'ORIGIN,accept' },
    { current: 'Accept ,  origin  ', names: ['Origin'], merged: 'Accept ,  origin  ' },
    { current: 'X-Origin', names: ['Origin'], merged: 'X-Origin, Origin' },
    { current: 'Origin', names: ['Origin', 'Accept'], merged: 'Origin, Accept' },
    { current: 'Accept', names: ['Origin', 'DNT'], merged: 'Accept, Origin, DNT' },
    { current: '*', names: ['Origin'], merged: '*' },
    { current: 'Accept, *', names: ['Origin'], merged: '*' },
    { current: ' * ', names: ['Origin'], merged: '*' },
    { current: 'Accept', names: [], merged: 'Accept' },
  ])('of $current with $names added is $merged', ({ current, names, merged }) => {
    expect(mergeVary(current, names)).toBe(merged);
  });

  test('of what depends on the origin is Origin', () => {
    expect(VARY_ORIGIN).toStrictEqual(['Origin']);
    expect(Object.isFrozen(VARY_ORIGIN)).toBe(true);
  });

  test('of a preflight names everything its answer depends on', () => {
    expect(VARY_PREFLIGHT).toStrictEqual([
      'Origin',
      'Access-Control-Request-Method',
      'Access-Control-Request-Headers',
    ]);
    expect(Object.isFrozen(VARY_PREFLIGHT)).toBe(true);
  });

  test('of a preflight to a private network names that, too', () => {
    expect(mergeVary(undefined, VARY_PRIVATE_PREFLIGHT)).toBe(
      'Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network',
    );
    expect(Object.isFrozen(VARY_PRIVATE_PREFLIGHT)).toBe(true);
  });

  test('of what is the same for everybody is empty', () => {
    expect(VARY_NOTHING).toStrictEqual([]);
    expect(Object.isFrozen(VARY_NOTHING)).toBe(true);
  });

  test('of what is isolated names what browsers say of the page and of the use', () => {
    expect(mergeVary(undefined, VARY_SITE)).toBe('Origin, Sec-Fetch-Site');
    expect(mergeVary(undefined, VARY_FETCH_METADATA)).toBe(
      'Origin, Sec-Fetch-Site, Sec-Fetch-Mode, Sec-Fetch-Dest, Sec-Purpose',
    );
    expect(Object.isFrozen(VARY_SITE)).toBe(true);
    expect(Object.isFrozen(VARY_FETCH_METADATA)).toBe(true);
  });

  test.each([undefined, '', ' '])('of %p is whatever is added', (current) => {
    expect(mergeVary(current, VARY_ORIGIN)).toBe('Origin');
    expect(mergeVary(current, VARY_PREFLIGHT)).toBe(
      'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
    );
  });
});

describe(`Merging into Vary ${SEEDED}`, () => {
  const name = fc.constantFrom(
    'Origin',
    'Accept',
    'Accept-Language',
    'Cookie',
    'DNT',
    'X-A',
    'X-B',
  );
  const names = fc.uniqueArray(name);
  const spelled = fc
    .tuple(name, fc.boolean(), fc.constantFrom('', ' ', '  ', '\t'))
    .map(([text, lower, space]) => space + (lower ? text.toLowerCase() : text) + space);
  const current = fc.option(
    fc
      .array(fc.oneof({ weight: 8, arbitrary: spelled }, fc.constantFrom('', '*')))
      .map((parts) => parts.join(',')),
    { nil: undefined },
  );
  const members = (value: string | undefined) =>
    new Set(
      (value ?? '')
        .split(',')
        .map((part) => part.trim().toLowerCase())
        .filter((part) => part !== ''),
    );
  const law = <T extends [unknown, ...unknown[]]>(property: fc.IProperty<T>) => {
    checkProperty(property, 1000);
  };

  test('holds what was there and what was added, and nothing else', () => {
    law(
      fc.property(current, names, (value, added) => {
        const before = members(value);
        expect(members(mergeVary(value, added))).toStrictEqual(
          before.has('*')
            ? new Set(['*'])
            : new Set([...before, ...added.map((text) => text.toLowerCase())]),
        );
      }),
    );
  });

  test('a second time changes nothing', () => {
    law(
      fc.property(current, names, (value, added) => {
        const once = mergeVary(value, added);
        expect(mergeVary(once, added)).toBe(once);
      }),
    );
  });

  test('keeps the text that was there in front, unless * takes its place', () => {
    law(
      fc.property(current, names, (value = '', added) => {
        fc.pre(value.trim() !== '' && !members(value).has('*'));
        expect(mergeVary(value, added).startsWith(value)).toBe(true);
      }),
    );
  });

  test('adds the same names in whatever order they are given', () => {
    law(
      fc.property(current, names, names, (value, first, second) => {
        expect(members(mergeVary(mergeVary(value, first), second))).toStrictEqual(
          members(mergeVary(mergeVary(value, second), first)),
        );
        expect(members(mergeVary(value, first))).toStrictEqual(
          members(mergeVary(value, first.toReversed())),
        );
      }),
    );
  });

  test('does not care for case', () => {
    law(
      fc.property(current, names, (value, added) => {
        expect(members(mergeVary(value?.toUpperCase(), added))).toStrictEqual(
          members(
            mergeVary(
              value?.toLowerCase(),
              added.map((text) => text.toLowerCase()),
            ),
          ),
        );
      }),
    );
  });

  test('lets * absorb whatever else there is', () => {
    law(
      fc.property(current, names, (value, added) => {
        expect(mergeVary(`${value ?? ''},*`, added)).toBe('*');
      }),
    );
  });

  test('throws on no text at all', () => {
    law(
      fc.property(fc.string({ unit: anyCharacter }), names, (value, added) => {
        expect(typeof mergeVary(value, added)).toBe('string');
      }),
    );
  });
});
