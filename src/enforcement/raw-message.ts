import { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionContext } from '@nestjs/common';
import type { RawRequest, RawResponse } from './exchange.js';

/** Node's own request of a context. Libraries that call contexts of their own HTTP may pass anything for it. */
export function rawRequest(context: ExecutionContext): RawRequest {
  return raw(context.getArgByIndex<RawRequest>(0));
}

/** Node's own response of a context. */
export function rawResponse(context: ExecutionContext): RawResponse {
  return raw(context.getArgByIndex<RawResponse>(1));
}

/** Node's own object: Fastify's requests and replies hold it, Express's are it. */
export function raw<T extends object>(wrapped: T | { readonly raw: T }): T {
  // Express's objects have long prototype chains: looking for a property that they lack takes time.
  if (wrapped instanceof IncomingMessage || wrapped instanceof ServerResponse) return wrapped as T;
  // In contexts of their own, libraries may pass something that is no object.
  return (Object(wrapped) as { readonly raw?: T }).raw ?? (wrapped as T);
}
