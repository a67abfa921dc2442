import { describe, expect, test } from '@jest/globals';
import { allowMethods } from '../../../src/protocol/headers/allow-methods.js';

describe('Access-Control-Allow-Methods', () => {
  test.each([
    {
      methods: ['OPTIONS', 'DELETE', 'PATCH', 'PUT', 'POST', 'HEAD', 'GET'],
      value: 'GET,HEAD,POST,PUT,PATCH,DELETE,OPTIONS',
      rule: 'the usual ones come first, in a fixed order',
    },
    {
      methods: ['UNLOCK', 'COPY', 'GET', 'LOCK', 'DELETE'],
      value: 'GET,DELETE,COPY,LOCK,UNLOCK',
      rule: 'the others follow by name',
    },
    { methods: ['COPY', 'OPTIONS'], value: 'OPTIONS,COPY', rule: 'OPTIONS is a usual one' },
    {
      methods: ['COPY', 'LOCK', 'UNLOCK'],
      value: 'COPY,LOCK,UNLOCK',
      rule: 'what is sorted stays',
    },
    { methods: ['PUT', 'GET', 'PUT'], value: 'GET,PUT', rule: 'each is there once' },
    { methods: ['get', 'GET'], value: 'GET,get', rule: 'case is kept' },
    { methods: [], value: '', rule: 'nothing is nothing' },
  ])('$rule: $value', ({ methods, value }) => {
    const fields = value === '' ? [] : [['Access-Control-Allow-Methods', value]];
    expect(allowMethods(new Set(methods))).toStrictEqual(fields);
    expect(allowMethods(methods)).toStrictEqual(fields);
  });
});
