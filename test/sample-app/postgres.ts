import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePort } from '../harness/free-port.js';

/** Where Debian keeps its versions; `POSTGRES_BIN` names another folder. */
const USUAL_PLACE = '/usr/lib/postgresql';

/**
 * The folder of an installed PostgreSQL's programs, the newest there is; `undefined`, with a line that says so, where
 * there is none.
 *
 * @throws Error instead with `CI=true`, where a server that is missing must not pass for a test that is green, and
 * wherever `POSTGRES_BIN` names what is not there
 */
export function findPostgres(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  place: string = USUAL_PLACE,
  say: (line: string) => unknown = (line) => process.stderr.write(`${line}\n`),
): string | undefined {
  const named = environment['POSTGRES_BIN'];
  if (named !== undefined && named !== '') {
    if (existsSync(join(named, 'initdb'))) return named;
    throw new Error(`POSTGRES_BIN names ${named}, and there is no initdb there.`);
  }
  const versions = existsSync(place) ? readdirSync(place) : [];
  const found = versions
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => join(place, version, 'bin'))
    .find((folder) => existsSync(join(folder, 'initdb')));
  if (found !== undefined) return found;

  const message =
    'No PostgreSQL server is installed; set POSTGRES_BIN to the folder of its initdb.';
  if (environment['CI'] === 'true') throw new Error(message);
  say(`${message} The tests of many instances are skipped.`);
  return undefined;
}

/** A server of our own, in a folder and on a port of its own, that can go down and come back. */
export class PostgresServer {
  #process: ChildProcess | undefined;
  readonly #endWithUs = () => this.#process?.kill('SIGKILL');

  private constructor(
    private readonly programs: string,
    private readonly folder: string,
    private readonly user: { readonly uid?: number; readonly gid?: number },
    readonly port: number,
  ) {
    process.once('exit', this.#endWithUs);
  }

  static async create(programs: string): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), 'bookshop-postgres-'));
    const user = otherThanRoot();
    if (user.uid !== undefined) chownSync(folder, user.uid, user.gid ?? user.uid);
    await promisify(execFile)(
      join(programs, 'initdb'),
      [
        '-D',
        join(folder, 'data'),
        '-U',
        'bookshop',
        '-A',
        'trust',
        '-E',
        'UTF8',
        '--no-locale',
        '-N',
      ],
      { ...user, cwd: folder },
    );
    return new PostgresServer(programs, folder, user, await freePort());
  }

  /** Does nothing where it runs already. */
  async start(): Promise<void> {
    if (this.#process !== undefined) return;
    const options = ['-F', '-p', String(this.port), '-h', '127.0.0.1', '-k', this.folder];
    this.#process = spawn(
      join(this.programs, 'postgres'),
      ['-D', join(this.folder, 'data'), ...options],
      { ...this.user, cwd: this.folder, stdio: 'ignore' },
    );
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.query('SELECT 1');
        return;
      } catch (error) {
        if (attempt === 200) throw error;
        await wait(50);
      }
    }
  }

  /** Takes it down: open connections are ended. */
  async stop(): Promise<void> {
    const server = this.#process;
    this.#process = undefined;
    if (server === undefined) return;
    const ended = once(server, 'exit');
    server.kill('SIGINT');
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop();
    process.off('exit', this.#endWithUs);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Asks over a connection of its own. */
  async query(sql: string, values: readonly unknown[] = []): Promise<readonly object[]> {
    const client = await this.connect();
    try {
      return (await client.query<object>(sql, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  async connect(): Promise<Client> {
    const client = new Client({ connectionString: urlOf(this.port) });
    await client.connect();
    return client;
  }
}

export function urlOf(port: number): string {
  return `postgres://bookshop@127.0.0.1:${port}/postgres`;
}

/** PostgreSQL refuses to run as root; its package brings a user for it. */
function otherThanRoot(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
