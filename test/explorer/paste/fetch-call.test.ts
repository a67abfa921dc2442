import { describe, expect, test } from '@jest/globals';
import { readFetchCall } from '../../../src/explorer/paste/fetch-call.js';

const API = 'https://api.example.com/books';
const DEFAULTS = { mode: 'cors', credentials: 'same-origin' };
const UNREAD = 'Not written out, and so not read: ';

describe('Of a call of fetch()', () => {
  const rows: readonly [args: string, question: object, unread?: string][] = [
    [`'${API}'`, { url: API, method: 'GET', headers: {}, ...DEFAULTS }],
    [`'${API}', {}`, { url: API, method: 'GET', headers: {}, ...DEFAULTS }],
    [`'${API}',`, { url: API, method: 'GET', headers: {}, ...DEFAULTS }],
    [
      `'${API}', { method: 'PUT', mode: 'no-cors', credentials: 'omit' }`,
      { url: API, method: 'PUT', headers: {}, mode: 'no-cors', credentials: 'omit' },
    ],
    [
      `'${API}', { referrer: 'https://shop.example.com/a' }`,
      { origin: 'https://shop.example.com', url: API, method: 'GET', headers: {}, ...DEFAULTS },
    ],
    [
      `'${API}', { headers: { 'X-A': a, 'Content-Type': 'text/plain' } }`,
      {
        url: API,
        method: 'GET',
        headers: { 'x-a': '', 'content-type': 'text/plain' },
        ...DEFAULTS,
      },
    ],
    [
      `'${API}', { headers: [['X-A', a], ['Content-Type', 'text/plain']] }`,
      {
        url: API,
        method: 'GET',
        headers: { 'x-a': '', 'content-type': 'text/plain' },
        ...DEFAULTS,
      },
    ],
    [
      `'${API}', { headers: [['Content-Type', 1]] }`,
      { url: API, method: 'GET', headers: { 'content-type': '' }, ...DEFAULTS },
    ],
    // A cookie goes along, whatever else is not said.
    [
      `'${API}', { headers: { Cookie: 'a=1' } }`,
      { url: API, method: 'GET', headers: {}, mode: 'cors', credentials: 'include' },
    ],
    // What a variable holds is not known.
    [`'${API}', init`, { url: API }, 'method, headers, credentials, mode'],
    [`'${API}', { ...init }`, { url: API }, 'method, headers, credentials, mode'],
    [
      `'${API}', { ...init, method: 'PUT', headers: {} }`,
      { url: API, method: 'PUT', headers: {} },
      'credentials, mode',
    ],
    [`'${API}', { method }`, { url: API, headers: {}, ...DEFAULTS }, 'method'],
    [`'${API}', { method: ['PUT'] }`, { url: API, headers: {}, ...DEFAULTS }, 'method'],
    [
      `'${API}', { mode: a }`,
      { url: API, method: 'GET', headers: {}, credentials: 'same-origin' },
      'mode',
    ],
    [
      `'${API}', { credentials: a() }`,
      { url: API, method: 'GET', headers: {}, mode: 'cors' },
      'credentials',
    ],
    ...['headers', '{ ...auth }', '{ [name]: 1 }', '"a"', '["a"]', '[[name, 1]]', '[...pairs]'].map(
      (headers): [string, object, string] => [
        `'${API}', { headers: ${headers} }`,
        { url: API, method: 'GET', ...DEFAULTS },
        'headers',
      ],
    ),
  ];
  test.each(rows.map(([args, question, unread]) => ({ args, question, unread })))(
    '$args is read',
    ({ args, question, unread }) => {
      const reading = readFetchCall(`await fetch(${args});`);
      expect(reading?.question).toStrictEqual(question);
      expect(reading?.remarks.filter((text) => text.startsWith('Not '))).toEqual(
        unread === undefined ? [] : [`${UNREAD}${unread}.`],
      );
    },
  );

  test.each([`fetch ('${API}')`, `fetch${' '.repeat(20)}('${API}')`, `a = window.fetch('${API}'`])(
    '%s is one',
    (text) => {
      expect(readFetchCall(text)?.question.url).toBe(API);
    },
  );

  test.each([`prefetch('${API}')`, 'fetch()', "fetch('')", 'fetch(["a"])', 'fetch `a`'])(
    'nothing is read of %s',
    (text) => {
      expect(readFetchCall(text)).toBeUndefined();
    },
  );

  test('it says what the question was made of', () => {
    expect(readFetchCall(`fetch('${API}')`)).toStrictEqual({
      kind: 'question',
      from: 'a call of fetch()',
      question: { url: API, method: 'GET', headers: {}, credentials: 'same-origin', mode: 'cors' },
      missing: ['origin'],
      remarks: [
        'The request does not tell the page’s origin (it stands in the address bar): fill in what differs from fetch()’s defaults.',
      ],
    });
  });
});
