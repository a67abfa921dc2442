import { Injectable } from '@nestjs/common';
import { type AbstractHttpAdapter, HttpAdapterHost } from '@nestjs/core';
import { adapterOf } from '../configuration/cors-configuration.js';
import { PoliciesInForce } from '../configuration/policies-in-force.js';
import { CorsMiddleware } from './cors.middleware.js';
import { isOver, type RawRequest, type RawResponse } from './exchange.js';
import { ResponseHead } from './response-head.js';

type Next = (error?: unknown) => void;

/**
 * The place ahead of the body parser, of every `app.use()` and of all Nest middleware. From there the response head
 * sees every request, and the middleware answers first.
 */
@Injectable()
export class FirstPlace {
  #isTaken = false;

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly inForce: PoliciesInForce,
    private readonly head: ResponseHead,
    private readonly middleware: CorsMiddleware,
  ) {}

  /**
   * Takes the place as soon as there is an adapter, and before anything else can use it.
   *
   * @param onAdapter is called with the adapter, once there is one
   */
  take(onAdapter: (httpAdapter: AbstractHttpAdapter) => void): void {
    const takeIfPossible = (): void => {
      const httpAdapter = adapterOf(this.adapterHost);
      if (httpAdapter === undefined) return;
      this.#isTaken = true;
      this.#takeFrom(httpAdapter);
      onAdapter(httpAdapter);
    };
    // Nest before 11.1.4 has nothing to subscribe to, but sets the adapter before it makes any module.
    const { init$ } = this.adapterHost as Partial<Pick<HttpAdapterHost, 'init$'>>;
    if (init$ === undefined) takeIfPossible();
    else init$.subscribe(takeIfPossible);
  }

  /** @throws Error where there is a server, and the place could not be taken */
  check(): void {
    if (this.#isTaken || adapterOf(this.adapterHost) === undefined) return;
    throw new Error(
      'CorsModule could not take the first place among the middleware: applications made from a TestingModule need Nest 11.1.4 or later.',
    );
  }

  #takeFrom(httpAdapter: AbstractHttpAdapter): void {
    const type = httpAdapter.getType();
    // Nest has had this hook since 11.1.6. Adapters that are not Nest's own never call it.
    if ('setOnRequestHook' in httpAdapter && (type === 'express' || type === 'fastify')) {
      this.#takeRequestHook(httpAdapter);
      return;
    }
    httpAdapter.use((request: RawRequest, response: RawResponse, next: Next) => {
      this.head.open(request, response);
      this.middleware.use(request, response, next);
    });
  }

  /**
   * Takes the adapter's request hook. It runs ahead of the adapter's other hooks: the one that answers while the
   * application shuts down, and that of `enableCsrfProtection()`. So their answers carry CORS headers, too. The adapter
   * calls the hook for every request anyway, while one more middleware costs more than the whole decision.
   *
   * Nest offers the hook for instrumentation. A hook that somebody else sets runs first, and sees every request.
   */
  #takeRequestHook(adapter: HookedAdapter): void {
    const isFastify = adapter.getType() === 'fastify';
    let other = adapter.onRequestHook;
    adapter.setOnRequestHook((request, response, done) => {
      const rawRequest = isFastify ? (request.raw ?? request) : request;
      const rawResponse = isFastify ? (response.raw ?? response) : response;
      if (isFastify && this.#readsHostname) {
        // Middleware finds the host name on the request. Only the adapter knows whether it trusts a proxy.
        (rawRequest as { hostname?: string | undefined }).hostname = request.hostname;
      }
      const isNew = this.head.open(rawRequest, rawResponse);
      // Instrumentation may wrap the hook that it finds, which is this one, and call it once more.
      if (!other || !isNew) {
        this.middleware.use(rawRequest, rawResponse, done);
        return;
      }
      let isDone = false;
      const goOn: Next = (error) => {
        if (isDone || error || isOver(rawResponse)) {
          // The adapter deals with a second call, with an error, and with a request that the hook has answered.
          done(error);
          return;
        }
        isDone = true;
        try {
          this.middleware.use(rawRequest, rawResponse, done);
        } catch (thrown) {
          done(thrown);
        }
      };
      const result = other.call(adapter, request, response, goOn);
      // The adapters read promises so: one that rejects is an error. One that resolves means "done" on Fastify only.
      if (isThenable(result)) {
        result.then(
          () => {
            if (isFastify && !isDone) goOn();
          },
          (error: unknown) => {
            goOn(error ?? new Error('The request hook failed.'));
          },
        );
      }
    });
    adapter.setOnRequestHook = (hook?: Hook) => {
      other = hook;
    };
  }

  get #readsHostname(): boolean {
    return this.inForce.ready && this.inForce.policies.readsRequests;
  }
}

/** Fastify wraps Node's own request and response. Express extends them. */
type Wrapped<T> = T & { readonly raw?: T };
type Hook = (request: Wrapped<RawRequest>, response: Wrapped<RawResponse>, done: Next) => unknown;

type HookedAdapter = Omit<AbstractHttpAdapter, 'setOnRequestHook'> & {
  /** Private to the adapters. */
  readonly onRequestHook?: Hook;
  setOnRequestHook: (hook: Hook) => void;
};

function isThenable(result: unknown): result is PromiseLike<unknown> {
  return typeof (result as { then?: unknown } | null | undefined)?.then === 'function';
}
