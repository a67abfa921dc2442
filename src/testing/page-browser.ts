import type { INestApplication } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { CookieJar, type ThirdPartyCookies } from '../fetch/cookie-jar.js';
import { ENGINE_RULES, type EngineName, type EngineRules } from '../fetch/engine-rules.js';
import { PreflightCache } from '../fetch/preflight-cache.js';
import { type PageServer, serverAt } from './server-address.js';
import { type Transmission, Transport } from './transport.js';

/** What a browser is made of. */
export interface PageBrowserParts {
  readonly engine: EngineName;
  readonly thirdPartyCookies: ThirdPartyCookies | undefined;
  readonly privateNetwork: boolean;
  /** What relative URLs resolve against. */
  readonly url: string;
  /** By the serialized origin under which pages know them. */
  readonly servers: ReadonlyMap<string, PageServer>;
}

/** What the pages of one browser share. */
export class PageBrowser {
  readonly engine: EngineName;
  readonly rules: EngineRules;
  readonly cookies: CookieJar;
  readonly preflights: PreflightCache;
  readonly privateNetwork: boolean;
  readonly url: string;
  readonly #servers: ReadonlyMap<string, PageServer>;
  readonly #transport = new Transport();

  constructor({ engine, thirdPartyCookies, privateNetwork, url, servers }: PageBrowserParts) {
    this.engine = engine;
    this.rules = ENGINE_RULES[engine];
    this.cookies = new CookieJar(this.rules, thirdPartyCookies ?? this.rules.thirdPartyCookies);
    this.preflights = new PreflightCache(this.rules);
    this.privateNetwork = privateNetwork;
    this.url = url;
    this.#servers = servers;
  }

  send(transmission: Transmission): Promise<IncomingMessage> {
    const { origin } = new URL(transmission.url);
    const { address } = this.#servers.get(origin) ?? serverAt(origin);
    return this.#transport.send(transmission, address);
  }

  /** The application that answers at a URL, where it is one of this process. */
  applicationAt(url: string): INestApplication | undefined {
    return this.#servers.get(new URL(url).origin)?.application;
  }
}
