import { publicSuffixes } from './public-suffixes.js';

/** HTML, "same site": same scheme, and the same registrable domain or, where there is none, the same host. */
export function isSameSite(origin: string, url: string): boolean {
  return origin !== 'null' && siteOf(origin) === siteOf(url);
}

/** HTML, "obtain a site", serialized. Suffixes under which a hoster gives names to others divide sites, too. */
export function siteOf(url: string): string {
  const { protocol, hostname } = new URL(url);
  return `${protocol}//${publicSuffixes().getDomain(hostname, { allowPrivateDomains: true }) ?? hostname}`;
}

/** Secure Contexts, "is URL potentially trustworthy": `Sec-Fetch-*` go nowhere else. */
export function isPotentiallyTrustworthy(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || isLoopback(hostname);
}

/** Let "localhost" be localhost (RFC 6761, section 6.3), and Secure Contexts, "is origin potentially trustworthy". */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname)
  );
}
