import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { Outcome } from '../decision/request-decider.js';
import type { CorsRequest } from '../protocol/policy/policy-options.js';

/** Node's own request, as both adapters hand it to middleware; HTTP/1.1 or HTTP/2. */
export type RawRequest = (IncomingMessage | Http2ServerRequest) & CorsRequest;

/** Node's own response. */
export type RawResponse = ServerResponse | Http2ServerResponse;

/** What one application knows about a request, from the moment it came in until it is answered. */
export interface SeenRequest<Owner> {
  /** The application's own, as one may be mounted in another. */
  readonly by: Owner;
  /** As it came in; routers and other middleware write to it. */
  readonly url: string;
  outcome: Outcome | undefined;
  /** The method that was decided about. */
  method: string | undefined;
}

/** Where responses carry what is known about their requests. */
export interface Carrier<Owner> {
  get(response: RawResponse): SeenRequest<Owner> | undefined;
  set(response: RawResponse, seen: SeenRequest<Owner>): unknown;
}

/** On the response itself. */
export function onResponse<Owner>(): Carrier<Owner> {
  const SEEN = Symbol('nestjs-cors:seen');
  type Carrying = RawResponse & { [SEEN]?: SeenRequest<Owner> };
  return {
    get: (response) => (response as Carrying)[SEEN],
    set: (response, seen) => ((response as Carrying)[SEEN] = seen),
  };
}

/** Beside it: a property on one of Express's responses costs more than all of a decision. */
export function besideResponse<Owner extends object>(): Carrier<Owner> {
  return new WeakMap<RawResponse, SeenRequest<Owner>>();
}

/** Whether a response is answered, or nobody is there any more to read it. */
export function isOver(response: RawResponse): boolean {
  return response.headersSent || response.writableEnded || response.destroyed;
}
