import { members } from '../harness/cors-headers.js';
import { type Answer, send, valuesOf } from '../harness/send.js';
import { codeIn } from './documentation.js';

const JSON_TYPE = 'application/json';

/** What a page does with `fetch()`. */
export interface PageRequest {
  readonly origin: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookie: boolean;
}

/** What the tables call a body, by its type. */
const BODIES = [
  { word: /\bJSON\b/, type: JSON_TYPE },
  { word: /\ba form\b/, type: 'application/x-www-form-urlencoded' },
];

/** Reads "`PUT /books/1` with a cookie and JSON", and "`GET /orders`, cookie, `Host: api.acme.example`". */
export function readRequest(origin: string, text: string): PageRequest {
  const [line = '', ...fields] = codeIn(text);
  const [method = '', path = ''] = line.split(' ');
  const headers = [
    ...fields.map((field) => field.split(': ') as [string, string]),
    ...BODIES.filter(({ word }) => word.test(text)).map(({ type }) => ['Content-Type', type]),
  ];
  return {
    origin,
    method,
    path,
    headers: Object.fromEntries(headers) as Record<string, string>,
    cookie: /\bcookie\b/.test(text.replace(/`[^`]*`/g, '')),
  };
}

/**
 * What a page gets, in the README's words, by the rules of the Fetch standard that the README's tables need
 * ("CORS-preflight fetch", "CORS check").
 */
export async function fetchAsPage(port: number, request: PageRequest): Promise<string> {
  const { origin, method, path, headers, cookie } = request;
  const { Host: host, ...own } = headers;
  const unsafe = Object.entries(own)
    .filter((header) => !isSafelisted(header))
    .map(([name]) => name.toLowerCase())
    .sort();
  const always = { origin, 'sec-fetch-site': 'cross-site', ...(host && { host }) };

  if (unsafe.length > 0 || !['GET', 'HEAD', 'POST'].includes(method)) {
    const preflight = await send(port, {
      method: 'OPTIONS',
      path,
      headers: {
        ...always,
        'access-control-request-method': method,
        ...(unsafe.length > 0 && { 'access-control-request-headers': unsafe.join(',') }),
      },
    });
    if (!approves(preflight, request, unsafe)) return 'stopped by the preflight';
  }
  const answer = await send(port, {
    method,
    path,
    headers: { ...always, ...own, ...(cookie && { cookie: 'session=1' }) },
    ...('Content-Type' in own && { body: own['Content-Type'] === JSON_TYPE ? '{}' : 'a=1' }),
  });
  return `${String(answer.status)}, ${mayRead(answer, request) ? 'reads' : 'cannot read'} it`;
}

function approves(answer: Answer, request: PageRequest, unsafe: readonly string[]): boolean {
  const { method, cookie } = request;
  const methods = listOf(answer, 'access-control-allow-methods');
  const names = listOf(answer, 'access-control-allow-headers').map((name) => name.toLowerCase());
  const any = (list: readonly string[]) => !cookie && list.includes('*');
  return (
    answer.status >= 200 &&
    answer.status <= 299 &&
    mayRead(answer, request) &&
    (['GET', 'HEAD', 'POST'].includes(method) || methods.includes(method) || any(methods)) &&
    unsafe.every((name) => names.includes(name) || (any(names) && name !== 'authorization'))
  );
}

function mayRead(answer: Answer, { origin, cookie }: PageRequest): boolean {
  const [allowed, ...more] = valuesOf(answer, 'access-control-allow-origin');
  if (more.length > 0) return false;
  return cookie
    ? allowed === origin && valuesOf(answer, 'access-control-allow-credentials')[0] === 'true'
    : allowed === origin || allowed === '*';
}

function isSafelisted([name, value]: readonly [string, string]): boolean {
  return (
    name.toLowerCase() === 'content-type' &&
    ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'].includes(value)
  );
}

function listOf(answer: Answer, name: string): string[] {
  return valuesOf(answer, name).flatMap(members);
}
