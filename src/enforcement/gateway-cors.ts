import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { CorsRequest } from '../protocol/policy/policy-options.js';

/** What the `cors` package, and so socket.io, takes for one request. */
interface GatewayCorsOptions {
  readonly origin: boolean;
  readonly credentials: boolean;
}

/** Says whether a page of an origin may open a socket; `undefined` is a client that is no page. */
export type HandshakeCheck = (
  origin: string | undefined,
  request: CorsRequest | undefined,
) => Promise<boolean>;

/**
 * The `cors` option of a socket.io gateway, and at once the `verifyClient` of a `ws` one. Handshakes of
 * origins that are not allowed are refused whatever the transport: browsers let any page open a WebSocket.
 */
export interface GatewayCors {
  (
    request: IncomingMessage,
    callback: (error: Error | null, options?: GatewayCorsOptions) => void,
  ): void;
  /** For code that asks about the origin alone, as the type of `@WebSocketGateway({ cors })` has it. */
  readonly origin: (
    origin: string | undefined,
    callback: (error: Error | null, allow?: boolean) => void,
  ) => void;
  readonly credentials: boolean;
  /** For `ws`: `new WebSocketServer({ verifyClient })`. It refuses with 403, or with 503 where there is no such policy. */
  readonly verifyClient: (
    info: { readonly req: IncomingMessage },
    callback: (allowed: boolean, code?: number, message?: string) => void,
  ) => void;
}

/** Makes the options of a gateway from what decides about its handshakes. */
export function createGatewayCors(
  isAllowed: HandshakeCheck,
  credentials: () => boolean,
): GatewayCors {
  const refusal = () => new Error('Pages of this origin may not open a socket here.');
  const delegate = (
    request: IncomingMessage,
    callback: (error: Error | null, options?: GatewayCorsOptions) => void,
  ): void => {
    isAllowed(request.headers.origin, toCorsRequest(request)).then((allowed) => {
      if (allowed) callback(null, { origin: true, credentials: credentials() });
      else callback(refusal());
    }, callback);
  };
  return Object.defineProperty(
    Object.assign(delegate, {
      origin: (
        origin: string | undefined,
        callback: (error: Error | null, allow?: boolean) => void,
      ): void => {
        isAllowed(origin, undefined).then((allowed) => {
          if (allowed) callback(null, true);
          else callback(refusal());
        }, callback);
      },
      verifyClient: (
        { req }: { readonly req: IncomingMessage },
        callback: (allowed: boolean, code?: number, message?: string) => void,
      ): void => {
        isAllowed(req.headers.origin, toCorsRequest(req)).then(
          (allowed) => {
            callback(allowed, 403, 'Forbidden');
          },
          () => {
            callback(false, 503, 'Service Unavailable');
          },
        );
      },
      credentials: false,
    }),
    'credentials',
    // Policies can be changed while the gateway runs.
    { get: credentials, enumerable: true },
  );
}

function toCorsRequest({
  method = 'GET',
  url = '/',
  headers,
  socket,
}: IncomingMessage): CorsRequest {
  return { method, url, headers, socket: { encrypted: socket instanceof TLSSocket } };
}
