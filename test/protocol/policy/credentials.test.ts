import { describe, expect, test } from '@jest/globals';
import { checkCredentials } from '../../../src/protocol/policy/credentials.js';
import { readOriginRules } from '../../../src/protocol/origin/origin-rules.js';
import { expressionsOf } from '../compiled-policy.js';

const STRICT = { dangerouslyAllowInsecureOrigins: false, dangerouslyAllowPublicSuffixes: false };

function check(option: unknown, overrides: Partial<typeof STRICT> = {}) {
  const { rules, problems } = readOriginRules(option);
  expect(problems).toStrictEqual([]);
  return checkCredentials(rules, expressionsOf(rules.regexps), { ...STRICT, ...overrides });
}

describe('With credentials, these origins are fine', () => {
  test.each([
    { origin: false },
    { origin: 'https://app.example.com' },
    { origin: 'https://app.example.com:8443' },
    { origin: 'https://*.example.com' },
    { origin: 'https://*.example.co.uk' },
    { origin: 'https://*.my-site.github.io' },
    { origin: 'https://github.io' },
    { origin: 'https://example.com:*' },
    { origin: 'http://localhost' },
    { origin: 'http://localhost:*' },
    { origin: 'http://*.localhost:*' },
    { origin: 'http://app.localhost:3000' },
    { origin: 'http://127.0.0.1:3000' },
    { origin: 'http://127.1.2.3' },
    { origin: 'http://[::1]:*' },
    { origin: 'https://*.localhost' },
    { origin: 'https://*.internal' },
    { origin: 'https://192.168.0.1' },
    { origin: 'capacitor://localhost' },
    { origin: 'chrome-extension://abcdef' },
    { origin: () => true },
    { origin: /^https:\/\/app\.example\.com$/ },
    { origin: /^https:\/\/(?:[a-z0-9-]+\.)*example\.com$/ },
    { origin: /^https:\/\/(?:a|b)\.github\.io$/ },
    { origin: /^https:\/\/\w+\.internal$/ },
    { origin: /^https:\/\/shop\d\.com$/ },
    { origin: /^https:\/\/(app|www)\.example\.(com|de)$/ },
    { origin: /^https:\/\/(?:my|your)shop\.com$/ },
    { origin: /^https:\/\/[^.]+\.example\.co\.uk$/ },
    { origin: /^https:\/\/[^/]*\.example\.com$/ },
    { origin: /^https:\/\/(?:(?!evil).)+\.example\.com$/ },
    { origin: /^https:\/\/(?=app|www)[a-z]{3}\.com$/ },
    { origin: /^https:\/\/example\.com\.?$/ },
    { origin: /^https:\/\/APP\.EXAMPLE\.com$/i },
    { origin: /^https:\/\/192\.168\.1\.[1-9]$/ },
    { origin: /^https:\/\/\w+\.my-site\.github\.io$/ },
    { origin: /^https:\/\/app\.s3\.amazonaws\.com$/ },
    { origin: /^https?:\/\/localhost\.?(?::\d+)?$/ },
    { origin: 'http://localhost.' },
    { origin: 'http://app.localhost.:3000' },
    { origin: 'http://*.localhost.' },
    { origin: /^http:\/\/localhost:\d+$/ },
    { origin: /^http:\/\/(?:localhost|127\.0\.0\.1)(?::\d+)?$/ },
    { origin: /^https?:\/\/\w+\.localhost$/ },
    { origin: /^http:\/\/\[::1\]:\d+$/ },
    { origin: /^capacitor:\/\/localhost$/ },
  ])('$origin', async ({ origin }) => {
    expect(await check(origin)).toStrictEqual([]);
  });
});

describe('Credentials for any origin are refused', () => {
  test.each([
    { origin: '*', value: '*' },
    { origin: true, value: '*' },
    { origin: ['https://app.example.com', '*'], value: '*' },
    ...[
      /^.*$/,
      /.*/,
      /^https?:\/\/.*$/,
      /^https:\/\/.+$/,
      /^http:\/\/.+$/,
      /^https:\/\/[^/]+$/,
      /^https:\/\/.+:\d+$/,
      /^http:\/\/.+:\d+$/,
    ].map((regexp) => ({ origin: regexp, value: regexp })),
  ])('$origin', async ({ origin, value }) => {
    expect(
      await check(origin, {
        dangerouslyAllowInsecureOrigins: true,
        dangerouslyAllowPublicSuffixes: true,
      }),
    ).toContainEqual({
      code: 'any-origin-with-credentials',
      value,
      message: 'Any site could act with the cookies of whoever visits it, so browsers refuse this.',
      hint: 'List the origins that may send cookies, or set credentials: false.',
    });
  });

  test('once for all rules', async () => {
    expect(await check(['*', true])).toHaveLength(1);
  });
});

describe('Credentials for the opaque origin are refused', () => {
  const regexp = /^(?:null|https:\/\/app\.example\.com)$/;
  test.each([
    { origin: 'null', value: 'null' },
    { origin: ['https://app.example.com', 'null'], value: 'null' },
    { origin: regexp, value: regexp },
    { origin: [/^https:\/\/app\.example\.com$/, regexp], value: regexp },
    { origin: ['null', regexp], value: 'null' },
  ])('$origin', async ({ origin, value }) => {
    expect(
      await check(origin, {
        dangerouslyAllowInsecureOrigins: true,
        dangerouslyAllowPublicSuffixes: true,
      }),
    ).toStrictEqual([
      {
        code: 'null-origin-with-credentials',
        value,
        message:
          "Any site can make its pages send the origin 'null', by putting them in a sandboxed frame.",
        hint: "Remove 'null', or set credentials: false.",
      },
    ]);
  });
});

describe('Credentials for an origin that the network can forge are refused', () => {
  test.each([
    { origin: 'http://app.example.com', correct: 'https://app.example.com' },
    { origin: 'http://app.example.com:8080', correct: 'https://app.example.com:8080' },
    { origin: 'http://*.example.com', correct: 'https://*.example.com' },
    { origin: 'http://*.example.com:*', correct: 'https://*.example.com:*' },
    { origin: 'http://10.0.0.1', correct: 'https://10.0.0.1' },
    { origin: 'http://[::2]', correct: 'https://[::2]' },
    { origin: 'http://localhost.example.com', correct: 'https://localhost.example.com' },
  ])('$origin', async ({ origin, correct }) => {
    expect(await check(['http://localhost:3000', origin])).toStrictEqual([
      {
        code: 'insecure-origin-with-credentials',
        value: origin,
        message: `Whoever controls the network can forge pages of ${origin} and read what the user may read.`,
        hint: `Write '${correct}', or set dangerouslyAllowInsecureOrigins: true.`,
      },
    ]);
  });

  test.each([
    /^http:\/\/app\.example\.com$/,
    /^https?:\/\/app\.example\.com$/,
    /^http(s)?:\/\/app\.example\.com$/,
    /^http(?:s)?:\/\/app\.example\.com$/,
    /^http[s]?:\/\/app\.example\.com$/,
    /^(https|http):\/\/app\.example\.com$/,
    /^(?:http|https):\/\/app\.example\.com$/,
    /^https?:\/\/localhost\.example\.com$/,
    /^https?:\/\/(?:localhost|app\.example\.com)$/,
    /^https:\/\/app\.example\.com$|^http:\/\/app\.example\.com$/,
    /^http:\/\/app\.example\.com:\d{4}$/,
    /^HTTP:\/\/app\.example\.com$/i,
  ])('%s', async (regexp) => {
    expect(await check(regexp)).toStrictEqual([
      {
        code: 'insecure-origin-with-credentials',
        value: regexp,
        message: `Whoever controls the network can forge pages of ${String(regexp)} and read what the user may read.`,
        hint: 'Let the expression begin with ^https:, or set dangerouslyAllowInsecureOrigins: true.',
      },
    ]);
  });

  test.each(['http://app.example.com', /^https?:\/\/app\.example\.com$/])(
    '%s, unless that is overridden',
    async (origin) => {
      expect(await check(origin, { dangerouslyAllowInsecureOrigins: true })).toStrictEqual([]);
      expect(await check(origin, { dangerouslyAllowPublicSuffixes: true })).toHaveLength(1);
    },
  );
});

describe('Credentials for whatever has a name under a public suffix are refused', () => {
  test.each([
    { origin: 'https://*.co.uk', suffix: 'co.uk', own: 'https://my-site.co.uk' },
    { origin: 'https://*.com', suffix: 'com', own: 'https://my-site.com' },
    { origin: 'https://*.ck', suffix: 'ck', own: 'https://my-site.ck' },
    { origin: 'https://*.github.io', suffix: 'github.io', own: 'https://my-site.github.io' },
    { origin: 'https://*.vercel.app', suffix: 'vercel.app', own: 'https://my-site.vercel.app' },
    {
      origin: 'https://*.netlify.app:8443',
      suffix: 'netlify.app',
      own: 'https://my-site.netlify.app:8443',
    },
    { origin: 'https://*.pages.dev:*', suffix: 'pages.dev', own: 'https://my-site.pages.dev:*' },
    { origin: 'https://*.github.io.', suffix: 'github.io.', own: 'https://my-site.github.io.' },
    { origin: 'https://*.com.', suffix: 'com.', own: 'https://my-site.com.' },
    { origin: 'https://*.x.ck', suffix: 'x.ck', own: 'https://my-site.x.ck' },
    {
      origin: 'https://*.s3.amazonaws.com',
      suffix: 's3.amazonaws.com',
      own: 'https://my-site.s3.amazonaws.com',
    },
    {
      origin: 'https://*.compute.estate',
      suffix: 'compute.estate',
      own: 'https://my-site.compute.estate',
    },
    { origin: 'app://*.GITHUB.io', suffix: 'GITHUB.io', own: 'app://my-site.GITHUB.io' },
    { origin: 'https://*.xn--p1ai', suffix: 'xn--p1ai', own: 'https://my-site.xn--p1ai' },
  ])('$origin', async ({ origin, suffix, own }) => {
    expect(await check(['https://*.example.com', origin])).toStrictEqual([
      {
        code: 'public-suffix-wildcard',
        value: origin,
        message: `Anybody can get a name under ${suffix}, and so act with your users' cookies.`,
        hint: `Name your own, e.g. '${own}', or set dangerouslyAllowPublicSuffixes: true.`,
      },
    ]);
  });

  test.each([
    'https://*.github.io',
    /^https:\/\/\w+\.github\.io$/,
    /^https:\/\/shop-[0-9a-f]{8}-team\.vercel\.app$/,
  ])('%s, unless that is overridden', async (origin) => {
    expect(await check(origin, { dangerouslyAllowPublicSuffixes: true })).toStrictEqual([]);
    expect(await check(origin, { dangerouslyAllowInsecureOrigins: true })).toHaveLength(1);
  });
});

describe('Credentials for sites that an expression does not name are refused', () => {
  const anybody = ', which anybody could register';
  const spell = "Spell out each site, e.g. 'https://*.example.com', or set credentials: false.";
  const dot = (name: string) => `Use 'https://*.${name}', or let a dot stand before ${name}.`;
  test.each([
    { regexp: /^https:\/\/example\.com.*$/, example: 'https://example.com.evil.net', hint: spell },
    { regexp: /^https:\/\/example\.[a-z.]+$/, example: 'https://example.evil.net', hint: spell },
    { regexp: /^https:\/\/app\..*$/, example: 'https://app.evil.net', hint: spell },
    { regexp: /^https:\/\/app-.+$/, example: 'https://app-evil.net', hint: spell },
    { regexp: /^https?:\/\/localhost.*$/, example: 'http://localhost.evil.net', hint: spell },
    { regexp: /^https:\/\/(?!evil)[a-z.]+$/, example: 'https://aevil.net', hint: spell },
    { regexp: /^https:\/\/\w+\.\w+$/, example: 'https://evil.net', hint: spell },
    { regexp: /^https:\/\/\w+\.[a-z]{2,3}$/, example: 'https://evil.net', hint: spell },
    { regexp: /^https:\/\/www\.\w+\.[a-z]{2,3}$/, example: 'https://www.evil.net', hint: spell },
    { regexp: /^https:\/\/.*\.com$/, example: 'https://evil.com', hint: spell },
    { regexp: /^https:\/\/\w+\.(?:co\.uk|org)$/, example: 'https://a.org', hint: spell },
    { regexp: /^https:\/\/\w+\.ck$/, example: 'https://a.ck', hint: spell },
    { regexp: /^https:\/\/(?:aaa)*b$/, example: 'https://b', hint: spell },
    {
      regexp: /^https:\/\/.*example\.com$/,
      example: 'https://aexample.com',
      hint: dot('example.com'),
    },
    {
      regexp: /^https:\/\/.*\bexample\.com$/,
      example: 'https://a-example.com',
      hint: dot('example.com'),
    },
    {
      regexp: /^https:\/\/app.example\.com$/,
      example: 'https://appaexample.com',
      hint: dot('example.com'),
    },
    {
      regexp: /^https:\/\/.*-shop\.co\.uk$/,
      example: 'https://a-shop.co.uk',
      hint: dot('shop.co.uk'),
    },
    { regexp: /^.*example\.com$/, example: 'http://aexample.com', hint: dot('example.com') },
  ])('$regexp: it admits $example', async ({ regexp, example, hint }) => {
    expect(await check([/^https:\/\/app\.example\.com$/, regexp])).toContainEqual({
      code: 'open-ended-regexp',
      value: regexp,
      message: `${String(regexp)} admits sites that it does not name, such as ${example}${anybody}.`,
      hint,
    });
    expect(regexp.test(example)).toBe(true);
  });

  test.each([
    {
      regexp: /^https:\/\/[\w-]+\.github\.io$/,
      suffix: 'github.io',
      example: 'https://a.github.io',
    },
    {
      regexp: /^https:\/\/(?:[\w-]+\.)+vercel\.app$/,
      suffix: 'vercel.app',
      example: 'https://a.vercel.app',
    },
    {
      regexp: /^https:\/\/pr-\d+--shop\.netlify\.app$/,
      suffix: 'netlify.app',
      example: 'https://pr-00--shop.netlify.app',
    },
    {
      regexp: /^https:\/\/shop-[0-9a-f]{8}-team\.vercel\.app$/,
      suffix: 'vercel.app',
      example: 'https://shop-aaaaaaaa-team.vercel.app',
    },
    {
      regexp: /^https:\/\/(?:app\.example\.com|\w+\.pages\.dev)$/,
      suffix: 'pages.dev',
      example: 'https://a.pages.dev',
    },
    {
      regexp: /^https:\/\/.+\.s3\.amazonaws\.com$/,
      suffix: 's3.amazonaws.com',
      example: 'https://a.s3.amazonaws.com',
    },
    {
      regexp: /^https:\/\/\w+\.compute\.estate$/,
      suffix: 'compute.estate',
      example: 'https://a.compute.estate',
    },
    {
      regexp: /^https:\/\/\w+\.github\.io\.$/,
      suffix: 'github.io.',
      example: 'https://a.github.io.',
    },
  ])('$regexp: anybody can get names under $suffix', async ({ regexp, suffix, example }) => {
    expect(await check(regexp)).toStrictEqual([
      {
        code: 'open-ended-regexp',
        value: regexp,
        message: `${String(regexp)} admits names under ${suffix} that anybody can get, such as ${example}.`,
        hint: `Name your own, e.g. 'https://my-site.${suffix}', or set dangerouslyAllowPublicSuffixes: true.`,
      },
    ]);
    expect(regexp.test(example)).toBe(true);
  });

  test.each([
    { regexp: /^https:\/\/192\.168\.1\.\d{1,3}$/, example: 'https://192.168.1.10' },
    { regexp: /^https:\/\/\d+\.\d+\.\d+\.\d+$/, example: 'https://0.0.0.10' },
  ])('$regexp: it does not name its addresses', async ({ regexp, example }) => {
    expect(await check(regexp)).toStrictEqual([
      {
        code: 'open-ended-regexp',
        value: regexp,
        message: `${String(regexp)} admits addresses that it does not name, such as ${example}.`,
        hint: 'List the addresses that may send cookies as strings, or set credentials: false.',
      },
    ]);
  });

  test.each([
    { regexp: /^[a-z]+:\/\/app\.example\.com$/, example: 'http://app.example.com' },
    { regexp: /^.+\.example\.com$/, example: 'http://a.example.com' },
  ])('$regexp: it does not name its schemes', async ({ regexp, example }) => {
    expect(await check(regexp)).toContainEqual({
      code: 'open-ended-regexp',
      value: regexp,
      message: `${String(regexp)} admits schemes that it does not name, such as that of ${example}.`,
      hint: 'Let the expression begin with ^https:\\/\\/, or set credentials: false.',
    });
  });

  test('whatever is said to be dangerous, unless it is about a hoster', async () => {
    const all = { dangerouslyAllowInsecureOrigins: true, dangerouslyAllowPublicSuffixes: true };
    expect(await check(/^https:\/\/.*\.com$/, all)).toHaveLength(1);
    expect(await check(/^http:\/\/\w+\.github\.io$/, all)).toStrictEqual([]);
  });

  test('and so is http: under the suffix of a hoster', async () => {
    const problems = await check(/^http:\/\/\w+\.github\.io$/, {
      dangerouslyAllowPublicSuffixes: true,
    });
    expect(problems.map(({ code }) => code)).toStrictEqual(['insecure-origin-with-credentials']);
  });
});

test('Everything that is wrong with credentials is reported together', async () => {
  const problems = await check(['*', 'null', 'http://app.example.com', 'https://*.github.io']);
  expect(problems.map(({ code }) => code)).toStrictEqual([
    'any-origin-with-credentials',
    'null-origin-with-credentials',
    'insecure-origin-with-credentials',
    'public-suffix-wildcard',
  ]);
});

test('No override lets any origin, or the opaque one, have credentials', async () => {
  const all = { dangerouslyAllowInsecureOrigins: true, dangerouslyAllowPublicSuffixes: true };
  expect((await check(['*', 'null'], all)).map(({ code }) => code)).toStrictEqual([
    'any-origin-with-credentials',
    'null-origin-with-credentials',
  ]);
});
