import { afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { CookieJar, type ThirdPartyCookies } from '../../src/fetch/cookie-jar.js';
import { loadPublicSuffixes } from '../../src/fetch/public-suffixes.js';
import { ENGINE_RULES, type EngineName, STANDARD } from '../../src/fetch/engine-rules.js';
import { SHOP, STRANGER } from '../harness/origins.js';

const API = 'https://api.example.com/books/1';

interface Row {
  readonly name: string;
  readonly set: readonly string[];
  /** Where it is set, and from which page. Default: the API, from its own page. */
  readonly at?: string;
  readonly under?: string;
  /** What is asked then, and from which page. Default: the same. */
  readonly to?: string;
  readonly from?: string;
  readonly thirdParties?: ThirdPartyCookies;
  readonly sent: string;
}

const rows: readonly Row[] = [
  { name: 'a cookie goes back to its host', set: ['a=1'], sent: 'a=1' },
  { name: 'a cookie does not go to a sister of its host', set: ['a=1'], to: SHOP, sent: '' },
  {
    name: 'Domain lets it go there',
    set: ['a=1; Domain=example.com; Path=/'],
    to: SHOP,
    sent: 'a=1',
  },
  {
    name: 'a leading dot in Domain means nothing',
    set: ['a=1; Domain=.example.com; Path=/'],
    to: SHOP,
    sent: 'a=1',
  },
  { name: 'Domain of somebody else is refused', set: ['a=1; Domain=other.com'], sent: '' },
  { name: 'Domain of a public suffix is refused', set: ['a=1; Domain=com'], sent: '' },
  {
    name: 'Domain of a hoster is refused',
    set: ['a=1; Domain=github.io'],
    at: 'https://me.github.io/',
    to: 'https://me.github.io/',
    sent: '',
  },
  {
    name: 'Domain of an address is that address',
    set: ['a=1; Domain=127.0.0.1'],
    at: 'http://127.0.0.1:3000/',
    to: 'http://127.0.0.1:4000/',
    sent: 'a=1',
  },
  {
    name: 'cookies do not know ports',
    set: ['a=1'],
    at: 'http://localhost:3000/',
    under: 'http://localhost:1',
    to: 'http://localhost:4000/',
    from: 'http://localhost:2',
    sent: 'a=1',
  },
  {
    name: 'Path defaults to the folder of the URL',
    set: ['a=1'],
    to: 'https://api.example.com/books/2',
    sent: 'a=1',
  },
  {
    name: 'a cookie of a folder does not go beside it',
    set: ['a=1'],
    to: 'https://api.example.com/bookshelf',
    sent: '',
  },
  {
    name: 'Path holds below it',
    set: ['a=1; Path=/'],
    to: 'https://api.example.com/x/y',
    sent: 'a=1',
  },
  { name: 'Path ends at a slash', set: ['a=1; Path=/book'], sent: '' },
  { name: 'longer paths come first', set: ['a=1; Path=/', 'b=2; Path=/books'], sent: 'b=2; a=1' },
  { name: 'a cookie takes the place of its namesake', set: ['a=1', 'a=2'], sent: 'a=2' },
  { name: 'Max-Age=0 removes it', set: ['a=1', 'a=; Max-Age=0'], sent: '' },
  {
    name: 'a past Expires removes it',
    set: ['a=1', 'a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT'],
    sent: '',
  },
  {
    name: 'Max-Age goes before Expires',
    set: ['a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT'],
    sent: 'a=1',
  },
  { name: 'an Expires that is no date is left out', set: ['a=1; Expires=soon'], sent: 'a=1' },
  {
    name: 'the 31st of February is no date',
    set: ['a=1; Expires=Sat, 31 Feb 2026 00:00:00 GMT'],
    sent: 'a=1',
  },
  { name: 'a cookie without a name is its value', set: ['only'], sent: 'only' },
  { name: 'an empty one is none', set: ['=', ' ; Path=/'], sent: '' },
  { name: 'control characters make it none', set: ['a=\u00011'], sent: '' },
  { name: 'more than 4096 bytes make it none', set: [`a=${'x'.repeat(4096)}`], sent: '' },
  { name: 'Secure goes over https', set: ['a=1; Secure'], sent: 'a=1' },
  {
    name: 'Secure does not go over http',
    set: ['a=1; Secure; Path=/'],
    to: 'http://api.example.com/',
    from: 'http://shop.example.com',
    sent: '',
  },
  {
    name: 'http cannot set Secure',
    set: ['a=1; Secure'],
    at: 'http://api.example.com/',
    under: 'http://shop.example.com',
    sent: '',
  },
  { name: '__Host- needs Secure', set: ['__Host-a=1; Path=/'], sent: '' },
  { name: '__Host- needs Path=/', set: ['__Host-a=1; Secure'], sent: '' },
  {
    name: '__Host- takes no Domain',
    set: ['__Host-a=1; Secure; Path=/; Domain=api.example.com'],
    sent: '',
  },
  {
    name: '__Host- with all of it is sent',
    set: ['__Host-a=1; Secure; Path=/'],
    sent: '__Host-a=1',
  },
  { name: '__Secure- needs Secure', set: ['__Secure-a=1'], sent: '' },
  { name: 'a prefix counts in every case', set: ['__hOsT-a=1; Path=/'], sent: '' },
  {
    name: 'a cookie without a name cannot look like one with a prefix',
    set: ['=__Host-a=1; Path=/'],
    sent: '',
  },
  {
    name: 'SameSite=Strict goes with fetches of the same site',
    set: ['a=1; SameSite=Strict'],
    sent: 'a=1',
  },
  {
    name: 'SameSite=Lax goes with no fetch of another site',
    set: ['a=1; SameSite=Lax'],
    from: STRANGER,
    sent: '',
  },
  {
    name: 'SameSite=None goes with fetches of other sites',
    set: ['a=1; SameSite=None; Secure'],
    from: STRANGER,
    sent: 'a=1',
  },
  { name: 'SameSite=None needs Secure', set: ['a=1; SameSite=None'], sent: '' },
  {
    name: 'an unknown SameSite is none',
    set: ['a=1; SameSite=Sometimes'],
    from: STRANGER,
    sent: '',
  },
  {
    name: 'another site cannot set SameSite=Lax',
    set: ['a=1; SameSite=Lax'],
    under: STRANGER,
    sent: '',
  },
  {
    name: 'another scheme is another site',
    set: ['a=1; SameSite=Lax'],
    from: 'http://shop.example.com',
    sent: '',
  },
  { name: 'an opaque origin is of no site', set: ['a=1'], from: 'null', sent: '' },
  {
    name: 'a hoster divides sites',
    set: ['a=1; Path=/'],
    at: 'https://me.github.io/',
    under: 'https://me.github.io',
    to: 'https://me.github.io/',
    from: 'https://you.github.io',
    sent: '',
  },
  {
    name: 'blocked third parties send nothing',
    set: ['a=1; SameSite=None; Secure'],
    from: STRANGER,
    thirdParties: 'blocked',
    sent: '',
  },
  {
    name: 'blocked third parties set nothing',
    set: ['a=1; SameSite=None; Secure'],
    under: STRANGER,
    thirdParties: 'blocked',
    sent: '',
  },
  {
    name: 'blocked third parties keep what is Partitioned',
    set: ['a=1; SameSite=None; Secure; Partitioned'],
    under: STRANGER,
    from: STRANGER,
    thirdParties: 'blocked',
    sent: 'a=1',
  },
  {
    name: 'what is Partitioned goes with pages of that site alone',
    set: ['a=1; SameSite=None; Secure; Partitioned'],
    under: STRANGER,
    from: SHOP,
    sent: '',
  },
  { name: 'Partitioned needs Secure', set: ['a=1; Partitioned'], sent: '' },
  {
    name: 'partitioned third parties keep their own',
    set: ['a=1; SameSite=None; Secure'],
    under: STRANGER,
    from: STRANGER,
    thirdParties: 'partitioned',
    sent: 'a=1',
  },
  {
    name: 'partitioned third parties do not see what their own site set',
    set: ['a=1; SameSite=None; Secure'],
    from: STRANGER,
    thirdParties: 'partitioned',
    sent: '',
  },
];

const LINES = [
  'plain=1',
  'lax=1; SameSite=Lax',
  'strict=1; SameSite=Strict',
  'none=1; SameSite=None',
  'nonesec=1; SameSite=None; Secure',
  'sec=1; Secure',
  'part=1; Secure; SameSite=None; Partitioned',
  '__Host-h=1; Secure; Path=/',
  '__Secure-s=1; Secure',
];
const ALL_BUT_NONE = 'plain=1; lax=1; strict=1; nonesec=1; sec=1; part=1; __Host-h=1; __Secure-s=1';

/** Observed: a page on `localhost` has another port of it set LINES; then that is asked by pages of both sites. */
const observed: readonly (readonly [EngineName, string, string])[] = [
  // Chromium as its user has it; in incognito mode, pages of other sites send none.
  ['Chromium', ALL_BUT_NONE, 'nonesec=1'],
  ['Firefox', ALL_BUT_NONE, ''],
  ['WebKit', 'plain=1; lax=1; strict=1; none=1', 'plain=1; none=1'],
];

beforeAll(loadPublicSuffixes);
beforeEach(() => {
  jest.useFakeTimers({ now: Date.UTC(2026, 10, 21) });
});
afterEach(() => {
  jest.useRealTimers();
});

describe('A browser keeps and sends cookies as RFC 6265bis says', () => {
  test.each(rows)(
    '$name',
    ({ set, at = API, to = at, thirdParties = 'allowed', sent, ...pages }) => {
      const { under = new URL(at).origin, from = new URL(at).origin } = pages;
      const jar = new CookieJar(STANDARD, thirdParties);
      jar.store(set, { url: at, page: under });
      expect(jar.headerFor({ url: to, page: from }) ?? '').toBe(sent);
    },
  );

  test('until their time is over', () => {
    const jar = new CookieJar(STANDARD, 'allowed');
    jar.store(['a=1; Max-Age=60', 'b=2; Expires=Sat, 21 Nov 2026 00:02:00 GMT', 'c=3'], {
      url: API,
      page: SHOP,
    });
    const sent = () => jar.headerFor({ url: API, page: SHOP });
    jest.advanceTimersByTime(59_999);
    expect(sent()).toBe('a=1; b=2; c=3');
    jest.advanceTimersByTime(1);
    expect(sent()).toBe('b=2; c=3');
    jest.advanceTimersByTime(60_000);
    expect(sent()).toBe('c=3');
  });

  test('for 400 days at most', () => {
    const jar = new CookieJar(STANDARD, 'allowed');
    jar.store(['a=1; Max-Age=99999999'], { url: API, page: SHOP });
    jest.advanceTimersByTime(400 * 24 * 3600 * 1000);
    expect(jar.all).toEqual([]);
  });

  test('and at most 180 of a domain, the youngest', () => {
    const jar = new CookieJar(STANDARD, 'allowed');
    for (let index = 0; index < 200; index += 1)
      jar.store([`c${index}=1`], { url: API, page: SHOP });
    expect([jar.all.length, jar.all[0]?.name]).toEqual([180, 'c20']);
  });

  test('http cannot shadow a Secure one', () => {
    const jar = new CookieJar(STANDARD, 'allowed');
    jar.store(['a=1; Secure; Path=/'], { url: API, page: SHOP });
    jar.store(['a=2; Path=/'], { url: 'http://api.example.com/', page: 'http://shop.example.com' });
    expect(jar.all.map(({ value }) => value)).toEqual(['1']);
  });
});

describe('An engine keeps and sends cookies as it was seen to', () => {
  test.each(observed)('%s', (engine, sameSite, crossSite) => {
    const rules = ENGINE_RULES[engine];
    const jar = new CookieJar(rules, rules.thirdPartyCookies);
    const url = 'http://localhost:3001/b';
    jar.store(LINES, { url, page: 'http://localhost:3000' });
    expect(jar.headerFor({ url, page: 'http://localhost:3000' })).toBe(sameSite);
    expect(jar.headerFor({ url, page: 'http://shop.localhost:3000' }) ?? '').toBe(crossSite);
  });
});
