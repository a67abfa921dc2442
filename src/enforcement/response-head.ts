import { Injectable } from '@nestjs/common';
import { type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { CorsPolicies, type Outcome } from '../decision/request-decider.js';
import {
  besideResponse,
  type Carrier,
  onResponse,
  type RawRequest,
  type RawResponse,
  type SeenRequest,
} from './exchange.js';
import { publishDecision } from '../observation/decision-channel.js';
import { OpenStreams } from './revocations.js';
import type { Verdict } from '../protocol/decision/decision.js';
import { mergeVary, VARY_ORIGIN } from '../protocol/decision/vary.js';
import { RefusalLog } from '../observation/refusal-log.js';

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

type Seen = SeenRequest<CorsInterceptor>;

const ON_RESPONSE: Carrier<CorsInterceptor> = onResponse();
const BESIDE_RESPONSE: Carrier<CorsInterceptor> = besideResponse();

/**
 * PROTECT: keeps what was decided on the response, whatever else writes to its headers.
 *
 * It stands at `writeHead()`, the last moment before headers leave, which every answer passes: returned
 * values, streams, exceptions, filters, other middleware. Nest's interceptors run earlier than exception
 * filters and compression, and not at all where a guard throws; that is why this is none of them, and costs
 * nothing of their pipeline.
 */
@Injectable()
export class CorsInterceptor {
  #carrier = ON_RESPONSE;

  constructor(
    private readonly policies: CorsPolicies,
    private readonly streams: OpenStreams,
    private readonly refusals: RefusalLog,
  ) {}

  /**
   * Protects the responses of Express by their prototype, which all applications share. Those whose requests were
   * never seen here are left alone.
   *
   * @param response what Express makes the responses of an application from
   */
  protectAll(response: object): void {
    this.#carrier = BESIDE_RESPONSE;
    const prototype = Object.getPrototypeOf(response) as { writeHead: WriteHead };
    if (isProtecting(prototype.writeHead)) return;
    const parent = Object.getPrototypeOf(prototype) as { writeHead: WriteHead };
    prototype.writeHead = protecting(BESIDE_RESPONSE, function (status, text, fields) {
      // Looked up each time, so that whoever replaces it later is not passed over.
      return callWriteHead(parent.writeHead, this, status, text, fields);
    });
  }

  /**
   * Notes a request that has just come in, and has its response carry what will be decided by the time it is sent.
   *
   * @returns whether it was not noted before
   */
  protect(request: RawRequest, response: RawResponse): boolean {
    const seen = this.#carrier.get(response);
    if (seen?.by === this) return false;
    this.#carrier.set(response, {
      by: this,
      url: request.url,
      outcome: undefined,
      method: undefined,
    });
    // Whatever stands in for it by now holds what an application around this one put there.
    if (seen !== undefined) return true;
    // eslint-disable-next-line @typescript-eslint/unbound-method -- whatever stands in for it has the same `this`
    const writeHead = response.writeHead as WriteHead;
    if (!isProtecting(writeHead)) {
      response.writeHead = protecting(this.#carrier, writeHead) as RawResponse['writeHead'];
    }
    return true;
  }

  /** What this application knows about the request of a response. */
  seen(response: RawResponse): Seen | undefined {
    const seen = this.#carrier.get(response);
    return seen?.by === this ? seen : undefined;
  }

  /** Keeps what is decided about a request, and tells whoever wants to know. */
  settle(outcome: Outcome, request: RawRequest, response: RawResponse): void {
    const { url, method } = request;
    const seen = this.seen(response);
    if (seen === undefined) {
      // Another application has seen it last, on the same server, but it is this one that decides.
      this.#carrier.set(response, { by: this, url, outcome, method });
    } else {
      seen.outcome = outcome;
      seen.method = method;
    }
    publishDecision(outcome, request);
    this.refusals.note(outcome, request);
  }

  /** Sends the head of a response with what was decided about its request. */
  writeHead(
    writeHead: WriteHead,
    response: RawResponse,
    seen: Seen,
    status: number,
    text: unknown,
    fields: unknown,
  ): RawResponse {
    const outcome = seen.outcome ?? this.#decideLate(seen, response);
    if (outcome === undefined) return callWriteHead(writeHead, response, status, text, fields);
    const answer = outcome === 'unknown' ? UNDECIDED : outcome.verdict;
    const given = isHeaders(fields) ? fields : isHeaders(text) ? text : undefined;
    const reason = typeof text === 'string' ? text : undefined;

    const merged =
      given !== undefined && takesLists(writeHead, response)
        ? mergeHeaders(answer, given)
        : undefined;
    let rest: unknown = merged ?? given;
    if (merged === undefined) {
      if (given !== undefined && takeOverHeaders(response, given)) rest = undefined;
      applyAnswer(response, answer);
    }
    const sent = callWriteHead(writeHead, response, status, reason, rest);
    if (outcome !== 'unknown') this.streams.note(outcome, response, merged);
    return sent;
  }

  /** Decides about a request that reached no handler; `undefined` before there are any policies. */
  #decideLate({ url }: Seen, response: RawResponse): Outcome | 'unknown' | undefined {
    if (!this.policies.ready) return undefined;
    const sent = response.req as RawRequest;
    const request = sent.url === url ? sent : withUrl(sent, url);
    const outcome = this.policies.decide(request);
    // No answer can be held back here. Where rules have to be asked, they were, before anything else ran.
    if (outcome instanceof Promise) return 'unknown';
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

/** What stands in for each `writeHead()` that was met, and for itself. */
const STAND_INS = new WeakMap<WriteHead, WriteHead>();

function isProtecting(writeHead: WriteHead): boolean {
  return STAND_INS.get(writeHead) === writeHead;
}

function protecting(carrier: Carrier<CorsInterceptor>, writeHead: WriteHead): WriteHead {
  let standIn = STAND_INS.get(writeHead);
  if (standIn === undefined) {
    standIn = function (status, text, fields) {
      const seen = carrier.get(this);
      // Once headers are sent, Node's own error is the answer.
      return seen === undefined || this.headersSent
        ? callWriteHead(writeHead, this, status, text, fields)
        : seen.by.writeHead(writeHead, this, seen, status, text, fields);
    };
    STAND_INS.set(writeHead, standIn).set(standIn, standIn);
  }
  return standIn;
}

/** Passes on as many arguments as there are: others that stand in for it look at their number. */
function callWriteHead(
  writeHead: WriteHead,
  response: RawResponse,
  status: number,
  text: unknown,
  fields: unknown,
): RawResponse {
  if (fields === undefined) {
    return text === undefined
      ? writeHead.call(response, status)
      : writeHead.call(response, status, text);
  }
  return text === undefined
    ? writeHead.call(response, status, fields)
    : writeHead.call(response, status, text, fields);
}

function withUrl({ method, headers, hostname }: RawRequest, url: string): RawRequest {
  return { method, url, headers, hostname } as RawRequest;
}

// eslint-disable-next-line @typescript-eslint/unbound-method -- compared, never called
const NODES_WRITE_HEAD = ServerResponse.prototype.writeHead as WriteHead;

/** Whether headers may be given as a list: to Node itself, as long as it need not keep any that were set. */
function takesLists(writeHead: WriteHead, response: RawResponse): boolean {
  return writeHead === NODES_WRITE_HEAD && response.getHeaderNames().length === 0;
}

/** Writes what was decided to the response's headers, and nothing else of CORS stays there. */
function applyAnswer(response: RawResponse, { headers, vary }: Answer): void {
  for (const name of response.getHeaderNames()) {
    if (CORS_HEADERS.has(name)) response.removeHeader(name);
  }
  for (let index = 0; index < headers.length; index += 2) {
    response.setHeader(headers[index] ?? '', headers[index + 1] ?? '');
  }
  if (vary.length > 0) {
    const current = response.getHeader('Vary') as OutgoingHttpHeaders['vary'] | string[];
    response.setHeader('Vary', mergeVary(current?.toString(), vary));
  }
}

/** Headers as `writeHead()` takes them: by name, names and values in turn, or pairs of them. */
type GivenHeaders = Readonly<Record<string, unknown>> | readonly unknown[];

function isHeaders(given: unknown): given is GivenHeaders {
  return typeof given === 'object' && given !== null;
}

function isList(given: GivenHeaders): given is readonly unknown[] {
  return Array.isArray(given);
}

/**
 * What was decided and the headers given to `writeHead()` in one list, names and values in turn; `undefined` where
 * they have to be put together one by one.
 */
function mergeHeaders({ headers, vary }: Answer, given: GivenHeaders): unknown[] | undefined {
  if (isList(given)) return undefined;
  const merged: unknown[] = [];
  for (const field of headers) merged.push(field);
  if (vary.length > 0) merged.push('Vary', mergeVary(undefined, vary));
  for (const name of Object.keys(given)) {
    if (isOurs(name)) return undefined;
    merged.push(name, given[name]);
  }
  return merged;
}

/**
 * Headers given to `writeHead()` would win over those on the response. Where there are any that matter here,
 * all of them are moved to the response first, as Node does.
 *
 * @returns whether they were
 */
function takeOverHeaders(response: RawResponse, given: GivenHeaders): boolean {
  if (!isList(given) && !Object.keys(given).some(isOurs)) return false;
  const fields = isList(given)
    ? Array.isArray(given[0])
      ? given.flat()
      : given
    : Object.entries(given).flat();
  // Node says what is wrong about it.
  if (fields.length % 2 !== 0) return false;

  const values = new Map<string, { name: string; value: unknown }>();
  for (let index = 0; index < fields.length; index += 2) {
    const name = String(fields[index]);
    const key = name.toLowerCase();
    const earlier = values.get(key);
    const value = fields[index + 1];
    if (earlier === undefined) values.set(key, { name, value });
    else earlier.value = [earlier.value, value].flat();
  }
  for (const { name, value } of values.values()) {
    if (name !== '') response.setHeader(name, value as string);
  }
  return true;
}

function isOurs(name: string): boolean {
  const { length } = name;
  if (length !== 4 && length < 22) return false;
  const lower = name.toLowerCase();
  return lower === 'vary' || lower.startsWith('access-control-');
}
