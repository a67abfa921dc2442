import type { PastedFault } from '../../../src/explorer/paste/paste-reading.js';

/** What a server says to one request. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Hangs up instead. */
  readonly hangsUp?: boolean;
}

/** The origins of the pages, of the API that they call, and of what it redirects to; nobody listens at `nobody`. */
export interface FaultOrigins {
  readonly page: string;
  /** The same, for an engine that can be told that its address is a public one. */
  readonly publicPage: string;
  readonly securePage: string;
  readonly api: string;
  readonly other: string;
  readonly nobody: string;
}

/** `nothing`: the page gets its answer. `unreadable`: no more than that a promise was rejected. */
export type Says = PastedFault | 'nothing' | 'unreadable';

/** One request of a page, and the fault that it meets. */
export interface FaultCase {
  /** Also the path of its URL. */
  readonly name: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly credentials?: 'omit' | 'same-origin' | 'include';
  readonly mode?: 'cors' | 'no-cors' | 'same-origin';
  /** What Chromium, Firefox and WebKit say of it in their consoles. */
  readonly says: readonly [Says, Says, Says];
  /** Default: the name as a path of the API. */
  readonly url?: (origins: FaultOrigins) => string;
  /** How the page asks. Default: `fetch`. */
  readonly by?:
    | 'fetch'
    | 'xhr'
    | 'event source'
    | 'image'
    | 'script'
    | 'module'
    | 'font'
    | 'stylesheet'
    | 'sandbox';
  /** Default: `page`. */
  readonly from?: 'page' | 'publicPage' | 'securePage';
  /** A header of the page. */
  readonly pageHeader?: readonly [name: string, value: string];
  readonly preflight?: (origins: FaultOrigins) => Answer;
  readonly answer?: (origins: FaultOrigins) => Answer;
  /** What the URL that it was redirected to answers. */
  readonly redirected?: (origins: FaultOrigins) => Answer;
}

/** Where the page sends its request. */
export function urlOf({ name, url }: FaultCase, origins: FaultOrigins): string {
  return url?.(origins) ?? `${origins.api}/${name}`;
}

const ORIGIN = 'Access-Control-Allow-Origin';
const CREDENTIALS = 'Access-Control-Allow-Credentials';
const METHODS = 'Access-Control-Allow-Methods';
const HEADERS = 'Access-Control-Allow-Headers';

const allowing =
  (more: Readonly<Record<string, string>> = {}, status = 200) =>
  ({ page }: FaultOrigins): Answer => ({ status, headers: { [ORIGIN]: page, ...more } });

const saying =
  (headers: Readonly<Record<string, string>>, status = 200) =>
  (): Answer => ({ status, headers });

const nothing = saying({});

const each = (says: Says) => [says, says, says] as const;
const NOT_SAID = ['no-allow-origin', 'no-allow-origin', 'origin-not-allowed'] as const;
const ANOTHER = ['other-origin', 'other-origin', 'origin-not-allowed'] as const;
const SEVERAL = ['several-origins', 'other-origin', 'several-origins'] as const;
const FOREIGN = 'https://shop.example.com';

/** Each refusal that there is, and the look-alikes that people take for one. */
export const FAULT_CASES: readonly FaultCase[] = [
  // The CORS check of the answer.
  { name: 'no-allow-origin', says: NOT_SAID },
  { name: 'no-allow-origin-500', says: NOT_SAID, answer: saying({}, 500) },
  { name: 'no-allow-origin-post', says: NOT_SAID, method: 'POST' },
  { name: 'other-origin', says: ANOTHER, answer: saying({ [ORIGIN]: FOREIGN }) },
  {
    name: 'several-origins',
    says: SEVERAL,
    answer: saying({ [ORIGIN]: `${FOREIGN}, https://b.example` }),
  },
  { name: 'wildcard-twice', says: SEVERAL, answer: saying({ [ORIGIN]: '*, *' }) },
  { name: 'invalid-origin', says: ANOTHER, answer: saying({ [ORIGIN]: 'shop.example.com' }) },
  { name: 'empty-origin', says: ANOTHER, answer: saying({ [ORIGIN]: '' }) },
  {
    name: 'wildcard-with-credentials',
    says: each('wildcard-with-credentials'),
    credentials: 'include',
    answer: saying({ [ORIGIN]: '*' }),
  },
  {
    name: 'no-allow-credentials',
    says: each('credentials-not-allowed'),
    credentials: 'include',
    answer: allowing(),
  },
  {
    name: 'wrong-allow-credentials',
    says: each('credentials-not-allowed'),
    credentials: 'include',
    answer: allowing({ [CREDENTIALS]: 'True' }),
  },
  // The preflight.
  {
    name: 'preflight-404',
    says: each('no-ok-status'),
    method: 'PUT',
    preflight: allowing({}, 404),
  },
  {
    name: 'preflight-401-bare',
    says: ['no-allow-origin', 'no-allow-origin', 'no-ok-status'],
    method: 'DELETE',
    preflight: saying({}, 401),
  },
  {
    name: 'preflight-500-bare',
    says: ['no-allow-origin', 'no-allow-origin', 'no-ok-status'],
    headers: { 'x-trace-id': '1' },
    preflight: saying({}, 500),
  },
  {
    name: 'preflight-redirected',
    says: each('preflight-redirected'),
    method: 'PUT',
    preflight: ({ page, other }) => ({
      status: 308,
      headers: { [ORIGIN]: page, [METHODS]: 'PUT', Location: `${other}/preflight-redirected` },
    }),
  },
  {
    name: 'preflight-hangs-up',
    says: each('network'),
    method: 'PUT',
    preflight: () => ({ hangsUp: true }),
  },
  { name: 'preflight-no-allow-origin', says: NOT_SAID, method: 'PUT', preflight: nothing },
  {
    name: 'preflight-other-origin',
    says: ANOTHER,
    method: 'PUT',
    preflight: saying({ [ORIGIN]: FOREIGN }),
  },
  {
    name: 'preflight-several-origins',
    says: SEVERAL,
    method: 'PUT',
    preflight: saying({ [ORIGIN]: `${FOREIGN}, https://b.example` }),
  },
  {
    name: 'preflight-invalid-origin',
    says: ANOTHER,
    method: 'PUT',
    preflight: saying({ [ORIGIN]: 'shop' }),
  },
  {
    name: 'preflight-wildcard-with-credentials',
    says: each('wildcard-with-credentials'),
    method: 'PUT',
    credentials: 'include',
    preflight: saying({ [ORIGIN]: '*', [METHODS]: 'PUT' }),
  },
  {
    name: 'preflight-no-allow-credentials',
    says: each('credentials-not-allowed'),
    method: 'PUT',
    credentials: 'include',
    preflight: allowing({ [METHODS]: 'PUT' }),
  },
  {
    name: 'method-not-listed',
    says: each('method-not-listed'),
    method: 'PUT',
    preflight: allowing({ [METHODS]: 'GET, POST' }),
  },
  {
    name: 'method-lower-case',
    says: each('method-not-listed'),
    method: 'patch',
    preflight: allowing({ [METHODS]: 'PATCH' }),
  },
  {
    name: 'method-star-with-credentials',
    says: each('method-not-listed'),
    method: 'DELETE',
    credentials: 'include',
    preflight: allowing({ [METHODS]: '*', [CREDENTIALS]: 'true' }),
  },
  {
    name: 'methods-malformed',
    says: each('malformed-list'),
    method: 'PUT',
    preflight: allowing({ [METHODS]: 'GET POST' }),
  },
  {
    name: 'header-not-listed',
    says: each('header-not-listed'),
    headers: { 'X-Trace-Id': '1' },
    preflight: allowing({ [HEADERS]: 'x-other' }),
  },
  {
    name: 'content-type-not-listed',
    says: each('header-not-listed'),
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    preflight: allowing(),
  },
  {
    name: 'two-headers-not-listed',
    says: each('header-not-listed'),
    method: 'PUT',
    headers: { 'X-B': '1', 'X-A': '1' },
    preflight: allowing({ [METHODS]: 'PUT' }),
  },
  {
    name: 'authorization-under-star',
    says: each('nothing'),
    headers: { Authorization: 'Bearer abc' },
    preflight: saying({ [ORIGIN]: '*', [HEADERS]: '*' }),
    answer: saying({ [ORIGIN]: '*' }),
  },
  {
    name: 'header-star-with-credentials',
    says: each('header-not-listed'),
    headers: { 'X-Trace-Id': '1' },
    credentials: 'include',
    preflight: allowing({ [HEADERS]: '*', [CREDENTIALS]: 'true' }),
  },
  {
    name: 'headers-malformed',
    says: each('malformed-list'),
    headers: { 'X-Trace-Id': '1' },
    preflight: allowing({ [HEADERS]: 'x-trace-id x' }),
  },
  {
    name: 'answer-after-preflight',
    says: NOT_SAID,
    method: 'PUT',
    preflight: allowing({ [METHODS]: 'PUT' }),
    answer: nothing,
  },
  // Redirects.
  {
    name: 'redirect-to-other',
    says: ANOTHER,
    answer: ({ page, other }) => ({
      status: 302,
      headers: { [ORIGIN]: page, Location: `${other}/redirect-to-other` },
    }),
    redirected: allowing(),
  },
  {
    name: 'redirect-to-other-bare',
    says: NOT_SAID,
    answer: ({ page, other }) => ({
      status: 302,
      headers: { [ORIGIN]: page, Location: `${other}/redirect-to-other-bare` },
    }),
    redirected: nothing,
  },
  {
    name: 'redirect-bare',
    says: NOT_SAID,
    answer: ({ other }) => ({ status: 302, headers: { Location: `${other}/redirect-bare` } }),
    redirected: allowing(),
  },
  {
    name: 'redirect-with-password',
    says: ['redirect-with-user', 'network', 'redirect-with-user'],
    answer: ({ page, other }) => ({
      status: 302,
      headers: {
        [ORIGIN]: page,
        Location: `${other.replace('//', '//a:b@')}/redirect-with-password`,
      },
    }),
  },
  {
    name: 'redirect-to-other-scheme',
    says: each('not-http'),
    answer: ({ page }) => ({
      status: 302,
      headers: { [ORIGIN]: page, Location: 'ftp://localhost/redirect-to-other-scheme' },
    }),
  },
  {
    name: 'redirect-from-own-origin',
    says: NOT_SAID,
    url: ({ page }) => `${page}/redirect-from-own-origin`,
    answer: ({ other }) => ({
      status: 307,
      headers: { Location: `${other}/redirect-from-own-origin` },
    }),
    redirected: nothing,
  },
  // The call itself.
  {
    name: 'same-origin-mode',
    says: ['same-origin-mode', 'same-origin-mode', 'blocked'],
    mode: 'same-origin',
  },
  { name: 'no-cors-put', says: each('no-cors-method'), mode: 'no-cors', method: 'PUT' },
  { name: 'trace', says: each('forbidden-method'), method: 'TRACE' },
  {
    name: 'user-in-url',
    says: each('user-in-url'),
    url: ({ api }) => `${api.replace('//', '//a:b@')}/user-in-url`,
  },
  {
    name: 'scheme-forgotten',
    says: each('not-http'),
    url: ({ api }) => `${api.slice('http://'.length)}/scheme-forgotten`,
  },
  { name: 'file', says: each('not-http'), url: () => 'file:///file' },
  // Who else may stop it.
  {
    name: 'nobody-listens',
    says: ['network', 'network', 'unreadable'],
    url: ({ nobody }) => `${nobody}/nobody-listens`,
  },
  {
    name: 'nobody-listens-put',
    says: each('network'),
    method: 'PUT',
    url: ({ nobody }) => `${nobody}/nobody-listens-put`,
  },
  {
    name: 'hangs-up',
    says: ['network', 'network', 'unreadable'],
    answer: () => ({ hangsUp: true }),
  },
  {
    name: 'tls-to-plain',
    says: ['network', 'network', 'unreadable'],
    url: ({ api }) => `${api.replace('http:', 'https:')}/tls-to-plain`,
  },
  {
    name: 'unsafe-port',
    says: ['network', 'unreadable', 'network'],
    url: () => 'http://localhost:1/unsafe-port',
  },
  {
    name: 'local-network',
    says: ['local-network', 'nothing', 'nothing'],
    from: 'publicPage',
    answer: ({ publicPage }) => ({ headers: { [ORIGIN]: publicPage } }),
  },
  {
    name: 'mixed-content',
    says: each('mixed-content'),
    from: 'securePage',
    url: () => 'http://192.0.2.1/mixed-content',
  },
  {
    name: 'mixed-content-put',
    says: each('mixed-content'),
    from: 'securePage',
    method: 'PUT',
    url: () => 'http://192.0.2.1/mixed-content-put',
  },
  {
    name: 'resource-policy',
    says: each('resource-policy'),
    mode: 'no-cors',
    answer: saying({ 'Cross-Origin-Resource-Policy': 'same-origin' }),
  },
  {
    name: 'embedder-policy',
    says: each('resource-policy'),
    mode: 'no-cors',
    pageHeader: ['Cross-Origin-Embedder-Policy', 'require-corp'],
  },
  {
    name: 'content-security-policy',
    says: each('content-security-policy'),
    pageHeader: ['Content-Security-Policy', "connect-src 'self'"],
  },
  // Other ways to ask.
  { name: 'xhr-no-allow-origin', says: NOT_SAID, by: 'xhr' },
  {
    name: 'xhr-wildcard',
    says: each('wildcard-with-credentials'),
    by: 'xhr',
    credentials: 'include',
    answer: saying({ [ORIGIN]: '*' }),
  },
  {
    name: 'xhr-no-credentials',
    says: each('credentials-not-allowed'),
    by: 'xhr',
    credentials: 'include',
    method: 'POST',
    answer: allowing(),
  },
  {
    name: 'xhr-method',
    says: each('method-not-listed'),
    by: 'xhr',
    method: 'DELETE',
    preflight: allowing(),
  },
  { name: 'xhr-preflight', says: NOT_SAID, by: 'xhr', method: 'PUT', preflight: nothing },
  { name: 'event-source', says: NOT_SAID, by: 'event source' },
  { name: 'image', says: NOT_SAID, by: 'image' },
  { name: 'script', says: NOT_SAID, by: 'script' },
  { name: 'module', says: ['no-allow-origin', 'network', 'origin-not-allowed'], by: 'module' },
  { name: 'stylesheet', says: NOT_SAID, by: 'stylesheet' },
  { name: 'font', says: ['no-allow-origin', 'no-allow-origin', 'unreadable'], by: 'font' },
  { name: 'sandbox', says: NOT_SAID, by: 'sandbox' },
  { name: 'sandbox-put', says: ANOTHER, by: 'sandbox', method: 'PUT', preflight: allowing() },
];
