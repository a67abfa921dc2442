import { type Cookie, domainMatches, parseSetCookie, pathMatches } from './cookie.js';
import type { EngineRules } from './engine-rules.js';
import { isLoopback, isSameSite, siteOf } from './site.js';

/** What a browser does with the cookies of other sites than the page's. */
export type ThirdPartyCookies = 'allowed' | 'only-sent' | 'partitioned' | 'blocked';

/** Cookies of one domain that a browser keeps, as Chromium does. */
const MOST_OF_A_DOMAIN = 180;

/** Where a request comes from and goes to, as far as cookies depend on it. */
export interface CookieContext {
  readonly url: string;
  /** RFC 6265bis, section 5.2: the origin of the page, whose site is the "site for cookies". */
  readonly page: string;
}

interface Stored extends Cookie {
  /** The site of the page under which it was set; absent where it is kept for all pages. */
  readonly partition?: string;
}

/** The cookies of a browser (RFC 6265bis, sections 5.7 and 5.8), shared by all of its pages. */
export class CookieJar {
  #cookies: readonly Stored[] = [];

  constructor(
    private readonly rules: Pick<
      EngineRules,
      'sameSiteByDefault' | 'insecureNone' | 'secureOnLoopback'
    >,
    private readonly thirdParties: ThirdPartyCookies,
  ) {}

  /** Every cookie, the oldest first. */
  get all(): readonly Cookie[] {
    this.#cookies = this.#cookies.filter(isAlive);
    return this.#cookies;
  }

  clear(): void {
    this.#cookies = [];
  }

  /** Section 5.7: takes the `Set-Cookie` lines of an answer. */
  store(lines: readonly string[], context: CookieContext): void {
    for (const line of lines) {
      const cookie = parseSetCookie(line, context.url);
      if (cookie !== undefined && this.#mayStore(cookie, context)) this.#put(cookie, context);
    }
  }

  #mayStore(cookie: Cookie, { url, page }: CookieContext): boolean {
    const isSecure = this.#isSecure(url);
    const sameSite = this.#sameSiteOf(cookie);
    if (cookie.secure && !isSecure) return false;
    if (cookie.sameSite === 'None' && !cookie.secure && !this.rules.insecureNone) return false;
    if (cookie.partitioned && !cookie.secure) return false;
    // "Leave secure cookies alone".
    const shadowed = this.#cookies.some(
      (each) =>
        each.secure &&
        each.name === cookie.name &&
        (domainMatches(each.domain, cookie.domain) || domainMatches(cookie.domain, each.domain)) &&
        pathMatches(cookie.path, each.path),
    );
    if (!isSecure && shadowed) return false;
    if (isSameSite(page, url)) return true;
    if (sameSite !== 'None') return false;
    return (
      this.thirdParties === 'allowed' || this.thirdParties === 'partitioned' || cookie.partitioned
    );
  }

  #put(cookie: Cookie, { url, page }: CookieContext): void {
    const isDivided =
      cookie.partitioned || (this.thirdParties === 'partitioned' && !isSameSite(page, url));
    const stored: Stored = { ...cookie, ...(isDivided && { partition: siteKey(page) }) };
    const old = this.#cookies.find((each) => isSameCookie(each, stored));
    const others = this.#cookies.filter((each) => each !== old && isAlive(each));
    if (!isAlive(stored)) this.#cookies = others;
    else if (old !== undefined)
      this.#cookies = this.#cookies.with(this.#cookies.indexOf(old), stored);
    else {
      const ofDomain = others.filter(({ domain }) => domain === stored.domain);
      const evicted = ofDomain.length < MOST_OF_A_DOMAIN ? undefined : ofDomain[0];
      this.#cookies = [...others.filter((each) => each !== evicted), stored];
    }
  }

  /** Section 5.8.3: the `Cookie` header of a request that is no navigation; `undefined` where there is none. */
  headerFor(context: CookieContext): string | undefined {
    const sent = this.all
      .filter((cookie) => this.#goesAlong(cookie, context))
      // Equally long paths in the order in which they were set; sorting is stable.
      .sort((a, b) => b.path.length - a.path.length);
    return sent.length === 0
      ? undefined
      : sent.map(({ name, value }) => (name === '' ? value : `${name}=${value}`)).join('; ');
  }

  #goesAlong(cookie: Stored, { url, page }: CookieContext): boolean {
    const { hostname, pathname } = new URL(url);
    if (cookie.hostOnly ? hostname !== cookie.domain : !domainMatches(hostname, cookie.domain)) {
      return false;
    }
    if (!pathMatches(pathname, cookie.path)) return false;
    if (cookie.secure && !this.#isSecure(url)) return false;
    if (cookie.partition !== undefined) return cookie.partition === siteKey(page);
    if (isSameSite(page, url)) return true;
    const goesToOtherSites = this.thirdParties === 'allowed' || this.thirdParties === 'only-sent';
    return goesToOtherSites && this.#sameSiteOf(cookie) === 'None';
  }

  #sameSiteOf({ sameSite }: Cookie): 'Strict' | 'Lax' | 'None' {
    return sameSite === 'Default' ? this.rules.sameSiteByDefault : sameSite;
  }

  /** Whether `Secure` cookies may be set and sent there. */
  #isSecure(url: string): boolean {
    const { protocol, hostname } = new URL(url);
    return protocol === 'https:' || (this.rules.secureOnLoopback && isLoopback(hostname));
  }
}

function siteKey(page: string): string {
  return page === 'null' ? page : siteOf(page);
}

function isAlive({ expires = Infinity }: Cookie): boolean {
  return expires > Date.now();
}

/** Section 5.7, step 22: a cookie takes the place of one with its name, domain, path and partition. */
function isSameCookie(a: Stored, b: Stored): boolean {
  return (
    a.name === b.name &&
    a.domain === b.domain &&
    a.hostOnly === b.hostOnly &&
    a.path === b.path &&
    a.partition === b.partition
  );
}
