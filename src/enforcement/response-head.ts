import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import onHeaders from 'on-headers';
import { PoliciesInForce } from '../configuration/policies-in-force.js';
import type { Outcome } from '../decision/outcome.js';
import { RequestDecider } from '../decision/request-decider.js';
import { publishDecision } from '../observation/decision-channel.js';
import { RefusalLog } from '../observation/refusal-log.js';
import type { Verdict } from '../protocol/decision/verdict.js';
import { mergeVary, VARY_ORIGIN } from '../protocol/headers/vary.js';
import { isLater } from '../protocol/now-or-later.js';
import type { Exchange, RawRequest, RawResponse } from './exchange.js';
import { Revocations } from './revocations.js';

/** Every response header of the CORS protocol (Fetch, "HTTP responses"), and that of private networks. */
const CORS_HEADERS: ReadonlySet<string> = new Set([
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-allow-private-network',
  'access-control-expose-headers',
  'access-control-max-age',
]);

/** What a decision puts on a response. */
type Answer = Pick<Verdict, 'headers' | 'vary'>;

const UNDECIDED: Answer = { headers: [], vary: VARY_ORIGIN };

/** What is known of each response that is not answered yet: of several applications, what the last one to see it knows. */
const EXCHANGES = new WeakMap<RawResponse, Exchange<ResponseHead>>();

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
    const earlier = EXCHANGES.get(response);
    if (earlier?.by === this) return false;
    this.#note(url, response);
    if (earlier === undefined) onHeaders(response as ServerResponse, writeHeaders);
    return true;
  }

  /** What this application knows about the request of a response. */
  exchange(response: RawResponse): Exchange<ResponseHead> | undefined {
    const exchange = EXCHANGES.get(response);
    return exchange?.by === this ? exchange : undefined;
  }

  /** Keeps what is decided about a request, and tells whoever wants to know. */
  settle(outcome: Outcome, request: RawRequest, response: RawResponse): Exchange<ResponseHead> {
    // Another application may have seen it last, on the same server, but it is this one that decides.
    const exchange = this.exchange(response) ?? this.#note(request.url, response);
    exchange.outcome = outcome;
    exchange.method = request.method;
    publishDecision(outcome, request);
    this.refusals.note(outcome, request);
    return exchange;
  }

  /** Puts the decision on a response that is about to be sent. */
  write(exchange: Exchange<ResponseHead>, response: RawResponse): void {
    if (!this.inForce.ready) return;
    const outcome = exchange.outcome ?? this.#decideLate(exchange, response);
    putOn(response, outcome?.verdict ?? UNDECIDED);
    if (outcome !== undefined) this.revocations.note(outcome, exchange, response);
  }

  #note(url: string, response: RawResponse): Exchange<ResponseHead> {
    const exchange: Exchange<ResponseHead> = {
      by: this,
      url,
      outcome: undefined,
      method: undefined,
      called: undefined,
      endStream: undefined,
    };
    EXCHANGES.set(response, exchange);
    return exchange;
  }

  /** Decides about a request that reached no handler. */
  #decideLate({ url }: Exchange<ResponseHead>, response: RawResponse): Outcome | undefined {
    const sent = response.req as RawRequest;
    const request = sent.url === url ? sent : withUrl(sent, url);
    const outcome = this.decider.decide(request);
    // No answer can be held back here. Where rules have to be asked, they were, before anything else ran.
    if (isLater(outcome)) return undefined;
    this.settle(outcome, request, response);
    return outcome;
  }
}

function writeHeaders(this: RawResponse): void {
  const exchange = EXCHANGES.get(this);
  exchange?.by.write(exchange, this);
}

function withUrl({ method, headers, hostname }: RawRequest, url: string): RawRequest {
  return { method, url, headers, hostname } as RawRequest;
}

/** Writes what was decided to the response's headers, and nothing else of CORS stays there. */
function putOn(response: RawResponse, { headers, vary }: Answer): void {
  for (const name of response.getHeaderNames()) {
    if (CORS_HEADERS.has(name)) response.removeHeader(name);
  }
  for (const [name, value] of headers) response.setHeader(name, value);
  if (vary.length > 0) {
    const current = response.getHeader('Vary') as OutgoingHttpHeaders['vary'] | string[];
    response.setHeader('Vary', mergeVary(current?.toString(), vary));
  }
}
