import { runInThisContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { checkOriginCallback } from '../../../src/protocol/origin/origin-callback.js';

/** A function of JavaScript, since types keep people from writing most of these. */
const evaluated = (source: string): unknown => runInThisContext(`(${source})`) as unknown;

describe('A function that gives its answer to a callback', () => {
  test.each([
    ['(origin, callback) => callback(null, true)', 'callback'],
    ['(origin, cb) => { if (origin) cb(null, true); }', 'cb'],
    ['async (o, done) => { done(null, await o); }', 'done'],
    ['function (origin, callback) { callback(null, true); }', 'callback'],
    ['function check(origin, callback) { return lookUp(origin).then(callback); }', 'callback'],
    ['async function check(origin, callback) { callback(null, true); }', 'callback'],
    ['({ check(origin, callback) { callback(null, true); } }).check', 'callback'],
    ['(e,t)=>t(null,!0)', 't'],
    ['(o, $) => $ (null, true)', '$'],
    ['(o, $t) => $t(null, true)', '$t'],
    ['async  function  check  ( origin , callback ) { callback(null, true); }', 'callback'],
  ])('is known: %s', (source, name) => {
    const rule = evaluated(source);
    expect(checkOriginCallback(rule)).toStrictEqual([
      {
        code: 'invalid-origin',
        value: rule,
        message: `The origin function passes its answer to "${name}", as with the cors package; here that parameter is the request.`,
        hint: 'Return the answer: (origin) => boolean or Promise<boolean>.',
      },
    ]);
  });

  test.each([
    '(origin) => true',
    '(origin, request) => request.url === "/"',
    '(origin, request) => isAllowed(origin, request)',
    '(origin, request) => request?.headers.host === callback(origin)',
    '(origin, callback) => true',
    '(origin, req) => other.req(origin)',
    '(origin, t) => at(origin)',
    '(origin, callbacks) => isAllowed(origin, callbacks)',
    '(origin, noCallback) => isAllowed(origin, noCallback)',
    '(origin, redone) => isAllowed(origin, redone)',
    '(origin) => partners.some((each, callback) => callback(each))',
    '(...all) => all[1](null, true)',
    '() => true',
    'Math.max',
    'class { constructor(origins, clock) {} isOriginAllowed(origin, request) { return true; } }',
  ])('is none: %s', (source) => {
    expect(checkOriginCallback(evaluated(source))).toStrictEqual([]);
  });

  test.each(['https://app.test', true, null, /^x$/, {}])('is no %p', (rule) => {
    expect(checkOriginCallback(rule)).toStrictEqual([]);
  });
});
