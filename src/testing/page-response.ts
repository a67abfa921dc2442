import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { PageResponse } from '../fetch/request.js';
import type { HeaderLines } from './page-exchange.js';

/** Fetch, "null body status". */
const WITHOUT_BODY = [101, 103, 204, 205, 304];

interface ResponseParts extends Omit<PageResponse, 'headers'> {
  readonly url: string;
  readonly statusText: string;
  readonly headers: HeaderLines;
  readonly body: ReadableStream<Uint8Array> | null;
}

/** The answer that a page gets: a `Response` of Node's, with what Fetch leaves of it ("filtered response"). */
export function pageResponse(
  filtered: PageResponse,
  message: IncomingMessage,
  request: { readonly method: string; readonly url: string; readonly signal: AbortSignal },
): Response {
  const isOpaque = filtered.type === 'opaque' || filtered.type === 'opaqueredirect';
  if (isOpaque || request.method === 'HEAD' || WITHOUT_BODY.includes(filtered.status)) {
    message.resume();
    message.on('error', ignore);
  }
  const readable = new Set(filtered.headers);
  const hasBody = !isOpaque && request.method !== 'HEAD' && !WITHOUT_BODY.includes(filtered.status);
  return responseOf({
    ...filtered,
    url: filtered.type === 'opaque' ? '' : withoutFragment(request.url),
    statusText: isOpaque ? '' : (message.statusMessage ?? ''),
    headers: linesOf(message).filter(([name]) => readable.has(name.toLowerCase())),
    body: hasBody ? bodyOf(message, request.signal) : null,
  });
}

function ignore(): void {
  // Nobody reads it.
}

function withoutFragment(url: string): string {
  const parsed = new URL(url);
  parsed.hash = '';
  return parsed.href;
}

/** Every header line of a message. */
export function linesOf({ rawHeaders }: IncomingMessage): [string, string][] {
  return rawHeaders.flatMap((name, index): [string, string][] =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? '']] : [],
  );
}

/** `Response` takes no status 0, no `type` and no `url`; a page sees what is set here. */
function responseOf(parts: ResponseParts): Response {
  const { type, url, redirected, status, statusText, headers, body } = parts;
  const response = new Response(body, { headers: headers.map(([name, value]) => [name, value]) });
  const clone = () => {
    const { body: copy } = Response.prototype.clone.call(response);
    return responseOf({ ...parts, body: copy });
  };
  const ok = status >= 200 && status <= 299;
  for (const [name, value] of Object.entries({
    ...{ type, url, redirected, status, statusText, ok, clone },
  })) {
    Object.defineProperty(response, name, { value, enumerable: name !== 'clone' });
  }
  return response;
}

/**
 * The body as a page reads it. It is taken from the connection at once, as browsers do, so that an answer that nobody
 * reads keeps no connection.
 */
function bodyOf(message: IncomingMessage, signal: AbortSignal): ReadableStream<Uint8Array> {
  const source = decoded(message);
  let isOver = false;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const fail = (error: Error) => {
        if (isOver) return;
        isOver = true;
        controller.error(
          signal.aborted ? signal.reason : new TypeError('network error', { cause: error }),
        );
      };
      source.on('data', (chunk: Uint8Array) => {
        if (!isOver) controller.enqueue(chunk);
      });
      source.on('end', () => {
        if (!isOver) controller.close();
        isOver = true;
      });
      source.on('error', fail);
      if (source !== message) message.on('error', fail);
    },
    cancel() {
      isOver = true;
      message.destroy();
    },
  });
}

function decoded(message: IncomingMessage): Readable {
  switch (message.headers['content-encoding']?.toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return message.pipe(createGunzip());
    case 'deflate':
      return message.pipe(createInflate());
    case 'br':
      return message.pipe(createBrotliDecompress());
    default:
      return message;
  }
}
