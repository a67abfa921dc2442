/** One request, and the status and CORS headers that it must get. */
export interface Row {
  readonly name: string;
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly status: number;
  /** By name without `access-control-`, with lists as they are sent. Default: none. */
  readonly cors?: Readonly<Record<string, string>>;
  /** Whether `inject()` can answer it, too. Nest 11 wants more of a stream's socket than `inject()` has. Default: yes. */
  readonly injected?: false;
  /** What `Vary` must hold. Default: `origin`. */
  readonly vary?: readonly string[];
}

const APP = 'https://app.example.com';
const PARTNER = 'https://partner.example.org';
const EVIL = 'https://evil.example';

const preflight = (origin: string, method: string, names?: string) => ({
  method: 'OPTIONS',
  headers: {
    origin,
    'access-control-request-method': method,
    ...(names !== undefined && { 'access-control-request-headers': names }),
  },
});

const DEFAULT_HEADERS =
  'accept,authorization,content-type,user-agent,x-csrf-token,x-csrftoken,x-requested-with';

const own = (origin: string) => ({
  'allow-origin': origin,
  'allow-credentials': 'true',
  'expose-headers': 'X-Request-Id',
});

const PREFLIGHT_VARY = [
  'origin',
  'access-control-request-method',
  'access-control-request-headers',
];

export const ROWS: readonly Row[] = [
  { name: 'no Origin, no CORS', path: '/account', status: 200 },
  {
    name: 'an allowed origin reads with credentials',
    path: '/account',
    headers: { origin: APP, cookie: 'a=b' },
    ...{ status: 200, cors: own(APP) },
  },
  {
    name: 'so does a family of origins',
    path: '/account',
    headers: { origin: 'https://a.b.preview.example.com' },
    ...{ status: 200, cors: own('https://a.b.preview.example.com') },
  },
  {
    name: 'and an origin that an expression matches',
    path: '/account',
    headers: { origin: 'https://pr-42.example.com' },
    ...{ status: 200, cors: own('https://pr-42.example.com') },
  },
  { name: 'a stranger is refused', path: '/account', headers: { origin: EVIL }, status: 403 },
  {
    name: 'the opaque origin is refused',
    path: '/account',
    headers: { origin: 'null' },
    status: 403,
  },
  {
    name: 'a preflight is answered',
    path: '/account/1',
    ...preflight(APP, 'PUT', 'content-type'),
    status: 204,
    cors: {
      ...{ 'allow-origin': APP, 'allow-credentials': 'true', 'allow-methods': 'PUT' },
      ...{ 'allow-headers': DEFAULT_HEADERS, 'max-age': '7200' },
    },
    vary: PREFLIGHT_VARY,
  },
  {
    name: 'the preflight of a stranger is refused',
    path: '/account/1',
    ...preflight(EVIL, 'PUT'),
    ...{ status: 403, vary: PREFLIGHT_VARY },
  },
  {
    name: 'a method that is not routed is not listed',
    path: '/account/1',
    ...preflight(APP, 'PATCH'),
    status: 204,
    cors: {
      ...{ 'allow-origin': APP, 'allow-credentials': 'true', 'allow-methods': 'PUT' },
      'allow-headers': DEFAULT_HEADERS,
    },
    vary: PREFLIGHT_VARY,
  },
  {
    name: 'the actual request runs, and Vary holds both names',
    ...{ method: 'PUT', path: '/account/1', body: '{"a":1}' },
    headers: { origin: APP, 'content-type': 'application/json' },
    ...{ status: 200, cors: own(APP), vary: ['origin', 'accept-language'] },
  },
  {
    name: 'an exception keeps the headers',
    path: '/account/missing',
    headers: { origin: APP },
    ...{ status: 404, cors: own(APP) },
  },
  {
    name: 'malformed JSON keeps the headers',
    ...{ method: 'PUT', path: '/account/1', body: '{"a":' },
    headers: { origin: APP, 'content-type': 'application/json' },
    ...{ status: 400, cors: own(APP) },
  },
  {
    name: 'what no route serves is readable',
    path: '/nowhere',
    headers: { origin: APP },
    ...{ status: 404, cors: own(APP) },
  },
  {
    name: 'the same origin is never refused',
    path: '/account',
    headers: { origin: EVIL, 'sec-fetch-site': 'same-origin' },
    status: 200,
  },
  {
    name: 'anybody reads what is public',
    path: '/catalog',
    headers: { origin: EVIL },
    ...{ status: 200, cors: { 'allow-origin': '*' }, vary: [] },
  },
  {
    name: 'but not with cookies',
    path: '/catalog',
    headers: { origin: EVIL, cookie: 'a=b' },
    status: 403,
  },
  {
    name: 'a function refines what it inherits',
    path: '/catalog/search',
    headers: { origin: EVIL },
    status: 200,
    cors: { 'allow-origin': '*', 'expose-headers': 'X-Total-Count' },
    vary: [],
  },
  {
    name: '@Cors(false) closes a route',
    ...{ method: 'DELETE', path: '/catalog/1', headers: { origin: APP }, status: 403 },
  },
  {
    name: '@Cors() starts over',
    ...{ method: 'POST', path: '/catalog', headers: { origin: APP } },
    ...{ status: 201, cors: own(APP) },
  },
  {
    name: 'a provider knows its partners',
    path: '/orders',
    headers: { origin: PARTNER },
    ...{ status: 200, cors: { 'allow-origin': PARTNER, 'expose-headers': 'X-Request-Id' } },
  },
  { name: 'and nobody else', path: '/orders', headers: { origin: APP }, status: 403 },
  {
    name: 'a path without controller has its policy',
    path: '/graphql',
    headers: { origin: EVIL },
    ...{ status: 404, cors: { 'allow-origin': '*' }, vary: [] },
  },
  {
    name: 'a stream of events carries the headers',
    path: '/account/events',
    injected: false,
    headers: { origin: APP },
    ...{ status: 200, cors: own(APP) },
  },
  {
    name: 'a guard of the application runs for those who are allowed',
    path: '/account',
    headers: { origin: APP, 'x-expired': '1' },
    ...{ status: 401, cors: own(APP) },
  },
  {
    name: 'no other guard runs for those who are not',
    path: '/account',
    headers: { origin: EVIL, 'x-expired': '1' },
    status: 403,
  },
  ...['', '/page.js', '/page.css', '/document', '/report', '/edge/haproxy'].map((what) => ({
    name: `the explorer has /cors${what}`,
    path: `/cors${what}`,
    ...{ status: 200, vary: ['accept', 'origin', 'sec-fetch-site'] },
  })),
  {
    name: 'the explorer explains',
    path: '/cors/explanation?origin=https%3A%2F%2Fapp.example.com&url=%2Faccount',
    ...{ status: 200, vary: ['accept', 'origin', 'sec-fetch-site'] },
  },
  {
    name: 'but not to pages of others',
    path: '/cors/document',
    headers: { origin: APP },
    status: 403,
  },
];
