import { describe, expect, test } from '@jest/globals';
import { ENGINE_RULES, type EngineName, STANDARD } from '../../src/fetch/engine-rules.js';
import { pageFetch } from '../../src/fetch/page-fetch.js';
import { PreflightCache } from '../../src/fetch/preflight-cache.js';
import type { PageRequest } from '../../src/fetch/request.js';

/** The page is on `shop`; all but `other` are of one site. */
const PLACES: Readonly<Record<string, string>> = {
  shop: 'https://shop.example.com',
  api: 'https://api.example.com',
  files: 'https://files.example.com',
  other: 'https://other.example',
};

interface Row {
  readonly name: string;
  /** Default: the standard alone. */
  readonly engine?: EngineName;
  readonly request: Partial<PageRequest>;
  /** Where it goes: the first place, and for each redirect the status, its `Referrer-Policy` and the next one. */
  readonly way: readonly [string, ...(readonly [status: number, to: string, policy?: string])[]];
  readonly times?: 1 | 2;
  /** Of each request: the method, the place, and `Origin`, `Referer` and the headers asked for, where it has them. */
  readonly sends: readonly string[];
}

const form = { method: 'POST', mode: 'no-cors' } as const;
const json: Partial<PageRequest> = {
  method: 'POST',
  headers: [
    ['Content-Type', 'application/json'],
    ['Authorization', 'Bearer token'],
    ['X-Trace', '1'],
  ],
};
const put = { method: 'PUT' };
const toBooks = 'POST shop, Origin: shop, Referer: shop/cart';

const referrers: readonly Row[] = [
  {
    name: 'by the standard, unsafe-url tells another site all',
    request: { referrerPolicy: 'unsafe-url' },
    way: ['other'],
    sends: ['GET other, Origin: shop, Referer: shop/cart'],
  },
  ...(['unsafe-url', 'no-referrer-when-downgrade', 'origin-when-cross-origin'] as const).map(
    (referrerPolicy): Row => ({
      name: `in Firefox, ${referrerPolicy} tells another site the origin`,
      engine: 'Firefox',
      request: { referrerPolicy },
      way: ['other'],
      sends: ['GET other, Origin: shop, Referer: shop/'],
    }),
  ),
  {
    name: 'in Firefox, unsafe-url tells another origin of the same site all',
    engine: 'Firefox',
    request: { referrerPolicy: 'unsafe-url' },
    way: ['api'],
    sends: ['GET api, Origin: shop, Referer: shop/cart'],
  },
  {
    name: 'in Firefox, a policy that tells other sites nothing holds',
    engine: 'Firefox',
    request: { referrerPolicy: 'same-origin' },
    way: ['other'],
    sends: ['GET other, Origin: shop'],
  },
  {
    name: 'by the standard, a preflight after a redirect tells what its request tells',
    request: put,
    way: ['shop', [307, 'api']],
    sends: [
      'PUT shop, Origin: shop, Referer: shop/cart',
      'OPTIONS api, Origin: shop, Referer: shop/',
      'PUT api, Origin: shop, Referer: shop/',
    ],
  },
  {
    name: 'in WebKit, it tells what the first request told',
    engine: 'WebKit',
    request: put,
    way: ['shop', [307, 'api']],
    sends: [
      'PUT shop, Origin: shop, Referer: shop/cart',
      'OPTIONS api, Origin: shop, Referer: shop/cart',
      'PUT api, Origin: shop, Referer: shop/',
    ],
  },
  {
    name: 'in WebKit, it does so where the redirect says no-referrer',
    engine: 'WebKit',
    request: put,
    way: ['api', [307, 'files', 'no-referrer']],
    sends: [
      'OPTIONS api, Origin: shop, Referer: shop/',
      'PUT api, Origin: shop, Referer: shop/',
      'OPTIONS files, Origin: null, Referer: shop/',
      'PUT files, Origin: null',
    ],
  },
];

const origins: readonly Row[] = [
  {
    name: 'by the standard, no-cors tells where it comes from after a redirect from the own origin',
    request: form,
    way: ['shop', [307, 'api']],
    sends: [toBooks, 'POST api, Origin: shop, Referer: shop/'],
  },
  {
    name: 'in Chromium, it says null',
    engine: 'Chromium',
    request: form,
    way: ['shop', [307, 'api']],
    sends: [toBooks, 'POST api, Origin: null, Referer: shop/'],
  },
  {
    name: 'in Chromium, it goes on saying so at home',
    engine: 'Chromium',
    request: form,
    way: ['shop', [307, 'api'], [307, 'shop']],
    sends: [
      toBooks,
      'POST api, Origin: null, Referer: shop/',
      'POST shop, Origin: null, Referer: shop/',
    ],
  },
  {
    name: 'in Chromium, it tells where it comes from after a redirect within an origin',
    engine: 'Chromium',
    request: { ...form, referrerPolicy: 'no-referrer' },
    way: ['api', [307, 'api']],
    sends: ['POST api, Origin: shop', 'POST api, Origin: shop'],
  },
  {
    name: 'in Chromium, mode cors tells where it comes from all the same',
    engine: 'Chromium',
    request: { method: 'POST' },
    way: ['shop', [307, 'api']],
    sends: [toBooks, 'POST api, Origin: shop, Referer: shop/'],
  },
  {
    name: 'by the standard, the policy of a redirect hides the origin of no-cors',
    request: form,
    way: ['shop', [307, 'shop', 'no-referrer']],
    sends: [toBooks, 'POST shop, Origin: null'],
  },
  {
    name: 'in WebKit, it hides nothing',
    engine: 'WebKit',
    request: form,
    way: ['shop', [307, 'shop', 'no-referrer']],
    sends: [toBooks, 'POST shop, Origin: shop'],
  },
  {
    name: 'in WebKit, what the policy of the page hides is hidden until another origin is asked',
    engine: 'WebKit',
    request: { ...form, referrerPolicy: 'no-referrer' },
    way: ['shop', [307, 'shop', 'unsafe-url'], [307, 'api']],
    sends: ['POST shop, Origin: null', 'POST shop, Origin: null', 'POST api, Origin: shop'],
  },
  {
    name: 'in WebKit, a POST that becomes a GET says its origin on',
    engine: 'WebKit',
    request: form,
    way: ['api', [302, 'api']],
    sends: ['POST api, Origin: shop, Referer: shop/', 'GET api, Origin: shop, Referer: shop/'],
  },
  {
    name: 'in WebKit, it does not where another origin is asked',
    engine: 'WebKit',
    request: form,
    way: ['api', [302, 'files']],
    sends: ['POST api, Origin: shop, Referer: shop/', 'GET files, Referer: shop/'],
  },
];

const headers: readonly Row[] = [
  {
    name: 'by the standard, what a redirect has removed is not asked for again',
    request: { ...json, referrerPolicy: 'no-referrer' },
    way: ['shop', [302, 'api'], [307, 'api']],
    sends: [
      'POST shop, Origin: shop',
      'OPTIONS api, Origin: shop, x-trace',
      'GET api, Origin: shop',
      'OPTIONS api, Origin: shop, x-trace',
      'GET api, Origin: shop',
    ],
  },
  {
    name: 'in Firefox, it is asked for after the next redirect',
    engine: 'Firefox',
    request: { ...json, referrerPolicy: 'no-referrer' },
    way: ['shop', [302, 'api'], [307, 'api']],
    sends: [
      'POST shop, Origin: shop',
      'OPTIONS api, Origin: shop, x-trace',
      'GET api, Origin: shop',
      'OPTIONS api, Origin: shop, authorization,content-type,x-trace',
      'GET api, Origin: shop',
    ],
  },
  {
    name: 'in Firefox, Authorization is not asked for after a redirect to another origin',
    engine: 'Firefox',
    request: { ...json, referrerPolicy: 'no-referrer' },
    way: ['api', [302, 'api'], [307, 'files']],
    sends: [
      'OPTIONS api, Origin: shop, authorization,content-type,x-trace',
      'POST api, Origin: shop',
      'OPTIONS api, Origin: shop, authorization,x-trace',
      'GET api, Origin: shop',
      'OPTIONS files, Origin: shop, content-type,x-trace',
      'GET files, Origin: null',
    ],
  },
  {
    name: 'in WebKit, all that the page set is asked for at every redirect',
    engine: 'WebKit',
    request: { ...json, referrerPolicy: 'no-referrer' },
    way: ['shop', [302, 'api']],
    sends: [
      'POST shop, Origin: shop',
      'OPTIONS api, Origin: shop, authorization,content-type,x-trace',
      'GET api, Origin: shop',
    ],
  },
];

const tainted = ['OPTIONS files, Origin: null', 'PUT files, Origin: null'];
const twice = (first: readonly string[], second: readonly string[]): Pick<Row, 'sends'> => ({
  sends: [
    ...['OPTIONS api, Origin: shop', 'PUT api, Origin: shop', ...first],
    ...['PUT api, Origin: shop', ...second],
  ],
});
const remembered: readonly Row[] = (
  [
    ['by the standard, the preflight of a tainted request is remembered', undefined, false],
    ['in Chromium, it is not', 'Chromium', true],
    ['in WebKit, it is not', 'WebKit', true],
  ] as const
).map(([name, engine, isAskedAgain]) => ({
  name,
  ...(engine && { engine }),
  request: { ...put, referrerPolicy: 'no-referrer' },
  way: ['api', [307, 'files']],
  times: 2,
  ...twice(tainted, isAskedAgain ? tainted : tainted.slice(1)),
}));
const inFirefox: Row = {
  name: 'in Firefox, its preflight is one of the page, and remembered',
  engine: 'Firefox',
  request: { ...put, referrerPolicy: 'no-referrer' },
  way: ['api', [307, 'files']],
  times: 2,
  ...twice(['OPTIONS files, Origin: shop', 'PUT files, Origin: null'], ['PUT files, Origin: null']),
};

/** What is sent, written down in short. */
async function sent({ engine, request, way, times = 1 }: Row): Promise<readonly string[]> {
  const rules = engine === undefined ? STANDARD : ENGINE_RULES[engine];
  const cache = new PreflightCache(rules);
  const lines: string[] = [];
  const [first, ...redirects] = way;
  for (let time = 0; time < times; time += 1) {
    const left = [...redirects];
    await pageFetch(
      { origin: PLACES['shop'] ?? '', url: `${PLACES['shop'] ?? ''}/cart`, cache, rules },
      {
        ...{ url: `${PLACES[first] ?? ''}/`, method: 'GET', headers: [], mode: 'cors' },
        ...{ credentials: 'omit', redirect: 'follow' },
        ...request,
      },
      ({ method, url, headers: own }) => {
        const asked = own['access-control-request-headers'];
        lines.push(
          [
            `${method} ${inShort(new URL(url).origin)}`,
            ...(own['origin'] === undefined ? [] : [`Origin: ${inShort(own['origin'])}`]),
            ...(own['referer'] === undefined ? [] : [`Referer: ${inShort(own['referer'])}`]),
            ...(asked === undefined ? [] : [asked]),
          ].join(', '),
        );
        const grant = {
          'access-control-allow-origin': '*',
          'access-control-allow-methods': 'PUT',
          'access-control-allow-headers': 'authorization, content-type, x-trace',
          'access-control-max-age': times === 1 ? '0' : '60',
        };
        const next = method === 'OPTIONS' ? undefined : left.shift();
        if (next === undefined) return Promise.resolve({ status: 200, headers: grant });
        const [status, to, policy] = next;
        const location = `${PLACES[to] ?? ''}/`;
        return Promise.resolve({
          status,
          headers: { ...grant, location, ...(policy && { 'referrer-policy': policy }) },
        });
      },
    );
  }
  return lines;
}

function inShort(url: string): string {
  return Object.entries(PLACES).reduce((text, [name, origin]) => text.replace(origin, name), url);
}

describe.each([
  ['A referrer', referrers],
  ['An origin', origins],
  ['The headers of a redirected request', headers],
  ['A preflight after a redirect', [...remembered, inFirefox]],
] as const)('%s, where engines differ', (_, rows) => {
  test.each(rows)('$name', async (row) => {
    expect(await sent(row)).toEqual(row.sends);
  });
});
