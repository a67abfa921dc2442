import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { decideActual } from '../../../src/protocol/decision/actual-request.js';
import { answerTo } from '../../../src/protocol/decision/origin-answer.js';
import { decidePreflight, isPreflight } from '../../../src/protocol/decision/preflight-request.js';
import {
  type CorsRefusalReason,
  refusalStatus,
  type Verdict,
} from '../../../src/protocol/decision/verdict.js';
import type { CompiledPolicy } from '../../../src/protocol/policy/policy.js';
import { PreflightTarget } from '../../../src/protocol/decision/preflight-target.js';
import type {
  CorsPolicyOptions,
  CorsRequest,
} from '../../../src/protocol/policy/policy-options.js';
import { isNonEmpty, mapEach, type NonEmpty } from '../../../src/protocol/non-empty.js';
import { PolicyList } from '../../../src/protocol/policy/policy-list.js';
import { compiled, listOf, requestOf } from '../compiled-policy.js';
import { checkProperty } from '../../harness/property.js';
import { SEEDED } from '../../harness/seed.js';

const APP = 'https://app.test';
const EVIL = 'https://evil.test';
const ORIGIN = ['Origin'];
const PREFLIGHT = ['Origin', 'Access-Control-Request-Method', 'Access-Control-Request-Headers'];

/** The headers of an answer, without the prefix that all of them have. */
function corsOf({ headers }: Verdict): Record<string, string> {
  return Object.fromEntries(
    headers.map(([name, value]) => [name.replace('Access-Control-', ''), value]),
  );
}

const throws = () => {
  throw new Error('boom');
};

describe('A request is a preflight request', () => {
  const asked = { origin: APP, 'access-control-request-method': 'PUT' };
  test.each([
    { method: 'OPTIONS', headers: asked, preflight: true },
    { method: 'OPTIONS', headers: { ...asked, origin: 'null' }, preflight: true },
    {
      method: 'OPTIONS',
      headers: { ...asked, 'access-control-request-method': '' },
      preflight: true,
    },
    { method: 'OPTIONS', headers: { origin: APP }, preflight: false },
    { method: 'OPTIONS', headers: { 'access-control-request-method': 'PUT' }, preflight: false },
    { method: 'OPTIONS', headers: {}, preflight: false },
    { method: 'PUT', headers: asked, preflight: false },
    { method: 'options', headers: asked, preflight: false },
  ])('if it is $method with $headers: $preflight', ({ method, headers, preflight }) => {
    expect(isPreflight(requestOf(headers, method))).toBe(preflight);
  });
});

describe('A refusal', () => {
  test.each<{ reason: CorsRefusalReason; status: number }>([
    { reason: 'origin-not-allowed', status: 403 },
    { reason: 'method-not-allowed', status: 403 },
    { reason: 'header-not-allowed', status: 403 },
    { reason: 'credentials-not-allowed', status: 403 },
    { reason: 'origin-check-failed', status: 503 },
    { reason: 'not-isolated', status: 403 },
  ])('for $reason has the status $status', ({ reason, status }) => {
    expect(refusalStatus(reason)).toBe(status);
  });
});

interface ActualRow {
  readonly name: string;
  readonly policy: CorsPolicyOptions;
  readonly method?: string;
  readonly headers?: CorsRequest['headers'];
  /** Default: `actual`. */
  readonly kind?: Verdict['kind'];
  readonly reason?: CorsRefusalReason;
  readonly cors?: Record<string, string>;
  /** Default: `Origin`. */
  readonly vary?: readonly string[];
}

describe('A request that is no preflight', () => {
  const listed: CorsPolicyOptions = { origin: APP };
  const withCookies: CorsPolicyOptions = { origin: APP, credentials: true };
  const allowed = { 'Allow-Origin': APP };
  const rows: ActualRow[] = [
    {
      name: 'without Origin varies by it',
      policy: listed,
      kind: 'not-cors',
    },
    {
      name: 'without Origin varies by it where nobody is allowed',
      policy: {},
      kind: 'not-cors',
    },
    {
      name: 'without Origin varies by it where a function decides, which is not asked',
      policy: { origin: throws },
      kind: 'not-cors',
    },
    {
      name: 'without Origin gets the answer for all where any origin is allowed',
      policy: { origin: '*', exposedHeaders: ['ETag', 'X-A'] },
      kind: 'not-cors',
      cors: { 'Allow-Origin': '*', 'Expose-Headers': 'ETag,X-A' },
      vary: [],
    },
    {
      name: 'without Origin is not refused for its method or its cookies',
      policy: { origin: APP, methods: 'GET' },
      method: 'PUT',
      headers: { cookie: 'a=1' },
      kind: 'not-cors',
    },
    {
      name: 'from an allowed origin gets it back',
      policy: listed,
      headers: { origin: APP },
      cors: allowed,
    },
    {
      name: 'from an allowed origin gets * where any is',
      policy: { origin: '*' },
      headers: { origin: APP },
      cors: { 'Allow-Origin': '*' },
      vary: [],
    },
    {
      name: 'from an allowed origin gets * where any is besides it',
      policy: { origin: [APP, '*'] },
      headers: { origin: APP },
      cors: { 'Allow-Origin': '*' },
      vary: [],
    },
    {
      name: 'from an allowed origin is told of credentials',
      policy: withCookies,
      headers: { origin: APP, cookie: 'a=1' },
      cors: { ...allowed, 'Allow-Credentials': 'true' },
    },
    {
      name: 'from an allowed origin is told of exposed headers',
      policy: { ...withCookies, exposedHeaders: 'ETag, X-A' },
      headers: { origin: APP },
      cors: { ...allowed, 'Allow-Credentials': 'true', 'Expose-Headers': 'ETag,X-A' },
    },
    {
      name: 'from an allowed origin is told of every exposed header',
      policy: { ...listed, exposedHeaders: '*' },
      headers: { origin: APP },
      cors: { ...allowed, 'Expose-Headers': '*' },
    },
    {
      name: 'from the opaque origin gets it back',
      policy: { origin: 'null' },
      headers: { origin: 'null' },
      cors: { 'Allow-Origin': 'null' },
    },
    {
      name: 'from another origin gets nothing',
      policy: { ...withCookies, exposedHeaders: 'ETag' },
      headers: { origin: EVIL },
      reason: 'origin-not-allowed',
    },
    {
      name: 'from the opaque origin gets nothing unless that is allowed',
      policy: { origin: [APP, /^https:.*\.app\.test$/] },
      headers: { origin: 'null' },
      reason: 'origin-not-allowed',
    },
    ...[`${APP}, ${EVIL}`, 'file://', 'file:///c:/x', 'HTTPS://App.test/', '*', ''].map(
      (origin) => ({
        name: `may be read by any origin where any is allowed, whatever Origin says: "${origin}"`,
        policy: { origin: '*' },
        headers: { origin },
        vary: [],
        cors: { 'Allow-Origin': '*' },
      }),
    ),
    ...[`${APP}, ${EVIL}`, 'file:///c:/x', 'HTTPS://App.test/', '*', ''].map((origin) => ({
      name: `from "${origin}", which is no origin, gets nothing where functions are asked`,
      policy: { origin: () => true },
      headers: { origin },
      reason: 'origin-not-allowed' as const,
    })),
    ...['file://', 'null'].flatMap((origin) => [
      {
        name: `from ${origin} may be let in by a function`,
        policy: { origin: (asked: string) => asked === origin },
        headers: { origin },
        cors: { 'Allow-Origin': origin },
      },
      {
        name: `from ${origin} is never let in by a function with credentials`,
        policy: { origin: () => true, credentials: true },
        headers: { origin },
        reason: 'origin-not-allowed' as const,
      },
    ]),
    {
      name: 'from file:// is let in where that is written',
      policy: { origin: ['https://a.test', 'file://'] },
      headers: { origin: 'file://' },
      cors: { 'Allow-Origin': 'file://' },
    },
    {
      name: 'from another origin gets nothing where nobody is allowed',
      policy: { origin: false },
      headers: { origin: APP },
      reason: 'origin-not-allowed',
    },
    {
      name: 'from the same origin passes where it is not allowed',
      policy: { origin: false },
      method: 'POST',
      headers: { origin: APP, host: 'app.test' },
      kind: 'same-origin',
    },
    {
      name: 'from the same origin passes by Sec-Fetch-Site',
      policy: { origin: false },
      headers: { origin: APP, 'sec-fetch-site': 'same-origin' },
      kind: 'same-origin',
    },
    {
      name: 'from the same origin passes where its function fails, which is not asked',
      policy: { origin: throws },
      headers: { origin: APP, host: 'app.test' },
      kind: 'same-origin',
    },
    {
      name: 'from the same origin passes with any method and cookies where it is allowed',
      policy: { origin: APP, methods: 'GET' },
      method: 'DELETE',
      headers: { origin: APP, host: 'app.test', cookie: 'a=1' },
      cors: allowed,
    },
    {
      name: 'of a method outside the policy is refused',
      policy: { origin: APP, methods: 'GET' },
      method: 'POST',
      headers: { origin: APP },
      reason: 'method-not-allowed',
    },
    {
      name: 'of a method of the policy passes',
      policy: { origin: APP, methods: 'GET,POST' },
      method: 'POST',
      headers: { origin: APP },
      cors: allowed,
    },
    {
      name: 'of HEAD passes where GET does',
      policy: { origin: APP, methods: 'GET' },
      method: 'HEAD',
      headers: { origin: APP },
      cors: allowed,
    },
    {
      name: 'of a method in other case is refused',
      policy: { origin: APP, methods: 'PATCH' },
      method: 'patch',
      headers: { origin: APP },
      reason: 'method-not-allowed',
    },
    {
      name: 'with cookies is refused where the policy has no credentials',
      policy: listed,
      headers: { origin: APP, cookie: 'a=1' },
      reason: 'credentials-not-allowed',
    },
    {
      name: 'with cookies is refused where any origin is allowed',
      policy: { origin: '*' },
      headers: { origin: APP, cookie: 'a=1' },
      reason: 'credentials-not-allowed',
    },
    {
      name: 'with an empty cookie header is refused all the same',
      policy: listed,
      headers: { origin: APP, cookie: '' },
      reason: 'credentials-not-allowed',
    },
    {
      name: 'is refused for its origin before its method, and for that before its cookies',
      policy: { origin: APP, methods: 'GET' },
      method: 'PUT',
      headers: { origin: EVIL, cookie: 'a=1' },
      reason: 'origin-not-allowed',
    },
    {
      name: 'is refused for its method before its cookies',
      policy: { origin: APP, methods: 'GET' },
      method: 'PUT',
      headers: { origin: APP, cookie: 'a=1' },
      reason: 'method-not-allowed',
    },
    {
      name: 'passes where a function allows it',
      policy: { origin: (origin) => origin === APP },
      headers: { origin: APP },
      cors: allowed,
    },
    {
      name: 'gets credentials where a function allows it',
      policy: { origin: () => true, credentials: true },
      headers: { origin: APP, cookie: 'a=1' },
      cors: { ...allowed, 'Allow-Credentials': 'true' },
    },
    {
      name: 'passes where a function allows it later',
      policy: { origin: async (origin) => origin === APP },
      headers: { origin: APP },
      cors: allowed,
    },
    {
      name: 'is refused where a function does not allow it later',
      policy: { origin: async (origin) => origin === APP },
      headers: { origin: EVIL },
      reason: 'origin-not-allowed',
    },
    {
      name: 'is held to the methods where a function allows it later',
      policy: { origin: async () => true, methods: 'GET' },
      method: 'PUT',
      headers: { origin: APP },
      reason: 'method-not-allowed',
    },
    {
      name: 'is refused where a function throws',
      policy: { origin: throws },
      headers: { origin: APP },
      reason: 'origin-check-failed',
    },
    {
      name: 'is refused where a function rejects',
      policy: { origin: async () => throws() },
      headers: { origin: APP },
      reason: 'origin-check-failed',
    },
    {
      name: 'passes by a string where a function would throw',
      policy: { origin: [throws, APP] },
      headers: { origin: APP },
      cors: allowed,
    },
    {
      name: 'from the opaque origin passes where a function allows it without credentials',
      policy: { origin: () => true },
      headers: { origin: 'null' },
      cors: { 'Allow-Origin': 'null' },
    },
    {
      name: 'from the opaque origin never gets credentials through a function',
      policy: { origin: () => true, credentials: true },
      headers: { origin: 'null' },
      reason: 'origin-not-allowed',
    },
    {
      name: 'of OPTIONS without a requested method is one like any other',
      policy: { origin: APP, methods: 'GET' },
      method: 'OPTIONS',
      headers: { origin: APP },
      reason: 'method-not-allowed',
    },
  ];

  test.each(rows)(
    '$name',
    async ({
      policy: options,
      method,
      headers = {},
      kind = 'actual',
      reason,
      cors = {},
      vary = ORIGIN,
    }) => {
      const policies = listOf(options);
      const verdict = await decideActual(policies, requestOf(headers, method));
      expect({ ...verdict, headers: corsOf(verdict) }).toStrictEqual({
        kind,
        policy: policies.first,
        reason,
        headers: cors,
        vary,
      });
    },
  );

  test('is decided about at once where nothing has to be waited for', () => {
    const policies = listOf({ origin: [APP, () => false] });
    for (const headers of [{}, { origin: APP }, { origin: EVIL }]) {
      expect(decideActual(policies, requestOf(headers))).not.toBeInstanceOf(Promise);
    }
  });

  test('is shown to the function that decides about its origin', async () => {
    const decide = jest.fn((_origin: string, _request?: CorsRequest) => true);
    const request = requestOf({ origin: APP });
    await decideActual(listOf({ origin: decide }), request);
    expect(decide.mock.calls).toStrictEqual([[APP, request]]);
  });
});

describe('An origin without a request', () => {
  test.each([
    { policy: { origin: APP }, origin: APP, answer: 'allowed' },
    { policy: { origin: APP }, origin: EVIL, answer: 'refused' },
    { policy: { origin: async () => true }, origin: EVIL, answer: 'allowed' },
    { policy: { origin: throws }, origin: APP, answer: 'failed' },
    { policy: { origin: () => true, credentials: true }, origin: 'null', answer: 'refused' },
    { policy: { origin: () => true }, origin: 'null', answer: 'allowed' },
  ])('$origin is $answer by $policy', async ({ policy, origin, answer }) => {
    expect(await answerTo(compiled(policy), origin)).toBe(answer);
  });
});

/** The policy of a place, or several. */
type Policies = CorsPolicyOptions | NonEmpty<CorsPolicyOptions>;

/** What the preflight asks about, from the options of the policies. */
interface Target {
  readonly candidates: readonly Policies[];
  readonly served?: PreflightTarget['served'];
  readonly methods?: Readonly<Record<string, readonly Policies[]>>;
}

function isList(policies: Policies): policies is NonEmpty<CorsPolicyOptions> {
  return Array.isArray(policies);
}

/** Compiles each object of options once, so that a route has one policy wherever it is named. */
function targetOf({ candidates, served = 'yes', methods = {} }: Target): PreflightTarget {
  const known = new Map<CorsPolicyOptions, CompiledPolicy>();
  const lists = new Map<Policies, PolicyList>();
  const policyOf = (options: CorsPolicyOptions) => {
    const policy = known.get(options) ?? compiled(options);
    known.set(options, policy);
    return policy;
  };
  const listedOf = (policies: Policies) => {
    const list =
      lists.get(policies) ??
      new PolicyList(isList(policies) ? mapEach(policies, policyOf) : [policyOf(policies)]);
    lists.set(policies, list);
    return list;
  };
  return new PreflightTarget({
    candidates: candidates.map(listedOf),
    served,
    methods: new Map(
      Object.entries(methods).map(([name, policies]) => [name, policies.map(listedOf)]),
    ),
  });
}

interface PreflightRow extends Target {
  readonly name: string;
  readonly origin?: string;
  readonly method?: string;
  readonly asks?: string;
  readonly headers?: CorsRequest['headers'];
  readonly reason?: CorsRefusalReason;
  readonly cors?: Record<string, string>;
  /** Which candidate decided. Default: the first. */
  readonly candidate?: number;
  /** Which of the candidate's policies gives the answer. Default: its first. */
  readonly holds?: number;
}

describe('A preflight', () => {
  const listed: CorsPolicyOptions = { origin: APP, allowedHeaders: 'x-a,x-b' };
  const cookies: CorsPolicyOptions = { ...listed, credentials: true };
  const narrow: CorsPolicyOptions = { ...listed, methods: 'GET' };
  const closed: CorsPolicyOptions = { origin: false };
  const stranger: CorsPolicyOptions = { ...listed, origin: EVIL };
  const failing: CorsPolicyOptions = { origin: throws };
  const refusal = { 'Allow-Origin': APP, 'Allow-Methods': 'PUT', 'Allow-Headers': 'x-a,x-b' };
  const answer = { ...refusal, 'Max-Age': '7200' };

  const anyHeader: CorsPolicyOptions = { ...listed, allowedHeaders: '*' };
  const anyWithCookies: CorsPolicyOptions = { ...cookies, allowedHeaders: '*' };
  const rows: PreflightRow[] = [
    { name: 'is told all it asks for', candidates: [listed], cors: answer },
    {
      name: 'is told of credentials',
      candidates: [cookies],
      cors: { ...answer, 'Allow-Credentials': 'true' },
    },
    {
      name: 'is told * where any origin is allowed',
      candidates: [{ origin: '*', allowedHeaders: [] }],
      cors: { 'Allow-Origin': '*', 'Allow-Methods': 'PUT', 'Max-Age': '7200' },
    },
    {
      name: 'is told the max age of the policy, 0 included',
      candidates: [{ ...listed, maxAge: 0 }],
      cors: { ...answer, 'Max-Age': '0' },
    },
    { name: 'may ask for headers', candidates: [listed], asks: 'x-a', cors: answer },
    { name: 'may ask for all the headers', candidates: [listed], asks: 'X-B , x-a,', cors: answer },
    {
      name: 'may ask for a private network',
      candidates: [{ ...listed, privateNetwork: true }],
      headers: { 'access-control-request-private-network': 'true' },
      cors: { ...answer, 'Allow-Private-Network': 'true' },
    },
    {
      name: 'is told of a private network only if it asks',
      candidates: [{ ...listed, privateNetwork: true }],
      cors: answer,
    },
    {
      name: 'is told of a private network only if it asks by the word true',
      candidates: [{ ...listed, privateNetwork: true }],
      headers: { 'access-control-request-private-network': '1' },
      cors: answer,
    },
    {
      name: 'is told of a private network only if the policy says so',
      candidates: [listed],
      headers: { 'access-control-request-private-network': 'true' },
      cors: answer,
    },
    {
      name: 'from another origin is told nothing',
      candidates: [cookies],
      origin: EVIL,
      reason: 'origin-not-allowed',
    },
    {
      name: 'from what is no origin is told nothing where functions are asked',
      candidates: [{ origin: () => true }],
      origin: 'app.test',
      reason: 'origin-not-allowed',
    },
    ...['app.test', 'file://', 'null', `${APP}, ${EVIL}`].map((origin) => ({
      name: `is told * where any origin is allowed, whatever Origin says: ${origin}`,
      candidates: [{ origin: '*', allowedHeaders: [] }],
      origin,
      cors: { 'Allow-Origin': '*', 'Allow-Methods': 'PUT', 'Max-Age': '7200' },
    })),
    {
      name: 'from a file is told all it asks for where that is written',
      candidates: [{ ...listed, origin: 'file://' }],
      origin: 'file://',
      cors: { ...answer, 'Allow-Origin': 'file://' },
    },
    {
      name: 'from a file never gets credentials through a function',
      candidates: [{ origin: async () => true, credentials: true }],
      origin: 'file://',
      reason: 'origin-not-allowed',
    },
    {
      name: 'whose function throws is told nothing',
      candidates: [failing],
      reason: 'origin-check-failed',
    },
    {
      name: 'whose function rejects is told nothing',
      candidates: [{ origin: async () => throws() }],
      reason: 'origin-check-failed',
    },
    {
      name: 'whose function allows is told all it asks for',
      candidates: [{ ...listed, origin: () => true }],
      cors: answer,
    },
    {
      name: 'whose function allows later is told all it asks for',
      candidates: [{ ...listed, origin: async () => true }],
      cors: answer,
    },
    {
      name: 'from the opaque origin never gets credentials through a function',
      candidates: [{ origin: async () => true, credentials: true }],
      origin: 'null',
      reason: 'origin-not-allowed',
    },
    {
      name: 'for a header too many is told which are allowed',
      candidates: [listed],
      asks: 'x-a,x-c',
      reason: 'header-not-allowed',
      cors: refusal,
    },
    {
      name: 'for a header too many is not told of a private network',
      candidates: [{ ...listed, privateNetwork: true }],
      asks: 'x-c',
      headers: { 'access-control-request-private-network': 'true' },
      reason: 'header-not-allowed',
      cors: refusal,
    },
    {
      name: 'for what is no header is refused',
      candidates: [listed],
      asks: 'x a',
      reason: 'header-not-allowed',
      cors: refusal,
    },
    {
      name: 'for what is no header is refused even where any header is allowed',
      candidates: [{ ...listed, allowedHeaders: '*' }],
      asks: 'x-a,x b',
      reason: 'header-not-allowed',
      cors: { ...refusal, 'Allow-Headers': '*,authorization' },
    },
    {
      name: 'for what is no header has nothing of it repeated',
      candidates: [{ ...cookies, allowedHeaders: '*' }],
      asks: 'x-a,x b',
      reason: 'header-not-allowed',
      cors: { 'Allow-Origin': APP, 'Allow-Credentials': 'true', 'Allow-Methods': 'PUT' },
    },
    {
      name: 'for any header is told *, authorization, and what it asks for',
      candidates: [{ ...listed, allowedHeaders: '*' }],
      asks: 'authorization,x-c',
      cors: { ...answer, 'Allow-Headers': '*,authorization,x-c' },
    },
    {
      name: 'for any header, with credentials, has its own repeated',
      candidates: [{ ...cookies, allowedHeaders: '*' }],
      asks: 'Authorization, x-c',
      cors: { ...answer, 'Allow-Credentials': 'true', 'Allow-Headers': 'authorization,x-c' },
    },
    {
      name: 'for any header is told *, authorization, and what it asks for where all methods share the answer',
      candidates: [anyHeader],
      methods: { GET: [anyHeader], PUT: [anyHeader] },
      asks: 'authorization,x-c',
      cors: { ...answer, 'Allow-Methods': 'GET,PUT', 'Allow-Headers': '*,authorization,x-c' },
    },
    {
      name: 'for any header, with credentials, has its own repeated where all methods share the answer',
      candidates: [anyWithCookies],
      methods: { GET: [anyWithCookies], PUT: [anyWithCookies] },
      asks: 'Authorization, x-c',
      cors: {
        ...answer,
        'Allow-Credentials': 'true',
        'Allow-Methods': 'GET,PUT',
        'Allow-Headers': 'authorization,x-c',
      },
    },
    {
      name: 'for no header is told of none where any is allowed with credentials',
      candidates: [{ ...cookies, allowedHeaders: '*' }],
      cors: {
        'Allow-Origin': APP,
        'Allow-Credentials': 'true',
        'Allow-Methods': 'PUT',
        'Max-Age': '7200',
      },
    },
    {
      name: 'for a method outside the policy is told which are allowed',
      candidates: [narrow],
      methods: { GET: [narrow], PUT: [narrow] },
      reason: 'method-not-allowed',
      cors: { ...refusal, 'Allow-Methods': 'GET' },
    },
    {
      name: 'for a method outside the policy is told of no method where none is allowed',
      candidates: [narrow],
      methods: { PUT: [narrow] },
      reason: 'method-not-allowed',
      cors: { 'Allow-Origin': APP, 'Allow-Headers': 'x-a,x-b' },
    },
    {
      name: 'is refused for its method before its headers',
      candidates: [narrow],
      asks: 'x-c',
      reason: 'method-not-allowed',
      cors: { 'Allow-Origin': APP, 'Allow-Headers': 'x-a,x-b' },
    },
    {
      name: 'for a method outside the policy has its headers repeated where any is allowed with credentials',
      candidates: [{ ...cookies, allowedHeaders: '*', methods: 'GET' }],
      asks: 'X-A, x-c',
      reason: 'method-not-allowed',
      cors: { 'Allow-Origin': APP, 'Allow-Credentials': 'true', 'Allow-Headers': 'x-a,x-c' },
    },
    {
      name: 'for HEAD passes where GET does',
      candidates: [narrow],
      method: 'HEAD',
      cors: { ...answer, 'Allow-Methods': 'HEAD' },
    },
    {
      name: 'is told of every method at the URL that gets the same answer',
      candidates: [listed],
      methods: { GET: [listed], HEAD: [listed], PUT: [listed], DELETE: [{ ...listed }] },
      cors: { ...answer, 'Allow-Methods': 'GET,HEAD,PUT,DELETE' },
    },
    {
      name: 'is told of no method that gets other credentials, headers or max age',
      candidates: [listed],
      methods: {
        PUT: [listed],
        GET: [cookies],
        POST: [{ ...listed, allowedHeaders: 'x-a' }],
        PATCH: [{ ...listed, maxAge: 5 }],
        DELETE: [{ ...listed, allowedHeaders: 'X-B,X-A' }],
      },
      cors: { ...answer, 'Allow-Methods': 'PUT,DELETE' },
    },
    {
      name: 'is told of no method that other origins may use',
      candidates: [listed],
      methods: {
        PUT: [listed],
        GET: [{ ...listed, origin: EVIL }],
        POST: [{ ...listed, origin: () => false }],
        PATCH: [{ ...listed, origin: async () => false }],
        DELETE: [{ ...listed, origin: throws }],
      },
      cors: answer,
    },
    {
      name: 'is told of methods whose own rules allow the origin',
      candidates: [listed],
      methods: {
        PUT: [listed],
        GET: [{ ...listed, origin: [EVIL, APP] }],
        POST: [{ ...listed, origin: () => true }],
        PATCH: [{ ...listed, origin: async () => true }],
      },
      cors: { ...answer, 'Allow-Methods': 'GET,POST,PUT,PATCH' },
    },
    {
      name: 'is told of no method that its own route does not allow',
      candidates: [listed],
      methods: { PUT: [listed], GET: [{ ...listed, methods: 'POST' }], HEAD: [narrow] },
      cors: { ...answer, 'Allow-Methods': 'HEAD,PUT' },
    },
    {
      name: 'is told of a method if any of the routes that may serve it gives the same answer',
      candidates: [listed],
      methods: { PUT: [listed], GET: [cookies, listed], POST: [closed, cookies] },
      cors: { ...answer, 'Allow-Methods': 'GET,PUT' },
    },
    {
      name: 'under several policies is told of methods whose holding policies answer alike',
      candidates: [[stranger, listed]],
      holds: 1,
      methods: {
        PUT: [[stranger, listed]],
        GET: [listed],
        HEAD: [[stranger, { ...listed, origin: '*' }]],
        POST: [[{ ...listed, origin: () => false }, listed]],
        // Another policy holds there, none does, or one fails.
        PATCH: [
          [
            { ...listed, maxAge: 5 },
            { ...listed, origin: '*' },
          ],
        ],
        DELETE: [stranger],
        SEARCH: [[{ ...listed, origin: throws }, listed]],
        COPY: [
          [
            { ...stranger, credentials: false },
            { ...listed, methods: 'GET' },
          ],
        ],
      },
      cors: { ...answer, 'Allow-Methods': 'GET,HEAD,POST,PUT' },
    },
    {
      name: 'for a method that nobody serves there is told of the others',
      candidates: [listed],
      served: 'no',
      methods: { GET: [listed], POST: [cookies] },
      reason: 'method-not-allowed',
      cors: { ...refusal, 'Allow-Methods': 'GET' },
    },
    {
      name: 'for a method that nobody serves there is refused though the policy names it',
      candidates: [{ ...listed, methods: 'GET,PUT' }],
      served: 'no',
      methods: { GET: [listed] },
      reason: 'method-not-allowed',
      cors: { ...refusal, 'Allow-Methods': 'GET' },
    },
    {
      name: 'for an unknown method that a route serves passes',
      candidates: [listed],
      method: 'PURGE',
      cors: { ...answer, 'Allow-Methods': 'PURGE' },
    },
    {
      name: 'for a URL that nobody serves is allowed the method',
      candidates: [listed],
      served: 'unknown',
      cors: answer,
    },
    {
      name: 'for a URL that nobody serves is not allowed a method that there is not',
      candidates: [listed],
      served: 'unknown',
      method: 'PURGE',
      reason: 'method-not-allowed',
      cors: { 'Allow-Origin': APP, 'Allow-Headers': 'x-a,x-b' },
    },
    {
      name: 'for a URL that nobody serves is told of the methods of the policy',
      candidates: [{ ...listed, methods: 'DELETE,PUT,PURGE' }],
      served: 'unknown',
      cors: { ...answer, 'Allow-Methods': 'PUT,DELETE,PURGE' },
    },
    {
      name: 'for a URL that nobody serves may ask for an unknown method of the policy',
      candidates: [{ ...listed, methods: 'PURGE' }],
      served: 'unknown',
      method: 'PURGE',
      cors: { ...answer, 'Allow-Methods': 'PURGE' },
    },
    {
      name: 'for a URL that nobody serves is held to the methods of the policy',
      candidates: [{ ...listed, methods: 'GET' }],
      served: 'unknown',
      reason: 'method-not-allowed',
      cors: { ...refusal, 'Allow-Methods': 'GET,HEAD' },
    },
    {
      name: 'for a method in other case is refused where only the right one is served',
      candidates: [listed],
      served: 'no',
      method: 'patch',
      methods: { PATCH: [listed] },
      reason: 'method-not-allowed',
      cors: { ...refusal, 'Allow-Methods': 'PATCH' },
    },
    {
      name: 'for no method is refused',
      candidates: [listed],
      served: 'no',
      method: '',
      reason: 'method-not-allowed',
      cors: { 'Allow-Origin': APP, 'Allow-Headers': 'x-a,x-b' },
    },
    {
      name: 'that may lead to several routes is allowed by the first that would allow it',
      candidates: [closed, narrow, listed, cookies],
      cors: answer,
      candidate: 2,
    },
    {
      name: 'that may lead to several routes is allowed by one that answers later',
      candidates: [{ origin: async () => false }, { ...listed, origin: async () => true }],
      cors: answer,
      candidate: 1,
    },
    {
      name: 'that may lead to several routes is allowed by one that answers at once after one that answers later',
      candidates: [{ origin: async () => false }, listed],
      cors: answer,
      candidate: 1,
    },
    {
      name: 'that may lead to several routes is allowed though the function of one fails',
      candidates: [failing, listed],
      cors: answer,
      candidate: 1,
    },
    {
      name: 'that no route would allow is refused for what is at fault besides the origin',
      candidates: [closed, listed, closed],
      asks: 'x-c',
      reason: 'header-not-allowed',
      cors: refusal,
      candidate: 1,
    },
    {
      name: 'that no route would allow is refused by the first of those with such a fault',
      candidates: [listed, narrow],
      asks: 'x-c',
      reason: 'header-not-allowed',
      cors: refusal,
      candidate: 0,
    },
    {
      name: 'that no route would allow is refused by a later one with such a fault after a failure',
      candidates: [failing, narrow],
      reason: 'method-not-allowed',
      cors: { 'Allow-Origin': APP, 'Allow-Headers': 'x-a,x-b' },
      candidate: 1,
    },
    {
      name: 'that no route would allow is refused for a failure before the origin',
      candidates: [closed, failing, closed],
      reason: 'origin-check-failed',
      candidate: 1,
    },
    {
      name: 'that no route would allow is refused by the first where all say the same',
      candidates: [closed, { origin: EVIL }],
      reason: 'origin-not-allowed',
      candidate: 0,
    },
    {
      name: 'that asks for a method whose rules answer later passes for the first that allows',
      candidates: [{ ...listed, origin: async () => true }, closed],
      methods: { GET: [{ ...listed, origin: async () => true }] },
      cors: { ...answer, 'Allow-Methods': 'GET,PUT' },
    },
    {
      name: 'that waits for the methods of one route goes on to the next',
      candidates: [narrow, listed],
      methods: { GET: [{ ...listed, origin: async () => true }] },
      cors: { ...answer, 'Allow-Methods': 'GET,PUT' },
      candidate: 1,
    },
  ];

  test.each(rows)(
    '$name',
    async ({
      origin = APP,
      method = 'PUT',
      asks,
      headers,
      reason,
      cors = {},
      candidate = 0,
      holds = 0,
      ...given
    }) => {
      const target = targetOf(given);
      const request = requestOf(
        {
          ...headers,
          origin,
          'access-control-request-method': method,
          ...(asks !== undefined && { 'access-control-request-headers': asks }),
        },
        'OPTIONS',
      );
      const verdict = await decidePreflight(request, target);
      expect({ ...verdict, policy: undefined, headers: corsOf(verdict) }).toStrictEqual({
        kind: 'preflight',
        policy: undefined,
        reason,
        headers: cors,
        vary: given.candidates
          .flatMap((policies) => (isList(policies) ? [...policies] : policies))
          .some(({ privateNetwork }) => privateNetwork)
          ? [...PREFLIGHT, 'Access-Control-Request-Private-Network']
          : PREFLIGHT,
        candidate,
      });
      expect(verdict.policy).toBe(target.candidates[candidate]?.members[holds]);
    },
  );

  const request = requestOf({ origin: APP, 'access-control-request-method': 'PUT' }, 'OPTIONS');

  test('is decided about at once where nothing has to be waited for', () => {
    const target = targetOf({ candidates: [closed, narrow, listed], methods: { GET: [cookies] } });
    expect(decidePreflight(request, target)).not.toBeInstanceOf(Promise);
  });

  test('asks the rules that all its methods share once', async () => {
    const decide = jest.fn((_origin: string, _request?: CorsRequest) => true);
    const policies = listOf({ ...listed, origin: decide });
    const methods = new Map(['GET', 'PUT', 'DELETE'].map((name) => [name, [policies]]));
    const target = new PreflightTarget({ candidates: [policies], served: 'yes', methods });
    await decidePreflight(request, target);
    expect(decide.mock.calls).toStrictEqual([[APP, request]]);
  });

  test('shows itself to the rules of every method', async () => {
    const decide = jest.fn((_origin: string, _request?: CorsRequest) => true);
    const target = targetOf({
      candidates: [listed],
      methods: { GET: [{ ...listed, origin: decide }] },
    });
    await decidePreflight(request, target);
    expect(decide.mock.calls).toStrictEqual([[APP, request]]);
  });

  test('asks nobody about a method that its own route allows', async () => {
    const decide = jest.fn(() => true);
    const target = targetOf({
      candidates: [listed],
      methods: { PUT: [listed, { ...listed, origin: decide }] },
    });
    const another = targetOf({
      candidates: [listed],
      methods: { PUT: [{ ...listed, origin: decide }] },
    });
    await decidePreflight(request, target);
    await decidePreflight(request, another);
    expect(decide).not.toHaveBeenCalled();
  });

  test('has what its methods share worked out once', () => {
    const target = targetOf({ candidates: [listed], methods: { GET: [listed] } });
    const policy = target.candidates[0]!.first;
    expect(target.sharedMethods(policy)).toBe(target.sharedMethods(policy));
  });

  test('asks nobody about a method that gets another answer anyway', async () => {
    const decide = jest.fn(() => true);
    const other = { ...cookies, origin: decide };
    const target = targetOf({ candidates: [listed], methods: { GET: [other], DELETE: [other] } });
    await decidePreflight(request, target);
    expect(decide).not.toHaveBeenCalled();
  });

  test('needs a policy to be decided by', () => {
    expect(() => decidePreflight(request, targetOf({ candidates: [] }))).toThrow(
      new RangeError('A preflight needs a candidate.'),
    );
  });

  test('without the headers that make it one is refused', async () => {
    const verdict = await decidePreflight(
      requestOf({}, 'OPTIONS'),
      targetOf({ candidates: [listed] }),
    );
    expect(verdict.reason).toBe('origin-not-allowed');
  });
});

describe(`Every decision ${SEEDED}`, () => {
  const origins = fc.constantFrom(APP, EVIL, 'null', 'http://localhost:3000', 'x', '');
  const anybody = () => true;
  /** Origin rules, and the origins of those above that each allows, by hand. */
  const rules = new Map<NonNullable<CorsPolicyOptions['origin']>, readonly string[]>([
    [false, []],
    [APP, [APP]],
    ['https://*.test', [APP, EVIL]],
    [
      [APP, 'null'],
      [APP, 'null'],
    ],
    [/^https:\/\/\w+\.test$/, [APP, EVIL]],
    [(origin: string) => origin === EVIL, [EVIL]],
    [async (origin: string) => origin === EVIL, [EVIL]],
    [anybody, [APP, EVIL, 'null', 'http://localhost:3000']],
    [throws, []],
  ]);
  const allows = ({ origin: rule, credentials }: CorsPolicyOptions, origin: string | undefined) =>
    origin !== undefined &&
    rules.get(rule ?? false)?.includes(origin) === true &&
    // A function may not hand the cookies of all sites' opaque origins to them.
    !(rule === anybody && credentials && origin === 'null');
  const options: fc.Arbitrary<CorsPolicyOptions> = fc.record({
    origin: fc.constantFrom(...rules.keys()),
    credentials: fc.boolean(),
    methods: fc.constantFrom('*', 'GET', 'GET,PUT', 'PUT,DELETE'),
    allowedHeaders: fc.constantFrom('*', '', 'x-a', 'x-a,x-b'),
    exposedHeaders: fc.constantFrom('', 'ETag'),
    maxAge: fc.constantFrom(0, 600),
    privateNetwork: fc.boolean(),
  });
  const fields = {
    origin: origins,
    cookie: fc.constantFrom('a=1'),
    host: fc.constantFrom('app.test', 'api.test'),
    'access-control-request-method': fc.constantFrom('GET', 'PUT', 'DELETE', 'PURGE', ''),
    'access-control-request-headers': fc.constantFrom('', 'x-a', 'x-a,x-b', 'x-c', 'x c'),
  };
  const headers = fc.record(fields, { requiredKeys: [] });
  /** Most are what a browser would send from a page that somebody may allow. */
  const preflightHeaders = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record(
        {
          ...fields,
          origin: fc.constantFrom(APP, EVIL),
          'access-control-request-method': fc.constantFrom('GET', 'PUT'),
        },
        { requiredKeys: ['origin', 'access-control-request-method'] },
      ),
    },
    { weight: 1, arbitrary: headers },
  );
  const methods = fc.dictionary(
    fc.constantFrom('GET', 'PUT', 'DELETE'),
    fc.array(options, { minLength: 1, maxLength: 2 }),
  );

  const lists = (methods: unknown, method: string) =>
    methods === '*' || String(methods).split(',').includes(method);

  const holds = (verdict: Verdict, request: CorsRequest, policy: CorsPolicyOptions) => {
    const cors = corsOf(verdict);
    const origin = request.headers.origin;
    // An origin that was not allowed learns nothing. No rule here allows every origin.
    if (!allows(policy, origin)) expect(cors).toStrictEqual({});
    else if (Object.keys(cors).length > 0) expect(cors['Allow-Origin']).toBe(origin);
    // Credentials are told of by the one word that counts.
    if (cors['Allow-Credentials'] !== undefined) {
      expect([cors['Allow-Credentials'], policy.credentials]).toStrictEqual(['true', true]);
    }
    // Whatever depends on the origin says so.
    expect(verdict.vary).toContain('Origin');
  };

  /** What the README says of a request that is no preflight. */
  const actual = (
    policy: CorsPolicyOptions,
    { headers: { origin, cookie, host }, method }: CorsRequest,
  ): { reason: CorsRefusalReason | undefined; cors: Record<string, string> } => {
    const isSameOrigin = origin === APP && host === 'app.test';
    const nothing = { reason: undefined, cors: {} };
    // Functions are not asked about the own origin.
    if (origin === undefined || (isSameOrigin && typeof policy.origin === 'function'))
      return nothing;
    if (!allows(policy, origin)) {
      if (isSameOrigin) return nothing;
      // Nobody is asked about what is no origin, or about the opaque one with credentials.
      const isAsked = origin.startsWith('http') || (origin === 'null' && !policy.credentials);
      const fails = policy.origin === throws && isAsked;
      return { reason: fails ? 'origin-check-failed' : 'origin-not-allowed', cors: {} };
    }
    if (!isSameOrigin && !lists(policy.methods, method))
      return { reason: 'method-not-allowed', cors: {} };
    if (!isSameOrigin && cookie !== undefined && !policy.credentials)
      return { reason: 'credentials-not-allowed', cors: {} };
    return {
      reason: undefined,
      cors: {
        'Allow-Origin': origin,
        ...(policy.credentials && { 'Allow-Credentials': 'true' }),
        ...(policy.exposedHeaders !== '' && { 'Expose-Headers': 'ETag' }),
      },
    };
  };

  test('about an actual request is the one that the README says', async () => {
    await checkProperty(
      fc.asyncProperty(
        options,
        headers,
        fc.constantFrom('GET', 'PUT', 'OPTIONS'),
        async (policy, given, method) => {
          const request = requestOf(given, method);
          const verdict = await decideActual(listOf(policy), request);
          holds(verdict, request, policy);
          expect({ reason: verdict.reason, cors: corsOf(verdict) }).toStrictEqual(
            actual(policy, request),
          );
        },
      ),
      1000,
    );
  });

  test('under several policies is that of the first one alone that does not refuse the origin', async () => {
    await checkProperty(
      fc.asyncProperty(
        fc.array(options, { minLength: 1, maxLength: 4 }),
        headers,
        fc.constantFrom('GET', 'PUT'),
        fc.boolean(),
        async (several, given, method, isPreflightAsked) => {
          if (!isNonEmpty(several)) return;
          const request = requestOf(
            { ...given, origin: given.origin ?? EVIL, host: 'api.test' },
            isPreflightAsked ? 'OPTIONS' : method,
          );
          const decide = (policies: NonEmpty<CorsPolicyOptions>) =>
            isPreflightAsked
              ? decidePreflight(request, targetOf({ candidates: [policies], served: 'yes' }))
              : decideActual(listOf(...policies), request);
          let alone: Verdict | undefined;
          for (const policy of several) {
            alone = await decide([policy]);
            if (alone.reason !== 'origin-not-allowed') break;
          }
          const together = await decide(several);
          expect({ ...together, policy: together.policy.policy, vary: [] }).toStrictEqual({
            ...alone,
            policy: alone?.policy.policy,
            vary: [],
          });
          expect(together.vary).toContain('Origin');
        },
      ),
      1000,
    );
  });

  test('about a preflight keeps to the standard', async () => {
    let allowed = 0;
    await checkProperty(
      fc.asyncProperty(
        fc.array(options, { minLength: 1, maxLength: 3 }),
        methods,
        fc.constantFrom('yes' as const, 'no' as const, 'unknown' as const),
        preflightHeaders,
        async (candidates, others, served, given) => {
          const request = requestOf(given, 'OPTIONS');
          const { origin, 'access-control-request-method': method = '' } = given;
          const asked = (given['access-control-request-headers'] ?? '').split(',');
          const target = targetOf({ candidates, served, methods: others });
          const verdict = await decidePreflight(request, target);
          const policy = candidates[verdict.candidate] ?? {};
          const { reason } = verdict;
          /** Whether a route for the method gives the origin the same answer. */
          const isShared = (name: string) =>
            (others[name] ?? []).some(
              (other) =>
                allows(other, origin) &&
                other.credentials === policy.credentials &&
                other.maxAge === policy.maxAge &&
                lists(other.methods, name),
            );
          holds(verdict, request, policy);
          const cors = corsOf(verdict);
          expect(verdict.vary.slice(0, 3)).toStrictEqual(PREFLIGHT);
          // It is refused for its origin if and only if no candidate allows that.
          expect(reason?.startsWith('origin') ?? false).toBe(
            !candidates.some((each) => allows(each, origin)),
          );
          if (reason !== undefined) {
            expect(cors).not.toHaveProperty('Max-Age');
          } else {
            allowed += 1;
            // What is allowed is listed, so that the browser finds it there, and may be remembered.
            expect((cors['Allow-Methods'] ?? '').split(',')).toContain(method);
            expect(lists(policy.methods, method) || isShared(method)).toBe(true);
            expect(cors['Max-Age']).toBe(String(policy.maxAge));
            expect(cors['Allow-Credentials']).toBe(policy.credentials ? 'true' : undefined);
            expect(
              asked.filter((name) => name !== '' && !lists(policy.allowedHeaders, name)),
            ).toStrictEqual([]);
          }
          // A method is listed only if the origin gets this answer with it.
          for (const name of (cors['Allow-Methods'] ?? '').split(',')) {
            if (name !== '' && name !== method && served !== 'unknown')
              expect({ name, isShared: isShared(name) }).toEqual({ name, isShared: true });
          }
        },
      ),
      1000,
    );
    // Where nearly all are refused, little is seen of what is listed.
    expect(allowed).toBeGreaterThan(100);
  });
});
