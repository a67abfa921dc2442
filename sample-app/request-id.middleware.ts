import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Gives every answer an `X-Request-Id`, to be quoted when something went wrong.
 *
 * Sending a header does not let a page read it: only policies that name it in `exposedHeaders` do. The
 * catalog's policy does not, and the playground shows the difference.
 */
export function requestIdMiddleware(
  _request: IncomingMessage,
  response: ServerResponse,
  next: () => void,
): void {
  response.setHeader('X-Request-Id', randomUUID());
  next();
}
