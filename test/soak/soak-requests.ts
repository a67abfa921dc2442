import type { Random } from '../harness/random.js';
import { FAMILY, LISTED, PARTNER, STRANGER } from './soak-app.js';

/** What a request may be answered: a status and the `Access-Control-Allow-Origin` that goes with it. */
export interface Permitted {
  readonly status: number;
  readonly allowOrigin: string | undefined;
}

export interface SoakRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Every answer that the policy permits: two where the directory is asked, which may be down. */
  readonly permitted: readonly Permitted[];
}

const answered = (status: number, allowOrigin?: string): Permitted => ({ status, allowOrigin });

/** Of the directory: it knows the origin, or it could not be asked. */
const DOWN = answered(503);

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

/**
 * A request, and what the policies of the application say about it. That is written down here once more, by hand and
 * without asking the module: it is what the answers are checked against.
 */
export function randomSoakRequest(random: Random): SoakRequest {
  const choice = random.next();
  const origin = random.pick(ORIGINS);
  if (choice < 0.12) return plainRequest(random);
  if (choice < 0.4) return preflightRequest(random, origin);
  if (choice < 0.5) return partnerOrder(origin);
  return simpleRequest(random.pick(PATHS), origin);
}

function plainRequest(random: Random): SoakRequest {
  const path = random.pick(['/listed', '/open', '/closed', '/large'] as const);
  return {
    ...{ method: 'GET', path, headers: {} },
    permitted: [answered(200, path === '/open' ? '*' : undefined)],
  };
}

function simpleRequest(path: (typeof PATHS)[number], origin: string): SoakRequest {
  const isListed = origin === LISTED || origin === FAMILY;
  const ofListed = (status: number) => (isListed ? answered(status, origin) : answered(403));
  const permitted = {
    '/listed': [ofListed(200)],
    '/large': [ofListed(200)],
    '/open': [answered(200, '*')],
    '/partners': origin === LISTED ? [answered(200, origin)] : askDirectory(origin, 200),
    '/closed': [answered(403)],
    '/forbidden': [ofListed(403)],
    // No route, and so no guard: the request passes, without CORS headers for those who are not allowed.
    '/nowhere': [isListed ? answered(404, origin) : answered(404)],
  }[path];
  return { method: 'GET', path, headers: { origin }, permitted };
}

function partnerOrder(origin: string): SoakRequest {
  return {
    ...{ method: 'POST', path: '/partners', body: '{}' },
    headers: { origin, 'content-type': 'application/json' },
    permitted: askDirectory(origin, 201),
  };
}

function preflightRequest(random: Random, origin: string): SoakRequest {
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
      'access-control-request-method': method,
      'access-control-request-headers': 'content-type',
    },
    permitted: {
      // What is not routed is not listed either, but the page may read why.
      '/listed': [isListed ? answered(204, origin) : answered(403)],
      '/closed': [answered(403)],
      '/partners': askDirectory(origin, 204),
      '/open': [answered(204, '*')],
    }[path],
  };
}

function askDirectory(origin: string, status: number): Permitted[] {
  return [origin === PARTNER ? answered(status, origin) : answered(403), DOWN];
}
