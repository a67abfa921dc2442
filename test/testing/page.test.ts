import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openPage, type Page, type PageOptions } from '../../src/testing/index.js';
import { SHOP, STRANGER } from '../harness/origins.js';
import { ADAPTERS, type RunningApp, startApp } from '../harness/start-app.js';
import { API, COOKBOOK } from './cookbook-app.js';

interface Row {
  readonly name: string;
  /** Default: that of the shop. */
  readonly from?: string;
  readonly options?: PageOptions;
  readonly path?: string;
  readonly init?: RequestInit;
  /** What went out: method and path, a preflight with what it asks for. */
  readonly wire: readonly string[];
  /** `type status`, or the part of the message with which it rejects. */
  readonly ends: string | RegExp;
}

const rows: readonly Row[] = [
  {
    name: 'a simple request goes out by itself',
    wire: ['GET /books'],
    ends: 'cors 200',
  },
  {
    name: 'a header that is not safelisted asks first',
    init: { headers: { 'X-Requested-With': 'page' } },
    wire: ['OPTIONS /books (GET x-requested-with)', 'GET /books'],
    ends: 'cors 200',
  },
  {
    name: 'a method that is not safelisted asks first',
    path: '/books/1',
    init: { method: 'PUT', body: '{}', headers: { 'content-type': 'application/json' } },
    wire: ['OPTIONS /books/1 (PUT content-type)', 'PUT /books/1'],
    ends: 'cors 200',
  },
  {
    name: 'a lower-case patch stays lower-case, and is refused',
    path: '/books/1',
    init: { method: 'patch' },
    wire: ['OPTIONS /books/1 (patch )'],
    ends: /Method patch is not allowed by Access-Control-Allow-Methods in preflight response/,
  },
  {
    name: 'a header that the policy does not list ends at the preflight',
    init: { headers: { 'x-trace-id': '1' } },
    wire: ['OPTIONS /books (GET x-trace-id)'],
    ends: /Request header field x-trace-id is not allowed by Access-Control-Allow-Headers in preflight response/,
  },
  {
    name: 'a stranger reads nothing',
    from: STRANGER,
    wire: ['GET /books'],
    ends: /No 'Access-Control-Allow-Origin' header is present on the requested resource/,
  },
  {
    name: 'a stranger does not get past the preflight',
    from: STRANGER,
    path: '/books/1',
    init: { method: 'DELETE' },
    wire: ['OPTIONS /books/1 (DELETE )'],
    ends: /Response to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin'/,
  },
  {
    name: 'a page of the API itself needs no leave',
    from: API,
    path: '/books/1',
    init: {
      method: 'PUT',
      body: '{}',
      headers: { 'content-type': 'application/json', 'x-any': '1' },
    },
    wire: ['PUT /books/1'],
    ends: 'basic 200',
  },
  {
    name: 'a sandboxed frame is a stranger',
    from: 'null',
    wire: ['GET /books'],
    ends: /from origin 'null' has been blocked by CORS policy: No 'Access-Control-Allow-Origin'/,
  },
  {
    name: 'a wildcard is no answer to credentials',
    path: '/books/open',
    init: { credentials: 'include' },
    wire: ['GET /books/open'],
    ends: /must not be the wildcard '\*' when the request's credentials mode is 'include'/,
  },
  {
    name: 'no-cors shows nothing of the answer',
    from: STRANGER,
    path: '/books/open',
    init: { mode: 'no-cors' },
    wire: ['GET /books/open'],
    ends: 'opaque 0',
  },
  {
    name: 'no-cors takes no other method',
    init: { mode: 'no-cors', method: 'PUT' },
    wire: [],
    ends: /unsupported|'PUT'/,
  },
  {
    name: 'mode same-origin does not leave the origin',
    init: { mode: 'same-origin' },
    wire: [],
    ends: /Request mode is "same-origin" but the URL's origin is not same as the request origin/,
  },
  {
    name: 'a redirect within the API is followed',
    path: '/books/moved?to=/books',
    wire: ['GET /books/moved', 'GET /books'],
    ends: 'cors 200 redirected',
  },
  {
    name: 'a POST becomes a GET with 302',
    path: '/books/moved?to=/books',
    init: { method: 'POST', body: 'x' },
    wire: ['POST /books/moved', 'GET /books'],
    ends: 'cors 200 redirected',
  },
  {
    name: 'a POST stays one with 307, and keeps its body',
    path: '/books/moved?to=/books&status=307',
    init: {
      method: 'POST',
      body: 'title=1',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    },
    wire: ['POST /books/moved', 'POST /books'],
    ends: 'cors 201 redirected',
  },
  {
    name: 'redirect mode error fails',
    path: '/books/moved?to=/books',
    init: { redirect: 'error' },
    wire: ['GET /books/moved'],
    ends: /net::ERR_FAILED/,
  },
  {
    name: 'redirect mode manual shows that there was one',
    path: '/books/moved?to=/books',
    init: { redirect: 'manual' },
    wire: ['GET /books/moved'],
    ends: 'opaqueredirect 0',
  },
  {
    name: 'a redirect to what is no http ends the fetch',
    path: '/books/moved?to=ftp://files.example.com/',
    wire: ['GET /books/moved'],
    ends: /net::ERR_UNSAFE_REDIRECT/,
  },
  {
    name: 'a server in a private network has to say so, where the page is public',
    options: { privateNetwork: true },
    wire: ['OPTIONS /books (GET )'],
    ends: /No 'Access-Control-Allow-Private-Network' header was present in the preflight response/,
  },
];

describe.each(ADAPTERS)('a page, and an application on %s', (adapter) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp({ ...COOKBOOK, adapter });
  });
  afterAll(() => app.close());

  test.each(rows)('$name', async (row) => {
    const page = await openPage(app.nest, row.from ?? SHOP, { url: API, ...row.options });
    const ends = await page.fetch(row.path ?? '/books', row.init).then(accountOf, String);
    expect(ends).toEqual(row.ends instanceof RegExp ? expect.stringMatching(row.ends) : row.ends);
    expect(wireOf(page)).toEqual(row.wire);
  });
});

function accountOf({ type, status, redirected }: Response): string {
  return `${type} ${status}${redirected ? ' redirected' : ''}`;
}

function wireOf({ exchanges }: Page): string[] {
  return exchanges.map(({ method, url, requestHeaders }) => {
    const { 'access-control-request-method': asked, 'access-control-request-headers': names = '' } =
      Object.fromEntries(requestHeaders);
    return `${method} ${new URL(url).pathname}${asked === undefined ? '' : ` (${asked} ${names})`}`;
  });
}
