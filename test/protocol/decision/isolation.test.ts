import { describe, expect, test } from '@jest/globals';
import { isolate } from '../../../src/protocol/decision/isolation.js';
import { decideActual } from '../../../src/protocol/decision/actual-request.js';
import type { Verdict } from '../../../src/protocol/decision/verdict.js';
import type {
  CorsPolicyOptions,
  CorsRequest,
} from '../../../src/protocol/policy/policy-options.js';
import { listOf, requestOf } from '../compiled-policy.js';

const APP = 'https://app.test';
const CORP = ['Cross-Origin-Resource-Policy', 'same-site'];
const SITE = ['Origin', 'Sec-Fetch-Site'];
const METADATA = [...SITE, 'Sec-Fetch-Mode', 'Sec-Fetch-Dest', 'Sec-Purpose'];

const LINK = {
  'sec-fetch-site': 'cross-site',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
};

interface Row {
  readonly name: string;
  readonly method?: string;
  readonly headers: CorsRequest['headers'];
  readonly isolated: boolean;
  readonly vary: readonly string[];
}

describe('Under a policy that isolates', () => {
  const options: CorsPolicyOptions = { origin: APP, isolate: true };
  const list = listOf(options);
  const policy = list.first;
  const passes = (name: string, headers: Row['headers'], vary = SITE): Row => ({
    name,
    headers,
    isolated: false,
    vary,
  });
  const refused = (name: string, headers: Row['headers'], method = 'GET'): Row => ({
    name,
    method,
    headers,
    isolated: true,
    vary: METADATA,
  });
  test.each([
    passes('no fetch metadata', {}),
    passes('a request of the own origin', { ...LINK, 'sec-fetch-site': 'same-origin' }),
    passes('a request of the same site', { ...LINK, 'sec-fetch-site': 'same-site' }),
    passes('what a user enters', { ...LINK, 'sec-fetch-site': 'none' }),
    passes('an unknown site', { ...LINK, 'sec-fetch-site': 'other' }),
    passes('no site, and another use', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }),
    passes('a link', LINK, METADATA),
    passes('a link that a user follows', { ...LINK, 'sec-fetch-user': '?1' }, METADATA),
    refused('a frame', { ...LINK, 'sec-fetch-dest': 'iframe' }),
    refused('an image', { ...LINK, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }),
    refused('a document that is fetched', { ...LINK, 'sec-fetch-mode': 'no-cors' }),
    refused('a prefetch', { ...LINK, 'sec-purpose': 'prefetch' }),
    refused('an empty purpose', { ...LINK, 'sec-purpose': '' }),
    refused('another site that says no more', { 'sec-fetch-site': 'cross-site' }),
    refused('another site, said twice', {
      ...LINK,
      'sec-fetch-site': 'cross-site, cross-site',
      'sec-fetch-mode': 'navigate, navigate',
    }),
    refused('HEAD', LINK, 'HEAD'),
    refused('POST without Origin', LINK, 'POST'),
    refused('OPTIONS', LINK, 'OPTIONS'),
  ])('$name: refused $isolated', ({ headers, method, isolated, vary }) => {
    expect(decideActual(list, requestOf(headers, method))).toStrictEqual({
      kind: 'not-cors',
      policy,
      reason: isolated ? 'not-isolated' : undefined,
      headers: [CORP],
      vary,
    });
  });

  test.each([
    { what: 'allowed', origin: APP, reason: undefined },
    { what: 'not allowed', origin: 'https://evil.test', reason: 'origin-not-allowed' },
    { what: 'empty', origin: '', reason: 'origin-not-allowed' },
  ])('an origin that is $what decides as ever', ({ origin, reason }) => {
    const request = requestOf({ ...LINK, 'sec-fetch-dest': 'iframe', origin }, 'POST');
    const without = decideActual(listOf({ ...options, isolate: false }), request) as Verdict;
    expect(without.reason).toBe(reason);
    expect(decideActual(list, request)).toStrictEqual({
      ...without,
      policy,
      headers: [...without.headers, CORP],
    });
  });

  test('a function that answers later is waited for', async () => {
    const asked = listOf({ origin: () => Promise.resolve(true), isolate: true });
    expect(await decideActual(asked, requestOf({ origin: APP }))).toStrictEqual({
      kind: 'actual',
      policy: asked.first,
      reason: undefined,
      headers: [['Access-Control-Allow-Origin', APP], CORP],
      vary: ['Origin'],
    });
  });

  test('a refusal keeps no header that lets a page read it', () => {
    const verdict = decideActual(listOf({ origin: '*' }), requestOf({})) as Verdict;
    expect(verdict.headers).toStrictEqual([['Access-Control-Allow-Origin', '*']]);
    const { headers, reason } = isolate(verdict, requestOf({ ...LINK, 'sec-fetch-dest': 'image' }));
    expect({ headers, reason }).toStrictEqual({ headers: [CORP], reason: 'not-isolated' });
  });
});

describe('Of several policies', () => {
  test('one that isolates is enough to refuse what has no Origin', () => {
    const list = listOf(
      { origin: APP, isolate: true, credentials: true },
      { origin: '*', isolate: false },
    );
    const image = requestOf({ ...LINK, 'sec-fetch-dest': 'image' });
    expect(decideActual(list, image)).toMatchObject({ reason: 'not-isolated', headers: [CORP] });
    expect(decideActual(list, requestOf(LINK))).toMatchObject({ reason: undefined });
  });
});

describe('Under a policy that does not isolate', () => {
  test('fetch metadata of another site says nothing', () => {
    const list = listOf({ origin: APP });
    expect(decideActual(list, requestOf({ ...LINK, 'sec-fetch-dest': 'image' }))).toStrictEqual({
      kind: 'not-cors',
      policy: list.first,
      reason: undefined,
      headers: [],
      vary: ['Origin'],
    });
  });
});
