import { describe, expect, test } from '@jest/globals';
import {
  freezeOriginOption,
  isResolverClass,
  readOriginRules,
} from '../../../src/protocol/origin/origin-rules.js';
import type { CorsOriginResolver } from '../../../src/protocol/policy/policy-options.js';

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
  const file = { scheme: 'file', host: '', port: '', subdomains: false };
  const regexp = /^https:\/\/a\.test$/;
  test.each([
    { option: false, rules: nothing },
    { option: [], rules: nothing },
    { option: [false], rules: nothing },
    { option: true, rules: { ...nothing, any: true } },
    { option: '*', rules: { ...nothing, any: true } },
    { option: ['*', 'https://app.test'], rules: { ...nothing, any: true, patterns: [app] } },
    { option: 'null', rules: { ...nothing, opaque: true } },
    { option: 'file://', rules: { ...nothing, patterns: [file] } },
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
        { code: 'invalid-origin', value: rule, message: `${type} is not an origin rule.`, hint },
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
