import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { ENGINE_RULES, type EngineRules, STANDARD } from '../../src/fetch/engine-rules.js';
import type { PreflightQuestion } from '../../src/fetch/preflight.js';
import { PreflightCache } from '../../src/fetch/preflight-cache.js';

const asking = (question: Partial<PreflightQuestion>): PreflightQuestion => ({
  url: 'https://api.example.com/books/1',
  origin: 'https://shop.example.com',
  method: 'GET',
  unsafeNames: [],
  credentials: 'same-origin',
  ...question,
});

interface Row {
  readonly name: string;
  readonly rules?: EngineRules;
  /** Preflights that were answered, one after the other: what they granted, and for how long. */
  readonly granted: readonly {
    readonly question?: Partial<PreflightQuestion>;
    readonly methods?: readonly string[];
    readonly headers?: readonly string[];
    readonly maxAge?: string;
  }[];
  readonly then: Partial<PreflightQuestion>;
  /** Whole seconds for which it is remembered. */
  readonly seconds: number;
}

const { Chromium, Firefox, WebKit } = ENGINE_RULES;
const put = { methods: ['PUT'], maxAge: '60' };

const rows: readonly Row[] = [
  {
    name: 'a method is remembered for its time',
    granted: [put],
    then: { method: 'PUT' },
    seconds: 60,
  },
  { name: 'another method is not', granted: [put], then: { method: 'DELETE' }, seconds: 0 },
  {
    name: 'another URL is not',
    granted: [put],
    then: { method: 'PUT', url: 'https://api.example.com/books/2' },
    seconds: 0,
  },
  {
    name: 'another origin is not',
    granted: [put],
    then: { method: 'PUT', origin: 'https://a.example' },
    seconds: 0,
  },
  {
    name: 'what does not say how long lasts 5 seconds',
    granted: [{ methods: ['PUT'] }],
    then: { method: 'PUT' },
    seconds: 5,
  },
  {
    name: '0 is not remembered',
    granted: [{ ...put, maxAge: '0' }],
    then: { method: 'PUT' },
    seconds: 0,
  },
  {
    name: 'a negative number is no number',
    granted: [{ ...put, maxAge: '-1' }],
    then: { method: 'PUT' },
    seconds: 5,
  },
  {
    name: 'Firefox does not remember what has no number',
    rules: Firefox,
    granted: [{ ...put, maxAge: 'abc' }],
    then: { method: 'PUT' },
    seconds: 0,
  },
  {
    name: 'Chromium remembers two hours at most',
    rules: Chromium,
    granted: [{ ...put, maxAge: '86400' }],
    then: { method: 'PUT' },
    seconds: 7200,
  },
  {
    name: 'Firefox remembers a day at most',
    rules: Firefox,
    granted: [{ ...put, maxAge: '999999' }],
    then: { method: 'PUT' },
    seconds: 86_400,
  },
  {
    name: 'WebKit remembers ten minutes at most',
    rules: WebKit,
    granted: [{ ...put, maxAge: '7200' }],
    then: { method: 'PUT' },
    seconds: 600,
  },
  {
    name: 'a grant without credentials is none with them',
    granted: [put],
    then: { method: 'PUT', credentials: 'include' },
    seconds: 0,
  },
  {
    name: 'a grant with credentials is one without them',
    granted: [{ ...put, question: { credentials: 'include' } }],
    then: { method: 'PUT' },
    seconds: 60,
  },
  {
    name: 'Firefox keeps the two apart',
    rules: Firefox,
    granted: [{ ...put, question: { credentials: 'include' } }],
    then: { method: 'PUT' },
    seconds: 0,
  },
  {
    name: 'method and header may come from different preflights',
    granted: [put, { headers: ['x-a'], maxAge: '30' }],
    then: { method: 'PUT', unsafeNames: ['x-a'] },
    seconds: 30,
  },
  {
    name: 'Chromium knows the last preflight of a URL only',
    rules: Chromium,
    granted: [put, { headers: ['x-a'], maxAge: '30' }],
    then: { method: 'PUT' },
    seconds: 0,
  },
  {
    name: 'WebKit does, too',
    rules: WebKit,
    granted: [put, { headers: ['x-a'], maxAge: '30' }],
    then: { method: 'PUT' },
    seconds: 0,
  },
  {
    name: 'a star stands for any method and header',
    granted: [{ methods: ['*'], headers: ['*'], maxAge: '60' }],
    then: { method: 'PURGE', unsafeNames: ['x-a'] },
    seconds: 60,
  },
  {
    name: 'but for Authorization',
    granted: [{ methods: ['*'], headers: ['*'], maxAge: '60' }],
    then: { unsafeNames: ['authorization'] },
    seconds: 0,
  },
  {
    name: 'and with credentials for nothing',
    granted: [{ question: { credentials: 'include' }, methods: ['*'], maxAge: '60' }],
    then: { method: 'PUT', credentials: 'include' },
    seconds: 0,
  },
  {
    name: 'a question about the private network is another one',
    granted: [put],
    then: { method: 'PUT', privateNetwork: true },
    seconds: 0,
  },
  {
    name: 'a later preflight lengthens the time',
    granted: [{ ...put, maxAge: '10' }, put],
    then: { method: 'PUT' },
    seconds: 60,
  },
];

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('A browser remembers preflights', () => {
  test.each(rows)('$name', ({ rules = STANDARD, granted, then, seconds }) => {
    const cache = new PreflightCache(rules);
    for (const { question = {}, methods = [], headers = [], maxAge } of granted) {
      cache.remember(asking(question), { methods, headers }, maxAge);
    }
    const covers = () => cache.covers(asking(then));
    expect(covers()).toBe(seconds > 0);
    if (seconds === 0) return;
    jest.advanceTimersByTime(seconds * 1000 - 1);
    expect(covers()).toBe(true);
    jest.advanceTimersByTime(1);
    expect(covers()).toBe(false);
  });

  test('of no more than 1024 URLs, the latest', () => {
    const cache = new PreflightCache(STANDARD);
    const at = (index: number) =>
      asking({ method: 'PUT', url: `https://api.example.com/${index}` });
    for (let index = 0; index < 1100; index += 1) {
      cache.remember(at(index), { methods: ['PUT'], headers: [] }, '60');
    }
    expect([75, 76, 1099].map((index) => cache.covers(at(index)))).toEqual([false, true, true]);
  });
});
