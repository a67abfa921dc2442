import { once } from 'node:events';
import { connect } from 'node:net';

const CONNECTIONS = 16;
const END_OF_HEAD = Buffer.from('\r\n\r\n');

/**
 * Keep-alive connections to one server, each with one request under way. They do as little as they can: the
 * parent shares the machine with the server.
 */
export class Load {
  #sockets;

  /** @param {readonly import('node:net').Socket[]} sockets */
  constructor(sockets) {
    this.#sockets = sockets;
  }

  /** @param {number} port of the loopback */
  static async connect(port) {
    const sockets = Array.from({ length: CONNECTIONS }, () =>
      connect({ port, host: '127.0.0.1', noDelay: true }),
    );
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    return new Load(sockets);
  }

  /**
   * @param {readonly Buffer[]} requests to be sent in turn
   * @param {number} count
   * @param {number} status
   * @returns {Promise<void>}
   * @throws where an answer has another status
   */
  send(requests, count, status) {
    const expected = `HTTP/1.1 ${status} `;
    let sent = 0;
    let answered = 0;
    return new Promise((resolve, reject) => {
      /** @param {Error} [error] */
      const stop = (error) => {
        for (const socket of this.#sockets) socket.removeAllListeners();
        if (error) reject(error);
        else resolve();
      };
      for (const socket of this.#sockets) {
        let received = Buffer.alloc(0);
        const sendNext = () => {
          if (sent < count) socket.write(requests[sent++ % requests.length] ?? '');
        };
        socket.on('data', (chunk) => {
          received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
          const length = lengthOf(received);
          if (length === undefined || received.length < length) return;
          if (received.toString('latin1', 0, expected.length) !== expected) {
            stop(new Error(`Expected ${status}, not: ${received.toString('latin1')}`));
            return;
          }
          received = received.subarray(length);
          answered += 1;
          if (answered === count) stop();
          else sendNext();
        });
        socket.on('error', stop);
        socket.on('close', () => stop(new Error('The server closed a connection.')));
        sendNext();
      }
    });
  }

  close() {
    for (const socket of this.#sockets) socket.destroy();
  }
}

/**
 * The length of an answer, once its head is there. Every answer here tells its `Content-Length`.
 *
 * @param {Buffer} received
 */
function lengthOf(received) {
  const end = received.indexOf(END_OF_HEAD);
  if (end === -1) return undefined;
  const head = received.toString('latin1', 0, end);
  const [, length] = /\r\ncontent-length: (\d+)/i.exec(head) ?? [];
  if (length === undefined) throw new Error(`No Content-Length: ${head}`);
  return end + END_OF_HEAD.length + Number(length);
}
