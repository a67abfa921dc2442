import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** Bytes for one connection: characters of latin1, one byte each. */
export interface Transmission {
  readonly chunks: readonly string[];
  /** What the client does once it has sent everything. */
  readonly ending: 'half-close' | 'hang up';
}

export interface Reply {
  readonly status: number;
  /** In order of arrival, with names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The status line and the headers as they came. */
  readonly head: string;
}

const PATIENCE = 60_000;

/** Sends the bytes over a connection of their own, and reads what comes back until the server closes it. */
export async function transmit(port: number, { chunks, ending }: Transmission): Promise<Reply[]> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.setNoDelay();
  socket.setEncoding('latin1');
  let text = '';
  socket.on('data', (chunk: string) => (text += chunk));
  const closed = new Promise<void>((resolve, reject) => {
    // The server may well slam the door.
    socket.on('error', () => {
      resolve();
    });
    socket.on('end', () => socket.destroy());
    socket.on('close', () => {
      resolve();
    });
    socket.setTimeout(PATIENCE, () => {
      socket.destroy();
      reject(
        new Error(`No end within ${PATIENCE} ms of ${JSON.stringify(chunks).slice(0, 2_000)}`),
      );
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
  return readReplies(text);
}

/** The answers in what a connection brought; bodies are skipped as far as their length is known. */
function readReplies(text: string): Reply[] {
  const replies: Reply[] = [];
  let rest = text;
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n');
    if (end === -1) break;
    const head = rest.slice(0, end);
    const [statusLine = '', ...lines] = head.split('\r\n');
    const headers = lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    });
    replies.push({ status: Number(statusLine.split(' ')[1] ?? 0), headers, head });
    const next = rest.indexOf('HTTP/1.1 ', end + 4);
    rest = next === -1 ? '' : rest.slice(next);
  }
  return replies;
}
