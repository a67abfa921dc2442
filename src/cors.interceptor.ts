import { Injectable } from '@nestjs/common';
import type { OutgoingHttpHeaders } from 'node:http';
import { CorsPolicies, type Outcome } from './cors-policies.js';
import { Decisions, outcomeOf, type RawRequest, type RawResponse } from './decided-request.js';
import { OpenStreams } from './open-streams.js';
import type { Verdict } from './protocol/decision.js';
import { mergeVary, VARY_ORIGIN } from './protocol/vary.js';

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

/** `writeHead()`, whose overloads all come down to this. */
type WriteHead = (
  this: RawResponse,
  status: number,
  text?: unknown,
  fields?: unknown,
) => RawResponse;

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
  /** What stands in for each `writeHead()` that was met, and for itself. */
  readonly #protecting = new WeakMap<WriteHead, WriteHead>();
  /** Whether all responses have it from their prototype. */
  #protectsAll = false;

  constructor(
    private readonly policies: CorsPolicies,
    private readonly decisions: Decisions,
    private readonly streams: OpenStreams,
  ) {}

  /** Has the response carry what is decided about its request by the time it is sent. */
  protect(response: RawResponse): void {
    if (this.#protectsAll) return;
    // eslint-disable-next-line @typescript-eslint/unbound-method -- whatever stands in for it has the same `this`
    const writeHead = response.writeHead as WriteHead;
    let protecting = this.#protecting.get(writeHead);
    if (protecting === writeHead) return;
    protecting ??= this.#protect(writeHead);
    response.writeHead = protecting as RawResponse['writeHead'];
  }

  /** The same for every response that is made from a prototype. */
  protectAll(prototype: { writeHead: unknown }): void {
    const parent = Object.getPrototypeOf(prototype) as { writeHead: WriteHead };
    this.#protectsAll = true;
    // Looked up each time, so that whoever replaces the parent's later is not passed over.
    prototype.writeHead = this.#protect(function (status, text, fields) {
      return parent.writeHead.call(this, status, text, fields);
    });
  }

  #protect(writeHead: WriteHead): WriteHead {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- one function for all responses, told by its `this`
    const interceptor = this;
    const protecting: WriteHead = function (status, text, fields) {
      // Once headers are sent, Node's own error is the answer.
      const outcome = this.headersSent ? undefined : interceptor.#outcomeOf(this);
      if (outcome === undefined) return writeHead.call(this, status, text, fields);
      const answer = outcome === 'unknown' ? UNDECIDED : outcome.verdict;
      const given = isHeaders(fields) ? fields : isHeaders(text) ? text : undefined;
      const reason = typeof text === 'string' ? text : undefined;

      const merged = given && isBlank(this) ? mergeHeaders(answer, given) : undefined;
      let rest: unknown = merged ?? given;
      if (merged === undefined) {
        if (given !== undefined && takeOverHeaders(this, given)) rest = undefined;
        applyAnswer(this, answer);
      }
      const sent = writeHead.call(this, status, reason, rest);
      if (outcome !== 'unknown') interceptor.streams.note(outcome, this, merged);
      return sent;
    };
    this.#protecting.set(writeHead, protecting).set(protecting, protecting);
    return protecting;
  }

  /** What was decided, or is now; `undefined` before there are any policies. */
  #outcomeOf(response: RawResponse): Outcome | 'unknown' | undefined {
    const known = outcomeOf(response);
    if (known !== undefined) return known;
    if (!this.policies.ready) return undefined;
    // Nothing has decided so far: no handler was reached.
    const request = asSent(response.req as RawRequest);
    const outcome = this.policies.decide(request);
    // No answer can be held back here. Where rules have to be asked, they were, before anything else ran.
    if (outcome instanceof Promise) return 'unknown';
    this.decisions.settle(outcome, request, response);
    return outcome;
  }
}

/** A request as it came in; routers and other middleware may write to its URL. */
function asSent(request: RawRequest & { readonly originalUrl?: string }): RawRequest {
  const { method, headers, hostname, originalUrl } = request;
  return originalUrl === undefined || originalUrl === request.url
    ? request
    : ({ method, url: originalUrl, headers, hostname } as RawRequest);
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

/** Headers as `writeHead()` takes them: by name, or names and values in turn. */
type GivenHeaders = Readonly<Record<string, unknown>> | readonly unknown[];

function isHeaders(given: unknown): given is GivenHeaders {
  return typeof given === 'object' && given !== null;
}

function isList(given: GivenHeaders): given is readonly unknown[] {
  return Array.isArray(given);
}

/** Whether no header was set so far: then Node need not keep any, and takes them as a list. */
function isBlank(response: RawResponse): boolean {
  return response.getHeaderNames().length === 0 && response.req.httpVersionMajor === 1;
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
  const fields = isList(given) ? given : Object.entries(given).flat();

  const values = new Map<string, unknown>();
  for (let index = 0; index < fields.length; index += 2) {
    const name = String(fields[index]).toLowerCase();
    const earlier = values.get(name);
    const value = fields[index + 1];
    values.set(name, earlier === undefined ? value : [earlier, value].flat());
  }
  for (const [name, value] of values) {
    if (value !== undefined) response.setHeader(name, value as string | string[]);
  }
  return true;
}

function isOurs(name: string): boolean {
  const { length } = name;
  if (length !== 4 && length < 22) return false;
  const lower = name.toLowerCase();
  return lower === 'vary' || lower.startsWith('access-control-');
}
