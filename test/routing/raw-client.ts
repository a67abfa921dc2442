import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Sends requests with the very target it is given; Node's own client refuses or rewrites some. One request at a time
 * on one kept-alive connection.
 */
export class RawClient {
  #socket: Socket | undefined;
  #text = '';
  #onChange: () => void = () => undefined;

  constructor(private readonly port: number) {}

  async send(
    method: string,
    target: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<RawAnswer> {
    const socket = (this.#socket ??= this.#connect());
    this.#text = '';
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1');
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#socket?.destroy(), TIMEOUT);
      this.#onChange = () => {
        const answer = read(this.#text, method);
        if (answer === undefined && !socket.destroyed) return;
        clearTimeout(timer);
        this.#onChange = () => undefined;
        if (answer === undefined) {
          reject(new Error(`No answer to ${method} ${target}: ${this.#text}`));
        } else {
          if (answer.headers['connection'] !== 'keep-alive') this.close();
          resolve(answer);
        }
      };
    });
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #connect(): Socket {
    const socket = connect(this.port, '127.0.0.1');
    socket.setEncoding('latin1');
    socket.setNoDelay();
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

const TIMEOUT = 60_000;

/** The answer, once all of it is there. */
function read(text: string, method: string): RawAnswer | undefined {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd === -1) return undefined;
  const [statusLine = '', ...lines] = text.slice(0, headEnd).split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const body = text.slice(headEnd + 4);
  const isComplete =
    method === 'HEAD' ||
    (headers['transfer-encoding'] === 'chunked'
      ? body.endsWith('0\r\n\r\n')
      : body.length >= Number(headers['content-length'] ?? 0));
  return isComplete ? { status: Number(statusLine.split(' ')[1]), headers } : undefined;
}
