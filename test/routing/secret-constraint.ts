import type { IncomingHttpHeaders } from 'node:http';

/** A constraint of an application's own, for Fastify: the header `x-secret`. */
export const SECRET_CONSTRAINT = {
  name: 'secret',
  storage() {
    const handlers = new Map<unknown, unknown>();
    return {
      get: (value: unknown) => (handlers.get(value) ?? null) as null,
      set(value: unknown, handler: unknown) {
        handlers.set(value, handler);
      },
    };
  },
  deriveConstraint: (request: { headers: IncomingHttpHeaders }) =>
    String(request.headers['x-secret']),
  validate() {},
};
