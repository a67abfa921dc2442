/** Told about changes of the origins, by whichever instance or person made them. */
export interface ChangeListener {
  /** From now on every change is heard of. Whatever happened before was not: nothing that is known may count. */
  connected(): void;
  /** @param origin whose permission changed; empty where that may be any */
  changed(origin: string): void;
}

/** The `NOTIFY` channel on which the database itself announces changes; see migrations.ts. */
export const CHANGES = 'tenant_origins';

/** PostgreSQL, embedded or on a server of its own: the rest of the module cannot tell which. */
export abstract class Database {
  /**
   * Runs one statement. Values are passed beside it, never in it.
   *
   * @throws ServiceUnavailableException where the database cannot be reached, or takes too long
   */
  abstract query<Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]>;

  /**
   * Brings the schema up to date and listens. Resolves as soon as that has worked or failed once: an
   * application whose database is down at the start is better than none, and it goes on trying.
   */
  abstract listen(listener: ChangeListener): Promise<void>;

  abstract close(): Promise<void>;
}
