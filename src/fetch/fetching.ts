import type { CookieJar } from './cookie-jar.js';
import type { EngineRules } from './engine-rules.js';
import type { FetchObserver } from './fetch-step.js';
import { isSameOrigin } from './origins.js';
import type { PreflightCache } from './preflight-cache.js';
import type { PageRequest, WireRequest, WireResponse } from './request.js';
import type { ReferrerPolicy } from './referrer.js';
import type { HeaderList } from './request-headers.js';

/** The page that calls `fetch()`, and its browser. */
export interface Caller {
  /** Serialized; `null` for an opaque one. */
  readonly origin: string;
  /** Of an opaque origin, that of the page around the sandboxed frame. */
  readonly pageAround?: string;
  /** Of the page's document, for `Referer`. Left out, the browser tells none. */
  readonly url?: string | undefined;
  readonly cache: PreflightCache;
  readonly rules: EngineRules;
  /** Left out, the browser holds one `SameSite=Lax` cookie for every URL. */
  readonly cookies?: CookieJar;
  /** Private Network Access: whether other origins are in a network more private than the page's. Default: `false`. */
  readonly privateNetwork?: boolean;
}

/** Answers a request as the server under test would. */
export type Server = (request: WireRequest) => Promise<WireResponse>;

/** A fetch under way. */
export interface Fetching {
  readonly caller: Caller;
  readonly server: Server;
  readonly mode: PageRequest['mode'];
  readonly credentials: PageRequest['credentials'];
  readonly redirect: PageRequest['redirect'];
  readonly useCorsPreflight: boolean;
  readonly observe: FetchObserver;
  method: string;
  headers: HeaderList;
  body: PageRequest['body'];
  /** Fetch, "referrer": `undefined` for none. */
  referrer: string | undefined;
  /** What the first request told. */
  firstReferrer: string | undefined;
  referrerPolicy: ReferrerPolicy;
  readonly originalHeaders: HeaderList;
  neededPreflight: boolean;
  /** What the last request said in `Origin`, if anything. */
  sentOrigin: string | undefined;
  /** Where in the URL list the loader of an engine began that starts anew. */
  startedAt: number;
  /** Whether a redirect was followed that an engine comes to regret. */
  doomed: boolean;
  /** Fetch, "URL list": the last one is current. */
  readonly urls: [string, ...string[]];
  tainting: 'basic' | 'cors' | 'opaque';
}

/** Whether the last redirect was to another origin. */
export function hasChangedOrigin({ urls }: Fetching): boolean {
  const [last, current] = urls.slice(-2);
  return (
    last !== undefined && current !== undefined && !isSameOrigin(new URL(last).origin, current)
  );
}

export function currentUrl({ urls }: Fetching): string {
  return urls.at(-1) ?? urls[0];
}
