import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { CorsPolicies, type Outcome } from '../decision/request-decider.js';
import type { RawRequest, RawResponse } from './exchange.js';

/** Milliseconds until an origin rule that failed is asked again about the streams that are open. */
const RETRY = 500;

interface OpenStream {
  readonly request: RawRequest;
  readonly response: RawResponse;
}

/**
 * The event streams that pages of other origins are reading. They outlive the decision that opened them: when
 * an origin loses its permission, its streams are cut off; the page's `EventSource` asks again, and is refused.
 */
@Injectable()
export class OpenStreams implements OnModuleDestroy {
  readonly #logger = new Logger('CorsModule');
  /** By origin. */
  readonly #streams = new Map<string, Set<OpenStream>>();
  #retry: NodeJS.Timeout | undefined;

  constructor(private readonly policies: CorsPolicies) {}

  onModuleDestroy(): void {
    clearTimeout(this.#retry);
  }

  /**
   * Notes a response that has just begun, if it is an event stream for a page of another origin.
   *
   * @param outcome what was decided about its request
   * @param headers those it was sent with, names and values in turn, where it does not know itself
   */
  note(
    { verdict, policies }: Outcome,
    response: RawResponse,
    headers: readonly unknown[] | undefined,
  ): void {
    // A page that was not allowed (`enforce: false`) cannot read its stream, and has nothing to lose.
    if (verdict.kind !== 'actual' || verdict.reason !== undefined) return;
    if (!isEventStream(typeOf(response, headers))) return;
    // Nobody reads it, and nothing will tell of its end.
    if (response.destroyed) return;
    const request = response.req as RawRequest;
    const { origin = '' } = request.headers;
    const stream: OpenStream = { request, response };
    const streams = this.#streams.get(origin) ?? new Set();
    this.#streams.set(origin, streams.add(stream));
    response.once('close', () => {
      streams.delete(stream);
      if (streams.size === 0 && this.#streams.get(origin) === streams) this.#streams.delete(origin);
    });
    // Decided before the last review, opened after it: nobody has asked about this one.
    if (policies !== this.policies.policies) this.#review([stream]);
  }

  /** Asks again about the streams of an origin, or of all, and cuts off those that are no longer allowed. */
  review(origin?: string): void {
    const origins = origin === undefined ? [...this.#streams.keys()] : [origin];
    this.#review(origins.flatMap((each) => [...(this.#streams.get(each) ?? [])]));
  }

  #review(streams: readonly OpenStream[]): void {
    for (const stream of streams) {
      this.#reviewStream(stream).catch((error: unknown) => {
        this.#logger.error(error);
      });
    }
  }

  async #reviewStream({ request, response }: OpenStream): Promise<void> {
    const { verdict } = await this.policies.decide(request);
    if (response.destroyed || verdict.reason === undefined) return;
    if (verdict.reason === 'origin-check-failed') {
      // A failure says nothing about the permission it had.
      this.#retry ??= setTimeout(() => {
        this.#retry = undefined;
        this.review();
      }, RETRY).unref();
    } else {
      response.destroy();
    }
  }
}

function typeOf(response: RawResponse, headers: readonly unknown[] | undefined): unknown {
  if (headers === undefined) return response.getHeader('Content-Type');
  for (let index = 0; index < headers.length; index += 2) {
    const name = String(headers[index]);
    if (name.length === 12 && name.toLowerCase() === 'content-type') return headers[index + 1];
  }
  return undefined;
}

function isEventStream(type: unknown): boolean {
  return /^text\/event-stream/i.test(String(type));
}
