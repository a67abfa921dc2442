import type { AbstractHttpAdapter } from '@nestjs/core';
import { isOver, type RawRequest, type RawResponse } from './exchange.js';

type Next = (error?: unknown) => void;

/** Who is to see every request before anything else does, and every response of an application. */
export interface FirstInLine {
  readonly handle: (request: RawRequest, response: RawResponse, next: Next) => void;
  /** Told of each request once, before anything can answer it; says `false` where it was told before. */
  readonly protect: (request: RawRequest, response: RawResponse) => boolean;
  /** Whether it needs `request.hostname`. */
  readonly readsHostname: () => boolean;
  /** Told of what all responses are made from, where there is such a thing. */
  readonly protectAll: (response: object) => void;
}

/**
 * Gives a handler the first place: ahead of the body parser, of every `app.use()` and of all Nest middleware. To be
 * called as soon as there is an adapter.
 */
export function takeFirstPlace(httpAdapter: AbstractHttpAdapter, first: FirstInLine): void {
  const type = httpAdapter.getType();
  // Express is an optional peer, so its type is written down here.
  const { response } = httpAdapter.getInstance<{ response?: object }>();
  if (type === 'express' && response !== undefined) first.protectAll(response);

  // Absent before Nest 11.1.6, and of no effect with adapters that are not Nest's own.
  const hasHook = 'setOnRequestHook' in httpAdapter && (type === 'express' || type === 'fastify');
  if (hasHook) takeRequestHook(httpAdapter, first);
  else {
    httpAdapter.use((request: RawRequest, answer: RawResponse, next: Next) => {
      first.protect(request, answer);
      first.handle(request, answer, next);
    });
  }
}

/** Fastify's requests and replies hold Node's own; Express's are Node's own. */
type Wrapped<T> = T & { readonly raw?: T };
type Hook = (request: Wrapped<RawRequest>, response: Wrapped<RawResponse>, done: Next) => unknown;

type HookedAdapter = Omit<AbstractHttpAdapter, 'setOnRequestHook'> & {
  /** Private to the adapters. */
  readonly onRequestHook?: Hook;
  setOnRequestHook: (hook: Hook) => void;
};

/**
 * Takes the adapter's hook, which runs even ahead of the adapter's other hooks: of those that answer while the
 * application shuts down and of `enableCsrfProtection()`, whose answers so carry CORS headers too. It is there in any
 * case, while middleware costs more than all of a decision.
 *
 * The slot is meant for instrumentation. Whoever else sets it comes first, and sees every request.
 */
function takeRequestHook(adapter: HookedAdapter, first: FirstInLine): void {
  const isFastify = adapter.getType() === 'fastify';
  let other = adapter.onRequestHook;
  adapter.setOnRequestHook((request, response, done) => {
    const rawRequest = isFastify ? (request.raw ?? request) : request;
    const rawResponse = isFastify ? (response.raw ?? response) : response;
    if (isFastify && first.readsHostname()) {
      // As middleware finds it: only the adapter knows whether it trusts a proxy.
      (rawRequest as { hostname?: string | undefined }).hostname = request.hostname;
    }
    const isNew = first.protect(rawRequest, rawResponse);
    // Whoever took this hook for another's, and calls it from its own, gets here a second time.
    if (!other || !isNew) {
      first.handle(rawRequest, rawResponse, done);
      return;
    }
    let isDone = false;
    const goOn: Next = (error) => {
      if (isDone || error || isOver(rawResponse)) {
        // A second time is the adapter's business, and so is what the hook has answered itself.
        done(error);
        return;
      }
      isDone = true;
      try {
        first.handle(rawRequest, rawResponse, done);
      } catch (thrown) {
        done(thrown);
      }
    };
    const result = other.call(adapter, request, response, goOn);
    // As the adapters do it: a promise that fails is an error, and one that is kept means "done" to Fastify's alone.
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

function isThenable(result: unknown): result is PromiseLike<unknown> {
  return typeof (result as { then?: unknown } | null | undefined)?.then === 'function';
}
