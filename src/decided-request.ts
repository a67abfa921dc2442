import { Injectable } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { Outcome } from './cors-policies.js';
import { publishDecision } from './decision-channel.js';
import type { CorsRequest } from './protocol/policy-options.js';
import { RefusalLog } from './refusal-log.js';

/** Node's own request, as both adapters hand it to middleware; HTTP/1.1 or HTTP/2. */
export type RawRequest = (IncomingMessage | Http2ServerRequest) & CorsRequest;

/** Node's own response. */
export type RawResponse = ServerResponse | Http2ServerResponse;

const OUTCOME = Symbol('nestjs-cors:outcome');

interface Carrier {
  [OUTCOME]?: Outcome;
}

/**
 * Responses carry what was decided about their requests. Express's own have a place for such things, and a
 * property on one of them would cost as much as all of the decision.
 */
function carrierOf(response: RawResponse): Carrier {
  return ((response as { locals?: Carrier }).locals ?? response) as Carrier;
}

/** What was decided about the request of a response. */
export function outcomeOf(response: RawResponse): Outcome | undefined {
  return carrierOf(response)[OUTCOME];
}

/** Keeps what is decided about requests, and tells whoever wants to know. */
@Injectable()
export class Decisions {
  constructor(private readonly refusals: RefusalLog) {}

  settle(outcome: Outcome, request: CorsRequest, response: RawResponse): void {
    carrierOf(response)[OUTCOME] = outcome;
    publishDecision(outcome, request);
    this.refusals.note(outcome, request);
  }
}
