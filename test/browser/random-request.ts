import type { Random } from '../harness/random.js';
import type { AppSpec } from './app-spec.js';
import type { PageRequest } from '../../src/fetch/request.js';
import type { CallerPlace, Place } from './places.js';

/** A random page request, as data: where from, where to, and what `fetch()` is given. */
export interface RequestSpec extends Omit<PageRequest, 'url'> {
  readonly from: CallerPlace;
  readonly to: Place;
  readonly path: string;
  /** Where a redirect leads, should a handler answer with one. */
  readonly redirectsTo: { readonly place: Place; readonly path: string };
  /** How often the page sends it, one after the other. */
  readonly times: 1 | 2;
}

const METHODS = [
  ...['GET', 'GET', 'GET', 'GET', 'GET', 'GET', 'GET', 'POST', 'POST', 'POST', 'POST'],
  ...['PUT', 'PUT', 'DELETE'],
  ...['PATCH', 'PATCH', 'HEAD', 'OPTIONS', 'put', 'patch', 'delete', 'TRACE', 'PROPFIND'],
];

/** `PUT` is one that no page may use. */
const NO_CORS_METHODS = ['GET', 'GET', 'POST', 'POST', 'POST', 'HEAD', 'PUT'];

/** Values that are CORS-safelisted, and some that only look like it. */
const VALUES: readonly (readonly [name: string, values: readonly string[]])[] = [
  [
    'Accept',
    ['application/json', 'text/html, */*;q=0.1', 'text/(html)', `text/${'x'.repeat(130)}`],
  ],
  ['Accept-Language', ['de, en;q=0.5', 'de_DE', 'en'.repeat(70)]],
  ['Content-Language', ['en', 'de-CH', 'd"e']],
  ['Range', ['bytes=0-10', 'bytes=5-', 'bytes=-5', 'bytes=0-1,3-4']],
  ['Authorization', ['Bearer token']],
  ['X-Csrf-Token', ['1']],
  ['X-Requested-With', ['XMLHttpRequest']],
  ['X-Custom', ['custom']],
  ['X-Unlisted', ['unlisted']],
  ['Cookie', ['session=forged']],
  ['Sec-Custom', ['1']],
  ['Origin', ['http://localhost']],
];

const CONTENT_TYPES = [
  ...['application/json', 'text/plain', 'text/plain;charset=utf-8', 'TEXT/PLAIN'],
  ...['application/x-www-form-urlencoded', 'application/octet-stream'],
];

export const REFERRER_POLICIES = [
  ...(['no-referrer', 'no-referrer', 'same-origin', 'same-origin', 'origin'] as const),
  ...(['strict-origin', 'origin-when-cross-origin', 'strict-origin-when-cross-origin'] as const),
  ...(['no-referrer-when-downgrade', 'unsafe-url'] as const),
] as const;

/** Most are of a kind that some page is let through with: where nearly all are refused, little is seen. */
export function randomRequest(random: Random, app: AppSpec): RequestSpec {
  return random.chance(0.75) ? usualRequest(random, app) : oddRequest(random, app);
}

/** To a handler, with its method and few headers, from a page that policies tend to name. */
function usualRequest(random: Random, app: AppSpec): RequestSpec {
  const controllers = app.controllers.filter(({ handlers }) => handlers.length > 0);
  if (controllers.length === 0) return oddRequest(random, app);
  const controller = random.pick(controllers);
  const handler = random.pick(controller.handlers);
  const method = handler.method === 'ALL' ? random.pick(['GET', 'POST', 'PUT']) : handler.method;
  const hasBody = ['POST', 'PUT', 'PATCH'].includes(method) && random.chance(0.6);
  const headers = VALUES.slice(0, 7)
    .filter(() => random.chance(0.06))
    .map(([name, values]) => [name, values[0] ?? ''] as const);
  return {
    from: random.chance(0.9) ? 'shop' : random.pick(['partner', 'branch', 'sandbox'] as const),
    to: 'api',
    path: pathTo(random, controller.path, handler.path),
    method,
    headers: hasBody ? [...headers, ['Content-Type', random.pick(CONTENT_TYPES)]] : headers,
    ...(hasBody && { body: '{}' }),
    mode: 'cors',
    credentials: random.pick(['omit', 'omit', 'same-origin', 'same-origin', 'include'] as const),
    redirect: 'follow',
    ...(random.chance(0.15) && { referrerPolicy: random.pick(REFERRER_POLICIES) }),
    redirectsTo: { place: random.pick(['api', 'mirror'] as const), path: randomPath(random, app) },
    times: random.chance(0.2) ? 2 : 1,
  };
}

function oddRequest(random: Random, app: AppSpec): RequestSpec {
  const cors = ['cors', 'cors', 'cors'] as const;
  const mode = random.pick([...cors, ...cors, 'no-cors', 'same-origin'] as const);
  const method = random.pick(mode === 'no-cors' ? NO_CORS_METHODS : METHODS);
  const hasBody = !['GET', 'HEAD', 'TRACE'].includes(method) && random.chance(0.6);
  const headers = VALUES.filter(() => random.chance(0.07)).map(
    ([name, values]) => [name, random.pick(values)] as const,
  );
  return {
    from: random.pick([
      'shop',
      'shop',
      'shop',
      'shop',
      'partner',
      'branch',
      'api',
      'sandbox',
    ] as const),
    to: random.chance(0.9) ? 'api' : 'mirror',
    path: randomPath(random, app),
    method,
    headers:
      hasBody && random.chance(0.7)
        ? [...headers, ['Content-Type', random.pick(CONTENT_TYPES)]]
        : headers,
    // Node answers 400 to `patch` and hangs up at once: whether a browser that still sends a body reads that, is a race.
    ...(hasBody && method !== 'patch' && { body: '{}' }),
    mode,
    credentials: random.pick(['omit', 'omit', 'same-origin', 'include', 'include'] as const),
    redirect: random.pick(['follow', 'follow', 'follow', 'follow', 'error', 'manual'] as const),
    ...(random.chance(0.4) && { referrerPolicy: random.pick(REFERRER_POLICIES) }),
    redirectsTo: {
      place: random.pick(['api', 'api', 'mirror', 'shop'] as const),
      path: randomPath(random, app),
    },
    times: random.chance(0.2) ? 2 : 1,
  };
}

/** Mostly where something is routed. */
function randomPath(random: Random, app: AppSpec): string {
  if (random.chance(0.08)) return random.pick(['/nowhere', '/files/one', '/files/two']);
  const { path, handlers } = random.pick(app.controllers);
  const handler = handlers.length > 0 ? random.pick(handlers) : { path: '' };
  return pathTo(random, path, handler.path);
}

function pathTo(random: Random, controllerPath: string, handlerPath: string): string {
  const suffix = handlerPath.replace(':id', random.pick(['one', '42']));
  return `/${controllerPath}${suffix === '' ? '' : `/${suffix}`}`;
}
