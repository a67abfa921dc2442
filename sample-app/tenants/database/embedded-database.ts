import type { PGlite } from '@electric-sql/pglite';

import { CHANGES, Database, type ChangeListener } from './database.js';
import { MIGRATE } from './migrations.js';

/**
 * PGlite: PostgreSQL compiled to WebAssembly, in this process and in memory, so that `npm start` needs nothing.
 * It has `LISTEN` and `NOTIFY` like its big brother. Starting takes a second or two: whoever needs it first has to wait.
 */
export class EmbeddedDatabase extends Database {
  private listener: ChangeListener | undefined;
  private starting: Promise<PGlite> | undefined;

  override async query<Row extends object>(
    sql: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    this.starting ??= this.start();
    const database = await this.starting;
    const { rows } = await database.query<Row>(sql, [...values]);
    return rows;
  }

  override async listen(listener: ChangeListener): Promise<void> {
    this.listener = listener;
  }

  override async close(): Promise<void> {
    const database = await this.starting;
    // Closing beside a query would wait for ever.
    await database?.runExclusive(async () => {});
    await database?.close();
  }

  private async start(): Promise<PGlite> {
    // Not before it is needed: whoever has a server need not load any of this.
    const [{ PGlite }, { dataDir }] = await Promise.all([
      import('@electric-sql/pglite'),
      import('@electric-sql/pglite-prepopulatedfs'),
    ]);
    // A database that was made before: making one here takes three times as long as all the rest.
    const database = await PGlite.create({ loadDataDir: await dataDir() });
    await database.exec(MIGRATE);
    await database.listen(CHANGES, (origin) => this.listener?.changed(origin));
    this.listener?.connected();
    return database;
  }
}
