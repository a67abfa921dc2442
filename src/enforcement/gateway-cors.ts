import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { CorsPolicy, CorsRequest } from '../protocol/policy/policy-options.js';

/** What the `cors` package, and so socket.io, takes for one request. */
interface GatewayCorsOptions {
  readonly origin: boolean;
  readonly credentials: boolean;
}

/**
 * Says under which policy a page of an origin may open a socket, if it may. An origin that is `undefined` is that of a
 * client that is no page.
 */
export type HandshakeCheck = (
  origin: string | undefined,
  request: CorsRequest | undefined,
) => Promise<Pick<CorsPolicy, 'credentials'> | undefined>;

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

/**
 * Makes the options of a gateway from what decides about its handshakes.
 *
 * @param credentials whether all of them may bring credentials
 */
export function createGatewayCors(
  policyFor: HandshakeCheck,
  credentials: () => boolean,
): GatewayCors {
  const refusal = () => new Error('Pages of this origin may not open a socket here.');
  const delegate = (
    request: IncomingMessage,
    callback: (error: Error | null, options?: GatewayCorsOptions) => void,
  ): void => {
    policyFor(request.headers.origin, toCorsRequest(request)).then((policy) => {
      if (policy) callback(null, { origin: true, credentials: policy.credentials });
      else callback(refusal());
    }, callback);
  };
  return Object.defineProperty(
    Object.assign(delegate, {
      origin: (
        origin: string | undefined,
        callback: (error: Error | null, allow?: boolean) => void,
      ): void => {
        policyFor(origin, undefined).then((policy) => {
          if (policy) callback(null, true);
          else callback(refusal());
        }, callback);
      },
      verifyClient: (
        { req }: { readonly req: IncomingMessage },
        callback: (allowed: boolean, code?: number, message?: string) => void,
      ): void => {
        policyFor(req.headers.origin, toCorsRequest(req)).then(
          (policy) => {
            callback(policy !== undefined, 403, 'Forbidden');
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
