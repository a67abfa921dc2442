import { describe, expect, test } from '@jest/globals';
import type { CorsRefusalReason, Verdict } from '../../../src/protocol/decision/verdict.js';
import { explain, REFUSAL_MESSAGES } from '../../../src/protocol/decision/message.js';
import type {
  CorsPolicyOptions,
  CorsRequest,
} from '../../../src/protocol/policy/policy-options.js';
import { listOf, requestOf } from '../compiled-policy.js';

const SUBJECT = 'CatalogController.list (GET /catalog)';
const APP = 'https://app.test';

interface Case {
  readonly kind?: Verdict['kind'];
  readonly reason?: CorsRefusalReason;
  readonly policy?: CorsPolicyOptions;
  readonly headers?: CorsRequest['headers'];
  readonly method?: string;
}

function messageOf({
  kind = 'actual',
  reason,
  policy = {},
  headers = { origin: APP },
  method,
}: Case): string {
  const verdict: Verdict = { kind, reason, policy: listOf(policy).first, headers: [], vary: [] };
  return explain(verdict, requestOf(headers, method), SUBJECT);
}

describe('A refused client is told', () => {
  test.each(Object.entries(REFUSAL_MESSAGES))(
    'of %s, in a sentence that ends with the reason',
    (reason, message) => {
      expect(message).toMatch(new RegExp(`^[A-Z][^.]+ \\(CORS: ${reason}\\)\\.$`));
    },
  );

  test('of every reason that there is', () => {
    expect(Object.keys(REFUSAL_MESSAGES).sort()).toStrictEqual([
      'credentials-not-allowed',
      'header-not-allowed',
      'method-not-allowed',
      'not-isolated',
      'origin-check-failed',
      'origin-not-allowed',
    ]);
  });
});

describe('A developer is told of a request from which a policy is isolated', () => {
  test.each([
    {
      headers: { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
      said: 'Sec-Fetch-Mode: "no-cors", Sec-Fetch-Dest: "image"',
    },
    {
      headers: {
        'sec-fetch-mode': 'navigate',
        'sec-fetch-dest': 'document',
        'sec-purpose': 'prefetch',
      },
      said: 'Sec-Fetch-Mode: "navigate", Sec-Fetch-Dest: "document", Sec-Purpose: "prefetch"',
    },
    {
      headers: { 'sec-fetch-dest': `${'x'.repeat(250)}\n` },
      said: `Sec-Fetch-Dest: "${'x'.repeat(200)}…"`,
    },
  ])('with what the browser says: $said', ({ headers, said }) => {
    expect(messageOf({ kind: 'not-cors', reason: 'not-isolated', headers })).toBe(
      `${SUBJECT} is isolated from other sites, and a page of one of them asks without Origin (${said}), as for an image, a form or a frame: let pages of allowed origins ask with CORS (fetch(), crossorigin="use-credentials"), or set isolate: false for it if every site may embed it.`,
    );
  });
});

describe('A developer is told of an origin that is not allowed', () => {
  function partners(): boolean {
    return false;
  }
  class PartnerOrigins {
    isOriginAllowed(): boolean {
      return false;
    }
  }
  const hosts = (count: number) =>
    Array.from({ length: count }, (_, index) => `https://${index}x.test`);

  test.each<{ origin: NonNullable<CorsPolicyOptions['origin']>; rule: string }>([
    { origin: false, rule: 'false (nobody)' },
    { origin: [], rule: 'empty (nobody)' },
    { origin: 'https://b.test', rule: "'https://b.test'" },
    { origin: ['https://b.test'], rule: "'https://b.test'" },
    { origin: ['https://b.test', false], rule: "'https://b.test', false (nobody)" },
    { origin: /^https:\/\/b\.test$/, rule: '/^https:\\/\\/b\\.test$/' },
    { origin: partners, rule: 'partners' },
    { origin: PartnerOrigins, rule: 'PartnerOrigins' },
    { origin: [() => false], rule: 'a function' },
    { origin: true, rule: 'true' },
    {
      origin: hosts(5),
      rule: "'https://0x.test', 'https://1x.test', 'https://2x.test', 'https://3x.test', 'https://4x.test'",
    },
    {
      origin: hosts(6),
      rule: "'https://0x.test', 'https://1x.test', 'https://2x.test', 'https://3x.test', 'https://4x.test' and 1 more",
    },
    {
      origin: hosts(500),
      rule: "'https://0x.test', 'https://1x.test', 'https://2x.test', 'https://3x.test', 'https://4x.test' and 495 more",
    },
  ])('and that the rule is $rule', ({ origin, rule }) => {
    expect(messageOf({ reason: 'origin-not-allowed', policy: { origin } })).toBe(
      `${SUBJECT} does not allow the origin "https://app.test": its origin rule is ${rule}; add the origin there if its pages may call this.`,
    );
  });
});

describe('A developer is told of several policies', () => {
  const policies = listOf(
    { origin: 'https://a.test', credentials: true, methods: 'GET' },
    { origin: ['https://b.test', /^https:\/\/c\.test$/] },
  );
  const told = (policy: Verdict['policy'], verdict: Pick<Verdict, 'kind' | 'reason'>) =>
    explain(
      { ...verdict, policy, headers: [], vary: [] },
      requestOf({ origin: APP }, 'PUT'),
      SUBJECT,
    );

  test.each<{ holds: 'first' | 'last'; message: string } & Pick<Verdict, 'kind' | 'reason'>>([
    {
      ...{ holds: 'last', kind: 'actual', reason: 'origin-not-allowed' },
      message: `${SUBJECT} does not allow the origin "https://app.test": the origin rules of its policies are, in order, 'https://a.test'; 'https://b.test', /^https:\\/\\/c\\.test$/; add the origin to one of them if its pages may call this.`,
    },
    {
      ...{ holds: 'first', kind: 'actual', reason: 'origin-check-failed' },
      message: `${SUBJECT}, by policy 1 of 2, could not find out whether the origin "https://app.test" is allowed: its origin function or resolver threw or rejected; see its error in the log.`,
    },
    {
      ...{ holds: 'first', kind: 'actual', reason: 'method-not-allowed' },
      message: `${SUBJECT}, by policy 1 of 2, does not allow the method "PUT" from other origins: its methods are GET; add it there if pages may use it.`,
    },
    {
      ...{ holds: 'last', kind: 'actual', reason: 'credentials-not-allowed' },
      message: `${SUBJECT}, by policy 2 of 2, does not take cookies from other origins: add "https://app.test" to a policy before it that has credentials: true, or let the page leave them out (credentials: 'omit').`,
    },
    {
      // Policies behind it are not asked, so that their credentials are no way out.
      ...{ holds: 'first', kind: 'actual', reason: 'credentials-not-allowed' },
      message: `${SUBJECT}, by policy 1 of 2, does not take cookies from other origins: set credentials: true for it, or let the page leave them out (credentials: 'omit').`,
    },
    {
      ...{ holds: 'first', kind: 'actual', reason: undefined },
      message: `${SUBJECT}, by policy 1 of 2, allows the origin "https://app.test", with credentials.`,
    },
    {
      ...{ holds: 'last', kind: 'preflight', reason: undefined },
      message: `${SUBJECT}, by policy 2 of 2, allows pages of "https://app.test" to send the request that they ask about.`,
    },
    {
      ...{ holds: 'last', kind: 'not-cors', reason: undefined },
      message: `The request has no Origin header, so CORS does not apply; ${SUBJECT} applies once a page of another origin asks.`,
    },
  ])('$message', ({ holds, message, ...verdict }) => {
    expect(told(policies[holds], verdict)).toBe(message);
  });
});

describe('A developer is told', () => {
  test.each<Case & { message: string }>([
    {
      reason: 'origin-check-failed',
      message: `${SUBJECT} could not find out whether the origin "https://app.test" is allowed: its origin function or resolver threw or rejected; see its error in the log.`,
    },
    {
      reason: 'method-not-allowed',
      policy: { methods: 'GET,PUT' },
      method: 'DELETE',
      message: `${SUBJECT} does not allow the method "DELETE" from other origins: its methods are GET, PUT; add it there if pages may use it.`,
    },
    {
      reason: 'method-not-allowed',
      kind: 'preflight',
      policy: { methods: 'GET,PUT' },
      method: 'OPTIONS',
      headers: { origin: APP, 'access-control-request-method': 'DELETE' },
      message: `${SUBJECT} does not allow the method "DELETE" from other origins: its methods are GET, PUT; add it there if pages may use it.`,
    },
    {
      reason: 'method-not-allowed',
      kind: 'preflight',
      headers: { origin: APP, 'access-control-request-method': 'patch' },
      message:
        'No route serves "patch" at this URL; add one, or correct the method in the page (methods are case-sensitive).',
    },
    {
      reason: 'method-not-allowed',
      kind: 'preflight',
      policy: { methods: 'GET,PUT' },
      headers: { origin: APP, 'access-control-request-method': 'PUT' },
      message:
        'No route serves "PUT" at this URL; add one, or correct the method in the page (methods are case-sensitive).',
    },
    {
      reason: 'header-not-allowed',
      kind: 'preflight',
      policy: { allowedHeaders: 'X-A,X-B' },
      headers: { origin: APP, 'access-control-request-headers': 'x-a,x-c' },
      message: `${SUBJECT} does not allow all of the request headers "x-a,x-c": its allowedHeaders are X-A, X-B; add what pages may send.`,
    },
    {
      reason: 'header-not-allowed',
      kind: 'preflight',
      policy: { allowedHeaders: [] },
      headers: { origin: APP, 'access-control-request-headers': 'x-c' },
      message: `${SUBJECT} does not allow all of the request headers "x-c": its allowedHeaders are none; add what pages may send.`,
    },
    {
      reason: 'header-not-allowed',
      kind: 'preflight',
      policy: { allowedHeaders: '*' },
      headers: { origin: APP },
      message: `${SUBJECT} does not allow all of the request headers "": its allowedHeaders are *; add what pages may send.`,
    },
    {
      reason: 'credentials-not-allowed',
      message: `${SUBJECT} does not take cookies from other origins: set credentials: true for it, or let the page leave them out (credentials: 'omit').`,
    },
    ...(
      ['*', true, 'null', /^https:\/\/app\.test$/, 'http://app.test', 'https://*.app.test'] as const
    ).map((origin) => ({
      reason: 'credentials-not-allowed' as const,
      policy: { origin },
      message: `${SUBJECT} does not take cookies from other origins: let the page leave them out (credentials: 'omit'), or list the origins that may send them in a policy with credentials: true.`,
    })),
    ...([APP, [APP, 'http://localhost:3000'], () => true] as const).map((origin) => ({
      reason: 'credentials-not-allowed' as const,
      policy: { origin },
      message: `${SUBJECT} does not take cookies from other origins: set credentials: true for it, or let the page leave them out (credentials: 'omit').`,
    })),
    ...(
      [
        ['origin-not-allowed', "its origin rule is 'https://b.test'"],
        ['origin-check-failed', 'its origin function or resolver threw or rejected'],
        ['method-not-allowed', 'its methods are GET'],
        ['credentials-not-allowed', 'it does not take cookies from other origins'],
      ] as const
    ).map(([reason, why]) => ({
      reason,
      policy: { origin: 'https://b.test', methods: 'GET', enforce: false },
      message: `${SUBJECT} answers the origin "https://app.test" without CORS headers, since enforce is false, and would refuse it otherwise: ${why}.`,
    })),
    {
      kind: 'not-cors',
      headers: {},
      message: `The request has no Origin header, so CORS does not apply; ${SUBJECT} applies once a page of another origin asks.`,
    },
    {
      kind: 'same-origin',
      message: 'The request comes from a page of the same origin, so CORS does not apply.',
    },
    {
      kind: 'preflight',
      message: `${SUBJECT} allows pages of "https://app.test" to send the request that they ask about.`,
    },
    { kind: 'actual', message: `${SUBJECT} allows the origin "https://app.test".` },
    {
      kind: 'actual',
      policy: { enforce: false },
      message: `${SUBJECT} allows the origin "https://app.test".`,
    },
    {
      kind: 'preflight',
      reason: 'origin-not-allowed',
      policy: { origin: 'https://b.test', enforce: false },
      message: `${SUBJECT} does not allow the origin "https://app.test": its origin rule is 'https://b.test'; add the origin there if its pages may call this.`,
    },
    {
      kind: 'actual',
      policy: { credentials: true },
      message: `${SUBJECT} allows the origin "https://app.test", with credentials.`,
    },
  ])('$message', ({ message, ...given }) => {
    expect(messageOf(given)).toBe(message);
  });

  test.each([
    { text: 'x'.repeat(200), quoted: `"${'x'.repeat(200)}"` },
    { text: 'x'.repeat(201), quoted: `"${'x'.repeat(200)}…"` },
    { text: 'x'.repeat(100_000), quoted: `"${'x'.repeat(200)}…"` },
    { text: 'a\r\nLog: forged\u0000"', quoted: '"a\\r\\nLog: forged\\u0000\\""' },
  ])('no more of hostile text than a line can hold', ({ text, quoted }) => {
    const rows: Case[] = [
      { reason: 'origin-not-allowed', headers: { origin: text } },
      { reason: 'origin-check-failed', headers: { origin: text } },
      {
        reason: 'method-not-allowed',
        headers: { origin: APP, 'access-control-request-method': text },
      },
      { reason: 'method-not-allowed', policy: { methods: 'GET' }, method: text },
      {
        reason: 'header-not-allowed',
        headers: { origin: APP, 'access-control-request-headers': text },
      },
      { kind: 'preflight', headers: { origin: text } },
      { kind: 'actual', headers: { origin: text } },
    ];
    for (const row of rows) {
      const message = messageOf(row);
      expect(message).toContain(quoted);
      expect(message).toMatch(/^[^\p{Cc}]{1,700}\.$/u);
    }
  });

  test('of no origin where there is none', () => {
    expect(messageOf({ reason: 'origin-not-allowed', headers: {} })).toContain('the origin "":');
  });
});
