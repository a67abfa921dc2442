import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import {
  compileDecider,
  freezeOriginOption,
  isResolverClass,
  type OriginAnswer,
  OriginMatcher,
  readOriginRules,
} from '../../../src/protocol/origin/origin-rules.js';
import type {
  CorsOriginResolver,
  CorsRequest,
} from '../../../src/protocol/policy/policy-options.js';
import { matcherOf, requestOf } from '../compiled-policy.js';
import { anyText, serializedOrigin } from '../origins.js';
import { SEED, SEEDED } from '../seed.js';

class Partners implements CorsOriginResolver {
  isOriginAllowed(): boolean {
    return true;
  }
}

abstract class AnyPartners implements CorsOriginResolver {
  abstract isOriginAllowed(origin: string): boolean;
}

const yes = () => true;
const no = () => false;

describe('An origin option', () => {
  const nothing = { any: false, opaque: false, patterns: [], regexps: [], deciders: [] };
  const app = { scheme: 'https', host: 'app.test', port: '', subdomains: false };
  const family = { scheme: 'https', host: 'app.test', port: '', subdomains: true };
  const regexp = /^https:\/\/a\.test$/;
  test.each([
    { option: false, rules: nothing },
    { option: [], rules: nothing },
    { option: [false], rules: nothing },
    { option: true, rules: { ...nothing, any: true } },
    { option: '*', rules: { ...nothing, any: true } },
    { option: ['*', 'https://app.test'], rules: { ...nothing, any: true, patterns: [app] } },
    { option: 'null', rules: { ...nothing, opaque: true } },
    { option: 'https://app.test', rules: { ...nothing, patterns: [app] } },
    {
      option: ['https://app.test', 'https://*.app.test'],
      rules: { ...nothing, patterns: [app, family] },
    },
    {
      option: [['https://app.test'], [['null']]],
      rules: { ...nothing, opaque: true, patterns: [app] },
    },
    { option: regexp, rules: { ...nothing, regexps: [regexp] } },
    { option: [yes, Partners, no], rules: { ...nothing, deciders: [yes, Partners, no] } },
    {
      option: [yes, regexp, 'null', 'https://app.test', false, true],
      rules: { any: true, opaque: true, patterns: [app], regexps: [regexp], deciders: [yes] },
    },
  ])('$option is sorted by kind of rule', ({ option, rules }) => {
    expect(readOriginRules(option)).toStrictEqual({ rules, problems: [] });
  });

  const kinds =
    'Write a string, a regular expression, a function, a resolver class, true or false.';
  test.each([
    {
      rule: null,
      type: 'null',
      hint: "Write 'null' (a string) for the opaque origin, or false for nobody.",
    },
    { rule: undefined, type: 'undefined', hint: kinds },
    { rule: 1, type: 'number', hint: kinds },
    { rule: {}, type: 'object', hint: kinds },
    { rule: new URL('https://app.test'), type: 'object', hint: kinds },
    { rule: Symbol.iterator, type: 'symbol', hint: kinds },
  ])('$type is refused as no rule', ({ rule, type, hint }) => {
    expect(readOriginRules(['https://app.test', rule])).toStrictEqual({
      rules: { ...nothing, patterns: [app] },
      problems: [
        { code: 'invalid-origin', value: rule, message: `${type} is no origin rule.`, hint },
      ],
    });
  });

  test('has every fault of its strings reported', () => {
    const { rules, problems } = readOriginRules([
      'app.test',
      'https://app.test',
      'https://b.test/',
    ]);
    expect(rules.patterns).toStrictEqual([app]);
    expect(problems.map(({ value }) => value)).toStrictEqual(['app.test', 'https://b.test/']);
  });

  test('that is a list cannot be changed from outside', () => {
    const given = ['https://app.test'];
    const frozen = freezeOriginOption(given);
    given.push('https://evil.test');
    expect(frozen).toStrictEqual(['https://app.test']);
    expect(Object.isFrozen(frozen)).toBe(true);
  });

  test.each([false, 'https://app.test', yes])(
    'that is the one rule %p stays what it is',
    (rule) => {
      expect(freezeOriginOption(rule)).toBe(rule);
    },
  );
});

describe('A function among the rules', () => {
  // What TypeScript makes of a class for ES5.
  function OldPartners() {}
  OldPartners.prototype.isOriginAllowed = yes;

  test.each([
    { name: 'a class', rule: Partners },
    { name: 'a class that inherits the method', rule: class extends Partners {} },
    { name: 'an abstract class', rule: AnyPartners },
    { name: 'a class without name', rule: class {} },
    { name: 'a class of old', rule: OldPartners },
  ])('is a resolver if it is $name', ({ rule }) => {
    expect(isResolverClass(rule as typeof Partners)).toBe(true);
  });

  test.each([
    { name: 'an arrow function', rule: yes },
    {
      name: 'a function',
      rule: function classy() {
        return true;
      },
    },
    { name: 'an asynchronous function', rule: async () => true },
    { name: 'a bound function', rule: yes.bind(undefined) },
    {
      name: 'a method',
      rule: {
        allow() {
          return true;
        },
      }.allow,
    },
  ])('is no resolver if it is $name', ({ rule }) => {
    expect(isResolverClass(rule)).toBe(false);
  });
});

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
    { rule: '*', origin: 'any.test', allowed: false },
    { rule: '*', origin: '*', allowed: false },
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
    'x'.repeat(600),
  ])('are not asked about %p, which is no origin', (text) => {
    const asked = jest.fn(yes);
    expect(matcherOf(asked).ask(text, undefined)).toBe('refused');
    expect(asked).not.toHaveBeenCalled();
  });

  test('are asked about the opaque origin', () => {
    expect(matcherOf((origin: string) => origin === 'null').ask('null', undefined)).toBe('allowed');
  });

  const boom = new Error('boom');
  const throws = () => {
    throw boom;
  };
  test.each([
    { name: 'throws', rule: throws },
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
    expect(report.mock.calls).toStrictEqual([[{ origin: ORIGIN, error: boom }]]);
  });

  test('do not fail through one behind the one that allows', () => {
    expect(matcherOf([yes, throws]).ask(ORIGIN, undefined)).toBe('allowed');
  });

  test.each([
    { answer: 'true', described: 'a string' },
    { answer: 1, described: 'a number' },
    { answer: {}, described: 'a object' },
    { answer: null, described: 'null' },
    { answer: undefined, described: 'undefined' },
    { answer: yes, described: 'a function' },
  ])('allow nothing by $described, and it is reported', async ({ answer, described }) => {
    for (const rule of [() => answer, async () => answer]) {
      const report = jest.fn();
      const decide = compileDecider(rule as () => boolean, report, 1000);
      expect(await decide(ORIGIN, undefined)).toBe('refused');
      expect(report.mock.calls).toStrictEqual([
        [
          {
            origin: ORIGIN,
            error: new TypeError(`An origin rule must answer true or false, not ${described}.`),
          },
        ],
      ]);
    }
  });

  test('have a wrong answer reported once, since the code stays as it is', () => {
    const report = jest.fn();
    const decide = compileDecider((() => 1) as unknown as () => boolean, report, 1000);
    expect([decide(ORIGIN, undefined), decide(ORIGIN, undefined)]).toStrictEqual([
      'refused',
      'refused',
    ]);
    expect(report).toHaveBeenCalledTimes(1);
  });

  test.each([true, false])('that answer %p are not reported', async (answer) => {
    const report = jest.fn();
    await matcherOf([() => answer, async () => answer], { report }).ask(ORIGIN, undefined);
    expect(report).not.toHaveBeenCalled();
  });

  test('that give no answer in time fail, and it is reported', async () => {
    const report = jest.fn();
    const never = () => new Promise<boolean>(() => undefined);
    expect(await matcherOf([never, yes], { report, timeout: 20 }).ask(ORIGIN, undefined)).toBe(
      'failed',
    );
    expect(report.mock.calls).toStrictEqual([
      [{ origin: ORIGIN, error: new Error('An origin rule gave no answer within 20 ms.') }],
    ]);
  });

  test('leave no timer behind once they have answered', async () => {
    jest.useFakeTimers();
    try {
      const rules = [async () => false, async () => throws()];
      expect(await matcherOf(rules).ask(ORIGIN, undefined)).toBe('failed');
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });

  test('may be missing where a decider says nothing', () => {
    const silent = (() => undefined) as unknown as () => OriginAnswer;
    const { rules } = readOriginRules([]);
    expect(new OriginMatcher(rules, [], [silent, () => 'allowed']).ask(ORIGIN, undefined)).toBe(
      'allowed',
    );
  });
});

describe('Functions and resolvers whose answers are remembered', () => {
  const ORIGIN = 'https://app.test';
  function cached(decide: (origin: string, request?: CorsRequest) => OriginAnswer) {
    const { rules } = readOriginRules('https://a.test');
    return new OriginMatcher(rules, [], [decide], { max: 2 });
  }

  test('are asked once, without the request, and answer at once from then on', async () => {
    const decide = jest.fn((_origin: string, _request?: CorsRequest): OriginAnswer => 'allowed');
    const matcher = cached(decide);
    expect(await matcher.ask(ORIGIN, requestOf({ origin: ORIGIN }))).toBe('allowed');
    expect(matcher.ask(ORIGIN, requestOf({ origin: ORIGIN }))).toBe('allowed');
    expect(decide.mock.calls).toStrictEqual([[ORIGIN, undefined]]);
  });

  test.each([ORIGIN, undefined])('are asked again once %p was forgotten', async (origin) => {
    const decide = jest.fn((): OriginAnswer => 'refused');
    const matcher = cached(decide);
    await matcher.ask(ORIGIN, undefined);
    matcher.forget(origin);
    expect(await matcher.ask(ORIGIN, undefined)).toBe('refused');
    expect(decide).toHaveBeenCalledTimes(2);
  });

  test('are not asked about what is no origin', () => {
    const decide = jest.fn((): OriginAnswer => 'allowed');
    expect(cached(decide).ask('app.test', undefined)).toBe('refused');
    expect(decide).not.toHaveBeenCalled();
  });

  test('are asked only about origins that nothing allows, and of which nothing is remembered', async () => {
    const matcher = cached(() => 'refused');
    expect(matcher.wouldAsk(ORIGIN)).toBe(true);
    expect(matcher.wouldAsk('https://a.test')).toBe(false);
    await matcher.ask(ORIGIN, undefined);
    expect(matcher.wouldAsk(ORIGIN)).toBe(false);
    matcher.forget();
    expect(matcher.wouldAsk(ORIGIN)).toBe(true);
    expect(matcherOf(yes).wouldAsk(ORIGIN)).toBe(true);
    expect(matcherOf('https://a.test').wouldAsk(ORIGIN)).toBe(false);
  });

  test('are not shown requests', () => {
    const { rules } = readOriginRules([]);
    expect(cached(() => 'refused').showsRequests).toBe(false);
    expect(matcherOf(yes).showsRequests).toBe(true);
    expect(matcherOf('https://a.test').showsRequests).toBe(false);
    expect(new OriginMatcher(rules, [], [], {}).showsRequests).toBe(false);
  });

  test('have nothing to forget where nothing is remembered', () => {
    const { rules } = readOriginRules('https://a.test');
    for (const matcher of [new OriginMatcher(rules, [], [], {}), matcherOf(yes)]) {
      matcher.forget();
      matcher.forget(ORIGIN);
      expect(typeof matcher.ask(ORIGIN, undefined)).toBe('string');
    }
  });
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
    const matcher = new OriginMatcher(
      { any: false, opaque: false, patterns, regexps: [], deciders: [] },
      [],
      [],
    );
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
    fc.assert(
      fc.property(patterns, origin, similar, (rules, other, likeOneOf) => {
        const text = likeOneOf(rules) ?? other;
        const expected = rules.some((rule) => naivelyAllows(rule, text));
        if (expected) allowed += 1;
        expect([rules, text, matcherOf(rules).allows(text)]).toStrictEqual([rules, text, expected]);
      }),
      { seed: SEED, numRuns: 5000 },
    );
    expect(allowed).toBeGreaterThan(1000);
  });

  test('does not care for the order and repetition of the rules', () => {
    fc.assert(
      fc.property(patterns, patterns, origin, (some, others, text) => {
        const one = matcherOf([...some, ...others]).allows(text);
        expect(matcherOf([...others, ...some, ...others]).allows(text)).toBe(one);
        expect(one).toBe(matcherOf(some).allows(text) || matcherOf(others).allows(text));
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  test('throws on no text at all, and allows nothing that is no origin', () => {
    const matchers = [
      matcherOf('*'),
      matcherOf([/^.*$/s, 'https://*.test', 'https://a.test', 'http://localhost:*']),
    ];
    fc.assert(
      fc.property(anyText, (text) => {
        const isOrigin = text === 'null' || /^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s\\]+$/.test(text);
        for (const matcher of matchers)
          if (!isOrigin) expect([text, matcher.allows(text)]).toStrictEqual([text, false]);
        expect(matcherOf(no).ask(text, undefined)).toBe('refused');
      }),
      { seed: SEED, numRuns: 3000 },
    );
  });
});
