import { describe, expect, test } from '@jest/globals';
import { readPaste } from '../../../src/explorer/paste/read-paste.js';
import { SHOP } from '../../harness/origins.js';

const API = 'https://api.example.com/books';

function questionOf(text: string): unknown {
  const reading = readPaste(text);
  return reading.kind === 'question' ? reading.question : reading.message;
}

describe('Requests copied from the network panel', () => {
  const asked = {
    origin: SHOP,
    url: API,
    method: 'PUT',
    headers: { 'x-trace-id': '', 'content-type': 'application/json' },
  };
  test.each<[name: string, text: string, question: object]>([
    [
      'as fetch by Chromium',
      `fetch("${API}", {
  "headers": {
    "accept": "*/*",
    "accept-language": "en-US,en;q=0.9",
    "content-type": "application/json",
    "priority": "u=1, i",
    "sec-ch-ua": "\\"Chromium\\";v=\\"156\\"",
    "sec-fetch-mode": "cors",
    "x-trace-id": "1"
  },
  "referrer": "${SHOP}/",
  "body": "{\\"title\\":\\"})\\"}",
  "method": "PUT",
  "mode": "cors",
  "credentials": "include"
});`,
      { ...asked, mode: 'cors', credentials: 'include' },
    ],
    [
      'as fetch for Node.js by Chromium',
      `fetch("${API}", {
  "headers": { "accept": "*/*", "content-type": "application/json", "x-trace-id": "1", "cookie": "session=1", "Referer": "${SHOP}/" },
  "body": "{}", "method": "PUT"
});`,
      // Node.js knows neither cookies nor modes: what is left out is unknown, but for the cookie that was sent.
      { ...asked, mode: 'cors', credentials: 'include' },
    ],
    [
      'as fetch by Firefox',
      `await fetch("${API}", {
    "credentials": "omit",
    "headers": {
        "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0",
        "Accept": "*/*",
        "Accept-Language": "en-US,en;q=0.5",
        "Content-Type": "application/json",
        "X-Trace-Id": "1",
        "Sec-Fetch-Dest": "empty"
    },
    "referrer": "${SHOP}/",
    "body": "{}",
    "method": "PUT",
    "mode": "cors"
});`,
      { ...asked, mode: 'cors', credentials: 'omit' },
    ],
    [
      'as code that somebody wrote',
      `const answer = await fetch('/books/1', {
  method: 'DELETE', // don't
  headers: { Authorization: \`Bearer \${token}\`, 'X-Trace-Id': id() },
  body: JSON.stringify({ a: [1, 2], b: "}" }),
});`,
      {
        url: '/books/1',
        method: 'DELETE',
        headers: { authorization: '', 'x-trace-id': '' },
        mode: 'cors',
        credentials: 'same-origin',
      },
    ],
    [
      'as code whose variables nobody can know',
      `fetch("${API}", { method, credentials: mode ? 'omit' : 'include', headers: new Headers({ a: 1 }), /* "mode": */ })`,
      { url: API, mode: 'cors' },
    ],
    [
      'as code that spreads another object',
      `fetch("${API}", { method: 'PUT', ...more })`,
      { url: API, method: 'PUT' },
    ],
    [
      'as a call without more',
      `fetch('${API}')`,
      { url: API, method: 'GET', headers: {}, mode: 'cors', credentials: 'same-origin' },
    ],
    [
      'as cURL (bash) by Chromium',
      `curl '${API}' \\
  -X 'PUT' \\
  -H 'accept: */*' \\
  -H 'content-type: application/json' \\
  -b 'session=1' \\
  -H 'origin: ${SHOP}' \\
  -H 'referer: ${SHOP}/' \\
  -H 'sec-fetch-mode: cors' \\
  -H 'user-agent: Mozilla/5.0' \\
  -H 'x-trace-id: 1' \\
  --data-raw $'{"a":"it\\'s"}' \\
  --insecure`,
      { ...asked, mode: 'cors', credentials: 'include' },
    ],
    [
      'as cURL (cmd) by Chromium',
      `curl ^"${API}^" ^
  -X ^"PUT^" ^
  -H ^"content-type: application/json^" ^
  -H ^"origin: ${SHOP}^" ^
  -H ^"sec-ch-ua: ^\\^"Chromium^\\^";v=^\\^"156^\\^"^" ^
  -H ^"x-trace-id: 1^" ^
  --data-raw ^"^{^\\^"a^\\^":1^}^"`,
      asked,
    ],
    [
      'as cURL by Firefox, its cookie as a header',
      `curl '${API}' --compressed -X PUT -H 'User-Agent: Mozilla/5.0' -H 'Content-Type: application/json' -H 'X-Trace-Id: 1' -H 'Origin: ${SHOP}' -H 'Cookie: session=1' --data-raw '{}'`,
      { ...asked, credentials: 'include' },
    ],
    [
      'as curl with a body, which makes it POST',
      `curl -sS ${API} -d a=1`,
      {
        url: API,
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      },
    ],
    [
      'as curl with its options in one word',
      `curl -sXDELETE -Hx-a:1 --max-time 5 ${API}`,
      { url: API, method: 'DELETE', headers: { 'x-a': '' } },
    ],
    [
      'as curl without a scheme',
      'curl localhost:3000/books -I',
      { url: 'http://localhost:3000/books', method: 'HEAD', headers: {} },
    ],
    [
      'as cURL of a preflight: the request that it asks for',
      `curl '${API}' -X 'OPTIONS' -H 'access-control-request-headers: authorization,x-trace-id' -H 'access-control-request-method: PUT' -H 'origin: ${SHOP}' -H 'sec-fetch-mode: cors'`,
      {
        origin: SHOP,
        url: API,
        method: 'PUT',
        headers: { authorization: '', 'x-trace-id': '' },
        mode: 'cors',
      },
    ],
    [
      'as an entry of a HAR',
      JSON.stringify({
        request: {
          method: 'PUT',
          url: API,
          cookies: [{ name: 'a', value: 'b' }],
          headers: [
            { name: ':authority', value: 'api' },
            { name: 'Origin', value: SHOP },
            { name: 'X-Trace-Id', value: '1' },
            { name: 'Content-Type', value: 'application/json' },
          ],
        },
        response: { status: 0 },
      }),
      { ...asked, credentials: 'include' },
    ],
  ])('are read %s', (_name, text, question) => {
    expect(questionOf(text)).toEqual(question);
  });

  const entry = (url: string, status: number, origin?: string) => ({
    request: { method: 'GET', url, headers: origin ? [{ name: 'Origin', value: origin }] : [] },
    response: { status },
  });

  test.each<[name: string, entries: unknown[], url: string, remark: string]>([
    [
      'that the page got no answer to',
      [entry('https://a.example/', 200), entry('https://b.example/', 0), entry(API, 0, SHOP)],
      API,
      'number 3',
    ],
    ['with the worst status', [entry('https://a.example/', 200), entry(API, 403)], API, 'number 2'],
    [
      'that is first, where none failed',
      [entry(API, 200), entry('https://a.example/', 200)],
      API,
      'number 1',
    ],
    [
      'beside those that are none',
      [null, 7, { request: { url: 1 } }, entry('https://a.example/', 200), entry(API, 500)],
      API,
      'number 2',
    ],
  ])('are read of a whole HAR: the one %s', (_name, entries, url, remark) => {
    const reading = readPaste(JSON.stringify({ log: { version: '1.2', entries } }));
    expect(reading).toMatchObject({ kind: 'question', question: { url } });
    expect(JSON.stringify(reading)).toContain(remark);
  });

  test.each([
    ['authorization', `curl ${API} -H 'Authorization: Bearer secret'`],
    ['a cookie', `curl ${API} -b 'session=secret'`],
    ['an API key', `fetch("${API}", {"headers":{"x-api-key":"secret"}})`],
    ['a user', `curl ${API} -u admin:secret`],
  ])('keep the value of %s to themselves', (_name, text) => {
    expect(JSON.stringify(readPaste(text))).not.toContain('secret');
  });
});
