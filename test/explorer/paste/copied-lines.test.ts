import { describe, expect, test } from '@jest/globals';
import { readPaste } from '../../../src/explorer/paste/read-paste.js';
import { SHOP } from '../../harness/origins.js';

const API = 'https://api.example.com/books';
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
