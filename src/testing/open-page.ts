import type { INestApplication } from '@nestjs/common';
import type { ThirdPartyCookies } from '../fetch/cookie-jar.js';
import { ENGINE_RULES, type EngineName } from '../fetch/engine-rules.js';
import { loadPublicSuffixes } from '../fetch/public-suffixes.js';
import { Page } from './page.js';
import { PageBrowser } from './page-browser.js';
import { requireOrigin } from './page-origin.js';
import { type PageServer, serverOf } from './server-address.js';

/** What {@link openPage} may be told of the browser and the servers. */
export interface PageOptions {
  /**
   * The origin under which pages know the server, e.g. `https://api.example.com`: what `SameSite`, `Secure`, `Host` and
   * "same origin" go by. Default: `http://localhost` with the port on which it listens.
   */
  readonly url?: string;
  /**
   * Further servers by their origins, applications or URLs: where redirects lead, and what else the page calls. What is
   * not among them is asked for over the network.
   */
  readonly servers?: Readonly<Record<string, INestApplication | string>>;
  /** Whose habits the browser has, where engines differ from the standard. Default: `Chromium`. */
  readonly engine?: EngineName;
  /**
   * What becomes of the cookies of other sites than the page's: `allowed`; `only-sent`, never set, as in WebKitGTK;
   * `partitioned`, by the site of the page, as in Firefox; `blocked`, as in Safari and in Chromium's incognito mode.
   * Default: what the engine does where its user changes nothing.
   */
  readonly thirdPartyCookies?: ThirdPartyCookies;
  /**
   * Whether the servers are in a network more private than the page's, so that each request asks by preflight with
   * `Access-Control-Request-Private-Network` (https://wicg.github.io/private-network-access/). Default: `false`.
   */
  readonly privateNetwork?: boolean;
}

/**
 * Opens a page of an origin in a browser of its own: no cookies, nothing in the preflight cache.
 *
 * @param server an application of Nest's, listening or not, or the URL of any server. One that does not listen is made
 *   to, on a free port of the loopback, until `app.close()`.
 * @param origin of the page, in its serialized form, or `null` for a sandboxed frame
 * @throws TypeError for what is no server, origin or engine
 */
export async function openPage(
  server: INestApplication | string | URL,
  origin: string,
  options: PageOptions = {},
): Promise<Page> {
  requireOrigin(origin);
  const { engine = 'Chromium', thirdPartyCookies, privateNetwork = false } = options;
  if (!Object.hasOwn(ENGINE_RULES, engine)) {
    throw new TypeError(`There is no engine "${engine}": use Chromium, Firefox or WebKit.`);
  }
  const first = await serverOf(server);
  await loadPublicSuffixes();
  const url = options.url ?? first.origin;
  const servers = new Map<string, PageServer>([[requireServerOrigin(url), first]]);
  for (const [at, other] of Object.entries(options.servers ?? {})) {
    servers.set(requireServerOrigin(at), await serverOf(other));
  }
  const browser = new PageBrowser({ engine, thirdPartyCookies, privateNetwork, url, servers });
  return new Page(browser, origin);
}

function requireServerOrigin(url: string): string {
  const origin = requireOrigin(url);
  if (/^https?:/.test(origin)) return origin;
  throw new TypeError(
    `${JSON.stringify(url)} is not the origin of a server: it begins with http: or https:.`,
  );
}
