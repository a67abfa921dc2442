import { describe, expect, test } from '@jest/globals';
import { explanationText } from '../../../src/document/explanation-text.js';
import { checkSteps } from '../../../src/document/explanation/check-steps.js';
import type { CorsExplanation } from '../../../src/document/explanation/cors-explanation.js';
import type { Fault } from '../../../src/document/explanation/fault.js';
import { furtherNeeds, type Needs } from '../../../src/document/explanation/needs.js';
import { callOf } from '../../../src/document/explanation/page-fixes.js';
import { readQuestion } from '../../../src/document/explanation/page-question.js';
import {
  objectOf,
  optionFields,
  refinement,
  shownValue,
} from '../../../src/document/explanation/policy-code.js';
import type { PolicyChange } from '../../../src/document/explanation/policy-change.js';
import { listed, quoteShort, short } from '../../../src/document/explanation/short-text.js';
import { DEFAULT_ALLOWED_HEADERS } from '../../../src/protocol/policy/request-headers.js';
import type { CorsFault } from '../../../src/fetch/cors-check.js';
import type { PreflightFault } from '../../../src/fetch/preflight.js';
import { SHOP } from '../../harness/origins.js';
import { written } from '../written-document.js';

const FETCH = 'https://fetch.spec.whatwg.org/#';

type Checked = Parameters<typeof checkSteps>[0];

interface Answer {
  readonly credentials?: 'include';
  readonly headers?: Readonly<Record<string, string>>;
  readonly status?: number;
  readonly knowsStatus?: boolean;
}

interface AskedPreflight extends Answer {
  readonly method?: string;
  readonly names?: readonly string[];
  readonly unlisted?: readonly string[];
  readonly fault?: PreflightFault;
}

const told = (step: Checked, { credentials = 'include', knowsStatus }: Answer) =>
  checkSteps(step, {
    ...{ origin: SHOP, credentials },
    ...(knowsStatus !== undefined && { knowsStatus }),
  }).map(({ name, passed, sentence, section }) => [
    `${passed ? '' : '!'}${name}`,
    sentence,
    section.slice(FETCH.length),
  ]);

function ofRequest(headers: Readonly<Record<string, string>>, fault?: CorsFault, include = true) {
  const credentials = include ? ('include' as const) : ('omit' as const);
  const step = {
    ...{ name: 'cors-check', url: 'https://api.example.com/', origin: SHOP, credentials },
    response: { status: 200, headers },
    ...(fault !== undefined && { fault }),
  } as Checked;
  return checkSteps(step, { origin: SHOP, credentials }).map(({ name, passed, sentence }) => [
    `${passed ? '' : '!'}${name}`,
    sentence,
  ]);
}

function ofPreflight(asked: AskedPreflight) {
  const { method = 'PUT', names = [], headers = {}, status = 204, fault, unlisted } = asked;
  const { credentials = 'omit' } = asked;
  const step = {
    name: 'preflight',
    question: { method, unsafeNames: names, origin: SHOP, credentials },
    request: { method: 'OPTIONS', url: 'https://api.example.com/', headers: {} },
    response: { status, headers: { 'access-control-allow-origin': SHOP, ...headers } },
    ...(fault !== undefined && { fault }),
    ...(unlisted !== undefined && { unlisted }),
  } as unknown as Checked;
  return told(step, { ...asked, credentials: credentials as 'include' }).slice(
    credentials === 'include' ? 2 : 1,
  );
}

const ORIGIN = 'access-control-allow-origin';
const IS_ORIGIN = `Access-Control-Allow-Origin is ${SHOP}, which is the page's origin.`;

describe('Of an answer it is told that', () => {
  test.each<
    [
      headers: Record<string, string>,
      fault: CorsFault | undefined,
      include: boolean,
      steps: unknown,
    ]
  >([
    [{ [ORIGIN]: SHOP }, undefined, false, [['allow-origin', IS_ORIGIN]]],
    [
      { [ORIGIN]: '*' },
      undefined,
      false,
      [['allow-origin', 'Access-Control-Allow-Origin is *, which stands for any origin.']],
    ],
    [
      {},
      'no-allow-origin',
      false,
      [['!allow-origin', `Access-Control-Allow-Origin is missing; it has to be ${SHOP} or *.`]],
    ],
    [
      { [ORIGIN]: 'https://a.example' },
      'other-origin',
      true,
      [
        [
          '!allow-origin',
          `Access-Control-Allow-Origin is https://a.example; it has to be ${SHOP}.`,
        ],
      ],
    ],
    [
      { [ORIGIN]: '*' },
      'wildcard-with-credentials',
      true,
      [
        [
          '!allow-origin',
          `Access-Control-Allow-Origin is *, which is not enough for a request with credentials mode include: it has to be ${SHOP}.`,
        ],
      ],
    ],
    [
      { [ORIGIN]: SHOP },
      undefined,
      true,
      [
        ['allow-origin', IS_ORIGIN],
        [
          'allow-credentials',
          'Access-Control-Allow-Credentials is true, as credentials mode include asks for.',
        ],
      ],
    ],
    [
      { [ORIGIN]: SHOP },
      'credentials-not-allowed',
      true,
      [
        ['allow-origin', IS_ORIGIN],
        [
          '!allow-credentials',
          'Access-Control-Allow-Credentials is not true, as credentials mode include asks for.',
        ],
      ],
    ],
  ])('%j, %s, with cookies: %s', (headers, fault, include, steps) => {
    expect(ofRequest(headers, fault, include)).toEqual(steps);
  });

  const OK = ['ok-status', 'The status 204 is an ok status.', 'ok-status'];
  const PUT = [
    'allow-methods',
    'Access-Control-Allow-Methods is GET, PUT, which has PUT.',
    'cors-preflight-fetch',
  ];
  const METHODS = { 'access-control-allow-methods': 'GET, PUT' };
  const REMEMBERED = [
    'max-age',
    'The browser remembers this for 5 seconds.',
    'http-access-control-max-age',
  ];
  test.each<[name: string, asked: AskedPreflight, steps: unknown]>([
    ['a method is listed', { headers: METHODS }, [OK, PUT, REMEMBERED]],
    [
      'it is remembered',
      { headers: { ...METHODS, 'access-control-max-age': '60' } },
      [
        OK,
        PUT,
        ['max-age', 'The browser may remember this for 60 seconds.', 'http-access-control-max-age'],
      ],
    ],
    [
      'a method need not be listed',
      { method: 'POST' },
      [
        OK,
        [
          'allow-methods',
          'POST is CORS-safelisted, and need not be in Access-Control-Allow-Methods.',
          'cors-preflight-fetch',
        ],
        REMEMBERED,
      ],
    ],
    [
      'the application gives the status',
      { headers: METHODS, knowsStatus: false },
      [
        [
          'ok-status',
          'The application itself answers (preflightContinue): its status has to be 200 to 299.',
          'ok-status',
        ],
        PUT,
        REMEMBERED,
      ],
    ],
    [
      'the status is wrong',
      { status: 302, fault: 'no-ok-status' },
      [['!ok-status', 'The status 302 is not an ok status: it has to be 200 to 299.', 'ok-status']],
    ],
    [
      'a method is not listed',
      { fault: 'method-not-listed' },
      [
        OK,
        [
          '!allow-methods',
          'Access-Control-Allow-Methods is missing, which does not have PUT.',
          'cors-preflight-fetch',
        ],
      ],
    ],
    [
      'a star is a name where cookies go along',
      {
        credentials: 'include',
        headers: { 'access-control-allow-methods': '*' },
        fault: 'method-not-listed',
      },
      [
        OK,
        [
          '!allow-methods',
          'Access-Control-Allow-Methods is *, which does not have PUT. With credentials mode include, * is a name as any other.',
          'cors-preflight-fetch',
        ],
      ],
    ],
    [
      'headers are listed',
      {
        headers: { ...METHODS, 'access-control-allow-headers': 'x-a, x-b' },
        names: ['x-a', 'x-b'],
      },
      [
        OK,
        PUT,
        [
          'allow-headers',
          'Access-Control-Allow-Headers is x-a, x-b, which has x-a and x-b.',
          'cors-preflight-fetch',
        ],
        REMEMBERED,
      ],
    ],
    [
      'headers are not listed',
      {
        headers: METHODS,
        names: ['x-a', 'x-b', 'x-c'],
        unlisted: ['x-a', 'x-c'],
        fault: 'header-not-listed',
      },
      [
        OK,
        PUT,
        [
          '!allow-headers',
          'Access-Control-Allow-Headers is missing, which does not have x-a and x-c.',
          'cors-preflight-fetch',
        ],
      ],
    ],
  ])('of a preflight: %s', (_name, asked, steps) => {
    expect(ofPreflight(asked)).toEqual(steps);
  });
});

describe('A policy has to say', () => {
  const question = readQuestion({ origin: SHOP, url: '/a' });
  test.each<[needs: Needs, fault: Fault, further: Needs | undefined]>([
    [{}, { kind: 'origin', failed: false }, { origin: SHOP }],
    [{ origin: SHOP }, { kind: 'origin', failed: false }, undefined],
    [{ origin: SHOP }, { kind: 'credentials' }, { origin: SHOP, credentials: true }],
    [{ credentials: true }, { kind: 'credentials' }, undefined],
    [{}, { kind: 'method', method: 'PUT', narrowed: true }, { methods: ['PUT'] }],
    [{ methods: ['PUT'] }, { kind: 'method', method: 'PUT', narrowed: true }, undefined],
    [{}, { kind: 'method', method: 'PUT', narrowed: false }, undefined],
    [{}, { kind: 'headers', names: ['x-a'] }, { allowedHeaders: ['x-a'] }],
    [{}, { kind: 'headers', names: [] }, undefined],
    [{ allowedHeaders: ['x-a'] }, { kind: 'headers', names: ['x-a'] }, undefined],
    [{}, { kind: 'not-exposed', names: ['X-A'] }, { exposedHeaders: ['X-A'] }],
    [{}, { kind: 'not-exposed', names: ['X-A', 'Set-Cookie'] }, undefined],
    [{}, { kind: 'not-exposed', names: ['set-cookie2'] }, undefined],
    [{}, { kind: 'not-exposed', names: ['x-set-cookie'] }, { exposedHeaders: ['x-set-cookie'] }],
    [{}, { kind: 'not-exposed', names: ['set-cookie-at'] }, { exposedHeaders: ['set-cookie-at'] }],
    [{ exposedHeaders: ['X-A'] }, { kind: 'not-exposed', names: ['X-A'] }, undefined],
    [{}, { kind: 'not-isolated' }, { isolate: false }],
    [{ isolate: false }, { kind: 'not-isolated' }, undefined],
    [{}, { kind: 'unknown' }, undefined],
    [{}, { kind: 'bad-port' }, undefined],
  ])('besides %j, for %j: %j', (needs, fault, further) => {
    expect(furtherNeeds(needs, fault, question)).toEqual(further);
  });
});

describe('Names are listed', () => {
  test.each([
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c'], 'a, b and c'],
  ])('%j: %s', (names, text) => {
    expect(listed(names)).toBe(text);
  });

  test('by 200 characters', () => {
    expect(short('a'.repeat(200))).toBe('a'.repeat(200));
    expect(short('a'.repeat(201))).toBe(`${'a'.repeat(200)}…`);
    expect(quoteShort('a"\n')).toBe('"a\\"\\n"');
  });
});

describe('A call is written', () => {
  const plain: Parameters<typeof callOf>[0] = {
    url: '',
    method: 'GET',
    headers: [],
    mode: 'cors',
    credentials: 'same-origin',
    redirect: 'follow',
    useCorsPreflight: false,
  };
  test.each<[request: Partial<Parameters<typeof callOf>[0]>, code: string]>([
    [{}, "fetch('/a')"],
    [{ method: 'PUT' }, "fetch('/a', { method: 'PUT' })"],
    [{ mode: 'no-cors' }, "fetch('/a', { mode: 'no-cors' })"],
    [{ credentials: 'omit' }, "fetch('/a', { credentials: 'omit' })"],
    [
      {
        ...{ method: 'PUT', mode: 'same-origin', credentials: 'include' },
        headers: [
          ['x-a', "it's"],
          ['x-b', ''],
        ],
      },
      String.raw`fetch('/a', { method: 'PUT', mode: 'same-origin', credentials: 'include', headers: { 'x-a': 'it\'s', 'x-b': '' } })`,
    ],
  ])('%j', (request, code) => {
    expect(callOf({ ...plain, ...request }, '/a')).toBe(code);
  });
});

/** A rule as documents have it: strings, expressions, functions and resolvers. */
function rule(...origin: readonly string[]) {
  const { policies, origins } = written({ routes: { 'GET /a': { origin } } });
  const [policy, origins_] = [policies['GET /a'], origins['GET /a']];
  if (policy === undefined || origins_ === undefined) throw new Error('Nothing was written.');
  return { policy, origins: origins_ };
}

const adding = (...before: readonly string[]): PolicyChange => ({
  origin: { before: rule(...before).origins, added: SHOP },
  values: {},
});

const SIX = ['a', 'b', 'c', 'd', 'e', 'f'];
const USUAL = DEFAULT_ALLOWED_HEADERS;

describe('A change is written', () => {
  test.each<[name: string, change: PolicyChange, refined: string, options: string | undefined]>([
    ['of nobody', adding(), `{ origin: '${SHOP}' }`, `{ origin: '${SHOP}' }`],
    [
      'of a list',
      adding('a', 'https://*.b.example', '/^c$/'),
      `{ origin: ['a', 'https://*.b.example', /^c$/, '${SHOP}'] }`,
      `{ origin: ['a', 'https://*.b.example', /^c$/, '${SHOP}'] }`,
    ],
    [
      'of a list that is still short',
      adding(...SIX),
      `{ origin: ['a', 'b', 'c', 'd', 'e', 'f', '${SHOP}'] }`,
      `{ origin: ['a', 'b', 'c', 'd', 'e', 'f', '${SHOP}'] }`,
    ],
    [
      'of a long list',
      adding(...SIX, 'g'),
      `(inherited) => ({ origin: [inherited.origin, '${SHOP}'].flat() })`,
      undefined,
    ],
    [
      'of a function',
      adding('fn:f'),
      `(inherited) => ({ origin: [inherited.origin, '${SHOP}'].flat() })`,
      undefined,
    ],
    [
      'of a resolver',
      { ...adding('ask:P'), values: { credentials: true } },
      `(inherited) => ({ origin: [inherited.origin, '${SHOP}'].flat(), credentials: true })`,
      undefined,
    ],
    [
      'of values',
      { values: { methods: ['GET', 'PUT'], exposedHeaders: '*', maxAge: 5, isolate: false } },
      "{ methods: ['GET', 'PUT'], exposedHeaders: '*', maxAge: 5, isolate: false }",
      "{ methods: ['GET', 'PUT'], exposedHeaders: '*', maxAge: 5, isolate: false }",
    ],
    [
      'of headers besides the usual ones',
      { values: { allowedHeaders: [...USUAL, 'x-a', 'x-b'] } },
      "(inherited) => ({ allowedHeaders: [...inherited.allowedHeaders, 'x-a', 'x-b'] })",
      "{ allowedHeaders: [...DEFAULT_ALLOWED_HEADERS, 'x-a', 'x-b'] }",
    ],
    [
      'of other headers',
      { values: { allowedHeaders: [...USUAL.slice(1), 'x-a'] } },
      `{ allowedHeaders: [${[...USUAL.slice(1), 'x-a'].map((name) => `'${name}'`).join(', ')}] }`,
      `{ allowedHeaders: [${[...USUAL.slice(1), 'x-a'].map((name) => `'${name}'`).join(', ')}] }`,
    ],
    [
      'of any header',
      { values: { allowedHeaders: '*' } },
      "{ allowedHeaders: '*' }",
      "{ allowedHeaders: '*' }",
    ],
    [
      'of headers that are exposed',
      { values: { exposedHeaders: [...USUAL, 'x-a'] } },
      `{ exposedHeaders: [${[...USUAL, 'x-a'].map((name) => `'${name}'`).join(', ')}] }`,
      `{ exposedHeaders: [${[...USUAL, 'x-a'].map((name) => `'${name}'`).join(', ')}] }`,
    ],
  ])('%s', (_name, change, refined, options) => {
    expect(refinement(change)).toBe(refined);
    const fields = optionFields(change);
    expect(fields && objectOf(fields)).toBe(options);
  });

  test.each<[origin: readonly string[], shown: string]>([
    [['*', 'a'], "'*'"],
    [[], 'false'],
    [['a'], "'a'"],
    [['fn:f'], 'f'],
    [['a', 'https://*.b', '/c/', 'fn:f', 'ask:P'], "['a', 'https://*.b', /c/, f, P]"],
    [SIX, "['a', 'b', 'c', 'd', 'e', 'f']"],
    [[...SIX, 'g'], "['a', 'b', 'c', 'd', 'e', 'f', … 1 more]"],
    [[...SIX, 'g', 'h', '/i/', 'fn:j'], "['a', 'b', 'c', 'd', 'e', 'f', … 4 more]"],
    [['a', 'b', 'c', 'd', 'e', '/f/', '/g/'], "['a', 'b', 'c', 'd', 'e', /f/, … 1 more]"],
  ])('and the rule %j is shown as %s', (origin, shown) => {
    expect(shownValue(rule(...origin), 'origin')).toBe(shown);
  });

  test('and other values as they are', () => {
    const { policy, origins } = rule();
    const one = { policy: { ...policy, methods: ['GET', "it's"], exposedHeaders: '*' }, origins };
    expect(shownValue(one as typeof one & { policy: typeof policy }, 'methods')).toBe(
      String.raw`['GET', 'it\'s']`,
    );
    expect(shownValue({ policy, origins }, 'exposedHeaders')).toBe('[]');
    expect(shownValue({ policy, origins }, 'maxAge')).toBe('7200');
    expect(shownValue({ policy, origins }, 'credentials')).toBe('false');
  });
});

describe('An explanation is told', () => {
  const explanation = {
    ...{ question: { origin: SHOP, url: '/a' }, outcome: 'refused', allowed: false },
    summary: 'Pages do not\u001b get it.',
    steps: [
      { name: 'call', passed: true, sentence: 'The page asks\u0007.', section: 'never-told' },
      {
        ...{ name: 'request', passed: false, sentence: 'Refused.', section: 'the-section' },
        sent: { method: 'GET', url: `/\n${'a'.repeat(200)}`, headers: { host: 'api' } },
        received: { status: null, headers: { vary: 'Origin\u0000', x: 'b'.repeat(201) } },
      },
      {
        ...{ name: 'response', passed: true, sentence: 'Done.', section: 'never-told' },
        received: { status: 204, headers: {} },
      },
    ],
    rule: { field: 'origin', value: "'\u0001'", said: 'policies.a', entry: 'paths[0]' },
    console: 'blocked\u0002',
    dependsOn: [],
    fixes: [
      { code: "@Cors('\u0003')", sentence: 'Write it\u0004.' },
      { code: 'b', sentence: 'B.' },
    ],
    advice: ['Think\u0005.', 'Again.'],
  } as unknown as CorsExplanation;
  const lines = (mark: (name: string, text: string) => string) => [
    mark('bad', 'Pages do not\\u{1b} get it.'),
    '',
    ` 1 ${mark('good', '✓')} call: The page asks\\u{7}.`,
    ` 2 ${mark('bad', '✗')} request: Refused.`,
    mark('faint', `     > GET /\\u{a}${'a'.repeat(198)}…`),
    mark('faint', '     > host: api'),
    mark('faint', '     < what the application answers'),
    mark('faint', '     < vary: Origin\\u{0}'),
    mark('faint', `     < x: ${'b'.repeat(200)}…`),
    mark('faint', '     the-section'),
    ` 3 ${mark('good', '✓')} response: Done.`,
    mark('faint', '     < 204'),
    '',
    "Decided by  origin: '\\u{1}'",
    '            said by policies.a, for paths[0]',
    '',
    'The console of a browser says',
    `  ${mark('faint', 'blocked\\u{2}')}`,
    '',
    'To change it',
    '',
    `  ${mark('strong', "@Cors('\\u{3}')")}`,
    '  Write it\\u{4}.',
    '',
    `  ${mark('strong', 'b')}`,
    '  B.',
    '',
    'Think\\u{5}.',
    '',
    'Again.',
  ];

  test('with all that it has', () => {
    expect(explanationText(explanation).split('\n')).toEqual(lines((_name, text) => text));
  });

  test('in colors', () => {
    const color = (name: string) => (text: string) => `<${name}>${text}</>`;
    const colors = {
      ...{ good: color('good'), bad: color('bad'), faint: color('faint') },
      strong: color('strong'),
    };
    expect(explanationText(explanation, colors).split('\n')).toEqual(
      lines((name, text) => color(name)(text)),
    );
    const allowed = { ...explanation, allowed: true };
    expect(explanationText(allowed, colors).split('\n')[0]).toBe(
      '<good>Pages do not\\u{1b} get it.</>',
    );
  });

  test('without what it does not have', () => {
    const { rule: _, console: __, ...rest } = explanation;
    const short = { ...rest, steps: [], fixes: [], advice: [] };
    expect(explanationText(short)).toBe('Pages do not\\u{1b} get it.\n');
  });

  test.each<[rule: object, where: string]>([
    [{}, 'a built-in default'],
    [{ said: 'A' }, 'said by A'],
    [
      { route: 'GET /a', handler: 'A.a', entry: 'paths[0]' },
      'a built-in default, for A.a (GET /a)',
    ],
    [{ route: 'GET /a' }, 'a built-in default, for  (GET /a)'],
    [{ said: 'A\u0001', entry: 'paths[0]' }, 'said by A\\u{1}, for paths[0]'],
  ])('of the rule %j: %s', (given, where) => {
    const rule = { field: 'origin', value: "'*'", ...given } as const;
    const text = explanationText({ ...explanation, rule }).split('\n');
    expect(text[text.indexOf("Decided by  origin: '*'") + 1]).toBe(`            ${where}`);
  });
});
