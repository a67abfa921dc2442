import { expect, test } from '@jest/globals';
import { STANDARD } from '../../src/fetch/engine-rules.js';
import { pageFetch } from '../../src/fetch/page-fetch.js';
import { PreflightCache } from '../../src/fetch/preflight-cache.js';
import type { PageRequest, WireResponse } from '../../src/fetch/request.js';
import { SHOP } from '../harness/origins.js';

const PAGE = `${SHOP}/cart?item=1`;
const API = 'https://api.example.com/books';
const LOOPBACK = 'http://localhost:3000';

interface Row {
  readonly name: string;
  /** URL of the page. Default: {@link PAGE}. */
  readonly page?: string;
  readonly isSandboxed?: boolean;
  readonly request?: Partial<PageRequest>;
  readonly answers?: readonly WireResponse[];
  /** `Origin` and `Referer` of each request on the wire, the preflight included; a dash for none. */
  readonly sends: readonly (readonly [origin: string, referrer: string])[];
}

const OPEN: WireResponse = {
  status: 200,
  headers: { 'access-control-allow-origin': '*', 'access-control-allow-methods': '*' },
};
const redirectTo = (location: string, headers: Record<string, string> = {}): WireResponse => ({
  status: 307,
  headers: { ...OPEN.headers, location, ...headers },
});
const noCors = { method: 'POST', mode: 'no-cors' } as const;
const sameOrigin = { method: 'POST', mode: 'same-origin', url: `${SHOP}/order` } as const;

// Referrer Policy, section 3, has a table of these; Fetch, "append a request `Origin` header".
const rows: readonly Row[] = [
  {
    name: 'without a policy, another origin is told the origin of the page',
    sends: [[SHOP, `${SHOP}/`]],
  },
  {
    name: 'without a policy, the own origin is told the whole URL',
    request: { url: `${SHOP}/order` },
    sends: [['-', PAGE]],
  },
  {
    name: 'no-referrer tells nothing, and CORS its origin',
    request: { referrerPolicy: 'no-referrer' },
    sends: [[SHOP, '-']],
  },
  {
    name: 'same-origin tells other origins nothing',
    request: { referrerPolicy: 'same-origin' },
    sends: [[SHOP, '-']],
  },
  {
    name: 'same-origin tells the own origin all',
    request: { url: `${SHOP}/order`, referrerPolicy: 'same-origin' },
    sends: [['-', PAGE]],
  },
  {
    name: 'origin tells the origin also to the own one',
    request: { url: `${SHOP}/order`, referrerPolicy: 'origin' },
    sends: [['-', `${SHOP}/`]],
  },
  {
    name: 'strict-origin tells the origin',
    request: { referrerPolicy: 'strict-origin' },
    sends: [[SHOP, `${SHOP}/`]],
  },
  {
    name: 'origin-when-cross-origin tells other origins the origin',
    request: { referrerPolicy: 'origin-when-cross-origin' },
    sends: [[SHOP, `${SHOP}/`]],
  },
  {
    name: 'origin-when-cross-origin tells the own origin all',
    request: { url: `${SHOP}/order`, referrerPolicy: 'origin-when-cross-origin' },
    sends: [['-', PAGE]],
  },
  {
    name: 'no-referrer-when-downgrade tells other origins all',
    request: { referrerPolicy: 'no-referrer-when-downgrade' },
    sends: [[SHOP, PAGE]],
  },
  {
    name: 'unsafe-url tells other origins all',
    request: { referrerPolicy: 'unsafe-url' },
    sends: [[SHOP, PAGE]],
  },
  {
    name: 'of a URL with more than 4,096 characters, the origin is told',
    page: `${SHOP}/${'x'.repeat(4096)}`,
    request: { referrerPolicy: 'unsafe-url' },
    sends: [[SHOP, `${SHOP}/`]],
  },
  {
    name: 'user name, password and fragment are told to nobody',
    page: 'https://me:secret@shop.example.com/cart#top',
    request: { referrerPolicy: 'unsafe-url' },
    sends: [[SHOP, `${SHOP}/cart`]],
  },
  {
    name: 'a page that comes from no server tells nothing',
    page: 'file:///home/cart.html',
    sends: [['null', '-']],
  },
  {
    name: 'a sandboxed frame tells nothing',
    isSandboxed: true,
    request: { referrerPolicy: 'unsafe-url' },
    sends: [['null', '-']],
  },
  {
    name: 'a preflight tells what its request tells',
    request: { method: 'PUT', referrerPolicy: 'unsafe-url' },
    sends: [
      [SHOP, PAGE],
      [SHOP, PAGE],
    ],
  },
  {
    name: 'a page of https: with strict-origin hides its origin from http: on the loopback, which may have the referrer',
    request: { ...noCors, url: 'http://localhost/books', referrerPolicy: 'strict-origin' },
    sends: [['null', `${SHOP}/`]],
  },
  {
    name: 'no-cors without a policy says where it comes from',
    request: noCors,
    sends: [[SHOP, `${SHOP}/`]],
  },
  {
    name: 'no-cors with no-referrer hides its origin',
    request: { ...noCors, referrerPolicy: 'no-referrer' },
    sends: [['null', '-']],
  },
  {
    name: 'no-cors with same-origin hides its origin from others',
    request: { ...noCors, referrerPolicy: 'same-origin' },
    sends: [['null', '-']],
  },
  {
    name: 'no-cors with unsafe-url hides nothing',
    request: { ...noCors, url: 'http://localhost/books', referrerPolicy: 'unsafe-url' },
    sends: [[SHOP, PAGE]],
  },
  {
    name: 'mode same-origin with no-referrer hides its origin even from the own one',
    request: { ...sameOrigin, referrerPolicy: 'no-referrer' },
    sends: [['null', '-']],
  },
  {
    name: 'mode same-origin with same-origin hides nothing',
    request: { ...sameOrigin, referrerPolicy: 'same-origin' },
    sends: [[SHOP, PAGE]],
  },
  {
    name: 'mode cors with no-referrer tells the own origin where it comes from',
    request: { ...sameOrigin, mode: 'cors', referrerPolicy: 'no-referrer' },
    sends: [[SHOP, '-']],
  },
  {
    name: 'after a redirect, no more is told than before',
    answers: [redirectTo(`${SHOP}/order`)],
    sends: [
      [SHOP, `${SHOP}/`],
      ['null', `${SHOP}/`],
    ],
  },
  {
    name: 'a redirect sets the policy of what follows: the last one of its header that is known',
    request: { referrerPolicy: 'unsafe-url' },
    answers: [redirectTo(API, { 'referrer-policy': 'no-referrer, Strict-Origin, newer-policy' })],
    sends: [
      [SHOP, PAGE],
      [SHOP, `${SHOP}/`],
    ],
  },
  {
    name: 'a redirect without a known policy sets none',
    request: { referrerPolicy: 'unsafe-url' },
    answers: [redirectTo(API, { 'referrer-policy': 'newer-policy,' })],
    sends: [
      [SHOP, PAGE],
      [SHOP, PAGE],
    ],
  },
  ...(['', 'strict-origin', 'no-referrer-when-downgrade'] as const).map((referrerPolicy): Row => ({
    name: `a page of the loopback tells other hosts of http: nothing, with ${referrerPolicy || 'no policy'}`,
    page: `${LOOPBACK}/cart`,
    request: { url: 'http://api.example.com/books', referrerPolicy },
    sends: [[LOOPBACK, '-']],
  })),
  {
    name: 'a page of the loopback tells other hosts of http: its origin, with origin',
    page: `${LOOPBACK}/cart`,
    request: { url: 'http://api.example.com/books', referrerPolicy: 'origin' },
    sends: [[LOOPBACK, `${LOOPBACK}/`]],
  },
];

test.each(rows)('$name', async ({ page = PAGE, isSandboxed, request, answers = [], sends }) => {
  const sent: [string, string][] = [];
  await pageFetch(
    {
      origin: isSandboxed === true ? 'null' : new URL(page).origin,
      url: page,
      cache: new PreflightCache(STANDARD),
      rules: STANDARD,
    },
    {
      ...{ url: API, method: 'GET', headers: [], mode: 'cors', credentials: 'omit' },
      redirect: 'follow',
      ...request,
    },
    ({ headers }) => {
      const answer = answers[sent.length] ?? OPEN;
      sent.push([headers['origin'] ?? '-', headers['referer'] ?? '-']);
      return Promise.resolve(answer);
    },
  );
  expect(sent).toEqual(sends);
});
