import { describe, expect, test } from '@jest/globals';
import { STANDARD } from '../../src/fetch/engine-rules.js';
import type { FetchStep } from '../../src/fetch/fetch-step.js';
import { pageFetch } from '../../src/fetch/page-fetch.js';
import { PreflightCache } from '../../src/fetch/preflight-cache.js';
import type { PageRequest, WireResponse } from '../../src/fetch/request.js';

const PAGE = 'https://shop.example.com';
const URL_OF_API = 'https://api.example.com/books/1';

interface Row {
  readonly name: string;
  readonly request?: Partial<PageRequest>;
  /** Answers, in order. */
  readonly answers?: readonly WireResponse[];
  /** Names of the steps, with the fault of the last. */
  readonly steps: readonly string[];
}

const open: WireResponse = { status: 200, headers: { 'access-control-allow-origin': '*' } };
const granting = (headers: Record<string, string>): WireResponse => ({
  status: 204,
  headers: { 'access-control-allow-origin': PAGE, ...headers },
});

const rows: readonly Row[] = [
  {
    name: 'a simple request is sent, checked and handed over',
    answers: [open],
    steps: ['call', 'tainting', 'preflight-need', 'request', 'cors-check', 'response'],
  },
  {
    name: 'a request to the own origin is not checked',
    request: { url: `${PAGE}/books` },
    answers: [{ status: 200, headers: {} }],
    steps: ['call', 'tainting', 'request', 'response'],
  },
  {
    name: 'a method that no page may use ends at the call',
    request: { method: 'trace' },
    steps: ['call: forbidden-method'],
  },
  {
    name: 'a method that no-cors does not know ends at the call',
    request: { mode: 'no-cors', method: 'PUT' },
    steps: ['call: no-cors-method'],
  },
  {
    name: 'mode same-origin ends before anything is sent',
    request: { mode: 'same-origin' },
    steps: ['call', 'tainting: same-origin-mode'],
  },
  {
    name: 'no-cors with another redirect mode than follow ends before anything is sent',
    request: { mode: 'no-cors', redirect: 'manual' },
    steps: ['call', 'tainting: no-cors-redirect'],
  },
  {
    name: 'a preflight without Access-Control-Allow-Origin ends the fetch',
    request: { method: 'PUT' },
    answers: [{ status: 204, headers: {} }],
    steps: ['call', 'tainting', 'preflight-need', 'preflight: no-allow-origin'],
  },
  {
    name: 'the CORS check comes before the status of a preflight',
    request: { method: 'PUT' },
    answers: [{ status: 403, headers: {} }],
    steps: ['call', 'tainting', 'preflight-need', 'preflight: no-allow-origin'],
  },
  {
    name: 'a preflight without an ok status ends the fetch',
    request: { method: 'PUT' },
    answers: [{ ...open, status: 401 }],
    steps: ['call', 'tainting', 'preflight-need', 'preflight: no-ok-status'],
  },
  {
    name: 'a preflight that does not list the method ends the fetch',
    request: { method: 'PUT' },
    answers: [granting({ 'access-control-allow-methods': 'PATCH' })],
    steps: ['call', 'tainting', 'preflight-need', 'preflight: method-not-listed'],
  },
  {
    name: 'a preflight that does not list a header ends the fetch',
    request: { headers: [['X-Trace', '1']] },
    answers: [granting({ 'access-control-allow-headers': 'x-other' })],
    steps: ['call', 'tainting', 'preflight-need', 'preflight: header-not-listed'],
  },
  {
    name: 'an answer for another origin is not handed over',
    answers: [
      { status: 200, headers: { 'access-control-allow-origin': 'https://other.example.com' } },
    ],
    steps: ['call', 'tainting', 'preflight-need', 'request', 'cors-check: other-origin'],
  },
  {
    name: 'a wildcard is no answer to a request with credentials',
    request: { credentials: 'include' },
    answers: [open],
    steps: [
      ...['call', 'tainting', 'preflight-need', 'request'],
      'cors-check: wildcard-with-credentials',
    ],
  },
  {
    name: 'credentials need Access-Control-Allow-Credentials',
    request: { credentials: 'include' },
    answers: [{ status: 200, headers: { 'access-control-allow-origin': PAGE } }],
    steps: [
      ...['call', 'tainting', 'preflight-need', 'request'],
      'cors-check: credentials-not-allowed',
    ],
  },
  {
    name: 'the use-CORS-preflight flag alone asks for a preflight',
    request: { method: 'POST', useCorsPreflight: true },
    answers: [granting({}), open],
    steps: ['call', 'tainting', 'preflight-need', 'preflight', 'request', 'cors-check', 'response'],
  },
  {
    name: 'a redirect is a step, and each round has its own',
    answers: [
      {
        status: 302,
        headers: { 'access-control-allow-origin': '*', location: '/books/2' },
      },
      open,
    ],
    steps: [
      ...['call', 'tainting', 'preflight-need', 'request', 'cors-check', 'redirect'],
      ...['tainting', 'preflight-need', 'request', 'cors-check', 'response'],
    ],
  },
  {
    name: 'redirect mode error ends at the redirect',
    request: { redirect: 'error' },
    answers: [
      { status: 302, headers: { 'access-control-allow-origin': '*', location: '/books/2' } },
    ],
    steps: [
      ...['call', 'tainting', 'preflight-need', 'request', 'cors-check'],
      'redirect: redirect-mode',
    ],
  },
];

async function stepsOf({ request, answers = [] }: Row): Promise<FetchStep[]> {
  const steps: FetchStep[] = [];
  const left = [...answers];
  await pageFetch(
    { origin: PAGE, cache: new PreflightCache(STANDARD), rules: STANDARD },
    {
      ...{ url: URL_OF_API, method: 'GET', headers: [] },
      ...{ mode: 'cors', credentials: 'same-origin', redirect: 'follow', ...request },
    },
    () => {
      const answer = left.shift();
      return answer === undefined
        ? Promise.reject(new Error('One request too many.'))
        : Promise.resolve(answer);
    },
    (step) => steps.push(step),
  );
  return steps;
}

describe('An observer is told of every step of a fetch', () => {
  test.each(rows)('$name', async (row) => {
    const told = (await stepsOf(row)).map((step) =>
      'fault' in step ? `${step.name}: ${step.fault}` : step.name,
    );
    expect(told).toEqual(row.steps);
  });

  test('a preflight that does not list several headers names each of them', async () => {
    const steps = await stepsOf({
      name: '',
      request: {
        headers: [
          ['X-Trace', '1'],
          ['X-Known', '1'],
          ['X-Other', '1'],
        ],
      },
      answers: [granting({ 'access-control-allow-headers': 'x-known' })],
      steps: [],
    });
    expect(steps.at(-1)).toMatchObject({
      fault: 'header-not-listed',
      unlisted: ['x-other', 'x-trace'],
    });
  });

  test('the first step names the headers that a page may not set', async () => {
    const [call] = await stepsOf({
      name: '',
      request: {
        headers: [
          ['Cookie', 'a=1'],
          ['X-Trace', '1'],
        ],
      },
      answers: [granting({ 'access-control-allow-headers': 'x-trace' }), open],
      steps: [],
    });
    expect(call).toEqual({ name: 'call', method: 'GET', droppedHeaders: ['Cookie'] });
  });
});
