import { describe, expect, test } from '@jest/globals';
import { describeLive, isTold, type LiveDecision } from '../../src/explorer/live-decision.js';
import type { CorsDecisionEvent } from '../../src/observation/decision-channel.js';
import { SHOP } from '../harness/origins.js';

class BooksController {}

interface Seen {
  readonly event?: Partial<Omit<CorsDecisionEvent, 'policy'>>;
  readonly headers?: Record<string, string>;
}

function shown({ event = {}, headers = {} }: Seen): LiveDecision {
  const whole = {
    ...{ kind: 'actual', allowed: true, method: 'GET', url: '/books', origin: SHOP },
    ...{ headers: {}, message: 'Allowed.', ...event },
  } as CorsDecisionEvent;
  const { method, url } = whole;
  return describeLive(whole, { by: {}, request: { method, url, headers } });
}

const QUESTION = { origin: SHOP, url: '/books', method: 'GET', headers: {} };
const TEXT = 'a'.repeat(2_000);

describe('A decision is shown', () => {
  test('with what it says, and nothing that it does not say', () => {
    const before = Date.now();
    const { at, ...told } = shown({});
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(Date.now());
    expect(told).toStrictEqual({
      ...{ kind: 'actual', allowed: true, method: 'GET', url: '/books', origin: SHOP },
      ...{ message: 'Allowed.', question: QUESTION },
    });
  });

  test('with its reason, its status and its handler', () => {
    const route = {
      ...{ controller: BooksController, handlerName: 'list', method: 'GET', path: '/books' },
    } as unknown as NonNullable<CorsDecisionEvent['route']>;
    const event = { allowed: false, reason: 'origin-not-allowed', status: 403, route } as const;
    expect(shown({ event })).toMatchObject({
      ...{ allowed: false, reason: 'origin-not-allowed', status: 403 },
      handler: 'BooksController.list',
    });
  });

  test('without origin and question where none was sent', () => {
    const { at: _, ...told } = shown({ event: { kind: 'not-cors', origin: undefined } });
    expect(told).toStrictEqual({
      ...{ kind: 'not-cors', allowed: true, method: 'GET', url: '/books', message: 'Allowed.' },
    });
  });

  test.each(['url', 'origin', 'message'] as const)('with 2,000 characters of its %s', (field) => {
    expect(shown({ event: { [field]: TEXT } })[field]).toBe(TEXT);
    expect(shown({ event: { [field]: `${TEXT}b` } })[field]).toBe(`${TEXT}…`);
  });

  test.each<[name: string, seen: Seen, question: object | undefined]>([
    ['a URL of 2,000 characters', { event: { url: TEXT } }, { ...QUESTION, url: TEXT }],
    ['a longer URL', { event: { url: `${TEXT}b` } }, undefined],
    ['an origin of 2,000 characters', { event: { origin: TEXT } }, { ...QUESTION, origin: TEXT }],
    ['a longer origin', { event: { origin: `${TEXT}b` } }, undefined],
    ['cookies', { headers: { cookie: 'sid=secret' } }, { ...QUESTION, credentials: 'include' }],
    [
      'headers, by their names, and a type by its value',
      { headers: { 'x-trace': '1', authorization: 'secret', 'content-type': 'text/plain' } },
      {
        ...QUESTION,
        headers: { 'x-trace': '', authorization: '', 'content-type': 'text/plain' },
      },
    ],
    [
      'a type of 2,000 characters',
      { headers: { 'content-type': TEXT } },
      { ...QUESTION, headers: { 'content-type': TEXT } },
    ],
    ['a longer type', { headers: { 'content-type': `${TEXT}b` } }, QUESTION],
    [
      'a method that a preflight asks about',
      {
        event: { kind: 'preflight', method: 'OPTIONS' },
        headers: { 'access-control-request-method': 'PUT' },
      },
      { ...QUESTION, method: 'PUT' },
    ],
    [
      'a preflight that asks about no method',
      { event: { kind: 'preflight', method: 'OPTIONS' } },
      { ...QUESTION, method: 'OPTIONS' },
    ],
    [
      'a header of preflights on a request that is none',
      { headers: { 'access-control-request-method': 'PUT' } },
      QUESTION,
    ],
    [
      'headers that a preflight asks about, as far as they are names',
      {
        event: { kind: 'preflight', method: 'PUT' },
        headers: {
          'access-control-request-headers': `X-A , content-type,, <b>, a b, (c, ${'d'.repeat(100)}, ${'e'.repeat(101)}`,
          'x-own': '1',
        },
      },
      {
        ...{ ...QUESTION, method: 'PUT' },
        headers: { 'x-a': '', 'content-type': 'application/json', ['d'.repeat(100)]: '' },
      },
    ],
  ])('with a question that tells %s', (_name, seen, question) => {
    expect(shown(seen).question).toStrictEqual(question);
  });

  test('with fifty headers of many', () => {
    const names = Array.from({ length: 60 }, (_, index) => `x-${index}`);
    const listed = names.join();
    const headers = Object.fromEntries(names.map((name) => [name, '1']));
    const asked = { 'access-control-request-headers': listed };
    for (const seen of [{ headers }, { event: { kind: 'preflight' as const }, headers: asked }]) {
      expect(Object.keys(shown(seen).question?.headers ?? {})).toEqual(names.slice(0, 50));
    }
  });

  test.each([
    ...['accept', 'accept-charset', 'accept-encoding', 'accept-language', 'cache-control'],
    ...['access-control-request-private-network', 'connection', 'content-length', 'cookie2'],
    ...['date', 'dnt', 'expect', 'forwarded', 'host', 'if-none-match', 'keep-alive', 'origin'],
    ...['pragma', 'priority', 'proxy-authorization', 'referer', 'sec-fetch-site', 'te', 'trailer'],
    ...['transfer-encoding', 'upgrade', 'upgrade-insecure-requests', 'user-agent', 'via'],
    ...['x-forwarded-for', 'x-real-ip'],
  ])('without the header %s, which no page sets', (name) => {
    expect(shown({ headers: { [name]: '1' } }).question?.headers).toStrictEqual({});
  });

  test.each([
    ...['x-accept', 'accept-version', 'content-language', 'x-if-match', 'x-real-ip-2', 'date-of'],
    ...['x-via', 'a-sec-b'],
  ])('with the header %s, which only looks like one of them', (name) => {
    expect(shown({ headers: { [name]: '1' } }).question?.headers).toStrictEqual({ [name]: '' });
  });
});

test.each<[kind: CorsDecisionEvent['kind'], allowed: boolean, told: boolean]>([
  ['actual', true, true],
  ['actual', false, true],
  ['preflight', true, true],
  ['preflight', false, true],
  ['same-origin', true, false],
  ['same-origin', false, true],
  ['not-cors', true, false],
  ['not-cors', false, true],
])('of %s, allowed: %s, that people are told is %s', (kind, allowed, told) => {
  expect(isTold({ kind, allowed } as CorsDecisionEvent)).toBe(told);
});
