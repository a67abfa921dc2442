import { pathToRegexp } from 'path-to-regexp';
import { isChosenByCode } from '../document/chosen-by-code.js';
import type { CorsDocument, DocumentedPath, DocumentedRoute } from '../document/cors-document.js';
import type { SentRequest } from './deployed-server.js';
import { examplePath } from './example-path.js';
import { policyOf, type PromisedOrigins, promisedOrigins } from './promised-origins.js';

/** A request to which a document promises an answer. */
export interface PromisedRequest extends SentRequest {
  /** The route that it asks about, e.g. `PUT /books/:id (BooksController.update)`. */
  readonly about: string;
  /**
   * Whether the other methods in `Access-Control-Allow-Methods` are promised, too. They are not where code decides about
   * the same origin on another route at the URL.
   */
  readonly promisesMethods: boolean;
}

/** What was left out for one reason. */
export interface LeftOut {
  readonly reason: string;
  readonly count: number;
  /** The first of it, e.g. `GET /books (BooksController.list)`. */
  readonly first: string;
}

export interface PromisedRequests {
  /** In the order of the document; the requests to one URL stand together. */
  readonly requests: readonly PromisedRequest[];
  readonly leftOut: readonly LeftOut[];
}

export interface Deployment {
  /** The host that requests will name, with its port. */
  readonly host: string;
  /** The origin of the deployed server itself. */
  readonly origin: string;
  /** Whether `GET` and `HEAD` are sent, too. */
  readonly reads: boolean;
}

/** What stands for `ALL`, which is every method there is. */
const METHODS_OF_ALL = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** CORS-safelisted request headers, about which no preflight asks. */
const SAFELISTED = ['accept', 'accept-language', 'content-language', 'range'];

type Place = Pick<DocumentedRoute, 'path' | 'policies'> & Partial<DocumentedRoute>;

/** Works out of a document which requests it promises answers to. */
export async function promisedRequests(
  document: CorsDocument,
  deployment: Deployment,
): Promise<PromisedRequests> {
  const { router } = document;
  const requests: PromisedRequest[] = [];
  const leftOut = new Map<string, LeftOut>();
  const leaveOut = (reason: string, about: string): void => {
    const { count, first } = leftOut.get(reason) ?? { count: 0, first: about };
    leftOut.set(reason, { reason, count: count + 1, first });
  };
  if (router === null) return { requests, leftOut: [] };
  const places: Place[] = [...document.routes, ...document.paths];
  for (const [turn, place] of places.entries()) {
    const about = describePlace(place);
    const unknown = whyUnknown(place, deployment);
    if (unknown !== undefined) {
      leaveOut(unknown, about);
      continue;
    }
    const path = await examplePath(place.path, isRoute(place) ? router.type : 'express');
    if (path === undefined) {
      leaveOut('no path could be made up for the expression in it', about);
      continue;
    }
    const origins = await promisedOrigins(document, place.policies);
    for (const source of origins.unfilled) {
      leaveOut(`no origin could be made up for ${source}`, about);
    }
    for (const name of origins.askedOf) {
      leaveOut(`nothing is promised about the origins that ${name} decides about`, about);
    }
    const asked = oneOfEach(origins, turn);
    const context = { document, place, path, about, deployment };
    for (const method of methodsOf(place)) {
      for (const origin of asked) requests.push(preflightOf(context, method, origin));
    }
    if (!deployment.reads || !methodsOf(place).some((method) => isRead(method))) continue;
    // A preflight may meet any of them, and a request one.
    const here = document.routes.filter((route) => route.path === place.path);
    if (here.some((route) => isChosenByCode(document, route))) {
      leaveOut('only the application itself knows which route serves a request there', about);
      continue;
    }
    requests.push(...readsOf(context, asked, versionHeader(place, router)));
  }
  return { requests, leftOut: [...leftOut.values()] };
}

function isRoute(place: Place): boolean {
  return place.method !== undefined;
}

function describePlace(place: Place & Partial<DocumentedPath>): string {
  return place.method === undefined
    ? `${place.path} (${place.entry ?? 'paths'})`
    : `${place.method} ${place.path} (${place.handler ?? ''})`;
}

function whyUnknown({ hosts, constraints }: Place, { host }: Deployment): string | undefined {
  const hostname = host.replace(/:\d+$/, '');
  if (hosts !== undefined && !hosts.some((pattern) => isHost(pattern, hostname))) {
    return `they are bound to other hosts than ${hostname}`;
  }
  return constraints === undefined
    ? undefined
    : 'only the application itself knows which requests meet their constraints';
}

/** As Nest does: a pattern of path-to-regexp, or an expression. */
function isHost(pattern: string, hostname: string): boolean {
  try {
    const end = pattern.lastIndexOf('/');
    const regexp =
      pattern.startsWith('/') && end > 0
        ? new RegExp(pattern.slice(1, end), pattern.slice(end + 1))
        : pathToRegexp(pattern).regexp;
    return regexp.test(hostname);
  } catch {
    return false;
  }
}

function methodsOf({ method = 'GET' }: Place): readonly string[] {
  return method === 'ALL' ? METHODS_OF_ALL : [method];
}

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** A listed origin, all that were made up, a stranger and `null`; each turn another listed one and another stranger. */
function oneOfEach({ exact, madeUp, strangers }: PromisedOrigins, turn: number): string[] {
  const listed = exact.filter((origin) => origin !== 'null');
  const oneOf = (origins: readonly string[]) =>
    origins.slice(turn % (origins.length || 1)).slice(0, 1);
  const known = strangers.length > 0 || exact.includes('null');
  return [...oneOf(listed), ...madeUp, ...oneOf(strangers), ...(known ? ['null'] : [])];
}

interface Context {
  readonly document: CorsDocument;
  readonly place: Place;
  readonly path: string;
  readonly about: string;
  readonly deployment: Deployment;
}

function preflightOf(
  { document, place, path, about }: Context,
  method: string,
  origin: string,
): PromisedRequest {
  const { allowedHeaders, privateNetwork } = policyOf(document, place.policies[0]);
  const header =
    allowedHeaders === '*'
      ? 'x-requested-with'
      : allowedHeaders.find((name) => !SAFELISTED.includes(name.toLowerCase()))?.toLowerCase();
  return {
    method: 'OPTIONS',
    path,
    headers: {
      origin,
      'access-control-request-method': method,
      ...(header !== undefined && { 'access-control-request-headers': header }),
      ...(privateNetwork && { 'access-control-request-private-network': 'true' }),
    },
    about,
    promisesMethods: !document.routes.some(
      (other) => mayOverlap(other.path, place.path) && asksCode(document, other),
    ),
  };
}

/** First without `Origin`, as what fills caches; last from the server's own pages, which a rewritten `Host` makes others. */
function readsOf(
  { place, path, about, deployment }: Context,
  asked: readonly string[],
  version: Readonly<Record<string, string>>,
): PromisedRequest[] {
  const read = (method: string, origin?: string): PromisedRequest => ({
    method,
    path,
    headers: { ...version, ...(origin !== undefined && { origin }) },
    about,
    promisesMethods: true,
  });
  const method = methodsOf(place).includes('GET') ? 'GET' : 'HEAD';
  const [first] = asked;
  return [
    read(method),
    ...asked.map((origin) => read(method, origin)),
    ...(method === 'GET' && first !== undefined ? [read('HEAD', first)] : []),
    read(method, deployment.origin),
  ];
}

/** The headers by which a request names the route's version. */
function versionHeader(
  { versions = [] }: Place,
  { versioning }: NonNullable<CorsDocument['router']>,
): Record<string, string> {
  const version = versions.find((each) => each !== 'neutral');
  if (version === undefined || versioning === null) return {};
  switch (versioning.type) {
    case 'header':
      return { [versioning.header.toLowerCase()]: version };
    case 'media-type':
      return { accept: `application/json;${versioning.key}${version}` };
    case 'uri':
    case 'custom':
      return {};
  }
}

function asksCode(document: CorsDocument, { policies }: Pick<Place, 'policies'>): boolean {
  return policies.some((key) => {
    const rule = document.origins[policyOf(document, key).origin];
    return rule !== undefined && rule.functions.length + rule.resolvers.length > 0;
  });
}

/** Whether one URL may be meant by both; rather yes. */
function mayOverlap(one: string, other: string): boolean {
  const [ours, theirs] = [segmentsOf(one), segmentsOf(other)];
  for (let index = 0; index < Math.min(ours.length, theirs.length); index += 1) {
    const [here, there] = [ours[index] ?? '', theirs[index] ?? ''];
    if (/[*{}?]/.test(here + there)) return true;
    if (here !== there && !/[:\\%]/.test(here + there)) return false;
  }
  return ours.length === theirs.length;
}

function segmentsOf(path: string): string[] {
  return path.toLowerCase().replace(/\/+$/, '').split('/');
}
