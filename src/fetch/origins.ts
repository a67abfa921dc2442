import { isSameSite } from './site.js';

export function isSameOrigin(origin: string, url: string): boolean {
  return origin === new URL(url).origin;
}

/** Fetch, "serializing a request origin": `null` once a redirect between origins tainted it. */
export function serializeRequestOrigin(origin: string, urls: readonly string[]): string {
  return isRedirectTainted(origin, urls) ? 'null' : origin;
}

/** Fetch, "redirect-taint", as far as it is about origins. */
export function isRedirectTainted(origin: string, urls: readonly string[]): boolean {
  return urls.some((url, index) => {
    const last = urls[index - 1];
    return (
      last !== undefined && !isSameOrigin(new URL(last).origin, url) && !isSameOrigin(origin, last)
    );
  });
}

/** Fetch Metadata, "set the Sec-Fetch-Site header". */
export function secFetchSite(origin: string, urls: readonly string[]): string {
  if (urls.every((url) => isSameOrigin(origin, url))) return 'same-origin';
  return urls.every((url) => isSameSite(origin, url)) ? 'same-site' : 'cross-site';
}
