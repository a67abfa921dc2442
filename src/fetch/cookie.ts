import { parseCookieDate } from './cookie-date.js';
import { publicSuffixes } from './public-suffixes.js';

/** One cookie of a browser's store (RFC 6265bis, section 5.7). */
export interface Cookie {
  readonly name: string;
  readonly value: string;
  /** Lower case, without a leading dot. */
  readonly domain: string;
  /** Whether it goes to this host alone, and not to names below it. */
  readonly hostOnly: boolean;
  readonly path: string;
  readonly secure: boolean;
  /** Whether scripts of the page do not see it. */
  readonly httpOnly: boolean;
  /** `Default` where the server does not say; what that means is the engine's. */
  readonly sameSite: 'Strict' | 'Lax' | 'None' | 'Default';
  /** Milliseconds since 1970; absent for one that ends with the session. */
  readonly expires?: number;
  /** Whether the server asked for one that only pages of the same site share (`Partitioned`). */
  readonly partitioned: boolean;
}

/** Bytes of name and value, and of an attribute's value (RFC 6265bis, section 5.6). */
const MOST_BYTES = 4096;
const MOST_ATTRIBUTE_BYTES = 1024;
/** RFC 6265bis, section 5.5: no cookie lives longer. */
const MOST_MILLISECONDS = 400 * 24 * 3600 * 1000;

/** RFC 6265bis, sections 5.6 and 5.7: what a `Set-Cookie` line of an answer from this URL says; `undefined` where it is ignored. */
export function parseSetCookie(line: string, url: string): Cookie | undefined {
  // oxlint-disable-next-line no-control-regex -- section 5.6, step 1
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(line)) return undefined;
  const [pair = '', ...rest] = line.split(';');
  const equals = pair.indexOf('=');
  const name = pair.slice(0, Math.max(equals, 0)).trim();
  const value = pair.slice(equals + 1).trim();
  if (name === '' && value === '') return undefined;
  if (Buffer.byteLength(name) + Buffer.byteLength(value) > MOST_BYTES) return undefined;
  // A cookie without a name must not look like one with a prefix.
  if (name === '' && /^__(?:Host|Secure)-/i.test(value)) return undefined;

  const attributes = attributesOf(rest);
  const { hostname, pathname } = new URL(url);
  const given = attributes.get('domain')?.replace(/^\./, '').toLowerCase() ?? '';
  const domain = domainOf(given, hostname);
  if (domain === undefined) return undefined;
  const path = attributes.get('path') ?? '';
  const expires = expiryOf(attributes);
  const cookie: Cookie = {
    ...{ name, value, ...domain },
    path: path.startsWith('/') ? path : defaultPath(pathname),
    secure: attributes.has('secure'),
    httpOnly: attributes.has('httponly'),
    sameSite: sameSiteOf(attributes.get('samesite')),
    ...(expires !== undefined && { expires }),
    partitioned: attributes.has('partitioned'),
  };
  return keepsPrefix(cookie, path) ? cookie : undefined;
}

function attributesOf(parts: readonly string[]): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const part of parts) {
    const equals = part.indexOf('=');
    const name = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase();
    const value = equals < 0 ? '' : part.slice(equals + 1).trim();
    if (Buffer.byteLength(value) <= MOST_ATTRIBUTE_BYTES) attributes.set(name, value);
  }
  return attributes;
}

/** Section 5.7, steps 6 to 8. */
function domainOf(
  given: string,
  hostname: string,
): Pick<Cookie, 'domain' | 'hostOnly'> | undefined {
  const { getPublicSuffix } = publicSuffixes();
  const isSuffix = given !== '' && getPublicSuffix(given, { allowPrivateDomains: true }) === given;
  if (given === '' || (isSuffix && given === hostname)) return { domain: hostname, hostOnly: true };
  return isSuffix || !domainMatches(hostname, given)
    ? undefined
    : { domain: given, hostOnly: false };
}

/** Section 5.1.3. */
export function domainMatches(hostname: string, domain: string): boolean {
  if (hostname === domain) return true;
  const isAddress = /^\[|^[\d.]+$/.test(hostname);
  return !isAddress && hostname.endsWith(`.${domain}`);
}

/** Section 5.1.4. */
function defaultPath(pathname: string): string {
  return pathname.slice(0, Math.max(pathname.lastIndexOf('/'), 1));
}

/** Section 5.1.4. */
export function pathMatches(pathname: string, path: string): boolean {
  return (
    pathname === path ||
    (pathname.startsWith(path) && (path.endsWith('/') || pathname[path.length] === '/'))
  );
}

/** Section 5.6.1 and 5.6.2: `Max-Age` goes before `Expires`. */
function expiryOf(attributes: ReadonlyMap<string, string>): number | undefined {
  const latest = Date.now() + MOST_MILLISECONDS;
  const maxAge = attributes.get('max-age');
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) {
    const seconds = Number(maxAge);
    return seconds <= 0 ? -Infinity : Math.min(Date.now() + seconds * 1000, latest);
  }
  const date = parseCookieDate(attributes.get('expires') ?? '');
  return date === undefined ? undefined : Math.min(date, latest);
}

function sameSiteOf(value = ''): Cookie['sameSite'] {
  const known = (['Strict', 'Lax', 'None'] as const).find(
    (each) => each.toLowerCase() === value.toLowerCase(),
  );
  return known ?? 'Default';
}

/** Section 4.1.3: what a name promises. */
function keepsPrefix({ name, secure, hostOnly }: Cookie, path: string): boolean {
  if (/^__Secure-/i.test(name)) return secure;
  return !/^__Host-/i.test(name) || (secure && hostOnly && path === '/');
}
