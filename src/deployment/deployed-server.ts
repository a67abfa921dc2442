import http from 'node:http';
import https from 'node:https';
import type { Pace } from './pace.js';

/** A request as it is sent, its header names in lower case. `Host` is that of the server's URL. */
export interface SentRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What came back: all of the head, and the beginning of the body. */
export interface DeployedAnswer {
  readonly status: number;
  /** Every header line in the order of arrival, with its name in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** At most {@link LONGEST_BODY} bytes of it. */
  readonly body: string;
}

/** No answer: the code of Node's error, or `TIMEOUT`. */
export interface NoAnswer {
  readonly code: string;
  readonly message: string;
}

/** A request and what came of it. */
export interface Exchange {
  readonly request: SentRequest;
  /** The whole URL that was asked. */
  readonly url: string;
  readonly outcome: DeployedAnswer | NoAnswer;
}

export interface DeployedServerOptions {
  /** What each request waits for before it is sent. */
  readonly pace: Pace;
  /** Milliseconds for a whole answer, 1 to 2147483647. Default: 10000. */
  readonly timeout?: number;
}

/** Bytes of a body that are read before the connection is closed: enough to see who wrote it. */
export const LONGEST_BODY = 4096;

/** Bytes of an answer's head; Node refuses a longer one with `HPE_HEADER_OVERFLOW`. */
const LONGEST_HEAD = 64 * 1024;

const TIMEOUT = 10_000;

/**
 * A server that somebody else runs. It is asked over HTTP/1.1, without credentials, and nothing in its answers is
 * believed: redirects are not followed, bodies are cut off, and an answer that does not end in time is none.
 */
export class DeployedServer {
  /** How many requests were sent. */
  sent = 0;
  readonly #base: URL;
  readonly #agent: http.Agent;

  /** @param url an absolute `http:` or `https:` URL; its user and password are left out */
  constructor(
    url: URL,
    private readonly options: DeployedServerOptions,
  ) {
    this.#base = url;
    this.#agent =
      url.protocol === 'https:'
        ? new https.Agent({ keepAlive: true, maxSockets: 4 })
        : new http.Agent({ keepAlive: true, maxSockets: 4 });
  }

  /** The origin of its pages. */
  get origin(): string {
    return this.#base.origin;
  }

  /** The host and port that requests name. */
  get host(): string {
    return this.#base.host;
  }

  /** The path and the query of its URL. */
  get path(): string {
    return this.#base.pathname + this.#base.search;
  }

  /** The path that everything is deployed below, without a slash at its end. */
  get basePath(): string {
    return this.#base.pathname.replace(/\/$/, '');
  }

  /** Sends a request when its turn has come; never rejects. */
  async ask(request: SentRequest): Promise<Exchange> {
    await this.options.pace.turn();
    this.sent += 1;
    const url = this.origin + request.path;
    return { request, url, outcome: await this.#exchange(request) };
  }

  close(): void {
    this.#agent.destroy();
  }

  #exchange(sent: SentRequest): Promise<DeployedAnswer | NoAnswer> {
    const { timeout = TIMEOUT } = this.options;
    return new Promise((resolve) => {
      let request: http.ClientRequest;
      let isOver = false;
      const end = (outcome: DeployedAnswer | NoAnswer): void => {
        isOver = true;
        clearTimeout(timer);
        resolve(outcome);
      };
      const timer = setTimeout(() => {
        end({ code: 'TIMEOUT', message: `no whole answer within ${timeout} ms` });
        request.destroy();
      }, timeout);
      const attempt = (agent: http.Agent | false): void => {
        const current = (request = this.#send(sent, agent));
        current.on('error', (error: NodeJS.ErrnoException) => {
          if (isOver) return;
          // RFC 9112, section 9.3.1: a connection that was kept may be closed at any time, and says nothing of the server.
          if (current.reusedSocket && agent !== false) attempt(false);
          else end({ code: error.code ?? error.name, message: error.message });
        });
        current.on('response', (response) => {
          read(response, current, end);
        });
        current.end();
      };
      attempt(this.#agent);
    });
  }

  #send({ method, path, headers }: SentRequest, agent: http.Agent | false): http.ClientRequest {
    const send = this.#base.protocol === 'https:' ? https.request : http.request;
    return send({
      ...{ protocol: this.#base.protocol, agent, maxHeaderSize: LONGEST_HEAD },
      // The path is sent as it is written: `URL` would read dots and backslashes in it.
      hostname: this.#base.hostname.replace(/^\[|\]$/g, ''),
      port: this.#base.port,
      path,
      method,
      headers: { host: this.#base.host, 'user-agent': 'nestjs-cors', ...headers },
    });
  }
}

/** Reads the head of an answer and the beginning of its body, and then lets go of the connection. */
function read(
  response: http.IncomingMessage,
  request: http.ClientRequest,
  end: (answer: DeployedAnswer) => void,
): void {
  const chunks: Buffer[] = [];
  let length = 0;
  const finish = (): void => {
    end({
      status: response.statusCode ?? 0,
      headers: linesOf(response.rawHeaders),
      body: Buffer.concat(chunks).subarray(0, LONGEST_BODY).toString('latin1'),
    });
  };
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length < LONGEST_BODY) return;
    finish();
    request.destroy();
  });
  response.on('end', finish);
  // The head is there, and a body that ends too early changes nothing about it.
  response.on('error', finish);
  if (endless(response)) {
    finish();
    request.destroy();
  }
}

export function isAnswer(outcome: DeployedAnswer | NoAnswer): outcome is DeployedAnswer {
  return 'status' in outcome;
}

/** The values of all lines of one header. */
export function valuesOf({ headers }: Pick<DeployedAnswer, 'headers'>, name: string): string[] {
  return headers.filter(([key]) => key === name).map(([, value]) => value);
}

/** The members of all lines of a header that holds a list, in lower case. */
export function membersOf(answer: Pick<DeployedAnswer, 'headers'>, name: string): string[] {
  return valuesOf(answer, name)
    .flatMap((value) => value.split(','))
    .map((member) => member.trim().toLowerCase())
    .filter((member) => member !== '');
}

/** An event stream: what matters of it is its head. */
function endless({ headers }: http.IncomingMessage): boolean {
  return headers['content-type']?.startsWith('text/event-stream') === true;
}

function linesOf(raw: readonly string[]): [string, string][] {
  return raw.flatMap((name, index): [string, string][] =>
    index % 2 === 0 ? [[name.toLowerCase(), raw[index + 1] ?? '']] : [],
  );
}
