import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** One request as it reached the API's server, before Nest or anything else had a look at it. */
export interface LoggedRequest {
  readonly method: string;
  readonly preflight: boolean;
  /** What the browser put on the request and the page could not set by itself. */
  readonly origin: string | undefined;
  readonly cookie: boolean;
  /** Of the answer; absent while there is none. */
  readonly status: number | undefined;
  readonly answerHeaders: readonly string[];
  /** Those that CORS is about, with their values; what else the answer holds may be the customer's. */
  readonly corsHeaders: Readonly<Record<string, string>>;
}

const PROBES_KEPT = 500;

/**
 * What really went over the wire, so that the playground can tell a request which never came from one that came and
 * whose answer the browser withheld. Pages mark theirs with `?probe=…`; others are not recorded.
 */
export class RequestLog {
  private readonly exchanges = new Map<string, [IncomingMessage, ServerResponse][]>();

  constructor(server: Server) {
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      // Whatever the path is: not every request target is one that `URL` takes.
      const [, query = ''] = /\?([^#]*)/.exec(request.url ?? '') ?? [];
      const probe = new URLSearchParams(query).get('probe');
      if (probe !== null) this.record(probe, request, response);
    });
  }

  of(probe: string): LoggedRequest[] {
    return (this.exchanges.get(probe) ?? []).map(([request, response]) => ({
      method: request.method ?? '',
      preflight: request.method === 'OPTIONS' && 'access-control-request-method' in request.headers,
      origin: request.headers.origin,
      cookie: request.headers.cookie !== undefined,
      status: response.headersSent ? response.statusCode : undefined,
      answerHeaders: response.getHeaderNames(),
      corsHeaders: Object.fromEntries(
        Object.entries(response.getHeaders())
          .filter(([name]) => name === 'vary' || name.startsWith('access-control-'))
          .map(([name, value]) => [name, String(value)]),
      ),
    }));
  }

  private record(probe: string, request: IncomingMessage, response: ServerResponse): void {
    const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
    // Headers that are given with the head are kept by Node only if others were set before.
    response.writeHead = (...args: unknown[]) => {
      const given = args.at(-1);
      if (typeof given === 'object' && given !== null && !Array.isArray(given)) {
        for (const [name, value] of Object.entries(given))
          response.setHeader(name, value as string);
      }
      return writeHead(...args);
    };
    const earlier = this.exchanges.get(probe) ?? [];
    this.exchanges.set(probe, [...earlier, [request, response]]);
    const [oldest] = this.exchanges.keys();
    if (this.exchanges.size > PROBES_KEPT && oldest !== undefined) this.exchanges.delete(oldest);
  }
}
