import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findServer, type ServerName } from './installed-server.js';

/** A server in front of an application, as a process of its own in a temporary folder. */
export interface RunningServer {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

interface Invocation {
  readonly file: string;
  readonly check: (file: string) => readonly string[];
  readonly run: (file: string) => readonly string[];
}

const INVOCATIONS: Readonly<Record<ServerName, Invocation>> = {
  nginx: {
    file: 'nginx.conf',
    check: (file) => ['-t', '-q', ...nginxPlace(file)],
    run: (file) => [...nginxPlace(file, ' daemon off; master_process off;')],
  },
  haproxy: {
    file: 'haproxy.cfg',
    check: (file) => ['-c', '-f', file],
    run: (file) => ['-db', '-f', file],
  },
  caddy: {
    file: 'Caddyfile',
    check: (file) => ['validate', '--adapter', 'caddyfile', '--config', file],
    run: (file) => ['run', '--adapter', 'caddyfile', '--config', file],
  },
};

function nginxPlace(file: string, more = ''): readonly string[] {
  return ['-p', join(file, '..'), '-e', 'stderr', '-c', file, '-g', `pid nginx.pid;${more}`];
}

/** Has the server itself judge a configuration; rejects with what it says is wrong. */
export async function checkConfiguration(name: ServerName, text: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'edge-'));
  try {
    const file = join(folder, INVOCATIONS[name].file);
    await writeFile(file, text);
    await promisify(execFile)(executable(name), [...INVOCATIONS[name].check(file)], {
      env: environment(folder),
      maxBuffer: 64 * 1024 * 1024,
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Starts a server with a configuration that listens at the port, and waits until it does. */
export async function startServer(
  name: ServerName,
  text: string,
  port: number,
): Promise<RunningServer> {
  const folder = await mkdtemp(join(tmpdir(), 'edge-'));
  const file = join(folder, INVOCATIONS[name].file);
  await writeFile(file, text);
  const server = spawn(executable(name), [...INVOCATIONS[name].run(file)], {
    cwd: folder,
    env: environment(folder),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  server.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said = (said + chunk).slice(-4_000);
  });
  const stop = async () => {
    await end(server);
    await rm(folder, { recursive: true });
  };
  try {
    while (!(await isOpen(port))) {
      if (server.exitCode !== null) throw new Error(`${name} ended: ${said}`);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, pid: server.pid ?? 0, stop };
}

/** A port of the loopback that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const gone = once(server, 'exit');
  server.kill('SIGKILL');
  await gone;
}

/** Waits for the answer of the operating system, which comes at once or with the connection. */
async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    // So that looking does not keep the server from starting.
    await new Promise((resolve) => setImmediate(resolve));
    return false;
  } finally {
    socket.destroy();
  }
}

function executable(name: ServerName): string {
  const found = findServer(name);
  if (found === undefined) throw new Error(`${name} is not installed.`);
  return found;
}

/** Nothing of the user's own: Caddy keeps things at home. */
function environment(folder: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: folder,
    XDG_DATA_HOME: folder,
    XDG_CONFIG_HOME: folder,
  };
}
