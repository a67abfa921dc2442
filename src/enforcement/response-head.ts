import { Injectable } from '@nestjs/common';
import { PoliciesInForce } from '../configuration/policies-in-force.js';
import { answerFields } from '../decision/answer-fields.js';
import type { Outcome } from '../decision/outcome.js';
import { RequestDecider } from '../decision/request-decider.js';
import { publishDecision } from '../observation/decision-channel.js';
import { RefusalLog } from '../observation/refusal-log.js';
import { VARY_ORIGIN } from '../protocol/headers/vary.js';
import { isLater } from '../protocol/now-or-later.js';
import type { CorsRequest } from '../protocol/policy/policy-options.js';
import { asItCameIn, type Exchange, type RawRequest, type RawResponse } from './exchange.js';
import { type GivenHeaders, joinHeaders, putOn, takeOver } from './given-headers.js';
import { Revocations } from './revocations.js';

/** Where a response carries what is known of it; a WeakMap beside it would cost Fastify 5 of 85 µs, Express nothing. */
const EXCHANGE = Symbol('nestjs-cors:exchange');

/** Of several applications that share a response, what the last one to see it knows. */
type Carrying = RawResponse & { [EXCHANGE]?: Exchange<ResponseHead> };

/**
 * RESPONSE HEAD: writes the headers of the decision at the last moment, whatever answers: returned values, streams,
 * exceptions, filters, other middleware, 404s. Nothing that a handler or a library sets can replace them.
 */
@Injectable()
export class ResponseHead {
  constructor(
    private readonly inForce: PoliciesInForce,
    private readonly decider: RequestDecider,
    private readonly revocations: Revocations,
    private readonly refusals: RefusalLog,
  ) {}

  /**
   * Notes a request that has just come in. Its response will carry what is decided about it by the time it is sent.
   *
   * @returns whether it was not noted before
   */
  open({ url }: RawRequest, response: RawResponse): boolean {
    if (this.exchange(response) !== undefined) return false;
    this.#note(url, response);
    return true;
  }

  /** What this application knows about the request of a response. */
  exchange(response: RawResponse): Exchange<ResponseHead> | undefined {
    const exchange = (response as Carrying)[EXCHANGE];
    return exchange?.by === this ? exchange : undefined;
  }

  /** Keeps what is decided about a request, and reports it to the log and the diagnostics channel. */
  settle(outcome: Outcome, request: CorsRequest, response: RawResponse): Exchange<ResponseHead> {
    // Another application on the same server may have written here since. This one decides.
    const exchange = this.exchange(response) ?? this.#note(request.url, response);
    exchange.outcome = outcome;
    exchange.method = request.method;
    exchange.url = request.url;
    publishDecision(outcome, request, this.inForce);
    this.refusals.note(outcome, request);
    return exchange;
  }

  /**
   * Puts the decision on a response that is about to be sent.
   *
   * @param given the headers that were given to `writeHead()`
   * @returns those that are still to be given to it
   */
  complete(
    exchange: Exchange<ResponseHead>,
    response: RawResponse,
    given: GivenHeaders | undefined,
  ): GivenHeaders | undefined {
    if (!this.inForce.ready) return given;
    const outcome = exchange.outcome ?? this.#decideLate(exchange, response);
    const fields = outcome === undefined ? [] : answerFields(outcome);
    const vary = outcome?.verdict.vary ?? VARY_ORIGIN;
    const joined = given && joinHeaders(response, given, fields, vary);
    if (joined === undefined) {
      if (given !== undefined) takeOver(response, given);
      putOn(response, fields, vary);
    }
    if (outcome !== undefined) this.revocations.note(outcome, exchange, response, joined);
    return joined;
  }

  #note(url: string, response: Carrying): Exchange<ResponseHead> {
    const exchange: Exchange<ResponseHead> = {
      by: this,
      url,
      outcome: undefined,
      method: undefined,
      called: undefined,
      endStream: undefined,
    };
    if (response[EXCHANGE] === undefined) response.writeHead = completing(response);
    response[EXCHANGE] = exchange;
    return exchange;
  }

  /** Decides about a request that reached no handler. */
  #decideLate({ url }: Exchange<ResponseHead>, response: RawResponse): Outcome | undefined {
    const sent = response.req as RawRequest;
    const request = sent.url === url ? sent : asItCameIn(sent, url);
    const outcome = this.decider.decide(request);
    // Nothing can wait here. Rules that have to be asked were asked before anything else ran.
    if (isLater(outcome)) return undefined;
    this.settle(outcome, request, response);
    return outcome;
  }
}

/** `writeHead()`, whose overloads all come down to this. */
type WriteHead = (
  this: RawResponse,
  status: number,
  text?: unknown,
  fields?: unknown,
) => RawResponse;

/** What stands in for the `writeHead()` of a response, and completes its headers first. */
function completing(response: Carrying): RawResponse['writeHead'] {
  const writeHead = response.writeHead as WriteHead;
  const standIn: WriteHead = function (status, text, fields) {
    const exchange = response[EXCHANGE];
    let given = isHeaders(fields) ? fields : isHeaders(text) ? text : undefined;
    // Once headers are sent, Node's own error is the answer.
    if (exchange !== undefined && !response.headersSent) {
      given = exchange.by.complete(exchange, response, given);
    }
    // Other libraries that replace `writeHead()` look at the number of arguments.
    const args: Parameters<WriteHead> = typeof text === 'string' ? [status, text] : [status];
    if (given !== undefined) args.push(given);
    return writeHead.apply(this, args);
  };
  return standIn as RawResponse['writeHead'];
}

function isHeaders(given: unknown): given is GivenHeaders {
  return typeof given === 'object' && given !== null;
}
