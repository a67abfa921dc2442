import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { CalledHandler } from '../decision/called-handler.js';
import type { Outcome } from '../decision/outcome.js';
import type { CorsRequest } from '../protocol/policy/policy-options.js';

/** Node's own request, as both adapters hand it to middleware; HTTP/1.1 or HTTP/2. */
export type RawRequest = (IncomingMessage | Http2ServerRequest) & CorsRequest;

/** Node's own response. */
export type RawResponse = ServerResponse | Http2ServerResponse;

/** What one application knows about a request and its answer, from the moment it came in until it is answered. */
export interface Exchange<Owner> {
  /** Says which application knows this: one may be mounted in another, and both see the same request. */
  readonly by: Owner;
  /**
   * The URL that the request had when it was decided about; until then, the one with which it came in. Routers and
   * middleware change `request.url`.
   */
  url: string;
  outcome: Outcome | undefined;
  /** The method that the request had when it was decided about. Middleware may change it. */
  method: string | undefined;
  /** The handler that Nest calls. */
  called: CalledHandler | undefined;
  /** Ends the stream of the handler and leaves the connection open; absent where only the connection can be cut. */
  endStream: (() => void) | undefined;
}

/** A request under the URL with which it came in. */
export function asItCameIn(request: RawRequest, url: string): CorsRequest {
  const { method, headers, hostname, socket } = request;
  return { method, url, headers, hostname, socket };
}

/** Whether a response is answered, or nobody is there any more to read it. */
export function isOver(response: RawResponse): boolean {
  return response.headersSent || response.writableEnded || response.destroyed;
}
