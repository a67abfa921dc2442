import { Injectable } from '@nestjs/common';
import type { OutgoingHttpHeaders } from 'node:http';
import { OpenStreams } from './open-streams.js';
import { outcomeOf, type RawRequest, type RawResponse } from './decided-request.js';
import type { Verdict } from './protocol/decision.js';
import { mergeVary } from './protocol/vary.js';

/** Every response header of the CORS protocol (Fetch, "HTTP responses"), and that of private networks. */
const CORS_HEADERS: readonly string[] = [
  'Access-Control-Allow-Origin',
  'Access-Control-Allow-Credentials',
  'Access-Control-Allow-Methods',
  'Access-Control-Allow-Headers',
  'Access-Control-Allow-Private-Network',
  'Access-Control-Expose-Headers',
  'Access-Control-Max-Age',
];

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
  constructor(private readonly streams: OpenStreams) {}

  /** Has the response carry what is decided about the request by the time it is sent. */
  protect(request: RawRequest, response: RawResponse): void {
    const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => RawResponse;
    const protectedWriteHead = (...args: unknown[]): RawResponse => {
      const verdict = outcomeOf(request)?.verdict;
      // Once headers are sent, Node's own error is the answer.
      if (verdict === undefined || response.headersSent) return writeHead(...args);
      const remaining = takeOverHeaders(response, args);
      applyVerdict(response, verdict);
      const sent = writeHead(...remaining);
      this.streams.note(request, response);
      return sent;
    };
    // The overloads of writeHead() all come down to "status, text?, headers?".
    response.writeHead = protectedWriteHead as typeof response.writeHead;
  }
}

/** Writes what was decided to the response's headers, and nothing else of CORS stays there. */
export function applyVerdict(response: RawResponse, { headers, vary }: Verdict): void {
  for (const name of CORS_HEADERS) {
    if (response.hasHeader(name)) response.removeHeader(name);
  }
  for (let index = 0; index < headers.length; index += 2) {
    response.setHeader(headers[index] ?? '', headers[index + 1] ?? '');
  }
  if (vary.length > 0) {
    const current = response.getHeader('Vary') as OutgoingHttpHeaders['vary'] | string[];
    response.setHeader('Vary', mergeVary(current?.toString(), vary));
  }
}

/**
 * Headers given to `writeHead()` would win over those on the response. Where there are any that matter here,
 * all of them are moved to the response first, as Node does.
 */
function takeOverHeaders(response: RawResponse, args: unknown[]): unknown[] {
  const headers = args.at(-1);
  if (typeof headers !== 'object' || headers === null) return args;
  const fields: readonly unknown[] = Array.isArray(headers)
    ? headers
    : Object.entries(headers).flat();
  if (!fields.some((field, index) => index % 2 === 0 && isOurs(field))) return args;

  const given = new Map<string, unknown>();
  for (let index = 0; index < fields.length; index += 2) {
    const name = String(fields[index]);
    const earlier = given.get(name.toLowerCase());
    const value = fields[index + 1];
    given.set(name.toLowerCase(), earlier === undefined ? value : [earlier, value].flat());
  }
  for (const [name, value] of given) {
    if (value !== undefined) response.setHeader(name, value as string | string[]);
  }
  return args.slice(0, -1);
}

function isOurs(name: unknown): boolean {
  const lower = String(name).toLowerCase();
  return lower === 'vary' || lower.startsWith('access-control-');
}
