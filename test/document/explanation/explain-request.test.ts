import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type CorsDocument,
  CorsPolicyService,
  explainRequest,
  type PageQuestion,
} from '../../../src/index.js';
import { explanationText } from '../../../src/document/explanation-text.js';
import type { RunningApp } from '../../harness/start-app.js';
import { startSpec } from './application-spec.js';
import { SHOP } from './refused-questions.js';

const API = 'https://api.example.com';
const shop = 'https://shop.example.com';
const app = 'https://app.example.com';
const partner = 'https://partner.example.com';
const include = 'include' as const;

let running: RunningApp;
let service: CorsPolicyService;
let document: CorsDocument;
beforeAll(async () => {
  running = await startSpec(SHOP, 'express');
  service = running.nest.get(CorsPolicyService);
  document = JSON.parse(JSON.stringify(service.document())) as CorsDocument;
});
afterAll(() => running.close());

interface Row {
  readonly name: string;
  readonly question: PageQuestion;
  readonly outcome: string;
  /** Steps, in order; the one that fails has a `!`. */
  readonly steps: string;
  readonly reason?: string;
  /** What one of the sentences says. */
  readonly says?: string | RegExp;
  /** Field, value and place of the rule that decided. */
  readonly rule?: readonly [field: string, value: string, said?: string];
  readonly console?: string;
}

const blocked = (url: string, origin: string, why: string) =>
  `Access to fetch at '${url}' from origin '${origin}' has been blocked by CORS policy: ${why}`;

const noAllowOrigin = (url: string, origin: string) =>
  blocked(
    url,
    origin,
    "No 'Access-Control-Allow-Origin' header is present on the requested resource.",
  );

const rows: readonly Row[] = [
  {
    name: 'a simple request that anybody may send',
    question: { origin: shop, url: `${API}/books` },
    outcome: 'readable',
    steps: 'call cors-request preflight-need cookies request allow-origin response',
    says: 'It needs no preflight request: GET is CORS-safelisted, and so are its headers.',
    rule: ['origin', "'*'", 'CorsModule.forRoot() policies.public'],
  },
  {
    name: 'a preflight and a request with cookies, check by check',
    question: {
      ...{ origin: app, url: `${API}/books/1`, method: 'PUT', credentials: include },
      headers: { 'content-type': 'application/json' },
    },
    outcome: 'readable',
    steps:
      'call cors-request preflight-need preflight allow-origin allow-credentials ok-status allow-methods allow-headers max-age cookies request allow-origin allow-credentials response',
    says: 'It needs a preflight request because of the method PUT and the content type application/json.',
    rule: ['origin', `'${app}'`, 'CorsModule.forRoot() policies.app'],
  },
  {
    name: 'the max age of the policy',
    question: { origin: app, url: `${API}/books/1`, method: 'PUT' },
    outcome: 'readable',
    steps:
      'call cors-request preflight-need preflight allow-origin ok-status allow-methods max-age cookies request allow-origin response',
    says: 'The browser may remember this for 60 seconds.',
  },
  {
    name: 'the own origin',
    question: { origin: API, url: `${API}/orders`, method: 'PUT', credentials: include },
    outcome: 'readable',
    steps: 'call cors-request cookies request response',
    says: `${API} is the page's own origin, so CORS does not apply.`,
  },
  {
    name: 'an upload that is listened to needs a preflight by itself',
    question: { origin: app, url: `${API}/books`, method: 'POST', useCorsPreflight: true },
    outcome: 'readable',
    steps:
      'call cors-request preflight-need preflight allow-origin ok-status allow-methods max-age cookies request allow-origin response',
    says: 'It needs a preflight request because of the upload that is listened to, or is a stream.',
  },
  {
    name: 'a stranger at the preflight',
    question: { origin: shop, url: `${API}/books/1`, method: 'PUT' },
    outcome: 'refused',
    steps: 'call cors-request preflight-need preflight! allow-origin!',
    reason: 'origin-not-allowed',
    says: `Access-Control-Allow-Origin is missing; it has to be ${shop} or *.`,
    rule: ['origin', `'${app}'`, 'CorsModule.forRoot() policies.app'],
    console: blocked(
      ...([`${API}/books/1`, shop] as const),
      "Response to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on the requested resource.",
    ),
  },
  {
    name: 'a stranger at the request',
    question: { origin: shop, url: `${API}/orders` },
    outcome: 'refused',
    steps: 'call cors-request preflight-need cookies request! allow-origin!',
    reason: 'origin-not-allowed',
    rule: ['origin', "'https://admin.example.com'", 'OrdersController'],
    console: noAllowOrigin(`${API}/orders`, shop),
  },
  {
    name: 'cookies to what is open to anybody, at the preflight',
    question: {
      ...{ origin: shop, url: `${API}/books`, credentials: include },
      headers: { authorization: 'x' },
    },
    outcome: 'refused',
    steps: 'call cors-request preflight-need preflight allow-origin!',
    says: `Access-Control-Allow-Origin is *, which is not enough for a request with credentials mode include: it has to be ${shop}.`,
    rule: ['credentials', 'false'],
    console: blocked(
      ...([`${API}/books`, shop] as const),
      "Response to preflight request doesn't pass access control check: The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'.",
    ),
  },
  {
    name: 'cookies that a listed origin may not send, at the preflight',
    question: { origin: app, url: `${API}/files/own/a`, method: 'PUT', credentials: include },
    outcome: 'refused',
    steps: 'call cors-request preflight-need preflight allow-origin allow-credentials!',
    rule: ['credentials', 'false'],
    console: blocked(
      ...([`${API}/files/own/a`, app] as const),
      "Response to preflight request doesn't pass access control check: The value of the 'Access-Control-Allow-Credentials' header in the response is '' which must be 'true' when the request's credentials mode is 'include'.",
    ),
  },
  {
    name: 'a cookie that the server refuses',
    question: { origin: shop, url: `${API}/books`, credentials: include },
    outcome: 'refused',
    steps: 'call cors-request preflight-need cookies request! allow-origin!',
    console: noAllowOrigin(`${API}/books`, shop),
    reason: 'credentials-not-allowed',
    says: /^Cookies of https:\/\/api\.example\.com go along/,
  },
  {
    name: 'a header that is not listed',
    question: { origin: shop, url: `${API}/books`, headers: { 'X-Trace': '1' } },
    outcome: 'refused',
    steps:
      'call cors-request preflight-need preflight! allow-origin ok-status allow-methods allow-headers!',
    reason: 'header-not-allowed',
    says: 'It needs a preflight request because of the header x-trace.',
    console: blocked(
      ...([`${API}/books`, shop] as const),
      'Request header field x-trace is not allowed by Access-Control-Allow-Headers in preflight response.',
    ),
  },
  {
    name: 'a method that is not listed',
    question: { origin: app, url: `${API}/books/1`, method: 'patch' },
    outcome: 'refused',
    steps: 'call cors-request preflight-need preflight! allow-origin ok-status allow-methods!',
    reason: 'method-not-allowed',
    says: 'The page asks for patch. Methods are case-sensitive, and fetch() leaves patch as it is.',
    console: blocked(
      ...([`${API}/books/1`, app] as const),
      'Method patch is not allowed by Access-Control-Allow-Methods in preflight response.',
    ),
  },
  {
    name: 'a method without a preflight that the policy leaves out',
    question: { origin: app, url: `${API}/orders/report`, method: 'post' },
    outcome: 'refused',
    steps: 'call cors-request preflight-need cookies request! allow-origin!',
    console: noAllowOrigin(`${API}/orders/report`, app),
    reason: 'method-not-allowed',
    says: 'The page asks for POST. fetch() makes POST of post.',
    rule: ['methods', "['GET']", 'CorsModule.forRoot() policies.reports'],
  },
  {
    name: 'a resolver that fails',
    question: { origin: 'https://broken.example.com', url: `${API}/partners` },
    outcome: 'refused',
    steps: 'call cors-request preflight-need cookies request! allow-origin!',
    console: noAllowOrigin(`${API}/partners`, 'https://broken.example.com'),
    reason: 'origin-check-failed',
    rule: ['origin', 'PartnerOrigins', 'CorsModule.forRoot() policies.partners'],
  },
  {
    name: 'a resolver that says yes',
    question: { origin: partner, url: `${API}/partners` },
    outcome: 'readable',
    steps: 'call cors-request preflight-need cookies request allow-origin response',
  },
  {
    name: 'an isolated route, embedded',
    question: { origin: shop, url: 'https://api.example.org/pages', mode: 'no-cors' },
    outcome: 'refused',
    steps: 'call cors-request cookies request! response!',
    reason: 'not-isolated',
    rule: ['isolate', 'true', 'PagesController.list'],
  },
  {
    name: 'what is embedded is opaque',
    question: { origin: shop, url: `${API}/books`, mode: 'no-cors' },
    outcome: 'opaque',
    steps: 'call cors-request cookies request response',
    says: 'The page is told that it is done, and can read neither status, headers nor body.',
  },
  {
    name: 'no cookies where none are sent to other origins',
    question: { origin: shop, url: `${API}/books`, credentials: 'same-origin' },
    outcome: 'readable',
    steps: 'call cors-request preflight-need cookies request allow-origin response',
    says: 'No cookies go along: the credentials mode is same-origin.',
  },
  {
    name: 'headers that no-cors drops',
    question: { origin: shop, url: `${API}/books`, mode: 'no-cors', headers: { 'X-A': '1' } },
    outcome: 'opaque',
    steps: 'call cors-request cookies request response',
    says: 'The page asks for GET. fetch() leaves X-A out: pages may not set it with mode no-cors.',
  },
  {
    name: 'headers that no page may set',
    question: { origin: shop, url: `${API}/books`, headers: { Cookie: 'a=1' } },
    outcome: 'readable',
    steps: 'call cors-request preflight-need cookies request allow-origin response',
    says: 'The page asks for GET. fetch() leaves Cookie out: pages may not set it.',
  },
  {
    name: 'mode no-cors with PUT',
    question: { origin: shop, url: `${API}/books/1`, method: 'PUT', mode: 'no-cors' },
    outcome: 'refused',
    steps: 'call!',
    says: 'The page asks for PUT. With mode no-cors a page may use GET, HEAD and POST alone.',
    console: "Failed to execute 'fetch' on 'Window': 'PUT' is unsupported in no-cors mode.",
  },
  {
    name: 'a method that no page may use',
    question: { origin: shop, url: `${API}/books`, method: 'TRACE' },
    outcome: 'refused',
    steps: 'call!',
    says: 'The page asks for TRACE. No page may use this method.',
    console: "Failed to execute 'fetch' on 'Window': 'TRACE' HTTP method is unsupported.",
  },
  {
    name: 'mode same-origin',
    question: { origin: shop, url: `${API}/books`, mode: 'same-origin' },
    outcome: 'refused',
    steps: 'call cors-request!',
    console: `Fetch API cannot load ${API}/books. Request mode is "same-origin" but the URL's origin is not same as the request origin ${shop}.`,
  },
  {
    name: 'a response header that is not exposed',
    question: { origin: shop, url: `${API}/books`, reads: ['X-Total', 'ETag', 'Expires'] },
    outcome: 'readable',
    steps: 'call cors-request preflight-need cookies request allow-origin response expose-headers!',
    says: 'It cannot read X-Total and ETag: Access-Control-Expose-Headers does not name them.',
    rule: ['exposedHeaders', '[]'],
  },
  {
    name: 'any response header where a star exposes them',
    question: { origin: app, url: `${API}/orders/report`, reads: ['X-Total'] },
    outcome: 'readable',
    steps: 'call cors-request preflight-need cookies request allow-origin response expose-headers',
    says: 'It can read X-Total.',
  },
  {
    name: 'a path alone: the server is not known',
    question: { origin: shop, url: '/books?page=2' },
    outcome: 'readable',
    steps: 'call cors-request preflight-need cookies request allow-origin response',
    says: /^the server is another origin than .* The question does not name the server/,
  },
  {
    name: 'a preflight that the application answers itself',
    question: { origin: app, url: `${API}/pages/own`, method: 'PUT' },
    outcome: 'readable',
    steps:
      'call cors-request preflight-need preflight allow-origin ok-status allow-methods max-age cookies request allow-origin response',
    says: 'The application itself answers (preflightContinue): its status has to be 200 to 299.',
  },
  {
    name: 'a page from https: that asks http:',
    question: { origin: shop, url: 'http://api.example.com/books' },
    outcome: 'refused',
    steps: 'call cors-request!',
    says: 'The page is from https: and may not ask http://api.example.com: nothing is sent.',
    console: `Mixed Content: The page at '${shop}/' was loaded over HTTPS, but requested an insecure resource 'http://api.example.com/books'. This request has been blocked; the content must be served over HTTPS.`,
  },
  {
    name: 'a port that no page may ask',
    question: { origin: shop, url: `${API}:6667/books` },
    outcome: 'refused',
    steps: 'call cors-request!',
    says: `No page may ask this port of ${API}:6667: nothing is sent.`,
    console: `Failed to fetch: net::ERR_UNSAFE_PORT at ${API}:6667/books`,
  },
  {
    name: 'an entry of paths',
    question: { origin: shop, url: `${API}/files/own/a` },
    outcome: 'refused',
    steps: 'call cors-request preflight-need cookies request! allow-origin!',
    console: noAllowOrigin(`${API}/files/own/a`, shop),
    reason: 'origin-not-allowed',
    rule: ['origin', `'${app}'`, 'CorsModule.forRoot() paths[1]'],
  },
];

describe('What a browser does with a request', () => {
  test.each(rows)('$name', async (row) => {
    const explanation = await explainRequest(service, row.question);
    const steps = explanation.steps.map(({ name, passed }) => (passed ? name : `${name}!`));
    expect({ outcome: explanation.outcome, steps: steps.join(' ') }).toEqual({
      outcome: row.outcome,
      steps: row.steps,
    });
    expect(explanation.allowed).toBe(!row.steps.includes('!'));
    expect(explanation.reason).toBe(row.reason);
    expect(explanation.console).toBe(row.console);
    if (row.says !== undefined) {
      const sentences = explanation.steps.map(({ sentence }) => sentence);
      expect(sentences).toContainEqual(
        typeof row.says === 'string' ? row.says : expect.stringMatching(row.says),
      );
    }
    if (row.rule !== undefined) {
      const { field, value, said } = explanation.rule ?? {};
      expect([field, value, said]).toEqual([row.rule[0], row.rule[1], row.rule[2]]);
    }
  });

  test.each(rows)(
    'it is plain data, and has a section of Fetch for each step: $name',
    async (row) => {
      const explanation = await explainRequest(service, row.question);
      expect(JSON.parse(JSON.stringify(explanation))).toEqual(explanation);
      for (const { section } of explanation.steps) {
        expect(section).toMatch(/^https:\/\/fetch\.spec\.whatwg\.org\/#[a-z-]+$/);
      }
      const text = explanationText(explanation);
      for (const { sentence } of explanation.steps) expect(text).toContain(sentence);
      for (const { code } of explanation.fixes) expect(text).toContain(code);
      for (const advice of explanation.advice) expect(text).toContain(advice);
    },
  );

  test.each(rows.filter(({ question }) => !question.url.includes('/partners')))(
    'a document says what the application says: $name',
    async ({ question }) => {
      expect(await explainRequest(document, question)).toEqual(
        await explainRequest(service, question),
      );
    },
  );
});

describe('A document does not hold code', () => {
  const question: PageQuestion = { origin: partner, url: `${API}/partners` };

  test.each([
    ['without an answer, it depends', undefined, 'depends', false, ['PartnerOrigins']],
    ['taken for yes, the page can read', 'yes', 'readable', true, []],
    ['taken for no, it is refused', 'no', 'refused', false, []],
  ] as const)('%s', async (_name, assume, outcome, allowed, dependsOn) => {
    const given = assume === undefined ? question : { ...question, assume };
    expect(await explainRequest(document, given)).toMatchObject({ outcome, allowed, dependsOn });
  });

  test('nothing depends on what it would say where other rules decide', async () => {
    const explanation = await explainRequest(document, {
      ...question,
      headers: { 'x-trace': '1' },
    });
    expect(explanation).toMatchObject({ outcome: 'refused', dependsOn: [] });
  });
});

describe('What no page could ask', () => {
  const fine: PageQuestion = { origin: shop, url: `${API}/books` };
  test.each([
    ['a URL of 200 kB', { url: `${API}/${'a'.repeat(200_000)}` }, /431/],
    ['a URL that is none', { url: 'books' }, /is not a URL that a page could fetch here/],
    ['a URL of another scheme', { url: 'javascript:alert(1)' }, /is not a URL/],
    ['a URL without a scheme', { url: '//api.example.com/books' }, /is not a URL/],
    ['a URL with a password', { url: 'https://a:b@api.example.com/' }, /user name or password/],
    ['a header with a newline in its name', { headers: { 'a\r\nb': '1' } }, /is not a header name/],
    ['a header with a newline in its value', { headers: { a: '1\r\nb: 2' } }, /cannot be sent/],
    ['a header of 200 kB', { headers: { a: 'a'.repeat(200_000) } }, /431/],
    ['a method that is no token', { method: 'GET /' }, /is not a method/],
    ['no method', { method: '' }, /is not a method/],
    ['a script for an origin', { origin: 'javascript:alert(1)' }, /is not the origin of a page/],
    ['a long text for an origin', { origin: 'https://'.repeat(30_000) }, /is not the origin/],
    ['an origin with a slash', { origin: `${shop}/` }, /Write 'https:\/\/shop\.example\.com'\./],
    ['a pattern for an origin', { origin: 'https://*.example.com' }, /one origin, not a pattern/],
    ['any origin', { origin: '*' }, /is not the origin of a page/],
    ['a header to read that is none', { reads: ['a b'] }, /is not a header name/],
  ] as const)('%s gets a sentence', async (_name, fields, message) => {
    const asked = explainRequest(service, { ...fine, ...fields });
    await expect(asked).rejects.toThrow(RangeError);
    await expect(asked).rejects.toThrow(message);
    const { message: told } = (await asked.catch((error: unknown) => error)) as RangeError;
    expect(told.length).toBeLessThan(700);
    expect(told).not.toMatch(/[\r\n]/);
  });
});
