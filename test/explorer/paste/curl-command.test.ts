import { describe, expect, test } from '@jest/globals';
import { readCurl } from '../../../src/explorer/paste/curl-command.js';

const API = 'https://api.example.com/books';

const questionOf = (args: string) => readCurl(`curl ${args}`)?.question;

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

describe('Of curl', () => {
  test.each<[args: string, method: string, headers: object]>([
    [API, 'GET', {}],
    [`--url ${API}`, 'GET', {}],
    [`--request PATCH ${API}`, 'PATCH', {}],
    [`-X PATCH ${API}`, 'PATCH', {}],
    [`${API} -X`, 'GET', {}],
    [`${API} -I`, 'HEAD', {}],
    [`${API} --head`, 'HEAD', {}],
    [`${API} --fail`, 'GET', {}],
    [`-s ${API}`, 'GET', {}],
    [`- ${API}`, 'GET', {}],
    [`${API} -T file`, 'PUT', {}],
    [`${API} --upload-file file`, 'PUT', {}],
    [`${API} -X POST -T file`, 'POST', {}],
    [`${API} -d a=1`, 'POST', FORM],
    [`${API} --data a=1`, 'POST', FORM],
    [`${API} --data-raw a=1`, 'POST', FORM],
    [`${API} --data-binary a=1`, 'POST', FORM],
    [`${API} --data-ascii a=1`, 'POST', FORM],
    [`${API} --data-urlencode a=1`, 'POST', FORM],
    [`${API} -F a=1`, 'POST', { 'content-type': 'multipart/form-data' }],
    [`${API} --form a=1`, 'POST', { 'content-type': 'multipart/form-data' }],
    [`${API} --form-string a=1`, 'POST', { 'content-type': 'multipart/form-data' }],
    [`${API} --json {}`, 'POST', { 'content-type': 'application/json' }],
    [`${API} -X PUT -d a=1`, 'PUT', FORM],
    // What would be the body goes into the URL.
    [`${API} -G -d a=1`, 'GET', {}],
    [`${API} --get -d a=1`, 'GET', {}],
    [`${API} --fail -d a=1`, 'POST', FORM],
    [`${API} -d a=1 -H 'x-a: 1'`, 'POST', { 'x-a': '', ...FORM }],
    [
      `${API} -d {} -H 'Content-Type: application/json'`,
      'POST',
      { 'content-type': 'application/json' },
    ],
    [`${API} --header 'x-a: 1'`, 'GET', { 'x-a': '' }],
    [`${API} -H ' x-a : 1'`, 'GET', { 'x-a': '' }],
    [`${API} -H 'x-empty;'`, 'GET', { 'x-empty': '' }],
    [`${API} -H ':authority: api'`, 'GET', {}],
    [`${API} -H @headers.txt`, 'GET', {}],
    [`${API} -H`, 'GET', {}],
    [`${API} -r 0-9`, 'GET', { range: 'bytes=0-9' }],
    [`${API} --range 0-9`, 'GET', { range: 'bytes=0-9' }],
    [`${API} -r`, 'GET', { range: 'bytes=' }],
    [`${API} --range`, 'GET', { range: 'bytes=' }],
    [`${API} -u a:b`, 'GET', { authorization: '' }],
    [`${API} --user a:b`, 'GET', { authorization: '' }],
    [`${API} --oauth2-bearer token`, 'GET', { authorization: '' }],
    [`${API} -A agent`, 'GET', {}],
    [`${API} --user-agent agent`, 'GET', {}],
  ])('%s is read', (args, method, headers) => {
    expect(questionOf(args)).toStrictEqual({ url: API, method, headers });
  });

  test.each(['-b a=1', '--cookie a=1'])('%s says that cookies are sent', (args) => {
    expect(questionOf(`${API} ${args}`)).toStrictEqual({
      ...{ url: API, method: 'GET', headers: {}, credentials: 'include' },
    });
  });

  test.each(['-e', '--referer'])('%s names the page', (option) => {
    expect(questionOf(`${API} ${option} https://shop.example.com/a`)).toStrictEqual({
      ...{ origin: 'https://shop.example.com', url: API, method: 'GET', headers: {} },
    });
  });

  test.each([
    ...[...'AoxmEwUcDKCYyztQP'].map((letter) => `-${letter}`),
    ...['output', 'proxy', 'max-time', 'connect-timeout', 'cacert', 'cert', 'key', 'write-out'],
    ...['resolve', 'connect-to', 'cookie-jar', 'ciphers', 'retry', 'interface', 'proxy-user'],
    ...['config', 'max-redirs', 'user-agent'],
  ])('the value of %s is no URL', (option) => {
    const name = option.startsWith('-') ? option : `--${option}`;
    expect(questionOf(`${name} value ${API}`)).toStrictEqual({
      ...{ url: API, method: 'GET', headers: {} },
    });
  });

  test.each([
    ['http://a.example/', 'http://a.example/'],
    ['HTTPS://a.example/', 'HTTPS://a.example/'],
    ['localhost', 'http://localhost'],
    ['localhost:3000/a', 'http://localhost:3000/a'],
    ['a.example?b=https://c.example', 'http://a.example?b=https://c.example'],
    ['a.example#b', 'http://a.example#b'],
    [`${API} https://b.example`, API],
    [`'' ${API}`, API],
    [`a,b ${API}`, API],
    [`@file:x ${API}`, API],
    [`@https://b.example ${API}`, API],
  ])('%s, the URL is %s', (args, url) => {
    expect(questionOf(args)?.url).toBe(url);
  });

  test('a copy is what it is taken for, and says what it leaves open', () => {
    expect(readCurl(`curl ${API}`)).toStrictEqual({
      kind: 'question',
      from: 'a request copied as cURL',
      question: { url: API, method: 'GET', headers: {} },
      missing: ['origin', 'credentials', 'mode'],
      remarks: [
        'The request does not tell the page’s origin (it stands in the address bar), whether cookies were to be sent and the mode: fill in what differs from fetch()’s defaults.',
      ],
    });
  });
});
