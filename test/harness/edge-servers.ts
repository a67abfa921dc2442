import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe } from '@jest/globals';
import { freePort } from './free-port.js';
import { findProgram, type KnownProgram } from './installed-program.js';

export type EdgeServerName = 'nginx' | 'haproxy' | 'caddy';

/** One of the servers that stand before applications, started by a test. */
export interface EdgeServer {
  readonly name: EdgeServerName;
  readonly port: number;
  /** What it wrote to its output. */
  log(): string;
  stop(): Promise<void>;
}

interface Kind extends KnownProgram {
  /** The name of the configuration's file; what tells Caddy its syntax. */
  readonly file: string;
  /** The arguments that check a configuration. */
  check(directory: string, file: string): string[];
  /** The arguments that run it in the foreground. */
  run(directory: string, file: string): string[];
  /** What it takes to run without any right: files of its own go into the directory. */
  confine?(configuration: string, directory: string): string;
}

const KINDS: Readonly<Record<EdgeServerName, Kind>> = {
  nginx: {
    name: 'nginx',
    variable: 'NGINX_PATH',
    usualPlaces: ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/opt/homebrew/bin/nginx'],
    file: 'nginx.conf',
    check: (directory, file) => ['-t', '-q', '-p', directory, '-c', file, '-e', 'stderr'],
    run: (directory, file) => ['-p', directory, '-c', file, '-e', 'stderr', '-g', 'daemon off;'],
    confine: (configuration, directory) => {
      const pid = /^\s*pid\s/m.test(configuration) ? '' : `pid ${directory}/nginx.pid;\n`;
      const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
        .filter((name) => !configuration.includes(`${name}_temp_path`))
        .map((name) => `  ${name}_temp_path ${directory}/${name};\n`);
      return pid + configuration.replace(/^http\s*\{\n/m, (http) => http + folders.join(''));
    },
  },
  haproxy: {
    name: 'HAProxy',
    variable: 'HAPROXY_PATH',
    usualPlaces: ['/usr/sbin/haproxy', '/usr/local/sbin/haproxy', '/usr/bin/haproxy'],
    file: 'haproxy.cfg',
    check: (_, file) => ['-c', '-f', file],
    run: (_, file) => ['-db', '-f', file],
  },
  caddy: {
    name: 'Caddy',
    variable: 'CADDY_PATH',
    usualPlaces: ['/usr/bin/caddy', '/usr/local/bin/caddy', '/opt/homebrew/bin/caddy'],
    file: 'Caddyfile',
    check: (_, file) => ['validate', '--adapter', 'caddyfile', '--config', file],
    run: (_, file) => ['run', '--adapter', 'caddyfile', '--config', file],
  },
};

/** The same tests behind each server; skipped where it is not installed, with a line that says so: {@link findProgram}. */
export function describeEdgeServers(title: string, tests: (name: EdgeServerName) => void): void {
  for (const name of Object.keys(KINDS) as EdgeServerName[]) {
    const run = findProgram(KINDS[name]) === undefined ? describe.skip : describe;
    run(`${title}, ${KINDS[name].name}`, () => {
      tests(name);
    });
  }
}

/**
 * Starts an installed server on a free port of the loopback, with all of its files in a folder of its own.
 *
 * @param configuration has to listen on the port that it is given, on 127.0.0.1
 * @throws Error with what the server wrote, where it ends instead of listening
 */
export async function startEdgeServer(
  name: EdgeServerName,
  configuration: (port: number) => string,
): Promise<EdgeServer> {
  const port = await freePort();
  const { child, ended, log, remove } = await launch(name, 'run', configuration(port));
  const stop = async (): Promise<void> => {
    process.off('exit', kill);
    if (!hasEnded(child)) {
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(force);
    }
    await remove();
  };
  const kill = (): void => {
    child.kill('SIGTERM');
  };
  process.once('exit', kill);
  const deadline = Date.now() + 60_000;
  while (!(await isListening(port))) {
    if (hasEnded(child) || Date.now() > deadline) {
      await stop();
      throw new Error(`${KINDS[name].name} does not listen on ${port}:\n${log()}`);
    }
    await wait(20);
  }
  return { name, port, log, stop };
}

/** What the server's own check of a configuration says; `undefined` where it accepts it. */
export async function checkEdgeConfiguration(
  name: EdgeServerName,
  configuration: string,
): Promise<string | undefined> {
  const { child, ended, log, remove } = await launch(name, 'check', configuration);
  await ended;
  await remove();
  return child.exitCode === 0 ? undefined : log();
}

async function launch(name: EdgeServerName, action: 'run' | 'check', configuration: string) {
  const kind = KINDS[name];
  const executable = findProgram(kind);
  if (executable === undefined) throw new Error(`${kind.name} is not installed.`);
  const directory = await mkdtemp(join(tmpdir(), `nestjs-cors-${name}-`));
  // Where root starts nginx, its workers are somebody else.
  await chmod(directory, 0o755);
  const file = join(directory, kind.file);
  await writeFile(file, kind.confine?.(configuration, directory) ?? configuration);
  const child = spawn(executable, kind[action](directory, file), {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
    // Caddy keeps files at home, and listens for its administrator on a port that all Caddys share.
    env: {
      ...process.env,
      HOME: directory,
      XDG_CONFIG_HOME: directory,
      XDG_DATA_HOME: directory,
      CADDY_ADMIN: `unix/${join(directory, 'admin.sock')}`,
    },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-20_000);
    });
  }
  // Its output is complete only then.
  const ended = once(child, 'close');
  await once(child, 'spawn');
  return {
    child,
    ended,
    log: () => text,
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
