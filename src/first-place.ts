import type { AbstractHttpAdapter } from '@nestjs/core';
import type { RawRequest, RawResponse } from './decided-request.js';

type Next = (error?: unknown) => void;
type Handle = (request: RawRequest, response: RawResponse, next: Next) => void;

/** Who is to see every request before anything else does, and every response of an application. */
export interface FirstInLine {
  readonly handle: Handle;
  /** Whether it needs `request.hostname`. */
  readonly readsHostname: () => boolean;
  /** Told of the prototype of all responses, where there is one that is the application's own. */
  readonly protectAll: (prototype: { writeHead: unknown }) => void;
}

/**
 * Gives a handler the first place: ahead of the body parser, of every `app.use()` and of all Nest middleware. To be
 * called as soon as there is an adapter.
 */
export function takeFirstPlace(httpAdapter: AbstractHttpAdapter, first: FirstInLine): void {
  const type = httpAdapter.getType();
  // Absent before Nest 11.1.6, which does with middleware.
  if (type === 'fastify' && 'setOnRequestHook' in httpAdapter) {
    takeRequestHook(httpAdapter, first);
    return;
  }
  // Express is an optional peer, so its type is written down here.
  const { response } = httpAdapter.getInstance<{ response?: { writeHead: unknown } }>();
  if (type === 'express' && response !== undefined) first.protectAll(response);
  httpAdapter.use(first.handle);
}

/** Fastify's requests and replies hold Node's own. */
type Hook = (
  request: { readonly raw: RawRequest; readonly hostname: string },
  reply: { readonly raw: RawResponse },
  done: Next,
) => unknown;

interface FastifyAdapter {
  /** Private to the adapter. */
  readonly onRequestHook?: Hook;
  setOnRequestHook(hook: Hook): void;
}

/**
 * Takes the adapter's hook, which runs ahead of its other hooks, as those that answer while the application shuts
 * down and those of `enableCsrfProtection()`: their answers carry CORS headers too. Middleware would also cost more
 * than all the rest.
 *
 * The slot is meant for instrumentation. Whoever else sets it comes first, and sees every request.
 */
function takeRequestHook(adapter: FastifyAdapter, { handle, readsHostname }: FirstInLine): void {
  let other = adapter.onRequestHook;
  const handleRaw: Hook = (request, { raw }, done) => {
    // As middleware finds it: only the adapter knows whether it trusts a proxy.
    if (readsHostname()) (request.raw as { hostname?: string }).hostname = request.hostname;
    handle(request.raw, raw, done);
  };
  adapter.setOnRequestHook((request, reply, done) => {
    if (other === undefined) {
      handleRaw(request, reply, done);
      return;
    }
    let isDone = false;
    const goOn: Next = (error) => {
      if (isDone) return;
      isDone = true;
      if (error === undefined || error === null) handleRaw(request, reply, done);
      else done(error);
    };
    const result = other.call(adapter, request, reply, goOn);
    // As the adapter does it: a promise is done when it is settled.
    if (isThenable(result)) {
      result.then(
        () => {
          goOn();
        },
        (error: unknown) => {
          goOn(error ?? new Error('The request hook failed.'));
        },
      );
    }
  });
  adapter.setOnRequestHook = (hook) => {
    other = hook;
  };
}

function isThenable(result: unknown): result is PromiseLike<unknown> {
  return typeof (result as { then?: unknown } | null | undefined)?.then === 'function';
}
