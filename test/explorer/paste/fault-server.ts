import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { CERTIFICATE } from '../../harness/certificate.js';
import { FAULT_CASES, type FaultCase, type FaultOrigins } from './faults.js';
import { faultPage, startOf } from './fault-page.js';

/** The name of the page after the last case. */
export const LAST = 'nothing';

/**
 * The servers of the faults: that of a case is met at the path of its name. Pages are below `/page/`; each asks, and
 * goes on to the next one, so that a browser needs no more control than its first address.
 */
export class FaultServer {
  private constructor(
    readonly origins: FaultOrigins,
    private readonly servers: readonly Server[],
  ) {}

  static async open(): Promise<FaultServer> {
    const serve: RequestListener = (request, response) => {
      answer(origins, request.method ?? '', request.url ?? '/', response);
    };
    const tls = createTlsServer(CERTIFICATE, serve);
    const servers = [createServer(serve), createServer(serve), tls, createServer(serve)];
    servers.push(createServer(serve), createServer());
    const ports: number[] = [];
    for (const server of servers) {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      ports.push((server.address() as AddressInfo).port);
    }
    const [page, publicPage, secure, api, other, nobody] = ports.map(
      (port) => `http://localhost:${port}`,
    ) as [string, string, string, string, string, string];
    const securePage = secure.replace('http:', 'https:');
    const origins = { page, publicPage, securePage, api, other, nobody };
    servers.pop()?.close();
    return new FaultServer(origins, servers);
  }

  /** The page of a case. */
  pageOf(fault: FaultCase): string {
    return pageOf(fault, this.origins);
  }

  async close(): Promise<void> {
    for (const server of this.servers) {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    }
  }
}

function pageOf({ name, from = 'page' }: FaultCase, origins: FaultOrigins): string {
  return `${origins[from]}/page/${name}`;
}

function answer(
  origins: FaultOrigins,
  method: string,
  url: string,
  response: Parameters<RequestListener>[1],
): void {
  const [, first = '', second] = url.split('/');
  const name = first === 'page' ? second : first;
  const index = FAULT_CASES.findIndex((fault) => fault.name === name);
  const fault = FAULT_CASES[index];
  if (fault === undefined) {
    // The page after the last one.
    response.writeHead(200, { 'Content-Type': 'text/html' });
    response.end(`<script>console.log(${JSON.stringify(startOf(LAST))})</script>`);
  } else if (first === 'page') {
    const [header, value = ''] = fault.pageHeader ?? [];
    response.writeHead(200, {
      'Content-Type': 'text/html; charset=utf-8',
      ...(header !== undefined && { [header]: value }),
    });
    const next = FAULT_CASES[index + 1];
    response.end(
      faultPage(fault, origins, next ? pageOf(next, origins) : `${origins.page}/page/${LAST}`),
    );
  } else {
    const isOther = response.req.headers.host === new URL(origins.other).host;
    const say = method === 'OPTIONS' ? fault.preflight : isOther ? fault.redirected : fault.answer;
    const { status = 200, headers = {}, hangsUp = false } = say?.(origins) ?? {};
    if (hangsUp) response.socket?.destroy();
    else response.writeHead(status, { 'Cache-Control': 'no-store', ...headers }).end('{}');
  }
}
