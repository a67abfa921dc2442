import { connect, type Socket } from 'node:net';

/** A request as it goes over the wire; headers may be doubled. */
export interface WireRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export interface WireAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Sends one request at a time over a connection that is kept, with the very bytes that it is given. */
export class WireClient {
  #socket: Socket | undefined;
  #text = '';
  #onChange: () => void = () => undefined;

  constructor(private readonly port: number) {}

  async send({ method, target, headers }: WireRequest): Promise<WireAnswer> {
    const socket = (this.#socket ??= this.#connect());
    this.#text = '';
    const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1');
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#socket?.destroy(), 60_000);
      this.#onChange = () => {
        const answer = read(this.#text, method, socket.destroyed);
        if (answer === undefined && !socket.destroyed) return;
        clearTimeout(timer);
        this.#onChange = () => undefined;
        if (answer === undefined) reject(new Error(`No answer to ${method} ${target}.`));
        else {
          const isClosing = answer.headers.some(
            ([name, value]) => name === 'connection' && value.toLowerCase() === 'close',
          );
          if (isClosing) this.close();
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

/** The answer, once all of it is there. */
function read(text: string, method: string, isOver: boolean): WireAnswer | undefined {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd === -1) return undefined;
  const [statusLine = '', ...lines] = text.slice(0, headEnd).split('\r\n');
  const status = Number(statusLine.split(' ')[1]);
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  const valueOf = (wanted: string) => headers.find(([name]) => name === wanted)?.[1];
  const body = text.slice(headEnd + 4);
  const length = valueOf('content-length');
  const isComplete =
    isOver ||
    method === 'HEAD' ||
    status === 204 ||
    status === 304 ||
    (valueOf('transfer-encoding') === 'chunked'
      ? body.endsWith('0\r\n\r\n')
      : length !== undefined && body.length >= Number(length));
  return isComplete ? { status, headers } : undefined;
}
