import type { INestApplication } from '@nestjs/common';
import type { IncomingMessage, Server } from 'node:http';
import type { CorsDocument } from '../../../src/document/cors-document.js';
import { WireClient, type WireAnswer, type WireRequest } from './wire-client.js';

/** What came of requests that were sent to Node and, the very same, to a server in front of it. */
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
const AT_ONCE = 4;

/** Sends all requests both ways and compares status, CORS headers and `Vary`. */
export async function compare(
  app: INestApplication,
  ports: { readonly node: number; readonly edge: number },
  requests: readonly WireRequest[],
  tally: Tally,
): Promise<void> {
  const server = app.getHttpServer() as Server;
  const arrived = new Set<string>();
  const note = ({ headers }: IncomingMessage) => arrived.add(String(headers['x-number']));
  server.prependListener('request', note);
  const waiting = requests
    .map((request, number) => ({ request, number: String(number) }))
    .reverse();
  const clients: WireClient[] = [];
  const work = async () => {
    const [node, edge] = [new WireClient(ports.node), new WireClient(ports.edge)];
    clients.push(node, edge);
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { request, number } = next;
      const expected = await node.send(request);
      const numbered = { ...request, headers: [...request.headers, ['X-Number', number] as const] };
      const actual = await edge.send(numbered);
      const wasAnswered = !arrived.delete(number);
      tally.requests += 1;
      if (isAllowed(expected) && isBrowsers(request)) {
        tally.allowed += 1;
        if (wasAnswered) tally.atEdge += 1;
      }
      const [want, got] = [summary(expected, wasAnswered), summary(actual, wasAnswered)];
      if (want === got || tally.differences.length >= MOST_TOLD) continue;
      const where = wasAnswered ? 'answered in front' : 'passed on';
      tally.differences.push(
        `${JSON.stringify(request)} (${where})\n  Node:     ${want}\n  in front: ${got}`,
      );
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    for (const client of clients) client.close();
    server.off('request', note);
  }
}

function isAllowed({ headers }: WireAnswer): boolean {
  return headers.some(([name]) => name === 'access-control-max-age');
}

/** Whether a browser would send the preflight like this. */
function isBrowsers({ method, target, headers }: WireRequest): boolean {
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

function summary({ status, headers }: WireAnswer, wasAnswered: boolean): string {
  const cors = headers.filter(([name]) => name.startsWith('access-control-')).sort();
  const vary = headers
    .filter(([name]) => name === 'vary')
    .flatMap(([, value]) => value.split(/, */));
  const length = headers.find(([name]) => name === 'content-length')?.[1];
  // RFC 9110, section 8.6: a 204 has none, whatever Node says.
  const isLengthTold = wasAnswered && status !== 204;
  return JSON.stringify({ status, cors, vary: vary.sort(), ...(isLengthTold && { length }) });
}

/** Whether a header that decides comes twice, which nginx before 1.23 does not tell its configuration. */
export function hasDoubledHeader({ headers }: WireRequest): boolean {
  const names = headers.map(([name]) => name.toLowerCase());
  return new Set(names).size < names.length;
}

export function describeShare(document: CorsDocument, { allowed, atEdge }: Tally): string {
  const share = allowed === 0 ? 0 : Math.round((100 * atEdge) / allowed);
  return `${String(atEdge)} of ${String(allowed)} allowed preflights (${String(share)} %) answered in front, ${String(document.routes.length)} routes`;
}
