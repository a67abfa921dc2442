import type { AskedRequest } from '../asked-request.js';
import type { Observation } from '../run-result.js';
import type { Scenario } from '../scenarios.js';
import { csrfToken, noteCsrfToken } from './csrf-token.js';

/** A request, ready to be sent from this page. */
export interface SentRequest extends AskedRequest {
  readonly body?: string;
  readonly via?: 'EventSource';
  /** Whether the first event of a stream is enough. */
  readonly stream?: boolean;
}

/** Milliseconds to wait for an answer, or for the first event of a stream. */
const PATIENCE = 10_000;
/** Characters of an answer's body that are kept. */
const BODY_KEPT = 400;

/** The request that a scenario describes, with every default filled in. */
export function requestOf(scenario: Scenario): SentRequest {
  const { method = 'GET', path, body, via, stream, follows = [] } = scenario;
  return {
    ...{ method, path, follows },
    headers: {
      ...scenario.headers,
      ...(scenario.csrf && { 'X-CSRF-Token': csrfToken() }),
    },
    credentials: scenario.credentials ?? 'omit',
    mode: scenario.mode ?? 'cors',
    ...(body !== undefined && { body }),
    ...(via && { via }),
    ...(stream && { stream }),
  };
}

/** What is asked about it. */
export function askedOf({ method, path, headers, credentials, mode, follows }: SentRequest) {
  return { method, path, headers, credentials, mode, follows } satisfies AskedRequest;
}

/** Sends it for real. What comes back is only what the browser lets this page have. */
export async function send(api: string, request: SentRequest, probe: string): Promise<Observation> {
  const url = new URL(request.path, api);
  url.searchParams.set('probe', probe);
  if (request.via === 'EventSource') return listen(url);

  const abort = new AbortController();
  const timer = setTimeout(() => {
    abort.abort();
  }, PATIENCE);
  const { method, headers, body, credentials, mode, stream } = request;
  try {
    const response = await fetch(url, {
      ...{ method, headers, credentials, mode },
      ...(body !== undefined && { body }),
      cache: 'no-store',
      signal: abort.signal,
    });
    if (response.type === 'opaque') return { sees: 'opaque' };
    const isStream = stream ?? response.headers.get('content-type')?.includes('event-stream');
    const text = isStream ? await firstEvent(response) : await response.text();
    noteCsrfToken(text);
    return {
      sees: 'readable',
      status: response.status,
      redirected: response.redirected,
      headers: [...response.headers],
      body: text.slice(0, BODY_KEPT),
    };
  } catch (error) {
    return { sees: 'nothing', error: String(error) };
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}

function listen(url: URL): Promise<Observation> {
  return new Promise((resolve) => {
    const source = new EventSource(url);
    const end = (result: Observation) => {
      clearTimeout(timer);
      source.close();
      resolve(result);
    };
    const timer = setTimeout(() => {
      end({ sees: 'nothing', error: 'No event came.' });
    }, PATIENCE);
    source.onmessage = ({ data }) => {
      end({ sees: 'readable', body: String(data).slice(0, BODY_KEPT) });
    };
    source.onerror = () => {
      end({ sees: 'nothing', error: 'An error event, which gives no reason.' });
    };
  });
}

async function firstEvent(response: Response): Promise<string> {
  if (!response.ok || !response.body) return response.text();
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  while (!/data: .*\n/.test(text)) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  return text.trim();
}
