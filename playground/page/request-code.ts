import { curlLine } from '../../src/deployment/curl-line.js';
import type { SentRequest } from './sent-request.js';

/** The call that a page makes, to be tried in the console of another one. */
export function fetchCode(api: string, request: SentRequest): string {
  const { method, headers, body, credentials, mode, via } = request;
  const url = JSON.stringify(new URL(request.path, api).href);
  if (via === 'EventSource') return `new EventSource(${url})`;
  const options = {
    ...(method !== 'GET' && { method }),
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(body !== undefined && { body }),
    ...(credentials !== 'same-origin' && { credentials }),
    ...(mode !== 'cors' && { mode }),
  };
  return Object.keys(options).length === 0
    ? `await fetch(${url})`
    : `await fetch(${url}, ${JSON.stringify(options, null, 2)})`;
}

/** The same for a shell. It sends the `Origin` that a browser would, and no browser stands behind it to withhold anything. */
export function curlCode(api: string, origin: string, request: SentRequest): string {
  const { method, path, body, mode } = request;
  const sendsOrigin = mode === 'cors' || !['GET', 'HEAD'].includes(method);
  const headers = { ...(sendsOrigin && { Origin: origin }), ...request.headers };
  const line = curlLine({ request: { method, headers }, url: new URL(path, api).href });
  return body === undefined ? line : `${line} --data-raw '${body.replaceAll("'", `'\\''`)}'`;
}
