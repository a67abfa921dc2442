import type { Cookie } from '../fetch/cookie.js';
import type { CookieJar } from '../fetch/cookie-jar.js';

/** The cookies of a page's browser. Every page of it shares them. */
export class PageCookies {
  constructor(
    private readonly jar: CookieJar,
    private readonly server: string,
  ) {}

  /** Every cookie that has not expired, `HttpOnly` ones too; the oldest first. */
  get all(): readonly Cookie[] {
    return this.jar.all;
  }

  /** The value of the first cookie of this name; `undefined` where there is none. */
  get(name: string): string | undefined {
    return this.jar.all.find((cookie) => cookie.name === name)?.value;
  }

  /**
   * Sets a cookie as an answer of the server does that the user visited itself.
   *
   * @param line as in `Set-Cookie`, e.g. `session=1; Secure; HttpOnly; SameSite=None`
   * @param url of the server. Default: the one that the page was opened for.
   * @throws RangeError where a browser would not take it
   */
  set(line: string, url = this.server): void {
    const before = this.jar.all;
    this.jar.store([line], { url, page: url });
    if (this.jar.all !== before) return;
    throw new RangeError(
      `A browser takes no such cookie from ${url}: ${JSON.stringify(line)}. Check Secure (https: or loopback), SameSite=None with Secure, Domain, and the prefixes __Host- and __Secure-.`,
    );
  }

  /** The `Cookie` header that a request from a page of the same site would carry; empty where none. */
  sentTo(url: string): string {
    return this.jar.headerFor({ url, page: url }) ?? '';
  }

  /** Forgets all of them. */
  clear(): void {
    this.jar.clear();
  }
}
