import { Inject, Injectable, Logger, type OnModuleDestroy, Optional } from '@nestjs/common';
import { PoliciesInForce } from '../configuration/policies-in-force.js';
import type { HandlerPolicy } from '../configuration/policy-set.js';
import { type CorsModuleOptions, MODULE_OPTIONS_TOKEN } from '../cors-options.js';
import { type CalledHandler, policyOfCalled } from '../decision/called-handler.js';
import type { Outcome } from '../decision/outcome.js';
import { RequestDecider } from '../decision/request-decider.js';
import type { NowOrLater } from '../protocol/now-or-later.js';
import type { CorsRequest } from '../protocol/policy/policy-options.js';
import type { GivenHeaders } from './given-headers.js';
import { asItCameIn, type Exchange, type RawRequest, type RawResponse } from './exchange.js';

/** Milliseconds until an origin rule that failed is asked again about open streams; twice as long each time. */
const FIRST_RETRY = 500;
const LONGEST_RETRY = 30_000;

interface OpenStream {
  /** As it was decided about. */
  readonly request: CorsRequest;
  /** The handler that streams; absent where middleware does, or where a `paths` entry holds. */
  readonly called: CalledHandler | undefined;
  end(): void;
}

/**
 * The event streams that pages of other origins are reading. They outlive the decision that opened them: when an
 * origin loses its permission, its streams end; the page's `EventSource` asks again, and is refused.
 */
@Injectable()
export class Revocations implements OnModuleDestroy {
  readonly #logger = new Logger('CorsModule');
  readonly #isOn: boolean;
  readonly #byOrigin = new Map<string, Set<OpenStream>>();
  /** The streams whose rule failed when it was asked last. */
  readonly #failing = new Set<OpenStream>();
  #delay = FIRST_RETRY;
  #retry: NodeJS.Timeout | undefined;

  constructor(
    private readonly inForce: PoliciesInForce,
    private readonly decider: RequestDecider,
    @Optional() @Inject(MODULE_OPTIONS_TOKEN) options?: CorsModuleOptions | null,
  ) {
    this.#isOn = options?.revokeStreams !== false;
  }

  onModuleDestroy(): void {
    clearTimeout(this.#retry);
  }

  /**
   * Notes a response whose head is complete, if it is an event stream for a page of another origin.
   *
   * @param given headers that are not on the response, but given to `writeHead()`
   */
  note(
    { verdict, where, revision }: Outcome,
    exchange: Pick<Exchange<unknown>, 'url' | 'called' | 'endStream'>,
    response: RawResponse,
    given?: GivenHeaders,
  ): void {
    if (!this.#isOn) return;
    // A page that was not allowed (`enforce: false`) cannot read its stream, and has nothing to lose.
    if (verdict.kind !== 'actual' || verdict.reason !== undefined) return;
    // A destroyed response has no reader, and emits no further `close`.
    if (!isEventStream(contentType(response, given)) || response.destroyed) return;
    const request = asItCameIn(response.req as RawRequest, exchange.url);
    const stream: OpenStream = {
      request,
      // Where a `paths` entry holds, the policy of the handler does not.
      called: where === undefined ? exchange.called : undefined,
      end: () => {
        if (exchange.endStream) exchange.endStream();
        else response.destroy();
      },
    };
    const { origin = '' } = request.headers;
    const streams = this.#byOrigin.get(origin) ?? new Set();
    this.#byOrigin.set(origin, streams.add(stream));
    response.once('close', () => {
      this.#failing.delete(stream);
      streams.delete(stream);
      if (streams.size === 0 && this.#byOrigin.get(origin) === streams)
        this.#byOrigin.delete(origin);
    });
    // The last review came between the decision and this moment, and has not asked about this stream.
    if (revision !== this.inForce.current.revision) this.#review([stream]);
  }

  /** Asks again about the streams of an origin, or of all, and ends those that are no longer allowed. */
  review(origin?: string): void {
    const origins = origin === undefined ? [...this.#byOrigin.keys()] : [origin];
    this.#review(origins.flatMap((each) => [...(this.#byOrigin.get(each) ?? [])]));
  }

  #review(streams: readonly OpenStream[]): void {
    const reviews = this.#alike(streams).map((group) => this.#reviewAlike(group));
    Promise.all(reviews).then(
      () => {
        this.#askAgainLater();
      },
      (error: unknown) => {
        this.#logger.error(error);
      },
    );
  }

  /** The streams in groups that one question answers. */
  #alike(streams: readonly OpenStream[]): readonly (readonly [OpenStream, ...OpenStream[]])[] {
    const groups = new Map<HandlerPolicy | undefined, Map<string, [OpenStream, ...OpenStream[]]>>();
    for (const stream of streams) {
      const handler = this.#handlerOf(stream);
      const { method, url, headers, hostname } = stream.request;
      const showsRequests =
        handler === undefined ||
        handler.policies.members.some(({ origins }) => origins.showsRequests);
      const key = JSON.stringify([
        headers.origin,
        method,
        headers.cookie !== undefined,
        headers['sec-fetch-site'],
        ...(showsRequests ? [url, hostname ?? headers.host] : []),
      ]);
      const ofHandler = groups.get(handler) ?? new Map<string, [OpenStream, ...OpenStream[]]>();
      groups.set(handler, ofHandler);
      const group = ofHandler.get(key);
      if (group === undefined) ofHandler.set(key, [stream]);
      else group.push(stream);
    }
    return [...groups.values()].flatMap((ofHandler) => [...ofHandler.values()]);
  }

  async #reviewAlike(streams: readonly [OpenStream, ...OpenStream[]]): Promise<void> {
    const { verdict } = await this.#decide(streams[0]);
    for (const stream of streams) {
      // A failure says nothing about the permission it had.
      if (verdict.reason === 'origin-check-failed') this.#failing.add(stream);
      else {
        this.#failing.delete(stream);
        if (verdict.reason !== undefined) stream.end();
      }
    }
  }

  #decide(stream: OpenStream): NowOrLater<Outcome> {
    const handler = this.#handlerOf(stream);
    return handler === undefined
      ? this.decider.decide(stream.request)
      : this.decider.decideFor(handler, stream.request, this.inForce.policies);
  }

  #handlerOf({ called }: OpenStream): HandlerPolicy | undefined {
    return called && policyOfCalled(this.inForce.policies, called);
  }

  #askAgainLater(): void {
    if (this.#failing.size === 0) {
      this.#delay = FIRST_RETRY;
      return;
    }
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined;
      this.#review([...this.#failing]);
    }, this.#delay).unref();
    this.#delay = Math.min(this.#delay * 2, LONGEST_RETRY);
  }
}

function contentType(response: RawResponse, given: GivenHeaders = {}): unknown {
  const [, type] =
    Object.entries(given).find(([name]) => name.toLowerCase() === 'content-type') ?? [];
  return type ?? response.getHeader('Content-Type');
}

function isEventStream(type: unknown): boolean {
  return /^text\/event-stream/i.test(String(type));
}
