import { describe, expect, test } from '@jest/globals';
import {
  FORBIDDEN_METHODS,
  isKnownMethod,
  methodSet,
  normalizeMethod,
  readMethods,
} from '../../../src/protocol/policy/methods.js';

describe('methods', () => {
  test.each([
    { given: ['GET', 'PUT'], read: ['GET', 'PUT'] },
    { given: 'GET,HEAD, PUT', read: ['GET', 'HEAD', 'PUT'] },
    { given: ['GET', 'GET'], read: ['GET'] },
    { given: [], read: [] },
    { given: '', read: [] },
    { given: '*', read: '*' },
    { given: ['*'], read: '*' },
    { given: ['PUT', '*'], read: '*' },
    { given: 'PUT,*', read: '*' },
    // Any token is a method.
    { given: ['PURGE', 'M-SEARCH'], read: ['PURGE', 'M-SEARCH'] },
  ])('$given is read as $read', ({ given, read }) => {
    expect(readMethods(given)).toStrictEqual({ value: read, problems: [] });
  });

  test('cannot be changed once read', () => {
    expect(Object.isFrozen(readMethods(['GET']).value)).toBe(true);
  });

  test.each([
    { given: 'patch', read: 'PATCH' },
    { given: 'get', read: 'GET' },
    { given: 'Delete', read: 'DELETE' },
  ])('$given is read as $read, with a warning', ({ given, read }) => {
    expect(readMethods([given, read])).toStrictEqual({
      value: [read],
      problems: [
        {
          code: 'lower-case-method',
          value: given,
          message: `Methods are case-sensitive, and "${given}" is read as ${read} here.`,
          hint: `Write ${read}, in pages too: fetch() does not upper-case "patch".`,
        },
      ],
    });
  });

  test.each([
    { given: 'TRACE', upper: 'TRACE' },
    { given: 'CONNECT', upper: 'CONNECT' },
    { given: 'TRACK', upper: 'TRACK' },
    { given: 'trace', upper: 'TRACE' },
  ])('$given is refused, since browsers never send it', ({ given, upper }) => {
    expect(readMethods(['GET', given]).problems).toStrictEqual([
      {
        code: 'forbidden-method',
        value: given,
        message: `Browsers never send ${upper} for a page.`,
        hint: 'Remove it from methods.',
      },
    ]);
  });

  test.each(['', 'GET PUT', 'GET,PUT', 'GET:', 'GÉT'])('%p is refused as no method', (given) => {
    expect(readMethods(['PUT', given]).problems).toStrictEqual([
      {
        code: 'invalid-method',
        value: given,
        message: `"${given}" is not an HTTP method.`,
        hint: 'Remove it, or correct its spelling.',
      },
    ]);
  });

  test.each([true, 1, null, {}, [1]])('%p is refused as no list of methods', (value) => {
    expect(readMethods(value)).toStrictEqual({
      problems: [
        {
          code: 'invalid-method',
          value,
          message: 'methods must be a list of HTTP methods, a comma-separated string or "*".',
          hint: "Write e.g. methods: ['GET', 'PUT'].",
        },
      ],
    });
  });

  test('every fault of a list is reported', () => {
    expect(readMethods('get,TRACE,A B').problems.map(({ code }) => code)).toStrictEqual([
      'lower-case-method',
      'forbidden-method',
      'invalid-method',
    ]);
  });

  test('the forbidden ones are CONNECT, TRACE and TRACK', () => {
    expect([...FORBIDDEN_METHODS]).toStrictEqual(['CONNECT', 'TRACE', 'TRACK']);
  });
});

describe('The methods of a policy', () => {
  test('are not limited by "*"', () => {
    expect(methodSet('*')).toBeUndefined();
  });

  test.each([
    { given: ['GET'], set: ['GET', 'HEAD'] },
    { given: ['GET', 'HEAD'], set: ['GET', 'HEAD'] },
    { given: ['HEAD'], set: ['HEAD'] },
    { given: ['POST', 'PUT'], set: ['POST', 'PUT'] },
    { given: [], set: [] },
  ])('$given allow $set', ({ given, set }) => {
    expect(methodSet(given)).toStrictEqual(new Set(set));
  });
});

describe('A method as fetch() sends it', () => {
  test.each([
    { given: 'delete', sent: 'DELETE' },
    { given: 'get', sent: 'GET' },
    { given: 'Head', sent: 'HEAD' },
    { given: 'options', sent: 'OPTIONS' },
    { given: 'pOST', sent: 'POST' },
    { given: 'put', sent: 'PUT' },
    { given: 'PUT', sent: 'PUT' },
    { given: 'patch', sent: 'patch' },
    { given: 'Patch', sent: 'Patch' },
    { given: 'PATCH', sent: 'PATCH' },
    { given: 'query', sent: 'query' },
    { given: 'getx', sent: 'getx' },
  ])('is $sent for $given', ({ given, sent }) => {
    expect(normalizeMethod(given)).toBe(sent);
  });
});

describe('A method that no route limits', () => {
  test.each([
    ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY', 'SEARCH'],
    ...['PROPFIND', 'PROPPATCH', 'MKCOL', 'COPY', 'MOVE', 'LOCK', 'UNLOCK'],
  ])('may be named in an answer if it is %s', (method) => {
    expect(isKnownMethod(method)).toBe(true);
  });

  test.each(['TRACE', 'CONNECT', 'TRACK', 'get', 'PURGE', '', '*', 'GET,PUT'])(
    'may not be named in an answer if it is %p',
    (method) => {
      expect(isKnownMethod(method)).toBe(false);
    },
  );
});
