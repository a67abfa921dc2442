import { describe, expect, test } from '@jest/globals';
import { isToken, toList } from '../../../src/protocol/policy/name-lists.js';

describe('A token', () => {
  test.each(['a', 'X-Request-Id', '0', "!#$%&'*+-.^_`|~", 'abcxyzABCXYZ0189'])(
    '%p is one',
    (text) => {
      expect(isToken(text)).toBe(true);
    },
  );

  test('is made of the 77 characters that RFC 9110 names, and no others', () => {
    const characters = Array.from({ length: 512 }, (_, code) => String.fromCharCode(code));
    expect(characters.filter(isToken).sort().join('')).toBe(
      "!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~",
    );
  });

  test.each(['', ' ', 'a b', 'a:', 'a\n', '\na', 'a,b', 'ä', ' a', 'a ', '(a)'])(
    '%p is none',
    (text) => {
      expect(isToken(text)).toBe(false);
    },
  );
});

describe('A list option', () => {
  test.each([
    { given: ['GET', 'PUT'], read: ['GET', 'PUT'] },
    { given: 'GET,PUT', read: ['GET', 'PUT'] },
    { given: ' GET ,\tPUT ', read: ['GET', 'PUT'] },
    { given: 'GET', read: ['GET'] },
    { given: ',GET,,PUT,', read: ['GET', 'PUT'] },
    { given: '', read: [] },
    { given: ' ', read: [] },
    { given: [], read: [] },
    { given: [' GET ', 'PUT\n'], read: ['GET', 'PUT'] },
    { given: ['GET,PUT'], read: ['GET,PUT'] },
    { given: [''], read: [''] },
    { given: [1], read: undefined },
    { given: ['GET', null], read: undefined },
    { given: undefined, read: undefined },
    { given: null, read: undefined },
    { given: 1, read: undefined },
    { given: true, read: undefined },
    { given: { 0: 'GET' }, read: undefined },
    { given: new Set(['GET']), read: undefined },
  ])('$given is read as $read', ({ given, read }) => {
    expect(toList(given)).toStrictEqual(read);
  });
});
