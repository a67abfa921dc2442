import type { EngineRules } from './engine-rules.js';
import { type Grant, isCovered, type PreflightQuestion } from './preflight.js';

/** Seconds that a grant lasts which does not say (Fetch, "CORS-preflight fetch", step 7.9). */
const DEFAULT_MAX_AGE = 5;

/** URLs that a browser remembers preflights of, as Chromium does (`kMaxCacheEntries`). */
const MOST_URLS = 1024;

/** For each name, until when it is granted, in milliseconds since 1970. */
type Granted = ReadonlyMap<string, number>;

interface Entry {
  readonly methods: Granted;
  readonly headers: Granted;
}

type Key = Pick<PreflightQuestion, 'url' | 'origin' | 'credentials'> & {
  readonly privateNetwork?: boolean | undefined;
};

/** Fetch, "CORS-preflight cache": methods and headers, each for itself, by origin, URL and credentials. */
export class PreflightCache {
  readonly #entries = new Map<string, Entry>();

  constructor(private readonly rules: EngineRules) {}

  covers(question: PreflightQuestion): boolean {
    const { credentials, method } = question;
    const entries = [this.#entries.get(keyOf(question))];
    if (credentials !== 'include' && this.rules.sharesCredentialedPreflights) {
      entries.push(this.#entries.get(keyOf({ ...question, credentials: 'include' })));
    }
    const remembered = entries.filter((entry) => entry !== undefined);
    const grant: Grant = {
      methods: remembered.flatMap(({ methods }) => alive(methods)),
      headers: remembered.flatMap(({ headers }) => alive(headers)),
    };
    if (grant.methods.length === 0 && grant.headers.length === 0) return false;
    const headCounts = this.rules.remembersHeadAsSafelisted || grant.methods.includes('HEAD');
    if (method === 'HEAD' && !headCounts) return false;
    const starCounts = credentials !== 'include' && this.rules.remembersWildcards;
    return isCovered(question, grant, starCounts);
  }

  /** @param maxAge the value of `Access-Control-Max-Age` */
  remember(question: PreflightQuestion, grant: Grant, maxAge?: string): void {
    const seconds = Math.min(this.#secondsIn(maxAge), this.rules.longestMaxAge);
    if (this.rules.replacesPreflights) this.forget(question.url, question.origin);
    if (seconds === 0) return;
    const until = Date.now() + seconds * 1000;
    const key = keyOf(question);
    const entry = this.#entries.get(key);
    // The method that was let through without being named counts as named: something has to say that there was a preflight.
    const methods = [...grant.methods, ''];
    this.#entries.delete(key);
    this.#entries.set(key, {
      methods: new Map([
        ...(entry?.methods ?? []),
        ...methods.map((name) => [name, until] as const),
      ]),
      headers: new Map([
        ...(entry?.headers ?? []),
        ...grant.headers.map((name) => [name, until] as const),
      ]),
    });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > MOST_URLS && oldest !== undefined) this.#entries.delete(oldest);
  }

  forget(url: string, origin: string): void {
    for (const credentials of ['include', 'omit'] as const) {
      for (const privateNetwork of [true, false]) {
        this.#entries.delete(keyOf({ url, origin, credentials, privateNetwork }));
      }
    }
  }

  clear(): void {
    this.#entries.clear();
  }

  #secondsIn(maxAge: string | undefined): number {
    if (maxAge === undefined) return DEFAULT_MAX_AGE;
    if (/^\s*\d+\s*$/.test(maxAge)) return Number(maxAge);
    return this.rules.remembersUnreadableMaxAge ? DEFAULT_MAX_AGE : 0;
  }
}

function alive(granted: Granted): string[] {
  const now = Date.now();
  return [...granted].filter(([, until]) => until > now).map(([name]) => name);
}

function keyOf({ url, origin, credentials, privateNetwork = false }: Key): string {
  return JSON.stringify([url, origin, credentials === 'include', privateNetwork]);
}
