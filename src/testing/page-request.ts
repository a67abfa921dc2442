import type { PageRequest } from '../fetch/request.js';
import type { WireBody } from './transport.js';

/** What a page gives to `fetch()`, as the model of Fetch takes it, and what goes over the wire with it. */
export interface PreparedRequest {
  readonly request: PageRequest;
  readonly body: WireBody;
  readonly signal: AbortSignal;
  readonly cache: Request['cache'];
}

type FetchInput = string | URL | Request;

/**
 * Fetch, "Request" constructor: Node's own does it, from relative URLs to the boundaries of form data.
 *
 * @throws TypeError for what it does not take
 */
export async function prepareRequest(
  input: FetchInput,
  init: RequestInit | undefined,
  base: string,
): Promise<PreparedRequest> {
  const given = input instanceof Request ? input : new URL(input, base);
  // Node's `Request` warns of `patch` in lower case, which is what a page may want to try.
  const isPatch = init?.method?.toUpperCase() === 'PATCH';
  const request = new Request(given, isPatch ? { ...init, method: 'PATCH' } : init);
  const isStream = isStreamed(init?.body);
  const bytes =
    request.body === null || isStream ? undefined : new Uint8Array(await request.arrayBuffer());
  const body = isStream ? (request.body ?? undefined) : bytes;
  return {
    request: {
      url: request.url,
      method: init?.method ?? request.method,
      headers: [...request.headers],
      mode: modeOf(request.mode),
      credentials: request.credentials,
      redirect: request.redirect,
      referrerPolicy: request.referrerPolicy,
      ...(body !== undefined && { body }),
      // Fetch, "Request" constructor, step 40.2: a body that cannot be sent again.
      ...(isStream && { useCorsPreflight: true }),
    },
    body,
    signal: request.signal,
    cache: request.cache,
  };
}

function modeOf(mode: Request['mode']): PageRequest['mode'] {
  if (mode === 'cors' || mode === 'no-cors' || mode === 'same-origin') return mode;
  throw new TypeError(`A page cannot fetch with mode "${mode}": use cors, no-cors or same-origin.`);
}

function isStreamed(body: unknown): boolean {
  if (body instanceof ReadableStream) return true;
  const isSource = body instanceof FormData || body instanceof URLSearchParams;
  return typeof body === 'object' && body !== null && !isSource && Symbol.asyncIterator in body;
}
