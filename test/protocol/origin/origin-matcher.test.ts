import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { OriginMatcher } from '../../../src/protocol/origin/origin-matcher.js';
import type {
  CorsOriginFunction,
  CorsOriginResolver,
  CorsRequest,
} from '../../../src/protocol/policy/policy-options.js';
import { matcherOf, requestOf } from '../compiled-policy.js';
import { anyText, serializedOrigin } from '../origins.js';
import { checkProperty } from '../../harness/property.js';
import { SEEDED } from '../../harness/seed.js';

class Partners implements CorsOriginResolver {
  isOriginAllowed(): boolean {
    return true;
  }
}

const yes = () => true;
const no = () => false;
const boom = new Error('boom');
const throws = () => {
  throw boom;
};

describe('A rule', () => {
  test.each([
    { rule: 'https://app.test', origin: 'https://app.test', allowed: true },
    { rule: 'https://app.test', origin: 'http://app.test', allowed: false },
    { rule: 'https://app.test', origin: 'https://app.test:8443', allowed: false },
    { rule: 'https://app.test', origin: 'https://app.test:443', allowed: false },
    { rule: 'https://app.test', origin: 'https://app.test/', allowed: false },
    { rule: 'https://app.test', origin: 'https://APP.test', allowed: false },
    { rule: 'https://app.test', origin: 'https://x.app.test', allowed: false },
    { rule: 'https://app.test', origin: 'https://app.test.evil.test', allowed: false },
    { rule: 'https://app.test', origin: 'https://app.tes', allowed: false },
    { rule: 'https://app.test', origin: 'null', allowed: false },
    { rule: 'https://app.test', origin: '', allowed: false },
    { rule: 'https://app.test:8443', origin: 'https://app.test:8443', allowed: true },
    { rule: 'https://app.test:8443', origin: 'https://app.test', allowed: false },
    { rule: 'https://*.app.test', origin: 'https://x.app.test', allowed: true },
    { rule: 'https://*.app.test', origin: 'https://a.b.c.app.test', allowed: true },
    { rule: 'https://*.app.test', origin: 'https://app.test', allowed: false },
    { rule: 'https://*.app.test', origin: 'https://.app.test', allowed: false },
    { rule: 'https://*.app.test', origin: 'https://x..app.test', allowed: false },
    { rule: 'https://*.app.test', origin: 'https://evilapp.test', allowed: false },
    { rule: 'https://*.app.test', origin: 'https://evil-app.test', allowed: false },
    { rule: 'https://*.app.test', origin: 'https://x.app.test.evil.test', allowed: false },
    { rule: 'https://*.app.test', origin: 'http://x.app.test', allowed: false },
    { rule: 'https://*.app.test', origin: 'https://x.app.test:8443', allowed: false },
    { rule: 'https://*.app.test', origin: 'https://x.app.test/', allowed: false },
    { rule: 'https://*.app.test', origin: 'https://evil.test?.app.test', allowed: false },
    { rule: 'https://*.app.test', origin: 'https://evil.test#.app.test', allowed: false },
    { rule: 'https://*.app.test', origin: 'https://evil.test/.app.test', allowed: false },
    { rule: 'https://*.app.test', origin: 'https://evil.test\\.app.test', allowed: false },
    { rule: 'https://*.app.test', origin: 'https://evil.test@x.app.test', allowed: false },
    { rule: 'https://*.app.test', origin: 'https://x.app.test,https://evil.test', allowed: false },
    { rule: 'https://*.app.test', origin: 'null', allowed: false },
    { rule: 'https://*.app.test:8443', origin: 'https://x.app.test:8443', allowed: true },
    { rule: 'https://*.app.test:8443', origin: 'https://x.app.test', allowed: false },
    { rule: 'https://*.app.test:8443', origin: 'https://x.app.test:84', allowed: false },
    { rule: 'http://localhost:*', origin: 'http://localhost:3000', allowed: true },
    { rule: 'http://localhost:*', origin: 'http://localhost', allowed: true },
    { rule: 'http://localhost:*', origin: 'https://localhost:3000', allowed: false },
    { rule: 'http://localhost:*', origin: 'http://localhost:', allowed: false },
    { rule: 'http://localhost:*', origin: 'http://localhost:x', allowed: false },
    { rule: 'http://localhost:*', origin: 'http://localhost:*', allowed: false },
    { rule: 'http://localhost:*', origin: 'http://localhost:80', allowed: false },
    { rule: 'http://localhost:*', origin: 'http://x.localhost:3000', allowed: false },
    { rule: 'http://localhost:*', origin: 'http://localhost.evil.test:3000', allowed: false },
    { rule: 'http://localhost:*', origin: 'http://localhost:3000.evil.test', allowed: false },
    { rule: 'http://*.localhost:*', origin: 'http://x.localhost:3000', allowed: true },
    { rule: 'http://*.localhost:*', origin: 'http://x.localhost', allowed: true },
    { rule: 'http://*.localhost:*', origin: 'http://localhost:3000', allowed: false },
    { rule: 'http://[::1]:*', origin: 'http://[::1]:3000', allowed: true },
    { rule: 'http://[::1]:*', origin: 'http://[::1]', allowed: true },
    { rule: 'http://[::1]:*', origin: 'http://[::2]:3000', allowed: false },
    { rule: 'capacitor://localhost', origin: 'capacitor://localhost', allowed: true },
    { rule: 'ionic://localhost:*', origin: 'ionic://localhost:8100', allowed: true },
    { rule: 'nul://ll:*', origin: 'null', allowed: false },
    { rule: 'null', origin: 'null', allowed: true },
    { rule: 'null', origin: 'NULL', allowed: false },
    { rule: 'null', origin: 'https://app.test', allowed: false },
    { rule: '*', origin: 'https://any.test', allowed: true },
    { rule: '*', origin: 'null', allowed: true },
    { rule: '*', origin: 'file://', allowed: true },
    { rule: '*', origin: 'file:///c:/x', allowed: true },
    { rule: '*', origin: 'any.test', allowed: true },
    { rule: '*', origin: 'HTTPS://ANY.test/', allowed: true },
    { rule: '*', origin: '*', allowed: true },
    { rule: '*', origin: '', allowed: true },
    { rule: ['https://app.test', true], origin: 'x'.repeat(600), allowed: true },
    { rule: 'file://', origin: 'file://', allowed: true },
    { rule: 'file://', origin: 'file:///', allowed: false },
    { rule: 'file://', origin: 'file:', allowed: false },
    { rule: 'file://', origin: 'file://host', allowed: false },
    { rule: 'file://', origin: 'null', allowed: false },
    { rule: 'null', origin: 'file://', allowed: false },
    { rule: ['file://', 'https://*.app.test'], origin: 'https://x.app.test', allowed: true },
    { rule: 'https://*.app.test', origin: 'file://', allowed: false },
    { rule: true, origin: 'http://any.test:81', allowed: true },
    { rule: false, origin: 'https://app.test', allowed: false },
    { rule: false, origin: 'null', allowed: false },
    { rule: [], origin: 'https://app.test', allowed: false },
    { rule: /^https:\/\/\w+\.app\.test$/, origin: 'https://x.app.test', allowed: true },
    { rule: /^https:\/\/\w+\.app\.test$/, origin: 'https://x.app.test.evil.test', allowed: false },
    { rule: /^https:\/\/\w+\.app\.test$/i, origin: 'HTTPS://X.APP.TEST', allowed: false },
    { rule: /app\.test/, origin: 'https://app.test', allowed: false },
    { rule: /.*/, origin: 'https://app.test', allowed: true },
    { rule: /.*/, origin: 'https://app.test/', allowed: false },
    { rule: /.*/, origin: 'null', allowed: true },
    { rule: ['https://a.test', 'https://b.test'], origin: 'https://b.test', allowed: true },
    { rule: ['https://a.test', /^https:\/\/b\.test$/], origin: 'https://b.test', allowed: true },
    { rule: ['https://*.a.test', /^https:\/\/b\.test$/], origin: 'https://b.test', allowed: true },
    {
      rule: [/^https:\/\/a\.test$/, /^https:\/\/b\.test$/],
      origin: 'https://b.test',
      allowed: true,
    },
    {
      rule: ['https://*.b.test', 'https://*.x.a.b.test'],
      origin: 'https://q.b.test',
      allowed: true,
    },
    {
      rule: ['https://*.b.test', 'https://*.x.a.b.test'],
      origin: 'https://q.x.a.b.test',
      allowed: true,
    },
    {
      rule: ['http://localhost:*', 'https://*.b.test'],
      origin: 'http://localhost:1',
      allowed: true,
    },
    { rule: ['https://a.test', false], origin: 'https://a.test', allowed: true },
  ])('$rule allows $origin: $allowed', ({ rule, origin, allowed }) => {
    expect(matcherOf(rule).allows(origin)).toBe(allowed);
  });

  test.each([/.*/s, /^https:\/\/app\.test$/m])('%s allows no origin with a line break', (rule) => {
    expect(matcherOf(rule).allows('https://app.test\nhttps://evil.test')).toBe(false);
  });

  test.each([/^https:\/\/app\.test$/g, /^https:\/\/app\.test$/y, /^https:\/\/app\.test$/dgy])(
    '%s allows the same origin again and again, wherever it was used before',
    (regexp) => {
      regexp.lastIndex = 5;
      const matcher = matcherOf(regexp);
      const answers = [1, 2, 3].map(() => matcher.allows('https://app.test'));
      expect(answers).toStrictEqual([true, true, true]);
      expect(regexp.lastIndex).toBe(5);
    },
  );

  test('says whether it allows any origin', () => {
    expect([true, '*', ['https://a.test', '*']].map((rule) => matcherOf(rule).any)).toStrictEqual([
      true,
      true,
      true,
    ]);
    expect([false, 'https://a.test', /.*/, yes].map((rule) => matcherOf(rule).any)).toStrictEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  test('says whether code has to be asked', () => {
    expect(
      [yes, Partners, ['https://a.test', yes]].map((rule) => matcherOf(rule).hasDeciders),
    ).toStrictEqual([true, true, true]);
    expect([true, 'https://a.test', /.*/].map((rule) => matcherOf(rule).hasDeciders)).toStrictEqual(
      [false, false, false],
    );
  });
});

describe('Functions and resolvers', () => {
  const ORIGIN = 'https://app.test';

  test.each([
    { name: 'one that says true', rules: [yes], answer: 'allowed' },
    { name: 'one that says false', rules: [no], answer: 'refused' },
    { name: 'one that says true later', rules: [async () => true], answer: 'allowed' },
    { name: 'one that says false later', rules: [async () => false], answer: 'refused' },
    { name: 'a resolver that says true', rules: [Partners], answer: 'allowed' },
    { name: 'a second one that says true', rules: [no, yes], answer: 'allowed' },
    { name: 'a second one that says true later', rules: [no, async () => true], answer: 'allowed' },
    {
      name: 'a third one after one that answered later',
      rules: [no, async () => false, yes],
      answer: 'allowed',
    },
    {
      name: 'two that say false later',
      rules: [async () => false, async () => false],
      answer: 'refused',
    },
    { name: 'none', rules: [], answer: 'refused' },
  ])('answer for an origin: $name', async ({ rules, answer }) => {
    expect(await matcherOf(rules).ask(ORIGIN, undefined)).toBe(answer);
  });

  test('answer at once where nothing has to be waited for', () => {
    expect(matcherOf([no, yes]).ask(ORIGIN, undefined)).toBe('allowed');
    expect(matcherOf([no, no]).ask(ORIGIN, undefined)).toBe('refused');
  });

  test('are not asked by what looks at strings and expressions only', () => {
    const asked = jest.fn(yes);
    expect(matcherOf([asked, 'https://a.test', 'https://*.a.test', /^x$/]).allows(ORIGIN)).toBe(
      false,
    );
    expect(asked).not.toHaveBeenCalled();
  });

  test('are given the origin and the request', async () => {
    const decide = jest.fn((_origin: string, _request?: CorsRequest) => false);
    const seen: unknown[] = [];
    class Resolver implements CorsOriginResolver {
      isOriginAllowed(...given: unknown[]): boolean {
        seen.push(this instanceof Resolver, ...given);
        return false;
      }
    }
    const request = requestOf({ origin: ORIGIN });
    await matcherOf([decide, Resolver]).ask(ORIGIN, request);
    expect(decide.mock.calls).toStrictEqual([[ORIGIN, request]]);
    expect(seen).toStrictEqual([true, ORIGIN, request]);
  });

  test('are asked in the order given, and no further than the first that allows', async () => {
    const order: string[] = [];
    const say = (name: string, answer: boolean) => () => {
      order.push(name);
      return answer;
    };
    const late = (name: string, answer: boolean) => async () => say(name, answer)();
    const rules = [
      say('first', false),
      late('second', false),
      say('third', true),
      late('fourth', true),
    ];
    expect(await matcherOf(rules).ask(ORIGIN, undefined)).toBe('allowed');
    expect(order).toStrictEqual(['first', 'second', 'third']);
  });

  test.each([
    '',
    '*',
    'app.test',
    'https://app.test/',
    'HTTPS://app.test',
    'https://a.test, https://b.test',
    'file:',
    'file:///',
    'file:///c:/x',
    'file://host',
    'FILE://',
    'x'.repeat(600),
  ])('are not asked about %p, which is no origin', (text) => {
    const asked = jest.fn(yes);
    expect(matcherOf(asked).ask(text, undefined)).toBe('refused');
    expect(asked).not.toHaveBeenCalled();
  });

  test.each(['null', 'file://'])('are asked about %p', (origin) => {
    expect(matcherOf((asked: string) => asked === origin).ask(origin, undefined)).toBe('allowed');
  });

  test.each([
    { name: 'throws', rule: () => throws() },
    { name: 'rejects', rule: async () => throws() },
    {
      name: 'answers with a promise-like that rejects',
      rule: () => ({
        then: (_: unknown, reject: (e: unknown) => void) => {
          reject(boom);
        },
      }),
    },
    { name: 'answers with a promise-like that throws', rule: () => ({ then: throws }) },
    {
      name: 'answers with what throws when looked at',
      rule: () => ({
        get then() {
          return throws();
        },
      }),
    },
  ])('fail if one $name: nobody behind it is asked, and it is reported', async ({ rule }) => {
    const report = jest.fn();
    const behind = jest.fn(yes);
    expect(await matcherOf([no, rule, behind], { report }).ask(ORIGIN, undefined)).toBe('failed');
    expect(behind).not.toHaveBeenCalled();
    expect(report.mock.calls).toStrictEqual([[{ rule: 'rule', origin: ORIGIN, error: boom }]]);
  });

  test('do not fail through one behind the one that allows', () => {
    expect(matcherOf([yes, throws]).ask(ORIGIN, undefined)).toBe('allowed');
  });

  test.each([true, false])('that answer %p are not reported', async (answer) => {
    const report = jest.fn();
    await matcherOf([() => answer, async () => answer], { report }).ask(ORIGIN, undefined);
    expect(report).not.toHaveBeenCalled();
  });

  test('that give no answer in time fail', async () => {
    const never = () => new Promise<boolean>(() => undefined);
    expect(await matcherOf([never, yes], { timeout: 20 }).ask(ORIGIN, undefined)).toBe('failed');
  });
});

describe('Functions and resolvers whose answers are remembered', () => {
  const ORIGIN = 'https://app.test';
  const cached = (...rules: CorsOriginFunction[]) =>
    matcherOf(['https://a.test', ...rules], { originCache: { staleWhileRevalidate: 60_000 } });

  test('are asked once, without the request, and answer at once from then on', async () => {
    const decide = jest.fn((_origin: string, _request?: CorsRequest) => true);
    const matcher = cached(decide);
    expect(await matcher.ask(ORIGIN, requestOf({ origin: ORIGIN }))).toBe('allowed');
    expect(matcher.ask(ORIGIN, requestOf({ origin: ORIGIN }))).toBe('allowed');
    expect(decide.mock.calls).toStrictEqual([[ORIGIN, undefined]]);
  });

  test.each([
    {
      what: 'the origin was forgotten',
      change: (matcher: OriginMatcher) => {
        matcher.forget(ORIGIN);
      },
    },
    {
      what: 'all were expired',
      change: (matcher: OriginMatcher) => {
        matcher.expire();
      },
    },
  ])('are asked again once $what', async ({ change }) => {
    const decide = jest.fn(no);
    const matcher = cached(decide);
    await matcher.ask(ORIGIN, undefined);
    change(matcher);
    expect(await matcher.ask(ORIGIN, undefined)).toBe('refused');
    expect(decide).toHaveBeenCalledTimes(2);
  });

  test('are not asked about what is no origin', () => {
    const decide = jest.fn(yes);
    expect(cached(decide).ask('app.test', undefined)).toBe('refused');
    expect(decide).not.toHaveBeenCalled();
  });

  test('are asked only about origins that nothing allows, and of which nothing is remembered', async () => {
    const decide = jest.fn(no);
    const matcher = cached(decide);
    expect(matcher.allows('https://a.test')).toBe(true);
    expect(decide).not.toHaveBeenCalled();
    await matcher.ask(ORIGIN, undefined);
    await matcher.ask(ORIGIN, undefined);
    expect(decide).toHaveBeenCalledTimes(1);
    matcher.expire();
    await matcher.ask(ORIGIN, undefined);
    expect(decide).toHaveBeenCalledTimes(2);
  });

  test('are not shown requests', () => {
    expect(cached(no).showsRequests).toBe(false);
    expect(matcherOf(yes).showsRequests).toBe(true);
    expect(matcherOf('https://a.test').showsRequests).toBe(false);
    expect(matcherOf('https://a.test', { originCache: {} }).showsRequests).toBe(false);
  });

  test('have nothing to forget where nothing is remembered', () => {
    for (const matcher of [matcherOf('https://a.test', { originCache: {} }), matcherOf(yes)]) {
      matcher.expire();
      matcher.forget(ORIGIN);
      expect(typeof matcher.ask(ORIGIN, undefined)).toBe('string');
    }
  });

  test('are asked one by one: whoever refused is not asked again for the sake of another', async () => {
    const first = jest.fn(no);
    let answer = () => false;
    const second = jest.fn(() => answer());
    const matcher = matcherOf([first, second, no], { originCache: {} });
    answer = throws;
    expect(await matcher.ask(ORIGIN, undefined)).toBe('failed');
    answer = yes;
    expect(await matcher.ask(ORIGIN, undefined)).toBe('allowed');
    expect([first, second].map(({ mock }) => mock.calls.length)).toStrictEqual([1, 2]);
  });

  test('allow what any of them remembers, whatever is known of the others', async () => {
    const first = jest.fn(no);
    const matcher = cached(first, yes);
    expect(await matcher.ask(ORIGIN, undefined)).toBe('allowed');
    expect(matcher.ask(ORIGIN, undefined)).toBe('allowed');
    expect(first).toHaveBeenCalledTimes(1);
  });

  test.each([
    { first: 'fails', second: 'fails', behind: throws, answer: 'allowed' },
    { first: 'fails', second: 'allows', behind: yes, answer: 'allowed' },
    { first: 'fails', second: 'refuses', behind: no, answer: 'failed' },
  ])(
    'are asked anew after expire(): where the first $first and the one that allowed $second, the answer is $answer',
    async ({ behind, answer }) => {
      let isDown = false;
      const first = () => (isDown ? throws() : false);
      const second = () => (isDown ? behind() : true);
      const third = jest.fn(no);
      const matcher = cached(first, second, third);
      expect(await matcher.ask(ORIGIN, undefined)).toBe('allowed');
      isDown = true;
      matcher.expire();
      expect(await matcher.ask(ORIGIN, undefined)).toBe(answer);
      expect(third).not.toHaveBeenCalled();
    },
  );
});

describe('The cost of the strings', () => {
  /** Every step over or look into a collection, and every use of an expression, while an origin is matched. */
  function workOf(matcher: OriginMatcher, origin: string): number {
    const steps = [
      jest.spyOn(Set.prototype, 'has'),
      jest.spyOn(Set.prototype, 'forEach'),
      jest.spyOn(Set.prototype, 'values'),
      jest.spyOn(Set.prototype, Symbol.iterator as unknown as 'values'),
      jest.spyOn(Map.prototype, 'get'),
      jest.spyOn(Map.prototype, 'has'),
      jest.spyOn(Array.prototype, 'some'),
      jest.spyOn(Array.prototype, 'find'),
      jest.spyOn(Array.prototype, 'filter'),
      jest.spyOn(Array.prototype, 'includes'),
      jest.spyOn(Array.prototype, 'forEach'),
      jest.spyOn(Array.prototype, Symbol.iterator as unknown as 'values'),
      jest.spyOn(String.prototype, 'startsWith'),
      jest.spyOn(String.prototype, 'endsWith'),
      jest.spyOn(String.prototype, 'slice'),
      jest.spyOn(String.prototype, 'lastIndexOf'),
      jest.spyOn(RegExp.prototype, 'test'),
      jest.spyOn(RegExp.prototype, 'exec'),
    ];
    const before = steps.map(({ mock }) => mock.calls.length);
    matcher.allows(origin);
    const work = steps.map(({ mock }, index) => mock.calls.length - (before[index] ?? 0));
    for (const step of steps) step.mockRestore();
    return work.reduce((sum, count) => sum + count);
  }

  const strings = (count: number) =>
    Array.from({ length: count }, (_, index) => [
      `https://n${index}.test`,
      `https://*.n${index}.app.test`,
      `http://n${index}.test:*`,
      `http://*.n${index}.app.test:*`,
    ]).flat();

  const [few, many] = [matcherOf(strings(10)), matcherOf(strings(5_000))];

  test.each([
    { kind: 'the first exact one', origin: 'https://n0.test' },
    { kind: 'another exact one', origin: 'https://n9.test' },
    { kind: 'one of a family', origin: 'https://x.n0.app.test' },
    { kind: 'one deep in a family', origin: 'https://x.y.n9.app.test' },
    { kind: 'one on any port', origin: 'http://n5.test:3000' },
    { kind: 'one of a family on any port', origin: 'http://x.n5.app.test:3000' },
    { kind: 'an unknown one', origin: 'https://unknown.test' },
    { kind: 'an unknown one beside a family', origin: 'https://x.unknown.app.test' },
    { kind: 'one of a hundred labels', origin: `https://${'a.'.repeat(100)}test` },
    { kind: 'the opaque one', origin: 'null' },
    { kind: 'what is none', origin: 'no origin' },
  ])('does not grow with how many there are, for $kind', ({ origin }) => {
    expect(many.allows(origin)).toBe(few.allows(origin));
    expect(workOf(many, origin)).toBe(workOf(few, origin));
  });

  /** What the matcher looks up, in order. */
  function looksOf(matcher: OriginMatcher, origin: string): unknown[] {
    const looks: unknown[] = [];
    const noteKey = (key: unknown) => looks.push(key);
    const { has } = Set.prototype;
    const { get } = Map.prototype;
    const spies = [
      jest.spyOn(Set.prototype, 'has').mockImplementation(function (this: Set<unknown>, key) {
        noteKey(key);
        return has.call(this, key);
      }),
      jest.spyOn(Map.prototype, 'get').mockImplementation(function (
        this: Map<unknown, unknown>,
        key,
      ) {
        noteKey(key);
        return get.call(this, key) as unknown;
      }),
    ];
    try {
      matcher.allows(origin);
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
    return looks;
  }

  test('is one look for each number of labels that patterns have, however many an origin has', () => {
    // A pattern without star has no say in how many labels to look at.
    const matcher = matcherOf([...strings(1000), 'http://*.test', 'http://a.b.c.d.e.f.test:*']);
    const host = `${'a.'.repeat(200)}test`;
    expect(looksOf(matcher, `https://${host}`)).toStrictEqual([
      `https://${host}`,
      host,
      '.test',
      '.a.a.test',
    ]);
  });

  test.each([
    { where: 'all are exact', rules: ['https://a.test', 'https://b.test'] },
    { where: 'the others are expressions', rules: ['https://a.test', /^https:\/\/b$/] },
    { where: 'the others are code', rules: ['https://a.test', yes] },
  ])('is one look where $where', ({ rules }) => {
    expect(looksOf(matcherOf(rules), 'https://c.test')).toStrictEqual(['https://c.test']);
  });

  test('does not keep an application with very many from starting', () => {
    const patterns = Array.from({ length: 200_000 }, (_, index) => ({
      scheme: 'https',
      host: `n${index}.test`,
      port: '',
      subdomains: true,
    }));
    const matcher = new OriginMatcher({
      any: false,
      opaque: false,
      patterns,
      regexps: [],
      deciders: [],
    });
    expect(matcher.allows('https://x.n199999.test')).toBe(true);
  });
});

describe(`The matcher ${SEEDED}`, () => {
  const label = fc.constantFrom('a', 'b', 'app', 'test', 'localhost');
  const host = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
  const scheme = fc.constantFrom('http', 'https');
  const pattern = fc
    .tuple(scheme, fc.boolean(), host, fc.constantFrom('', '', ':3000', ':*'))
    .map(([s, star, h, port]) => `${s}://${star ? '*.' : ''}${h}${port}`);
  const patterns = fc.array(pattern, { maxLength: 6 });
  const known = fc
    .tuple(scheme, host, fc.constantFrom('', '', ':3000', ':8443'))
    .map((parts) => `${parts[0]}://${parts[1]}${parts[2]}`);
  const origin = fc.oneof(
    { weight: 8, arbitrary: known },
    serializedOrigin,
    fc.constant('null'),
    anyText,
  );

  /** Makes an origin that one of the rules most likely allows, if it makes any. */
  const similar = fc.tuple(fc.boolean(), fc.nat(), host, fc.constantFrom('', ':3000', ':8443')).map(
    ([derived, place, labels, port]) =>
      (rules: readonly string[]) =>
        derived
          ? rules[place % rules.length]?.replace('*.', `${labels}.`).replace(':*', port)
          : undefined,
  );

  /** Compares label by label, rule by rule. */
  function naivelyAllows(rule: string, text: string): boolean {
    const [ruleScheme = '', ruleAuthority = ''] = rule.split('://');
    const [ruleHost = '', rulePort = ''] = ruleAuthority.split(':');
    if (!URL.canParse(text)) return false;
    const url = new URL(text);
    if (url.origin !== text || `${ruleScheme}:` !== url.protocol) return false;
    if (rulePort !== '*' && rulePort !== url.port) return false;
    const labels = url.hostname.split('.');
    const wanted = ruleHost.split('.');
    if (wanted[0] !== '*') return labels.join() === wanted.join();
    const fixed = wanted.slice(1);
    const extra = labels.slice(0, -fixed.length);
    return extra.join('') !== '' && labels.slice(-fixed.length).join() === fixed.join();
  }

  test('agrees with a naive one', () => {
    let allowed = 0;
    checkProperty(
      fc.property(patterns, origin, similar, (rules, other, likeOneOf) => {
        const text = likeOneOf(rules) ?? other;
        const expected = rules.some((rule) => naivelyAllows(rule, text));
        if (expected) allowed += 1;
        expect([rules, text, matcherOf(rules).allows(text)]).toStrictEqual([rules, text, expected]);
      }),
      5000,
    );
    expect(allowed).toBeGreaterThan(1000);
  });

  test('does not care for the order and repetition of the rules', () => {
    checkProperty(
      fc.property(patterns, patterns, origin, (some, others, text) => {
        const one = matcherOf([...some, ...others]).allows(text);
        expect(matcherOf([...others, ...some, ...others]).allows(text)).toBe(one);
        expect(one).toBe(matcherOf(some).allows(text) || matcherOf(others).allows(text));
      }),
      1000,
    );
  });

  test('throws on no text at all, and allows what is no origin by no rule but that for any', () => {
    const matcher = matcherOf([/^.*$/s, 'https://*.test', 'https://a.test', 'http://localhost:*']);
    checkProperty(
      fc.property(anyText, (text) => {
        const isOrigin = text === 'null' || /^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s\\]+$/.test(text);
        if (!isOrigin) expect([text, matcher.allows(text)]).toStrictEqual([text, false]);
        expect(matcherOf('*').allows(text)).toBe(true);
        expect(matcherOf(no).ask(text, undefined)).toBe('refused');
      }),
      3000,
    );
  });
});
