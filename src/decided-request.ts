import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { Outcome } from './cors-policies.js';
import type { CorsRequest } from './protocol/policy-options.js';

/** Node's own request, as both adapters hand it to middleware; HTTP/1.1 or HTTP/2. */
export type RawRequest = (IncomingMessage | Http2ServerRequest) & CorsRequest;

/** Node's own response. */
export type RawResponse = ServerResponse | Http2ServerResponse;

const OUTCOME = Symbol('nestjs-cors:outcome');

/** A request that carries what was decided about it, from the middleware to the guard and the response. */
interface DecidedRequest {
  [OUTCOME]?: Outcome;
}

/** What was decided about a request. */
export function outcomeOf(request: object): Outcome | undefined {
  return (request as DecidedRequest)[OUTCOME];
}

/** Writes down what was decided about a request. */
export function decided(request: object, outcome: Outcome): void {
  (request as DecidedRequest)[OUTCOME] = outcome;
}
