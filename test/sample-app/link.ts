import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** The network between an instance and its database: a way that can be cut, go silent, or hang. */
export class Link {
  readonly #sockets = new Set<Socket>();
  #cut = false;
  #hangs = false;
  /** How many connections found the way cut. */
  refused = 0;

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {
    server.on('connection', (socket: Socket) => {
      this.#join(socket);
    });
  }

  static async to(target: number): Promise<Link> {
    const server = createServer({ pauseOnConnect: true });
    const link = new Link(server, target);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return link;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Ends every connection, and any new one at once. */
  cut(): void {
    this.#cut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  restore(): void {
    this.#cut = false;
    this.#hangs = false;
  }

  /** From now on nothing comes through the connections there are, and neither side hears of it. New ones work. */
  silence(): void {
    for (const socket of this.#sockets) {
      socket.unpipe();
      socket.removeAllListeners('close');
    }
  }

  /** As if the database were frozen: connections are accepted, and nothing comes back through any. */
  hang(): void {
    this.#hangs = true;
    this.silence();
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  #join(socket: Socket): void {
    if (this.#cut) {
      this.refused += 1;
      socket.destroy();
      return;
    }
    if (this.#hangs) {
      this.#sockets.add(socket);
      return;
    }
    const database = connect(this.target, '127.0.0.1');
    for (const [from, to] of [
      [socket, database],
      [database, socket],
    ] as const) {
      this.#sockets.add(from);
      from.pipe(to);
      from.on('error', () => from.destroy());
      from.on('close', () => to.destroy());
      from.once('close', () => this.#sockets.delete(from));
    }
  }
}
