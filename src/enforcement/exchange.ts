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
  /** The application's own, as one may be mounted in another. */
  readonly by: Owner;
  /** As it came in; routers and other middleware write to it. */
  readonly url: string;
  outcome: Outcome | undefined;
  /** The method that was decided about. */
  method: string | undefined;
  /** The one that Nest has chosen. */
  called: CalledHandler | undefined;
  /** Ends what its handler streams, where it can be ended more gently than with its connection. */
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
