import { defaultPort, isSerializedOrigin, isWebScheme, splitOrigin } from './origin.js';
import type { CorsRequest } from '../policy/policy-options.js';

/**
 * Whether a request comes from a page of the very origin it goes to. Browsers send `Origin` on those too
 * unless the method is GET or HEAD (Fetch, "append a request `Origin` header").
 *
 * `Sec-Fetch-Site` says so (Fetch Metadata); pages cannot forge it. Where it is missing, the host and port of
 * the origin are compared with those that the request was addressed to. `X-Forwarded-Host` decides nothing. Where
 * the connection is TLS, the page of an `http:` origin is of another one.
 */
export function isSameOrigin({ headers, socket }: CorsRequest, origin: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';

  const authority = headers[':authority'] ?? headers.host;
  if (typeof authority !== 'string' || !isSerializedOrigin(origin)) return false;
  const { scheme, host, port } = splitOrigin(origin);
  // An app shell may bear the server's name: `capacitor://api.example.com` is another origin all the same.
  if (!isWebScheme(scheme)) return false;
  // The other way round says nothing: a proxy may have ended the TLS connection of the page.
  if (scheme === 'http' && socket?.encrypted === true) return false;
  const addressed = splitOrigin(`${scheme}://${authority.toLowerCase()}`);
  const standard = defaultPort(scheme);
  return host === addressed.host && (port || standard) === (addressed.port || standard);
}
