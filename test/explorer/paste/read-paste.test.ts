import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { QUESTION_FIELDS } from '../../../src/explorer/paste/paste-reading.js';
import { readPaste } from '../../../src/explorer/paste/read-paste.js';
import { SEED } from '../../harness/seed.js';

const API = 'https://api.example.com/books';
const SHOP = 'https://shop.example.com';
const ACCESS = `Access to fetch at '${API}' from origin '${SHOP}' has been blocked by CORS policy: `;
const MISSING = "No 'Access-Control-Allow-Origin' header is present on the requested resource.";
const FIREFOX =
  'Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ';
const ASKED = { origin: SHOP, url: API, mode: 'cors' };

function questionOf(text: string): unknown {
  const reading = readPaste(text);
  return reading.kind === 'question' ? reading.question : reading.message;
}

describe('Lines as they are copied from the developer tools', () => {
  test.each<[name: string, text: string, question: object]>([
    ['with file and line before it', `app.js:12 ${ACCESS}${MISSING}`, ASKED],
    ['with a page and a line before it', `shop/:1 ${ACCESS}${MISSING}`, ASKED],
    ['with a sign, a count and a file behind', `❌ 2 ${ACCESS}${MISSING}\napp.js:12`, ASKED],
    [
      'wrapped by a window',
      ACCESS.replaceAll(' ', '\n  ') + MISSING.replaceAll(' ', '\r\n'),
      ASKED,
    ],
    [
      'with the network’s line beside it, which names the method',
      `app.js:3 ${ACCESS}${MISSING}\napp.js:3 PUT ${API} net::ERR_FAILED 200 (OK)\napp.js:3 Uncaught (in promise) TypeError: Failed to fetch`,
      { ...ASKED, method: 'PUT' },
    ],
    [
      'with the network’s line before it',
      `PATCH ${API} net::ERR_FAILED\n${ACCESS}${MISSING}`,
      { ...ASKED, method: 'PATCH' },
    ],
    [
      'with the network’s line of another request beside it',
      `${ACCESS}${MISSING}\nDELETE https://other.example/ net::ERR_FAILED`,
      ASKED,
    ],
    [
      'two of them: the first one counts',
      `${ACCESS}${MISSING}\n${ACCESS.replaceAll('api', 'b')}Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.`,
      ASKED,
    ],
    [
      'after a redirect: the URL that the page asked for',
      `Access to fetch at 'https://login.example/' (redirected from '${API}') from origin '${SHOP}' has been blocked by CORS policy: ${MISSING}`,
      ASKED,
    ],
    [
      'of a URL with a quote in its path',
      ACCESS.replace('/books', "/it's") + MISSING,
      { ...ASKED, url: "https://api.example.com/it's" },
    ],
    [
      'of Chromium 60',
      `XMLHttpRequest cannot load ${API}. ${MISSING} Origin '${SHOP}' is therefore not allowed access.`,
      ASKED,
    ],
    [
      'of Chromium 70',
      `Failed to load ${API}: Response to preflight request doesn't pass access control check: ${MISSING} Origin '${SHOP}' is therefore not allowed access.`,
      { ...ASKED, useCorsPreflight: true },
    ],
    [
      'of Chromium, where only the network’s line was copied',
      `app.js:3  GET ${API} net::ERR_CONNECTION_REFUSED`,
      { url: API, method: 'GET' },
    ],
    [
      'of Firefox with its link and status',
      `${FIREFOX}${API}. (Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 200.[Learn More]`,
      { url: API, mode: 'cors' },
    ],
    [
      'of Firefox with plain quotes and several lines',
      `${FIREFOX}${API}. (Reason: header 'x-trace-id' is not allowed according to header 'Access-Control-Allow-Headers' from CORS preflight response).\n${FIREFOX}${API}. (Reason: CORS request did not succeed). Status code: (null).`,
      { url: API, mode: 'cors', headers: { 'x-trace-id': '' } },
    ],
    [
      'of Firefox 90',
      `${FIREFOX}${API}. (Reason: missing token ‘x-trace-id’ in CORS header ‘Access-Control-Allow-Headers’ from CORS preflight channel).`,
      { url: API, mode: 'cors', headers: { 'x-trace-id': '' } },
    ],
    [
      'of Firefox in German: the URL at least',
      `Quellübergreifende (Cross-Origin) Anfrage blockiert: Die Gleiche-Quelle-Regel verbietet das Lesen der externen Ressource auf ${API}. (Grund: CORS-Kopfzeile 'Access-Control-Allow-Origin' fehlt). Statuscode: 200.`,
      { url: API, mode: 'cors' },
    ],
    [
      'of Safari',
      `[Error] Origin ${SHOP} is not allowed by Access-Control-Allow-Origin. Status code: 200\n[Error] Fetch API cannot load ${API} due to access control checks.\n[Error] Failed to load resource: Origin ${SHOP} is not allowed by Access-Control-Allow-Origin. Status code: 200 (books, line 0)`,
      ASKED,
    ],
    [
      'of Safari 12, without a status',
      `[Error] Origin ${SHOP} is not allowed by Access-Control-Allow-Origin.\n[Error] XMLHttpRequest cannot load ${API} due to access control checks.`,
      ASKED,
    ],
    [
      'of Safari 12’s preflight',
      `[Error] Preflight response is not successful\n[Error] XMLHttpRequest cannot load ${API} due to access control checks.`,
      { url: API, mode: 'cors', useCorsPreflight: true },
    ],
    [
      'of Safari, a second request behind it',
      `[Error] Method PUT is not allowed by Access-Control-Allow-Methods.\n[Error] Fetch API cannot load ${API} due to access control checks.\n[Error] Request header field X-A is not allowed by Access-Control-Allow-Headers.\n[Error] Fetch API cannot load https://b.example/ due to access control checks.`,
      { url: API, mode: 'cors', method: 'PUT' },
    ],
  ])('are read %s', (_name, text, question) => {
    expect(questionOf(text)).toEqual(question);
  });

  test('say what they do not tell', () => {
    expect(readPaste(ACCESS + MISSING)).toEqual({
      kind: 'question',
      from: 'a line of Chromium’s console',
      fault: 'no-allow-origin',
      question: ASKED,
      missing: ['method', 'headers', 'credentials'],
      remarks: [
        'The line does not tell the method, which headers the page set and whether cookies were to be sent: fill in what differs from fetch()’s defaults.',
      ],
    });
  });

  test.each([
    [
      'a preflight',
      `${ACCESS}Response to preflight request doesn't pass access control check: ${MISSING}`,
      'There was a preflight',
    ],
    [
      'a redirect',
      ACCESS.replace("' from", "' (redirected from 'https://a.example/') from") + MISSING,
      'The request was redirected',
    ],
    ['a network', `GET ${API} net::ERR_NAME_NOT_RESOLVED`, 'no answer at all'],
    [
      'a page’s own policy',
      `Refused to connect to '${API}' because it violates the following Content Security Policy directive: "connect-src 'self'".`,
      'connect-src',
    ],
    [
      'a page of https:',
      `Mixed Content: The page at '${SHOP}/' was loaded over HTTPS, but requested an insecure XMLHttpRequest endpoint 'http://api.example/'. This request has been blocked`,
      'may not fetch from http:',
    ],
    ['the null origin', ACCESS.replace(SHOP, 'null') + MISSING, 'The origin is null'],
  ])('of %s say what that means', (_name, text, remark) => {
    expect(readPaste(text)).toEqual(
      expect.objectContaining({
        remarks: expect.arrayContaining([expect.stringContaining(remark)]),
      }),
    );
  });
});

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

describe('What cannot be read', () => {
  test.each([
    ['nothing', ' \n', 'Paste the line'],
    ['prose', 'it does not work', 'Nothing that is known'],
    [
      'a rejection alone',
      'Uncaught (in promise) TypeError: Failed to fetch',
      'copy the red line beside it',
    ],
    [
      'Firefox’s rejection alone',
      'TypeError: NetworkError when attempting to fetch resource.',
      'copy the red line beside it',
    ],
    [
      'Safari’s rejection alone',
      'Unhandled Promise Rejection: TypeError: Load failed',
      'copy the red line beside it',
    ],
    [
      'PowerShell',
      '$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession',
      'PowerShell',
    ],
    [
      'PowerShell without a session',
      'Invoke-WebRequest -UseBasicParsing -Uri "https://a.example"',
      'PowerShell',
    ],
    ['curl without a URL', 'curl -v', 'no URL'],
    ['other JSON', '{"a":1}', 'no HAR'],
    [
      'JSON with a prototype',
      '{"__proto__":{"request":{"url":"https://a.example","method":"GET"}}}',
      'no HAR',
    ],
  ])('is told in a sentence with an example: %s', (_name, text, message) => {
    const reading = readPaste(text);
    if (reading.kind !== 'unreadable') throw new Error(reading.from);
    expect(reading.message).toContain(message);
    expect(readPaste(reading.example)).toMatchObject({
      kind: 'question',
      question: { origin: SHOP },
    });
  });

  test('is refused by its size before anything is parsed: a HAR of 50 MB', () => {
    const har = `{"log":{"entries":[${'0,'.repeat(25_000_000)}0]}}`;
    const begun = performance.now();
    expect(readPaste(har)).toMatchObject({
      kind: 'unreadable',
      message: expect.stringContaining('50000023 characters'),
    });
    expect(performance.now() - begun).toBeLessThan(50);
  });
});

describe('Hostile text', () => {
  const STARTS = [
    '',
    ACCESS,
    FIREFOX,
    'curl ',
    "curl '",
    'curl ^"',
    'fetch("a", {',
    'XMLHttpRequest cannot load ',
  ];
  const filled = (text: string) => text.repeat(Math.ceil(200_000 / text.length)).slice(0, 200_000);
  test.each([
    ...[
      'a',
      ' ',
      "'",
      '"',
      '\\',
      '^',
      '{',
      '[',
      '(',
      '$',
      "$'",
      '`',
      '\0',
      '\u2028',
      '😀',
      'é',
      '-',
      '\ud800',
    ],
    ...[
      'Origin ',
      'Access to ',
      "Access to a at '",
      'net::ERR_',
      'GET http://a net::ERR_',
      'Origin http://a is not ',
    ],
    ...[
      'fetch(',
      'fetch({',
      'fetch("a",{"a":[',
      'curl ',
      "curl '",
      'curl ^"',
      'curl -',
      'curl -H ',
      "Failed to execute 'fetch' on 'a': ",
    ],
    ...[
      'CORS http://',
      'https://a.example/CORS',
      'Window.fetch: ',
      FIREFOX,
      ACCESS,
      '[[',
      '{"a":',
      'Method a',
      '. Origin ',
      'redirected from ',
    ],
  ])('is read within 100 ms: 200 kB of %j', (text) => {
    for (const start of STARTS) {
      const long = start + filled(text);
      readPaste(start + text);
      const begun = performance.now();
      readPaste(long);
      expect({ start, isSlow: performance.now() - begun > 100 }).toEqual({ start, isSlow: false });
    }
  });

  test.each<[name: string, text: string, question: object]>([
    [
      'a tag as a header',
      `fetch("${API}", {"headers":{"<img src=x onerror=alert(1)>":"1"}})`,
      { headers: { '<img src=x onerror=alert(1)>': '' } },
    ],
    ['a tag in a URL', `curl '${API}?<img/onerror=1>'`, { url: `${API}?<img/onerror=1>` }],
    [
      '__proto__ as a header',
      `curl ${API} -H '__proto__: 1'`,
      { headers: JSON.parse('{"__proto__":""}') as object },
    ],
    [
      '__proto__ as an option',
      `fetch("${API}", {"__proto__":{"method":"PUT"}})`,
      { method: 'GET' },
    ],
    [
      'names of every object as headers',
      `curl ${API} --constructor --toString -H 'constructor: 1'`,
      { headers: { constructor: '' } },
    ],
    [
      'control characters in a line',
      `${ACCESS.replaceAll(' ', '\0\x1b ')}${MISSING}`,
      { url: API },
    ],
  ])('is text like any other: %s', (_name, text, question) => {
    expect(readPaste(text)).toMatchObject({ kind: 'question', question });
    expect(({} as Record<string, unknown>)['method']).toBeUndefined();
  });

  test('of 100,000 brackets does not exhaust the stack', () => {
    expect(readPaste(`fetch("a", ${'['.repeat(100_000)}`).kind).toBe('question');
    expect(readPaste('['.repeat(100_000)).kind).toBe('unreadable');
  });
});

describe('Whatever is pasted', () => {
  const pieces = fc.constantFrom(
    ...[ACCESS, MISSING, FIREFOX, API, 'fetch(', 'curl ', '"', "'", '{', '}', '[', ']', '(', ')'],
    ...[
      '\\',
      '^',
      ',',
      ':',
      '-H ',
      '-X ',
      'a',
      ' ',
      '\n',
      '\0',
      '`',
      '${',
      '//',
      '/*',
      '$',
      '__proto__',
    ],
    ...[
      'net::ERR_',
      'Origin ',
      '{"log":{"entries":[',
      '{"request":{"url":"a","method":"b"}}',
      '...',
    ],
  );

  test('is read without an exception, and for plain data', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
        const reading = readPaste(parts.join(''));
        expect(JSON.parse(JSON.stringify(reading))).toEqual(reading);
        if (reading.kind === 'unreadable') return;
        // Each field is told or asked for.
        const told = QUESTION_FIELDS.filter((field) => reading.question[field] !== undefined);
        expect([...told, ...reading.missing].sort()).toEqual([...QUESTION_FIELDS].sort());
      }),
      { seed: SEED, numRuns: 3000 },
    );
  });
});
