import http, { type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import type { HeaderLines } from './page-exchange.js';
import type { ServerAddress } from './server-address.js';

/** What goes over the wire as a body. */
export type WireBody = Uint8Array | ReadableStream<Uint8Array> | undefined;

/** A request, as it is to be sent: no header is added or left out. */
export interface Transmission {
  readonly method: string;
  readonly url: string;
  readonly headers: HeaderLines;
  readonly body: WireBody;
  readonly signal: AbortSignal;
}

/** Connections that are kept for the next request. They keep no process alive. */
export class Transport {
  readonly #http = new http.Agent({ keepAlive: true });
  readonly #https = new https.Agent({ keepAlive: true });

  /** Sends a request; resolves with the head of its answer. */
  async send(transmission: Transmission, address: ServerAddress): Promise<IncomingMessage> {
    try {
      return await this.#attempt(transmission, address, true);
    } catch (error) {
      // RFC 9112, section 9.3.1: the server closed a kept connection just when it was used again.
      if (!(error instanceof StaleConnectionError)) throw error;
      // The others were kept as long. One that is new cannot be stale.
      return await this.#attempt(transmission, address, false);
    }
  }

  #attempt(
    transmission: Transmission,
    address: ServerAddress,
    fromKept: boolean,
  ): Promise<IncomingMessage> {
    const { method, url, headers, body, signal } = transmission;
    const { pathname, search, hostname } = new URL(url);
    const { isTls, host, port, socketPath, isOurs } = address;
    const options: RequestOptions = {
      method,
      path: pathname + search,
      headers: headers.flat(),
      signal,
      ...(socketPath === undefined ? { host, port } : { socketPath }),
    };
    return new Promise((resolve, reject) => {
      const request = isTls
        ? https.request({
            ...options,
            agent: fromKept && this.#https,
            rejectUnauthorized: !isOurs,
            servername: /[a-z]/i.test(hostname) ? hostname : '',
          })
        : http.request({ ...options, agent: fromKept && this.#http });
      request.once('response', resolve);
      request.once('error', (error) => {
        const isStale = request.reusedSocket && !(body instanceof ReadableStream);
        reject(isStale && !signal.aborted ? new StaleConnectionError(error) : error);
      });
      if (body instanceof ReadableStream) {
        const source = Readable.from(body);
        source.once('error', (error) => request.destroy(error));
        source.pipe(request);
      } else {
        request.end(body);
      }
    });
  }
}

class StaleConnectionError extends Error {
  constructor(cause: Error) {
    super('A connection that was kept is closed.', { cause });
  }
}
