import type { CDPSession, Frame, Page } from 'playwright-core';
import type { Refusal } from './browser.js';

/** Milliseconds that Chromium may take to tell what it has to, after the page has got all it asked for. */
const PATIENCE = 10_000;

/**
 * What Chromium tells its developer tools of refused requests (Chrome DevTools Protocol, `Network.loadingFailed` and
 * `Audits.issueAdded`), of a page and the sandboxed frames in it.
 */
export class ChromiumRefusals {
  readonly #watched = new Set<Frame>();
  /** The URLs of the requests that are under way, by their identifiers. */
  readonly #underWay = new Map<string, string>();
  #refusals: Refusal[] = [];
  #whenQuiet: (() => void) | undefined;

  constructor(private readonly page: Page) {}

  async watch(): Promise<void> {
    for (const frame of this.page.frames()) {
      if (this.#watched.has(frame)) continue;
      this.#watched.add(frame);
      // A sandboxed frame is in a process of its own, which has its own session.
      const isOutermost = frame === this.page.mainFrame();
      await this.#listen(
        await this.page.context().newCDPSession(isOutermost ? this.page : frame),
        isOutermost ? 'page' : `frame ${this.#watched.size}`,
      );
    }
  }

  async collect(): Promise<readonly Refusal[]> {
    await this.#untilQuiet();
    const refusals = this.#refusals;
    this.#refusals = [];
    return refusals;
  }

  async #listen(session: CDPSession, place: string): Promise<void> {
    const key = (requestId: string) => `${place} ${requestId}`;
    session.on('Network.requestWillBeSent', ({ requestId, request, type }) => {
      // The document of a frame is begun in the session of its page, and ended in its own.
      if (type !== 'Document') this.#underWay.set(key(requestId), request.url);
    });
    session.on('Network.loadingFinished', ({ requestId }) => {
      this.#end(key(requestId));
    });
    session.on('Network.loadingFailed', ({ requestId, corsErrorStatus }) => {
      const url = this.#underWay.get(key(requestId)) ?? '';
      if (corsErrorStatus !== undefined) this.#note(url, 'loading', corsErrorStatus);
      this.#end(key(requestId));
    });
    session.on('Audits.issueAdded', ({ issue }) => {
      const { corsIssueDetails } = issue.details;
      if (corsIssueDetails === undefined) return;
      const { request, corsErrorStatus } = corsIssueDetails;
      this.#note(request.url, 'issue', corsErrorStatus);
    });
    await session.send('Network.enable');
    await session.send('Audits.enable');
  }

  #note(
    url: string,
    said: Refusal['said'],
    { corsError, failedParameter }: { corsError: string; failedParameter: string },
  ): void {
    this.#refusals.push({ url, said, reason: `${corsError} ${failedParameter}`.trim() });
    this.#tellQuiet();
  }

  #end(key: string): void {
    this.#underWay.delete(key);
    this.#tellQuiet();
  }

  #tellQuiet(): void {
    if (this.#missing().length === 0) this.#whenQuiet?.();
  }

  /** What has still to be told: how a request ended, and, from another process, the issue about one that was refused. */
  #missing(): readonly string[] {
    const issues = this.#refusals.filter(({ said }) => said === 'issue').map(keyOf);
    const lacking = this.#refusals
      .filter(({ said }) => said === 'loading')
      .map(keyOf)
      .filter((key) => {
        const index = issues.indexOf(key);
        if (index >= 0) issues.splice(index, 1);
        return index < 0;
      });
    return [...this.#underWay.values(), ...lacking];
  }

  /** The page knows that its request has failed a little earlier than the developer tools. */
  async #untilQuiet(): Promise<void> {
    if (this.#missing().length === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      this.#whenQuiet = resolve;
      timer = setTimeout(() => {
        reject(new Error(`Chromium tells no more of: ${this.#missing().join(', ')}`));
      }, PATIENCE);
    }).finally(() => {
      clearTimeout(timer);
    });
  }
}

function keyOf({ url, reason }: Refusal): string {
  return `${reason} ${url}`;
}
