import type { IncomingHttpHeaders } from 'node:http';
import type { HttpServer } from '@nestjs/common';

/** Reads the host name off the headers of a request; `undefined` where the adapter has no word of its own. */
export type HostnameReader = (headers: IncomingHttpHeaders) => string | undefined;

/** Where a request comes from whose connection nobody knows: a proxy on the same machine. */
const SOCKET = { remoteAddress: '127.0.0.1' };

/**
 * Reads host names as the adapter does for a request that comes from the loopback: only the adapter knows whether it
 * trusts a proxy's `X-Forwarded-Host`. Its own class of requests is asked, so that nothing is read in a second way.
 */
export function hostnameReader(httpAdapter: HttpServer): HostnameReader {
  // Both frameworks are optional peers, so that their types are written down here.
  const instance = httpAdapter.getInstance() as { readonly request?: object } & Readonly<
    Record<symbol, unknown>
  >;
  if (httpAdapter.getType() === 'express' && instance.request !== undefined) {
    const { request } = instance;
    return (headers) =>
      hostnameOf(Object.create(request, ownFields({ headers, socket: SOCKET })) as object);
  }
  const symbol = Object.getOwnPropertySymbols(instance).find(
    ({ description }) => description === 'fastify.Request',
  );
  const FastifyRequest = symbol && (instance[symbol] as FastifyRequestClass | undefined);
  if (FastifyRequest === undefined) return () => undefined;
  return (headers) =>
    hostnameOf(new FastifyRequest('', {}, { headers, socket: SOCKET }, {}, undefined, undefined));
}

type FastifyRequestClass = new (
  id: string,
  params: object,
  raw: object,
  query: object,
  log: undefined,
  context: undefined,
) => object;

function ownFields(fields: Readonly<Record<string, unknown>>): PropertyDescriptorMap {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, { value }]));
}

function hostnameOf(request: object): string | undefined {
  const { hostname } = request as { readonly hostname?: unknown };
  return typeof hostname === 'string' ? hostname : undefined;
}
