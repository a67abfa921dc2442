import { isSameOrigin } from './origins.js';
import type { PageRequest } from './request.js';

/** Why a redirect ends a fetch. */
export type RedirectFault =
  | 'redirect-mode'
  | 'unreadable-location'
  | 'unsupported-scheme'
  | 'too-many-redirects'
  | 'user-info'
  | 'spent-stream';

const MOST_REDIRECTS = 20;

/** Fetch, "redirect status". */
export function isRedirectStatus(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}

/** Where a redirect leads (Fetch, "location URL"); `undefined` where that is no URL. */
export function locationUrl(location: string, from: string): string | undefined {
  if (!URL.canParse(location, from)) return undefined;
  const url = new URL(location, from);
  // A redirect keeps the fragment, unless it names one.
  if (url.hash === '') url.hash = new URL(from).hash;
  return url.href;
}

/** What a redirect is judged by. */
export interface RedirectQuestion {
  readonly origin: string;
  readonly mode: PageRequest['mode'];
  readonly body: PageRequest['body'];
  readonly tainting: 'basic' | 'cors' | 'opaque';
  readonly status: number;
  readonly to: string | undefined;
  /** How many have been followed. */
  readonly followed: number;
}

/** Fetch, "HTTP-redirect fetch", steps 3 to 11. */
export function redirectFault(redirect: RedirectQuestion): RedirectFault | undefined {
  const { origin, mode, body, tainting, status, to, followed } = redirect;
  if (to === undefined) return 'unreadable-location';
  const { protocol, username, password } = new URL(to);
  if (protocol !== 'http:' && protocol !== 'https:') return 'unsupported-scheme';
  if (followed === MOST_REDIRECTS) return 'too-many-redirects';
  const hasUserInfo = username !== '' || password !== '';
  if (hasUserInfo && (tainting === 'cors' || (mode === 'cors' && !isSameOrigin(origin, to)))) {
    return 'user-info';
  }
  return status !== 303 && body instanceof ReadableStream ? 'spent-stream' : undefined;
}
