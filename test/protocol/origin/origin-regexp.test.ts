import { describe, expect, test } from '@jest/globals';
import {
  checkOriginRegExp,
  wholeOriginRegExp,
} from '../../../src/protocol/origin/origin-regexp.js';

describe('The expression that a policy uses', () => {
  test.each([
    { given: /^https:\/\/a\.test$/, used: '/^(?:^https:\\/\\/a\\.test$)$/' },
    { given: /a|b/, used: '/^(?:a|b)$/' },
    { given: /^a$/gy, used: '/^(?:^a$)$/' },
    { given: /^a$/gimsuy, used: '/^(?:^a$)$/imsu' },
    { given: new RegExp('^a$', 'dv'), used: '/^(?:^a$)$/v' },
  ])('for $given is $used', ({ given, used }) => {
    expect(String(wholeOriginRegExp(given))).toBe(used);
  });
});

async function codesOf(regexp: RegExp): Promise<string[]> {
  return (await checkOriginRegExp(regexp)).map(({ code }) => code);
}

describe('An expression is fine', () => {
  test.each([
    /^https:\/\/app\.example\.com$/,
    /^https:\/\/\w+\.example\.com$/,
    /^https:\/\/(?:[a-z0-9-]+\.)*example\.com$/,
    /^https?:\/\/(?:.+\.)?example\.com(?::\d+)?$/,
    /^https:\/\/pr-\d+--shop\.netlify\.app$/,
    /^https:\/\/(?:app|admin)\.example\.(?:com|org)$/,
    /^https:\/\/(?:my|your)shop\.com$/,
    /^https:\/\/shop\d\.com$/,
    /^https:\/\/[^.]+\.example\.co\.uk$/,
    /^https:\/\/a\.test$|^https:\/\/b\.test$/,
    /^https:\/\/a\\$/,
    /(?:^https:\/\/a\.test$)/,
    /(^https:\/\/a\.test$)|(?<b>^https:\/\/b\.test$)/,
    /(?<origin>^https:\/\/a\.test$)/,
    /((?:^https:\/\/a\.test$)|(?:^https:\/\/b\.test$))/,
    /(^https:\/\/(?!b)\w\.test$)/,
    /^https:\/\/[a|b]\.test$/,
    // A public suffix is nobody's name.
    /^https:\/\/[ac]o\.uk$/,
    /^https:\/\/[cz]o\.uk$/,
    /^https:\/\/[|()$]\.test$/,
    /^https:\/\/\|\(\.test$/,
    /^https:\/\/\[\.test$/,
    /^https:\/\/192\.168\.1\.\d{1,3}$/,
    /^http:\/\/localhost:\d+$/i,
    /^https:\/\/app\.example\.com$/g,
    /^https:\/\/app\.example\.com$/y,
    /^https:\/\/app\.example\.com$/d,
    // Whatever a host name may be, as RFC 1123 has it: long repetitions.
    /^https:\/\/(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+example\.com$/,
    /^https:\/\/[0-9a-f]{40}-[0-9]{1,}-[a-z]{1,20}\.example\.com$/,
    /^https:\/\/\u{61}{2}\.example\.com$/u,
    /^https:\/\/(?!evil)[a-z0-9-]+\.example\.com$/,
  ])('if it is %s', async (regexp) => {
    expect(await checkOriginRegExp(regexp)).toStrictEqual([]);
  });
});

describe('An expression that could match inside a longer origin is refused', () => {
  test.each([
    { regexp: /https:\/\/a\.test/, write: '/^(?:https:\\/\\/a\\.test)$/' },
    { regexp: /^https:\/\/a\.test/, write: '/^(?:https:\\/\\/a\\.test)$/' },
    { regexp: /https:\/\/a\.test$/, write: '/^(?:https:\\/\\/a\\.test)$/' },
    { regexp: new RegExp('^https[:][/]{2}a://b'), write: '/^(?:https[:][/]{2}a:\\/\\/b)$/' },
    { regexp: /^https:\/\/a\.test\$/, write: '/^(?:https:\\/\\/a\\.test\\$)$/' },
    { regexp: /^https:\/\/a\.test[$]/, write: '/^(?:https:\\/\\/a\\.test[$])$/' },
    { regexp: /\^https:\/\/a\.test$/, write: '/^(?:\\^https:\\/\\/a\\.test)$/' },
    { regexp: /[^]https:\/\/a\.test$/, write: '/^(?:[^]https:\\/\\/a\\.test)$/' },
    { regexp: /^a:\/\/a|b$/, write: '/^(?:a:\\/\\/a|b)$/' },
    { regexp: /^a:\/\/a$|b/, write: '/^(?:a:\\/\\/a|b)$/' },
    { regexp: /a:\/\/a|^b$/, write: '/^(?:a:\\/\\/a|b)$/' },
    { regexp: /^a:\/\/a$|/, write: '/^(?:a:\\/\\/a|)$/' },
    { regexp: /a:\/\/a|$/, write: '/^(?:a:\\/\\/a|)$/' },
    { regexp: /^a:\/\/[ab]$|b/, write: '/^(?:a:\\/\\/[ab]|b)$/' },
    { regexp: /x^a:\/\/b(c$)/, write: '/^(?:x^a:\\/\\/b(c$))$/' },
    { regexp: /(^a:\/\/b)$x/, write: '/^(?:(^a:\\/\\/b)$x)$/' },
    { regexp: /(?<!>^a:\/\/a$)/, write: '/^(?:(?<!>^a:\\/\\/a$))$/' },
    { regexp: /(?<=>^a:\/\/a$)/, write: '/^(?:(?<=>^a:\\/\\/a$))$/' },
    { regexp: /(?:^a:\/\/a)/, write: '/^(?:(?:^a:\\/\\/a))$/' },
    { regexp: /(^a:\/\/a$|b)/, write: '/^(?:(^a:\\/\\/a$|b))$/' },
    { regexp: /(?<n>^a:\/\/a)/, write: '/^(?:(?<n>^a:\\/\\/a))$/' },
    { regexp: /(?:^a:\/\/a$)?/, write: '/^(?:(?:^a:\\/\\/a$)?)$/' },
    { regexp: /(^a)(:\/\/b$)/, write: '/^(?:(^a)(:\\/\\/b$))$/' },
    { regexp: /(?=^a:\/\/a$)/, write: '/^(?:(?=^a:\\/\\/a$))$/' },
    { regexp: /(?<=^a:\/\/a$)/, write: '/^(?:(?<=^a:\\/\\/a$))$/' },
    { regexp: /(?!^a:\/\/a$)/, write: '/^(?:(?!^a:\\/\\/a$))$/' },
    { regexp: /(?<!^a:\/\/a$)/, write: '/^(?:(?<!^a:\\/\\/a$))$/' },
    { regexp: /^(?:a:\/\/a$|b)/i, write: '/^(?:(?:a:\\/\\/a$|b))$/i' },
    { regexp: /a:\/\/a\\$|b/, write: '/^(?:a:\\/\\/a\\\\|b)$/' },
    { regexp: /a:\/\/a\\\$|b/, write: '/^(?:a:\\/\\/a\\\\\\$|b)$/' },
    { regexp: /a:\/\/a\|b$/, write: '/^(?:a:\\/\\/a\\|b)$/' },
    { regexp: /a:\/\/[a|b]$/, write: '/^(?:a:\\/\\/[a|b])$/' },
    { regexp: /a:\/\/(?:a|b)$/, write: '/^(?:a:\\/\\/(?:a|b))$/' },
    { regexp: /a:\/\/a$/gi, write: '/^(?:a:\\/\\/a)$/gi' },
  ])('$regexp: write $write', async ({ regexp, write }) => {
    expect(await checkOriginRegExp(regexp)).toContainEqual({
      code: 'unanchored-regexp',
      value: regexp,
      message: `${String(regexp)} could match inside a longer origin, such as one of an attacker.`,
      hint: `Write ${write}.`,
    });
  });

  test.each([/example\.com/, /\.example\.com$/, /^example\.com/, /:example\.com/])(
    '%s: it says nothing of the scheme either',
    async (regexp) => {
      expect(await checkOriginRegExp(regexp)).toStrictEqual([
        {
          code: 'unanchored-regexp',
          value: regexp,
          message: `${String(regexp)} could match inside a longer origin, such as one of an attacker.`,
          hint: "Let it begin with ^https:\\/\\/ and end with $, or use a pattern such as 'https://*.example.com'.",
        },
      ]);
    },
  );
});

describe('An expression that matches evil-example.com, or so, is refused', () => {
  test.each([
    { regexp: /^https:\/\/.*example\.com$/, example: 'aexample.com', name: 'example.com' },
    {
      regexp: /^https:\/\/[\w.-]*example\.com(?::\d+)?$/,
      example: 'aexample.com',
      name: 'example.com',
    },
    { regexp: /^https:\/\/(?:.*\.?)example\.com$/, example: 'aexample.com', name: 'example.com' },
    { regexp: /^.*example\.com$/, example: 'aexample.com', name: 'example.com' },
    // What follows could have quantifiers, too; without, it is proven sooner.
    { regexp: /^https:\/\/.example\.com$/, example: 'aexample.com', name: 'example.com' },
    { regexp: /^https:\/\/..example\.com$/, example: 'aaexample.com', name: 'example.com' },
    { regexp: /^https:\/\/app.example\.com$/, example: 'appaexample.com', name: 'example.com' },
    { regexp: /^https:\/\/[a-z]-example\.com$/, example: 'a-example.com', name: 'example.com' },
    { regexp: /^https:\/\/.my-shop\.com$/, example: 'amy-shop.com', name: 'my-shop.com' },
    { regexp: /^https:\/\/[a-z]--example\.com$/, example: 'a--example.com', name: 'example.com' },
    { regexp: /^(https?:\/\/.example\.com)$/, example: 'aexample.com', name: 'example.com' },
    {
      regexp: /^https:\/\/.example\.com(:[0-9]{1,5})?$/,
      example: 'aexample.com',
      name: 'example.com',
    },
    { regexp: /^https:\/\/.example\.(com|org)$/, example: 'aexample.com', name: 'example.com' },
    {
      regexp: /^https:\/\/.(example\.org|example\.com)$/,
      example: 'aexample.org',
      name: 'example.org',
    },
    {
      regexp: /^https:\/\/(?:a\.|.)example\.co\.uk$/,
      example: 'aexample.co.uk',
      name: 'example.co.uk',
    },
    {
      regexp: /^https:\/\/a\.test$|^https:\/\/.example\.com$/,
      example: 'aexample.com',
      name: 'example.com',
    },
    { regexp: /^https:\/\/pr-\dexample\.com$/, example: 'pr-1example.com', name: 'example.com' },
    { regexp: /^https:\/\/.EXAMPLE\.com$/i, example: 'aexample.com', name: 'example.com' },
  ])('$regexp: it matches $example', async ({ regexp, example, name }) => {
    expect(await checkOriginRegExp(regexp)).toContainEqual({
      code: 'unanchored-regexp',
      value: regexp,
      message: `${String(regexp)} matches names that anybody can register, such as ${example}.`,
      hint: `Use 'https://*.${name}', or let a dot stand before ${name}.`,
    });
    expect(wholeOriginRegExp(regexp).test(`https://${example}`)).toBe(true);
  });

  test('once', async () => {
    expect(await codesOf(/example\.com/)).toStrictEqual(['unanchored-regexp']);
    expect(await codesOf(/^https:\/\/.example\.com$/)).toStrictEqual(['unanchored-regexp']);
  });
});

describe('A dot that stands for any character draws a warning', () => {
  test.each([
    /^https:\/\/app.example.com$/,
    /^https:\/\/app\.example.com$/,
    /^https:\/\/app\\.example.x$/,
    /^https:\/\/APP.X$/,
    /^https:\/\/1.2$/,
    /^https:\/\/app\.example[0-9].com$/,
  ])('in %s', async (regexp) => {
    expect(await checkOriginRegExp(regexp)).toStrictEqual([
      {
        code: 'loose-regexp',
        value: regexp,
        message: `A dot in ${String(regexp)} stands for any character, so that other names match too.`,
        hint: 'Write "\\." for a dot.',
      },
    ]);
  });

  test('at its very beginning too', async () => {
    expect(await codesOf(/a.b:\/\/c/)).toContain('loose-regexp');
  });

  test.each([
    /^https:\/\/app\.example\.com$/,
    /^https:\/\/[a.b]\.example\.com$/,
    /^https:\/\/[a].[b]\.example\.com$/,
    /^https:\/\/.+\.example\.com$/,
    /^https:\/\/a.?\.example\.com$/,
    /^https:\/\/a\.b\.example\.com$/,
    /^https:\/\/\d.\.example\.com$/,
  ])('and not in %s', async (regexp) => {
    expect(await codesOf(regexp)).not.toContain('loose-regexp');
  });
});

describe('A slow expression is refused', () => {
  const slow = (regexp: RegExp, why: string) => ({
    code: 'slow-regexp',
    value: regexp,
    message: `${String(regexp)} ${why}, so that one request could keep the server busy.`,
    hint: "Use a pattern such as 'https://*.example.com', or let no two parts of the expression match the same text.",
  });

  test.each([
    { time: 'exponential', regexp: /^https:\/\/(?:[a-z]+)+\.example\.com$/ },
    { time: 'exponential', regexp: /^https:\/\/(?:\w|[a-z])*\.example\.com$/ },
    { time: 'quadratic', regexp: /^https:\/\/[a-z]*[a-z0-9]*\.example\.com$/ },
    { time: 'exponential', regexp: /^https:\/\/(?:a+)+a{100}example\.com$/ },
    { time: 'polynomial', regexp: /^https:\/\/(?:a+){2}\.example\.com$/ },
    { time: 'exponential', regexp: /^https:\/\/(?!evil)(?:[a-z]+)+\.example\.com$/ },
  ])('$regexp takes $time time', async ({ regexp }) => {
    expect(await checkOriginRegExp(regexp)).toStrictEqual([
      slow(regexp, 'takes more than linear time on some input'),
    ]);
  });

  test('where nothing can be proven about it', async () => {
    const regexp = new RegExp('^https://[[a-z]--[e]]\\.test$', 'v');
    expect(await checkOriginRegExp(regexp)).toStrictEqual([
      slow(regexp, 'cannot be proven to take linear time'),
    ]);
  });

  test('whether it is anchored or not', async () => {
    expect(await codesOf(/(?:[a-z]+)+\.example\.com/)).toStrictEqual([
      'unanchored-regexp',
      'slow-regexp',
    ]);
  });
});
