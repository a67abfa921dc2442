import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Servers of other frameworks, as far as CORS goes: what they answer is read off their published sources. */

export interface Peer {
  readonly url: URL;
  close(): Promise<void>;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export async function startPeer(answer: Answer): Promise<Peer> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}/`),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

export interface SpringCors {
  readonly allowedOrigins?: readonly string[];
  /** `*` stands for any text, as in `allowedOriginPatterns`. */
  readonly allowedOriginPatterns?: readonly string[];
  readonly allowedMethods?: readonly string[];
  readonly allowedHeaders?: readonly string[];
  readonly allowCredentials?: boolean;
  readonly allowPrivateNetwork?: boolean;
  readonly maxAge?: number;
}

/**
 * Spring's `DefaultCorsProcessor` (spring-web, 6.2): `Vary` in three lines on every answer, 403 with a sentence for
 * whatever it refuses, and the requested method and headers echoed where `*` is configured.
 */
export function spring(cors: SpringCors): Answer {
  const { allowedOrigins = [], allowedOriginPatterns = [], allowCredentials = false } = cors;
  const { allowedMethods = ['GET', 'HEAD', 'POST'], allowedHeaders = [] } = cors;
  return (request, response) => {
    const { origin } = request.headers;
    const names = ['Origin', 'Access-Control-Request-Method', 'Access-Control-Request-Headers'];
    response.appendHeader('Vary', names);
    const end = (status: number, text: string): void => {
      response.writeHead(status).end(text);
    };
    if (origin === undefined || origin === `http://${request.headers.host ?? ''}`) {
      end(200, 'books');
      return;
    }
    const matches = allowedOriginPatterns.some((pattern) =>
      new RegExp(`^${pattern.split('*').map(escapeExpression).join('.*')}$`).test(origin),
    );
    const allowOrigin = allowedOrigins.includes('*')
      ? '*'
      : allowedOrigins.includes(origin) || matches
        ? origin
        : undefined;
    const requested = request.headers['access-control-request-method'];
    const isPreflight = request.method === 'OPTIONS' && requested !== undefined;
    const method = (isPreflight ? requested : request.method) ?? '';
    const methodAllowed = allowedMethods.includes('*') || allowedMethods.includes(method);
    const headers = listIn(request.headers['access-control-request-headers']);
    const granted = headers.filter(
      (name) => allowedHeaders.includes('*') || allowedHeaders.includes(name),
    );
    if (
      allowOrigin === undefined ||
      !methodAllowed ||
      (isPreflight && headers.length > 0 && granted.length === 0)
    ) {
      end(403, 'Invalid CORS request');
      return;
    }
    response.setHeader('Access-Control-Allow-Origin', allowOrigin);
    if (allowCredentials) response.setHeader('Access-Control-Allow-Credentials', 'true');
    if (!isPreflight) {
      end(200, 'books');
      return;
    }
    const methods = allowedMethods.includes('*') ? [method] : allowedMethods;
    response.setHeader('Access-Control-Allow-Methods', methods.join(','));
    if (granted.length > 0) response.setHeader('Access-Control-Allow-Headers', granted.join(', '));
    const asksPrivate = request.headers['access-control-request-private-network'] === 'true';
    if (cors.allowPrivateNetwork === true && asksPrivate) {
      response.setHeader('Access-Control-Allow-Private-Network', 'true');
    }
    response.setHeader('Access-Control-Max-Age', String(cors.maxAge ?? 1800));
    end(200, '');
  };
}

export interface DjangoCors {
  readonly allowAllOrigins?: boolean;
  readonly allowedOrigins?: readonly string[];
  /** Matched from the beginning only, as `re.match()` does. */
  readonly allowedOriginRegexes?: readonly string[];
  readonly allowCredentials?: boolean;
  readonly preflightMaxAge?: number;
}

/**
 * `CorsMiddleware` of django-cors-headers 4: `Vary: origin` on every answer, preflights always 200, and
 * `Access-Control-Allow-Credentials` also for origins that are not allowed.
 */
export function django(cors: DjangoCors): Answer {
  const { allowAllOrigins = false, allowedOrigins = [], allowedOriginRegexes = [] } = cors;
  const { allowCredentials = false, preflightMaxAge = 86_400 } = cors;
  return (request, response) => {
    const { origin } = request.headers;
    response.setHeader('Vary', 'origin');
    const isAllowed =
      origin !== undefined &&
      (allowAllOrigins ||
        allowedOrigins.includes(origin) ||
        allowedOriginRegexes.some((source) => new RegExp(`^(?:${source})`).test(origin)));
    if (origin !== undefined && allowCredentials) {
      response.setHeader('Access-Control-Allow-Credentials', 'true');
    }
    if (isAllowed) {
      const value = allowAllOrigins && !allowCredentials ? '*' : origin;
      response.setHeader('Access-Control-Allow-Origin', value);
      if (request.method === 'OPTIONS') {
        response.setHeader('Access-Control-Allow-Headers', 'accept, authorization, content-type');
        response.setHeader(
          'Access-Control-Allow-Methods',
          'DELETE, GET, OPTIONS, PATCH, POST, PUT',
        );
        response.setHeader('Access-Control-Max-Age', String(preflightMaxAge));
      }
    }
    response.writeHead(200).end(request.method === 'OPTIONS' ? '' : 'books');
  };
}

/** A server that writes the same headers whoever asks; `$origin` is the origin that asks. */
export function fixed(
  headers: Readonly<Record<string, string | readonly string[]>>,
  status: { readonly get?: number; readonly options?: number } = {},
): Answer {
  return (request, response) => {
    const { origin = '' } = request.headers;
    for (const [name, value] of Object.entries(headers)) {
      const values = [value].flat().map((each) => each.replace('$origin', origin));
      response.setHeader(name, values.length === 1 ? (values[0] ?? '') : values);
    }
    const code = request.method === 'OPTIONS' ? (status.options ?? 204) : (status.get ?? 200);
    response.writeHead(code).end();
  };
}

function listIn(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '');
}

function escapeExpression(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
