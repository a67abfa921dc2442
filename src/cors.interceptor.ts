import { Injectable } from '@nestjs/common';
import type { OutgoingHttpHeaders } from 'node:http';
import { OpenStreams } from './open-streams.js';
import { outcomeOf, type RawRequest, type RawResponse } from './decided-request.js';
import type { Verdict } from './protocol/decision.js';
import { mergeVary } from './protocol/vary.js';

/** Every response header of the CORS protocol (Fetch, "HTTP responses"), and that of private networks. */
const CORS_HEADERS: readonly string[] = [
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-allow-private-network',
  'access-control-expose-headers',
  'access-control-max-age',
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
    const { streams } = this;
    // The overloads of writeHead() all come down to "status, text?, headers?".
    // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called on the response
    const writeHead = response.writeHead as (...args: unknown[]) => RawResponse;
    response.writeHead = ((status: number, text?: unknown, fields?: unknown): RawResponse => {
      const verdict = outcomeOf(request)?.verdict;
      // Once headers are sent, Node's own error is the answer.
      if (verdict === undefined || response.headersSent) {
        return writeHead.call(response, status, text, fields);
      }
      const given = isHeaders(text) ? text : fields;
      const taken = isHeaders(given) && takeOverHeaders(response, given);
      applyVerdict(response, verdict);
      const sent = taken
        ? writeHead.call(response, status, typeof text === 'string' ? text : undefined)
        : writeHead.call(response, status, text, fields);
      streams.note(request, response);
      return sent;
    }) as typeof response.writeHead;
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

/** Headers as `writeHead()` takes them: by name, or names and values in turn. */
type GivenHeaders = Readonly<Record<string, unknown>> | readonly unknown[];

function isHeaders(given: unknown): given is GivenHeaders {
  return typeof given === 'object' && given !== null;
}

/**
 * Headers given to `writeHead()` would win over those on the response. Where there are any that matter here,
 * all of them are moved to the response first, as Node does.
 *
 * @returns whether they were
 */
function takeOverHeaders(response: RawResponse, given: GivenHeaders): boolean {
  if (!Array.isArray(given) && !holdsOurs(given)) return false;
  const fields: readonly unknown[] = Array.isArray(given) ? given : Object.entries(given).flat();

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

function holdsOurs(given: object): boolean {
  for (const name in given) if (isOurs(name)) return true;
  return false;
}

function isOurs(name: string): boolean {
  const { length } = name;
  if (length !== 4 && length < 22) return false;
  const lower = name.toLowerCase();
  return lower === 'vary' || lower.startsWith('access-control-');
}
