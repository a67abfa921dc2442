import { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

import { Logger, ServiceUnavailableException } from '@nestjs/common';
import { Client, DatabaseError, Pool, type ClientConfig } from 'pg';

import { CHANGES, Database, type ChangeListener } from './database.js';
import { MIGRATE } from './migrations.js';

/** Milliseconds for one attempt to connect, and for one query: a request is waiting. */
const PATIENCE = 2000;

/** Milliseconds between two attempts to listen again; a little more at random, so that not all instances come at once. */
const RECONNECT = 250;

/**
 * Milliseconds between two questions whether the listening connection is still there. It only ever receives, and
 * would not notice that the other side vanished without a word.
 */
const HEARTBEAT = 4000;

/** Milliseconds that connections get to end properly when the application closes; a healthy server takes a few. */
const FAREWELL = 1000;

/** SQLSTATE classes that say something about the server rather than the statement. */
const OUTAGES = new Set(['08', '53', '57']);

/** A PostgreSQL server: a pool for queries, and one connection more that listens. */
export class PostgresDatabase extends Database {
  private readonly logger = new Logger('Database');
  private readonly closing = new AbortController();
  private readonly options: ClientConfig;
  private readonly pool: Pool;
  /** Those that are open: one of them is enough to keep the process alive. */
  private readonly sockets = new Set<Socket>();
  private listening: Promise<void> | undefined;

  /** @param url e.g. `postgres://bookshop@localhost/bookshop` */
  constructor(url: string) {
    super();
    this.options = {
      connectionString: url,
      application_name: 'bookshop',
      connectionTimeoutMillis: PATIENCE,
      query_timeout: PATIENCE,
      statement_timeout: PATIENCE,
      stream: () => this.openSocket(),
    };
    this.pool = new Pool({ ...this.options, max: 5 });
    // A connection that breaks while nobody uses it. The next query opens another, or fails; unheard, this event
    // would end the process.
    this.pool.on('error', () => {});
  }

  override async query<Row extends object>(
    sql: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    try {
      const { rows } = await this.pool.query<Row>(sql, [...values]);
      return rows;
    } catch (error) {
      if (error instanceof DatabaseError && !OUTAGES.has(error.code?.slice(0, 2) ?? ''))
        throw error;
      throw new ServiceUnavailableException('The database does not answer.', { cause: error });
    }
  }

  override listen(listener: ChangeListener): Promise<void> {
    return new Promise((tried) => {
      this.listening = this.keepListening(listener, tried);
    });
  }

  /** Whatever the server does, no connection is open longer than `FAREWELL` afterward. */
  override async close(): Promise<void> {
    this.closing.abort();
    const closed = [...this.sockets].map(
      (socket) => new Promise((resolve) => socket.once('close', resolve)),
    );
    // A server that hangs answers no farewell, and the connection would stay open for as long as it hangs.
    const patience = setTimeout(() => {
      for (const socket of this.sockets) socket.destroy();
    }, FAREWELL);
    await Promise.all([this.listening, this.pool.end(), ...closed]);
    clearTimeout(patience);
  }

  private openSocket(): Socket {
    const socket = new Socket();
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    return socket;
  }

  private async keepListening(listener: ChangeListener, tried: () => void): Promise<void> {
    let down = false;
    while (!this.isClosing()) {
      try {
        await this.listenOnce({
          changed: (origin) => {
            listener.changed(origin);
          },
          connected: () => {
            // At the level of the line about the loss: whoever reads that one has to read this one.
            if (down) this.logger.warn('Connected again, and listening.');
            down = false;
            listener.connected();
            tried();
          },
        });
      } catch (error) {
        if (this.isClosing()) return;
        // Once for each time it goes down, not once for each attempt.
        if (!down) this.logger.warn(`Not connected: ${describe(error)}`);
        down = true;
      }
      tried();
      await this.wait(RECONNECT * (1 + Math.random())).catch(() => {});
    }
  }

  private isClosing(): boolean {
    return this.closing.signal.aborted;
  }

  /** Waits, unless the application closes meanwhile, or `signal` says that there is nothing left to wait for. */
  private async wait(milliseconds: number, signal = this.closing.signal): Promise<void> {
    await wait(milliseconds, undefined, {
      signal: AbortSignal.any([this.closing.signal, signal]),
    });
  }

  /** Listens until the connection is lost, or the application closes. */
  private async listenOnce(listener: ChangeListener): Promise<never> {
    const client = new Client(this.options);
    const lost = new AbortController();
    client.on('error', (error) => {
      lost.abort(error);
    });
    client.once('end', () => {
      lost.abort();
    });
    try {
      await client.connect();
      await client.query(MIGRATE);
      client.on('notification', ({ payload = '' }) => {
        listener.changed(payload);
      });
      await client.query(`LISTEN ${CHANGES}`);
      listener.connected();
      // Losing the connection ends the waiting, and so does closing.
      for (;;) {
        await this.wait(HEARTBEAT, lost.signal);
        await client.query('SELECT 1');
      }
    } finally {
      // Not waited for: the other side may never answer.
      client.end().catch(() => {});
    }
  }
}

/** Where a host has several addresses and none answers, the reasons are in a list, and the message is empty. */
function describe(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describe).join(' ');
  if (!(error instanceof Error)) return String(error);
  // A wait that was ended has the reason for its cause.
  return error.name === 'AbortError' ? 'The connection was lost.' : error.message;
}
