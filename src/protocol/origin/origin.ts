/**
 * Longer than any origin a browser sends (a host name has at most 253 characters), short enough that whatever
 * looks at an origin has little to look at.
 */
const LONGEST_ORIGIN = 512;

/** Origins of other schemes than http(s): browser extensions and app shells. Their hosts keep their case. */
const OTHER_ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[A-Za-z0-9._~-]+(?::[0-9]{1,5})?$/;

/** Plainly the origin of a named web host on its default port, as nearly all are; says nothing of the others. */
const PLAIN_WEB_ORIGIN = /^https?:\/\/(?:[a-z0-9-]+\.)*[a-z][a-z0-9-]*$/;

/** The serialization of an opaque origin: sandboxed frames, `data:` and `file:` pages, some redirects. */
export const OPAQUE_ORIGIN = 'null';

/**
 * The origin that app shells (Electron, WebViews) send for pages from files. It is no serialized origin of the
 * standard, where files have an opaque one.
 */
export const FILE_ORIGIN = 'file://';

/** Whether pages that have nothing to do with each other send the origin, so that it names none of them. */
export function isSharedOrigin(origin: string): boolean {
  return origin === OPAQUE_ORIGIN || origin === FILE_ORIGIN;
}

/** Whether the origin's scheme is one of those that the URL standard gives default ports and real hosts. */
export function isWebScheme(scheme: string): boolean {
  return scheme === 'http' || scheme === 'https';
}

/** The port that an origin of this scheme leaves out. */
export function defaultPort(scheme: string): string {
  return scheme === 'https' ? '443' : scheme === 'http' ? '80' : '';
}

/**
 * Whether text is an origin as browsers serialize it: scheme, `://`, host, and the port unless it is the
 * scheme's default; lower case, punycode, nothing after it (HTML, "serialization of an origin").
 */
export function isSerializedOrigin(text: string): boolean {
  if (text.length > LONGEST_ORIGIN) return false;
  if (text === OPAQUE_ORIGIN) return true;
  // A label in punycode may be none, and only the URL parser knows.
  if (PLAIN_WEB_ORIGIN.test(text) && !text.includes('xn--')) return true;
  if (text.startsWith('https://') || text.startsWith('http://')) {
    return URL.canParse(text) && new URL(text).origin === text;
  }
  return OTHER_ORIGIN.test(text) && !text.startsWith('file:');
}

/** A serialized origin, taken apart. `port` is empty where the scheme's default port is meant. */
export interface OriginParts {
  readonly scheme: string;
  readonly host: string;
  readonly port: string;
}

/** Takes a serialized origin apart; it is not checked again. */
export function splitOrigin(origin: string): OriginParts {
  const schemeEnd = origin.indexOf('://');
  const hostStart = schemeEnd + 3;
  // An IPv6 address has colons of its own, inside brackets.
  const isBracketed = origin.startsWith('[', hostStart);
  const portStart = origin.indexOf(':', isBracketed ? origin.lastIndexOf(']') : hostStart);
  return {
    scheme: origin.slice(0, schemeEnd),
    host: portStart === -1 ? origin.slice(hostStart) : origin.slice(hostStart, portStart),
    port: portStart === -1 ? '' : origin.slice(portStart + 1),
  };
}

/** Whether a host is this very machine (Secure Contexts, "potentially trustworthy origin"). */
export function isLoopbackHost(host: string): boolean {
  return (
    /^(?:.*\.)?localhost\.?$/.test(host) || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host)
  );
}

/** Whether a host is an IP address rather than a name. */
export function isIpAddress(host: string): boolean {
  return host.startsWith('[') || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host);
}
