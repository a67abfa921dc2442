import type { Random } from '../harness/random.js';
import { FAMILY, LISTED, type Lookup, PARTNER, STRANGER } from './soak-app.js';

/** What a request is answered: a status and the `Access-Control-Allow-Origin` that goes with it. */
export interface Expected {
  readonly status: number;
  readonly allowOrigin: string | undefined;
}

export interface SoakRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly expected: Expected;
}

const answered = (status: number, allowOrigin?: string): Expected => ({ status, allowOrigin });

const PATHS = [
  '/listed',
  '/open',
  '/partners',
  '/closed',
  '/forbidden',
  '/large',
  '/nowhere',
] as const;
const ORIGINS = [LISTED, FAMILY, PARTNER, STRANGER, 'null', `${STRANGER}:8443`] as const;

/** A page, and what becomes of the look-up in the directory that is made for its request, if any is. */
interface Visit {
  readonly origin: string;
  readonly lookup: Lookup;
}

/**
 * A request, and what the policies of the application say about it. That is written down here once more, by hand and
 * without asking the module: it is what the answers are checked against.
 */
export function randomSoakRequest(random: Random): SoakRequest {
  const choice = random.next();
  const visit: Visit = {
    origin: random.pick(ORIGINS),
    lookup: random.pick(['fails', 'is slow', ...Array<Lookup>(8).fill('works')]),
  };
  if (choice < 0.12) return plainRequest(random);
  if (choice < 0.4) return preflightRequest(random, visit);
  if (choice < 0.5) return partnerOrder(visit);
  return simpleRequest(random.pick(PATHS), visit);
}

function plainRequest(random: Random): SoakRequest {
  const path = random.pick(['/listed', '/open', '/closed', '/large'] as const);
  return {
    ...{ method: 'GET', path, headers: {} },
    expected: answered(200, path === '/open' ? '*' : undefined),
  };
}

function simpleRequest(path: (typeof PATHS)[number], visit: Visit): SoakRequest {
  const { origin } = visit;
  const isListed = origin === LISTED || origin === FAMILY;
  const ofListed = (status: number) => (isListed ? answered(status, origin) : answered(403));
  const expected = {
    '/listed': ofListed(200),
    '/large': ofListed(200),
    '/open': answered(200, '*'),
    '/partners': origin === LISTED ? answered(200, origin) : ofDirectory(visit, 200),
    '/closed': answered(403),
    '/forbidden': ofListed(403),
    // No route, and so no guard: the request passes, without CORS headers for those who are not allowed.
    '/nowhere': isListed ? answered(404, origin) : answered(404),
  }[path];
  return { method: 'GET', path, headers: { origin, 'x-lookup': visit.lookup }, expected };
}

function partnerOrder(visit: Visit): SoakRequest {
  const { origin, lookup } = visit;
  return {
    ...{ method: 'POST', path: '/partners', body: '{}' },
    headers: { origin, 'x-lookup': lookup, 'content-type': 'application/json' },
    expected: ofDirectory(visit, 201),
  };
}

function preflightRequest(random: Random, visit: Visit): SoakRequest {
  const { origin, lookup } = visit;
  const [path, method] = random.pick([
    ['/listed', 'PUT'],
    ['/closed', 'GET'],
    ['/partners', 'POST'],
    ['/open', 'GET'],
    ['/listed', 'DELETE'],
  ] as const);
  const isListed = origin === LISTED || origin === FAMILY;
  return {
    ...{ method: 'OPTIONS', path },
    headers: {
      origin,
      'x-lookup': lookup,
      'access-control-request-method': method,
      'access-control-request-headers': 'content-type',
    },
    expected: {
      // What is not routed is not listed either, but the page may read why.
      '/listed': isListed ? answered(204, origin) : answered(403),
      '/closed': answered(403),
      '/partners': ofDirectory(visit, 204),
      '/open': answered(204, '*'),
    }[path],
  };
}

function ofDirectory({ origin, lookup }: Visit, status: number): Expected {
  if (lookup === 'fails') return answered(503);
  return origin === PARTNER ? answered(status, origin) : answered(403);
}
