import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ServerResponse } from 'node:http';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import {
  type CorsDecisionEvent,
  DECISION_CHANNEL,
  sourceOf,
} from '../observation/decision-channel.js';
import { ExplainedApplication } from './explained-application.js';
import { describeLive, isTold } from './live-decision.js';

/** Decisions that a page is shown in a second: a person reads no more. */
const MOST_PER_SECOND = 20;

/** Of them, as many may be ones that allowed something, so that there is room for what was refused. */
const MOST_ALLOWED_PER_SECOND = 10;

/** Pages that may watch at the same time. */
const MOST_WATCHERS = 16;

const SECOND = 1_000;

/** Bytes that may wait for a page to read them. */
const MOST_UNREAD = 1 << 20;

/** Streams that say nothing are cut off by proxies, most of them after a minute. */
const SIGN_OF_LIFE = 20_000;

/**
 * Tells pages what this application decides, as it happens, by server-sent events
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html). What is too much for a person is counted. While
 * nobody watches, it costs nothing.
 */
@Injectable()
export class LiveDecisions implements BeforeApplicationShutdown {
  readonly #watchers = new Set<ServerResponse>();
  #shown = 0;
  #shownAllowed = 0;
  #left = 0;
  #second: NodeJS.Timeout | undefined;
  #lastWord = 0;

  constructor(private readonly application: ExplainedApplication) {}

  /**
   * Goes on until the page is closed, or the application ends.
   *
   * @returns `false`, with nothing done, where too many watch already
   */
  watch(response: ServerResponse): boolean {
    if (this.#watchers.size >= MOST_WATCHERS) return false;
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      // Neither caches nor compression may hold events back; nor may nginx.
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
      'X-Content-Type-Options': 'nosniff',
    });
    response.write('retry: 2000\n\n');
    if (this.#watchers.size === 0) this.#begin();
    this.#watchers.add(response);
    response.once('close', () => {
      this.#watchers.delete(response);
      if (this.#watchers.size === 0) this.#end();
    });
    return true;
  }

  /** An application that is closed waits for open responses. */
  beforeApplicationShutdown(): void {
    for (const response of this.#watchers) response.end();
  }

  #begin(): void {
    subscribe(DECISION_CHANNEL, this.#note);
    this.#lastWord = Date.now();
    this.#second = setInterval(() => {
      this.#beginSecond();
    }, SECOND);
    this.#second.unref();
  }

  #end(): void {
    unsubscribe(DECISION_CHANNEL, this.#note);
    clearInterval(this.#second);
    this.#shown = this.#shownAllowed = this.#left = 0;
  }

  #beginSecond(): void {
    if (this.#left > 0) this.#tell('left', { count: this.#left });
    else if (Date.now() - this.#lastWord >= SIGN_OF_LIFE) this.#write(':\n\n');
    this.#shown = this.#shownAllowed = this.#left = 0;
  }

  readonly #note = (message: unknown): void => {
    // The channel belongs to this package; what others publish on it has no source.
    const event = message as CorsDecisionEvent;
    const source = sourceOf(event);
    if (source?.by !== this.application.policiesInForce) return;
    if (!isTold(event)) return;
    const { allowed } = event;
    if (
      this.#shown >= MOST_PER_SECOND ||
      (allowed && this.#shownAllowed >= MOST_ALLOWED_PER_SECOND)
    ) {
      this.#left += 1;
      return;
    }
    this.#shown += 1;
    if (allowed) this.#shownAllowed += 1;
    this.#tell('decision', describeLive(event, source));
  };

  #tell(event: 'decision' | 'left', data: object): void {
    this.#write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  #write(text: string): void {
    this.#lastWord = Date.now();
    for (const response of this.#watchers) {
      // Whoever does not read is not waited for: the browser comes back by itself.
      if (response.writableLength > MOST_UNREAD) response.destroy();
      else response.write(text);
    }
  }
}
