import { describe, expect, test } from '@jest/globals';
import { readOriginRegExp } from '../../../src/protocol/origin/origin-regexp.js';

async function problemsOf(regexp: RegExp) {
  return (await readOriginRegExp(regexp)).problems;
}

async function codesOf(regexp: RegExp): Promise<string[]> {
  return (await problemsOf(regexp)).map(({ code }) => code);
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
    expect(await problemsOf(regexp)).toStrictEqual([]);
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
    { regexp: /(?:^a:\/\/a)/, write: '/^(?:(?:^a:\\/\\/a))$/' },
    { regexp: /(^a:\/\/a$|b)/, write: '/^(?:(^a:\\/\\/a$|b))$/' },
    { regexp: /(?<n>^a:\/\/a)/, write: '/^(?:(?<n>^a:\\/\\/a))$/' },
    { regexp: /(^a:\/\/a?<b|c>$)/, write: '/^(?:(^a:\\/\\/a?<b|c>$))$/' },
    { regexp: /(?:^a:\/\/a$)?/, write: '/^(?:(?:^a:\\/\\/a$)?)$/' },
    { regexp: /(^a)(:\/\/b$)/, write: '/^(?:(^a)(:\\/\\/b$))$/' },
    { regexp: /(?=^a:\/\/a$)/, write: '/^(?:(?=^a:\\/\\/a$))$/' },
    { regexp: /(?!^a:\/\/a$)/, write: '/^(?:(?!^a:\\/\\/a$))$/' },
    { regexp: /^(?:a:\/\/a$|b)/i, write: '/^(?:(?:a:\\/\\/a$|b))$/i' },
    { regexp: /a:\/\/a\\$|b/, write: '/^(?:a:\\/\\/a\\\\|b)$/' },
    { regexp: /a:\/\/a\\\$|b/, write: '/^(?:a:\\/\\/a\\\\\\$|b)$/' },
    { regexp: /a:\/\/a\|b$/, write: '/^(?:a:\\/\\/a\\|b)$/' },
    { regexp: /a:\/\/[a|b]$/, write: '/^(?:a:\\/\\/[a|b])$/' },
    { regexp: /a:\/\/(?:a|b)$/, write: '/^(?:a:\\/\\/(?:a|b))$/' },
    { regexp: /a:\/\/a$/gi, write: '/^(?:a:\\/\\/a)$/gi' },
  ])('$regexp: write $write', async ({ regexp, write }) => {
    expect(await problemsOf(regexp)).toContainEqual({
      code: 'unanchored-regexp',
      value: regexp,
      message: `${String(regexp)} could match inside a longer origin, such as one of an attacker.`,
      hint: `Write ${write}.`,
    });
  });

  test.each([/example\.com/, /\.example\.com$/, /^example\.com/, /:example\.com/])(
    '%s: it says nothing of the scheme either',
    async (regexp) => {
      expect(await problemsOf(regexp)).toStrictEqual([
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

describe('An expression for which no anchored form would pass gets a pattern as hint', () => {
  test.each([
    /https:\/\/example\.com.*/,
    /https:\/\/.*example\.com/,
    /https:\/\/app.example\.com/,
    /^https:\/\/app-.+/,
    /https:\/\/\w+\.github\.io/,
    /https:\/\/(\w)\1\.example\.com/,
    /(?<!>^a:\/\/a$)/,
    /(?<=>^a:\/\/a$)/,
    /(?<=^a:\/\/a$)/,
    /(?<!^a:\/\/a$)/,
  ])('%s', async (regexp) => {
    expect(await problemsOf(regexp)).toContainEqual({
      code: 'unanchored-regexp',
      value: regexp,
      message: `${String(regexp)} could match inside a longer origin, such as one of an attacker.`,
      hint: "Use a pattern such as 'https://*.example.com'.",
    });
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
    expect(await problemsOf(regexp)).toStrictEqual([
      {
        code: 'loose-regexp',
        value: regexp,
        message: `A dot in ${String(regexp)} matches any character, so other names match too.`,
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

describe('An expression that there is no automaton for is refused', () => {
  const large = 'its automaton would be too large';
  test.each([
    { regexp: /^https:\/\/(\w)\1\.test$/, reason: 'it refers back to what a group has matched' },
    {
      regexp: /^https:\/\/(?<a>\w)\k<a>\.test$/,
      reason: 'it refers back to what a group has matched',
    },
    { regexp: /^https:\/\/a(?<=(?=a)a)$/, reason: 'an assertion inside a look-behind looks ahead' },
    { regexp: /^https:\/\/a(?<=\ba)$/, reason: 'an assertion inside a look-behind looks ahead' },
    { regexp: /^https:\/\/[ab]{30}a[ab]*$/, reason: large },
    { regexp: /^(?:.{0,90}){0,90}$/, reason: large },
    { regexp: /^((a{1,100}){1,100}){1,100}$/, reason: large },
    { regexp: /^(?:){1000000000}$/, reason: large },
    { regexp: /^(?:a?){6000}$/, reason: large },
    { regexp: new RegExp(`^${'[a-z]'.repeat(40_000)}$`), reason: large },
    {
      regexp: new RegExp(`^${'('.repeat(101)}a${')'.repeat(101)}$`),
      reason: 'its groups are nested too deep',
    },
  ])('$reason', async ({ regexp, reason }) => {
    expect(await problemsOf(regexp)).toStrictEqual([
      {
        code: 'unsupported-regexp',
        value: regexp,
        message: `${String(regexp)} cannot be matched in linear time: ${reason}.`,
        hint: "Use a pattern such as 'https://*.example.com', or a simpler expression.",
      },
    ]);
  });

  test('whether it is anchored or not', async () => {
    expect(await codesOf(/(\w)\1\.example\.com/)).toStrictEqual([
      'unanchored-regexp',
      'unsupported-regexp',
    ]);
  });
});

describe('An expression that backtracking would be slow on is fine', () => {
  test.each([
    /^https:\/\/(?:[a-z]+)+\.example\.com$/,
    /^https:\/\/(?:\w|[a-z])*\.example\.com$/,
    /^https:\/\/[a-z]*[a-z0-9]*\.example\.com$/,
    /^https:\/\/(?:a+)+a{100}example\.com$/,
    /^https:\/\/(?!evil)(?:[a-z]+)+\.example\.com$/,
    /^(?:a?){24}a{24}$/,
    /^(?:a{1,20}){1,20}$/,
    /^(?:a|aa)+$/,
    /^(?:[a-z]+)*$/,
    /^[\u0000-\u{10FFFF}]$/u,
    new RegExp('^https://[[a-z]--[e]]\\.test$', 'v'),
    new RegExp(`^${'('.repeat(99)}a${')'.repeat(99)}$`),
  ])('%s', async (regexp) => {
    expect(await problemsOf(regexp)).toStrictEqual([]);
  });
});
