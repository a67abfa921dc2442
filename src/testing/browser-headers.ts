import type { EngineName } from '../fetch/engine-rules.js';
import type { WireRequest } from '../fetch/request.js';
import type { HeaderLines } from './page-exchange.js';

const USER_AGENTS: Readonly<Record<EngineName, string>> = {
  Chromium:
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
  Firefox: 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0',
  WebKit:
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15',
};

/** What decides about the headers that a browser adds by itself. */
export interface BrowserHeadersContext {
  readonly engine: EngineName;
  readonly mode: string;
  readonly cache: string;
  /** `undefined` for one whose length is not known. */
  readonly bodyLength: number | undefined;
}

/** A request with the headers that CORS has nothing to do with (Fetch, "HTTP-network-or-cache fetch"). */
export function withBrowserHeaders(
  { method, url, headers, hasBody = false }: WireRequest,
  context: BrowserHeadersContext,
): HeaderLines {
  const { engine, mode, cache, bodyLength } = context;
  const isPreflight = method === 'OPTIONS' && 'access-control-request-method' in headers;
  const lines: Record<string, string> = { host: new URL(url).host, connection: 'keep-alive' };
  const length = hasBody ? bodyLength : method === 'POST' || method === 'PUT' ? 0 : undefined;
  if (length !== undefined) lines['content-length'] = String(length);
  else if (hasBody) lines['transfer-encoding'] = 'chunked';
  if (cache === 'no-store' || cache === 'reload') {
    lines['pragma'] = 'no-cache';
    lines['cache-control'] = 'no-cache';
  }
  lines['user-agent'] = USER_AGENTS[engine];
  lines['accept'] = '*/*';
  lines['accept-encoding'] = 'gzip, deflate, br';
  lines['accept-language'] = 'en-US,en;q=0.9';
  if (headers['sec-fetch-site'] !== undefined) {
    // Fetch Metadata, sections 2.1 and 2.2.
    lines['sec-fetch-dest'] = 'empty';
    lines['sec-fetch-mode'] = isPreflight ? 'cors' : mode;
  }
  return Object.entries({ ...lines, ...headers });
}
