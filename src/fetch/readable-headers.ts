import { listIn } from './header-values.js';
import type { PageRequest, PageResponse, WireResponse } from './request.js';

/** Fetch, "CORS-safelisted response-header name". */
const SAFELISTED = [
  'cache-control',
  'content-language',
  'content-length',
  'content-type',
  'expires',
  'last-modified',
  'pragma',
];

/** Fetch, "forbidden response-header name". */
const FORBIDDEN = ['set-cookie', 'set-cookie2'];

/** Fetch, "filtered response": the names of the headers that a page can read. */
export function readableHeaders(
  { headers }: WireResponse,
  type: PageResponse['type'],
  credentials: PageRequest['credentials'],
): string[] {
  const names = Object.keys(headers).filter((name) => !FORBIDDEN.includes(name));
  if (type === 'basic') return names;
  if (type !== 'cors') return [];
  const exposed = listIn(headers, 'access-control-expose-headers').map((name) =>
    name.toLowerCase(),
  );
  const all = credentials !== 'include' && exposed.includes('*');
  return names.filter((name) => all || SAFELISTED.includes(name) || exposed.includes(name));
}
