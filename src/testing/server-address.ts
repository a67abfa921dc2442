import type { INestApplication } from '@nestjs/common';
import type { Server } from 'node:http';
import { Server as TlsServer } from 'node:tls';

/** Where a server really listens. */
export interface ServerAddress {
  readonly isTls: boolean;
  readonly host: string;
  readonly port: number;
  /** Of a server that listens on a socket of the file system instead. */
  readonly socketPath?: string;
  /** Whether it is a server of this process, whose certificate nobody needs to have signed. */
  readonly isOurs: boolean;
}

/** A server that a page can call: where it listens, and the application behind it where that is in this process. */
export interface PageServer {
  /** The serialized origin under which it listens. */
  readonly origin: string;
  readonly address: ServerAddress;
  readonly application?: INestApplication;
}

const starting = new WeakMap<INestApplication, Promise<unknown>>();

/**
 * Finds out where a server listens. An application that does not listen yet is made to, on a free port of the
 * loopback, until `app.close()`.
 *
 * @throws TypeError for what is neither an application nor the URL of a server
 */
export async function serverOf(server: INestApplication | string | URL): Promise<PageServer> {
  if (typeof server === 'string' || server instanceof URL) return serverAt(String(server));
  if (typeof (server as Partial<INestApplication> | null)?.getHttpServer !== 'function') {
    throw new TypeError(
      'openPage() takes an application, as NestFactory.create() or createNestApplication() make it, or the URL of a server.',
    );
  }
  const http = server.getHttpServer() as Server;
  if (!http.listening) {
    const started = starting.get(server) ?? server.listen(0, '127.0.0.1');
    starting.set(server, started);
    await started;
  }
  const isTls = http instanceof TlsServer;
  const address = http.address();
  const common = { isTls, isOurs: true };
  const scheme = isTls ? 'https' : 'http';
  if (address === null) throw new Error('The application has been closed; open another one.');
  if (typeof address === 'string') {
    return {
      origin: `${scheme}://localhost`,
      address: { ...common, host: 'localhost', port: 0, socketPath: address },
      application: server,
    };
  }
  const { port, family } = address;
  const isAny = address.address === '::' || address.address === '0.0.0.0';
  const host = isAny ? (family === 'IPv6' ? '::1' : '127.0.0.1') : address.address;
  return {
    origin: new URL(`${scheme}://localhost:${port}`).origin,
    address: { ...common, host, port },
    application: server,
  };
}

/** The server of a URL, by its name. */
export function serverAt(url: string): PageServer {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new TypeError(
      `${JSON.stringify(url)} is not the URL of a server: give one such as http://localhost:3000.`,
    );
  }
  const { origin, protocol, hostname, port } = new URL(url);
  const isTls = protocol === 'https:';
  // RFC 6761, section 6.3: names below `localhost` are the loopback, and no resolver is asked.
  const host = hostname.endsWith('.localhost') ? 'localhost' : hostname.replace(/^\[|\]$/g, '');
  return {
    origin,
    address: { isTls, host, port: Number(port) || (isTls ? 443 : 80), isOurs: false },
  };
}
