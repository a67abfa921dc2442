import type { INestApplication } from '@nestjs/common';
import type { IncomingMessage, Server } from 'node:http';
import type { CorsDocument } from '../../../src/document/cors-document.js';
import { type RawAnswer, RawClient, type RawRequest } from '../../harness/raw-client.js';

/** A request, and what the application alone answers. */
export interface Expectation {
  readonly request: RawRequest;
  readonly answer: RawAnswer;
}

/** What came of requests that were sent to a server in front of the application. */
export interface Tally {
  requests: number;
  /** Preflights in the form of browsers that Node allows. */
  allowed: number;
  /** How many of them the server in front answered by itself. */
  atEdge: number;
  readonly differences: string[];
}

export const newTally = (): Tally => ({ requests: 0, allowed: 0, atEdge: 0, differences: [] });

/** Differences are told with the request, and no more of them than one can read. */
const MOST_TOLD = 5;
const AT_ONCE = 8;

/** Asks the application itself. */
export async function expectationsOf(
  port: number,
  requests: readonly RawRequest[],
): Promise<readonly Expectation[]> {
  const expected: Expectation[] = [];
  await eachOverConnections(port, requests, async (client, request, number) => {
    expected[number] = { request, answer: await client.send(request) };
  });
  return expected;
}

/** Sends all requests to a server in front, and compares status, CORS headers and `Vary`. */
export async function compare(
  app: INestApplication,
  port: number,
  expected: readonly Expectation[],
  tally: Tally,
): Promise<void> {
  const server = app.getHttpServer() as Server;
  const arrived = new Set<string>();
  const note = ({ headers }: IncomingMessage) => arrived.add(String(headers['x-number']));
  server.prependListener('request', note);
  try {
    await eachOverConnections(port, expected, async (client, { request, answer }, number) => {
      const headers = [...request.headers, ['X-Number', String(number)] as const];
      const actual = await client.send({ ...request, headers });
      const wasAnswered = !arrived.delete(String(number));
      tally.requests += 1;
      if (isAllowed(answer) && isBrowsers(request)) {
        tally.allowed += 1;
        if (wasAnswered) tally.atEdge += 1;
      }
      const [want, got] = [summary(answer, wasAnswered), summary(actual, wasAnswered)];
      if (want === got || tally.differences.length >= MOST_TOLD) return;
      const where = wasAnswered ? 'answered in front' : 'passed on';
      tally.differences.push(
        `${JSON.stringify(request)} (${where})\n  Node:     ${want}\n  in front: ${got}`,
      );
    });
  } finally {
    server.off('request', note);
  }
}

/** Does something with each item, over a few connections that are kept. */
async function eachOverConnections<Item>(
  port: number,
  items: readonly Item[],
  work: (client: RawClient, item: Item, number: number) => Promise<void>,
): Promise<void> {
  const clients = Array.from({ length: AT_ONCE }, () => new RawClient(port));
  // All of them draw from one.
  const waiting = items.entries();
  try {
    await Promise.all(
      clients.map(async (client) => {
        for (const [number, item] of waiting) await work(client, item, number);
      }),
    );
  } finally {
    for (const client of clients) client.close();
  }
}

function isAllowed({ headers }: RawAnswer): boolean {
  return headers.some(([name]) => name === 'access-control-max-age');
}

/** Whether a browser would send the preflight like this. */
function isBrowsers({ method, target, headers }: RawRequest): boolean {
  const values = (wanted: string) =>
    headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
  const [names = '', ...more] = values('access-control-request-headers');
  const list = names.split(',');
  return (
    method === 'OPTIONS' &&
    /^(?:\/[\w~-]+)+(?:\?|$)|^\/(?:\?|$)/.test(target) &&
    values('origin').length === 1 &&
    values('access-control-request-method').length === 1 &&
    more.length === 0 &&
    values('access-control-request-private-network').length === 0 &&
    names === [...new Set(list)].sort().join(',').toLowerCase()
  );
}

function summary({ status, headers }: RawAnswer, wasAnswered: boolean): string {
  const cors = headers
    .filter(([name]) => name.startsWith('access-control-'))
    .map(([name, value]) => `${name}: ${value}`)
    .sort();
  const vary = headers
    .filter(([name]) => name === 'vary')
    .flatMap(([, value]) => value.split(/, */));
  const length = headers.find(([name]) => name === 'content-length')?.[1];
  // RFC 9110, section 8.6: a 204 has none, whatever Node says.
  const isLengthTold = wasAnswered && status !== 204;
  return JSON.stringify({ status, cors, vary: vary.sort(), ...(isLengthTold && { length }) });
}

/** Whether a header that decides comes twice, which nginx before 1.23 does not tell its configuration. */
export function hasDoubledHeader({ headers }: RawRequest): boolean {
  const names = headers.map(([name]) => name.toLowerCase());
  return new Set(names).size < names.length;
}

export function describeShare(document: CorsDocument, { allowed, atEdge }: Tally): string {
  const share = allowed === 0 ? 0 : Math.round((100 * atEdge) / allowed);
  return `${String(atEdge)} of ${String(allowed)} allowed preflights (${String(share)} %) answered in front, ${String(document.routes.length)} routes`;
}
