import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A request, letter for letter; Node's own client refuses or rewrites some. */
export interface RawRequest {
  readonly method: string;
  readonly target: string;
  /** Names may come twice. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export interface RawAnswer {
  readonly status: number;
  /** In order of arrival, with names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The status line and the headers as they came. */
  readonly head: string;
}

/** Bytes for one connection: characters of latin1, one byte each. */
export interface Transmission {
  readonly chunks: readonly string[];
  /** What the client does once it has sent everything. */
  readonly ending: 'half-close' | 'hang up';
}

/** Milliseconds without an answer after which a client gives up. */
const PATIENCE = 10_000;
const END_OF_HEAD = '\r\n\r\n';

/** Sends one request at a time over a connection that is kept while the server keeps it. */
export class RawClient {
  #socket: Socket | undefined;
  #text = '';
  #onChange: () => void = () => undefined;

  constructor(private readonly port: number) {}

  /**
   * Of an event stream, the answer is its head.
   *
   * @throws Error if the connection ends before the answer, or nothing comes for ten seconds
   */
  async send(request: RawRequest): Promise<RawAnswer> {
    const isKept = this.#socket !== undefined;
    let answer = await this.#exchange(request);
    // The server may have closed a kept connection while the request was on its way (RFC 9112, section 9.3.1).
    if (!answer && isKept && this.#text === '') answer = await this.#exchange(request);
    if (!answer) throw new Error(`No answer to ${request.method} ${request.target}: ${this.#text}`);
    const isLast = valueOf(answer, 'connection')?.toLowerCase() === 'close';
    if (isLast || isEventStream(answer)) this.close();
    return answer;
  }

  /** The answer; `undefined` where the connection ends before it. */
  #exchange({ method, target, headers }: RawRequest): Promise<RawAnswer | undefined> {
    const socket = (this.#socket ??= this.#connect());
    this.#text = '';
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1');
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`No answer to ${method} ${target} within ${PATIENCE} ms: ${this.#text}`));
        this.close();
      }, PATIENCE);
      this.#onChange = () => {
        const answer = readAnswer(this.#text);
        if (!socket.destroyed && !(answer && hasBody(answer, method, this.#text))) return;
        clearTimeout(timer);
        this.#onChange = () => undefined;
        resolve(answer);
      };
    });
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #connect(): Socket {
    const socket = connect(this.port, '127.0.0.1').setEncoding('latin1').setNoDelay();
    socket.on('data', (chunk: string) => {
      this.#text += chunk;
      this.#onChange();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = undefined;
      this.#onChange();
    });
    return socket;
  }
}

/** Sends bytes over a connection of their own, and reads what comes back until the server closes it. */
export async function transmit(
  port: number,
  { chunks, ending }: Transmission,
): Promise<RawAnswer[]> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.setNoDelay().setEncoding('latin1');
  let text = '';
  socket.on('data', (chunk: string) => (text += chunk));
  const closed = new Promise<void>((resolve, reject) => {
    socket.on('end', () => socket.destroy());
    socket.on('close', resolve);
    // The server may well slam the door.
    socket.on('error', () => socket.destroy());
    socket.setTimeout(PATIENCE, () => {
      reject(
        new Error(`No end within ${PATIENCE} ms of ${JSON.stringify(chunks).slice(0, 2_000)}`),
      );
      socket.destroy();
    });
  });
  for (const [index, chunk] of chunks.entries()) {
    if (index > 0) await delay(1);
    if (!socket.destroyed) socket.write(chunk, 'latin1');
  }
  if (ending === 'hang up') {
    await delay(1);
    socket.resetAndDestroy();
  } else if (!socket.destroyed) {
    socket.end();
  }
  await closed;
  return readAnswers(text);
}

/**
 * Sends the lines of one request, and reads its answer.
 *
 * @throws Error if there is none
 */
export async function sendLines(port: number, lines: readonly string[]): Promise<RawAnswer> {
  const text = [...lines, 'Connection: close', '', ''].join('\r\n');
  const [answer] = await transmit(port, { chunks: [text], ending: 'half-close' });
  if (!answer) throw new Error(`No answer to ${JSON.stringify(lines).slice(0, 2_000)}`);
  return answer;
}

/** The answers in what a connection brought; whatever stands between their heads is skipped. */
function readAnswers(text: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let rest = text, next = 0; next !== -1; rest = rest.slice(next)) {
    const answer = readAnswer(rest);
    if (!answer) break;
    answers.push(answer);
    next = rest.indexOf('HTTP/1.1 ', answer.head.length);
  }
  return answers;
}

/** The answer that the text begins with, once its head is there. */
function readAnswer(text: string): RawAnswer | undefined {
  const end = text.indexOf(END_OF_HEAD);
  if (end === -1) return undefined;
  const head = text.slice(0, end);
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  return { status: Number(statusLine.split(' ')[1] ?? 0), headers, head };
}

/** Whether all of the body is there (RFC 9112, section 6.3); without a length it ends with the connection. */
function hasBody(answer: RawAnswer, method: string, text: string): boolean {
  if (method === 'HEAD' || answer.status === 204 || answer.status === 304) return true;
  // It has no end.
  if (isEventStream(answer)) return true;
  const body = text.slice(answer.head.length + END_OF_HEAD.length);
  if (valueOf(answer, 'transfer-encoding') === 'chunked') return body.endsWith('0\r\n\r\n');
  return body.length >= Number(valueOf(answer, 'content-length') ?? Infinity);
}

function isEventStream(answer: RawAnswer): boolean {
  return valueOf(answer, 'content-type')?.startsWith('text/event-stream') === true;
}

function valueOf({ headers }: RawAnswer, wanted: string): string | undefined {
  return headers.find(([name]) => name === wanted)?.[1];
}
