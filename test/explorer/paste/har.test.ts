import { describe, expect, test } from '@jest/globals';
import { readHar } from '../../../src/explorer/paste/har.js';

const API = 'https://api.example.com/books';

interface Entry {
  readonly request?: object;
  readonly response?: object;
  readonly _error?: unknown;
}

/** An entry of a URL and a status. */
function entry(url: string, status: unknown, more: Entry = {}): Entry {
  return {
    ...more,
    request: { method: 'GET', url, headers: [], ...more.request },
    response: { status, ...more.response },
  };
}

const CROSS = { request: { headers: [{ name: 'Origin', value: 'https://shop.example.com' }] } };

const A = 'https://a.example/';
const B = 'https://b.example/';

const taken = (count: number, why: string, number: number) =>
  `Of ${count} entries, ${why} was taken: number ${number}.`;
const FAILED = 'the first that failed';
const FIRST = 'the first one, as none failed';

describe('Of a HAR is taken', () => {
  const rows: readonly [name: string, json: unknown, url: string, remark?: string][] = [
    ['the only entry', { log: { entries: [entry(A, 200)] } }, A],
    ['an entry alone', entry(A, 200), A],
    ['one of a list', [entry(A, 200), entry(B, 200)], A, taken(2, FIRST, 1)],
    [
      'one of entries without a log',
      { entries: [entry(A, 200), entry(B, 0)] },
      B,
      taken(2, FAILED, 2),
    ],
    ['an entry beside a log without any', { log: {}, ...entry(A, 200) }, A],
    ['one with status 400', [entry(A, 399), entry(B, 400)], B, taken(2, FAILED, 2)],
    [
      'one without an answer rather than a bad one',
      [entry(A, 500), entry(B, 0)],
      B,
      taken(2, FAILED, 2),
    ],
    [
      'one of another origin without an answer rather than any',
      [entry(A, 0), entry(B, 0, CROSS)],
      B,
      taken(2, FAILED, 2),
    ],
    [
      'none for a header that is no Origin',
      [entry(A, 0, { request: { headers: [{ name: 'x', value: 'y' }] } }), entry(B, 0, CROSS)],
      B,
      taken(2, FAILED, 2),
    ],
    ['one whose status is no number', [entry(A, 200), entry(B, '200')], B, taken(2, FAILED, 2)],
    [
      'one with an error of its response',
      [entry(A, 200), entry(B, 200, { response: { _error: 'net::ERR_FAILED' } })],
      B,
      taken(2, FAILED, 2),
    ],
    [
      'one with an error of its own',
      [entry(A, 200), entry(B, 200, { _error: 'net::ERR_FAILED' })],
      B,
      taken(2, FAILED, 2),
    ],
    [
      'no one for an error that is none',
      [entry(A, 200), entry(B, 200, { _error: null, response: { _error: null } })],
      A,
      taken(2, FIRST, 1),
    ],
    [
      'nothing that is no entry',
      [null, 'a', {}, { request: { url: A } }, { request: { method: 'GET' } }, entry(B, 200)],
      B,
    ],
  ];
  test.each(rows.map(([name, json, url, remark]) => ({ name, json, url, remark })))(
    '$name',
    ({ json, url, remark }) => {
      const reading = readHar(json);
      expect(reading?.question.url).toBe(url);
      expect(reading?.remarks.filter((text) => text.startsWith('Of '))).toEqual(
        remark === undefined ? [] : [remark],
      );
    },
  );

  test.each([null, 7, 'a', {}, [], { log: null }, { log: { entries: {} } }, { request: null }])(
    'nothing of %j',
    (json) => {
      expect(readHar(json)).toBeUndefined();
    },
  );

  test('no headers where they are no list', () => {
    const odd = { request: { headers: 'x-a: 1', cookies: 'a=1' } };
    expect(readHar(entry(A, 200, odd))?.question).toStrictEqual({
      ...{ url: A, method: 'GET', headers: {} },
    });
  });

  test('each header that has a name', () => {
    const headers = [
      { name: 'X-A', value: '1' },
      { name: 'Content-Type', value: 'text/plain' },
      { name: 'Content-Language' },
      { name: '', value: 'a' },
      { name: 7, value: 'a' },
      { value: 'a' },
      'x-b: 1',
      null,
    ];
    expect(readHar(entry(A, 200, { request: { headers } }))?.question.headers).toStrictEqual({
      ...{ 'x-a': '', 'content-type': 'text/plain', 'content-language': '' },
    });
  });

  test.each<[cookies: unknown, credentials: string | undefined]>([
    [undefined, undefined],
    [[], undefined],
    [{ length: 1 }, undefined],
    [[{ name: 'a', value: 'b' }], 'include'],
  ])('of the cookies %j that credentials are %s', (cookies, credentials) => {
    expect(readHar(entry(A, 200, { request: { cookies } }))?.question.credentials).toBe(
      credentials,
    );
  });

  test('a question, and what the HAR leaves open', () => {
    expect(readHar(entry(API, 200))).toStrictEqual({
      kind: 'question',
      from: 'an entry of a HAR',
      question: { url: API, method: 'GET', headers: {} },
      missing: ['origin', 'credentials', 'mode'],
      remarks: [
        'The request does not tell the page’s origin (it stands in the address bar), whether cookies were to be sent and the mode: fill in what differs from fetch()’s defaults.',
      ],
    });
  });
});
