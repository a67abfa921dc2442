// Preflights a second and CPU time for each: Node alone, nginx in front of it, and servers that answer by themselves.
// `npm run build && node test/bench/edge.js`; nginx, HAProxy and Caddy have to be installed.
import 'reflect-metadata';
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Get, Module, Put } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Cors, CorsModule, CorsPolicyService } from '../../.cache/build/index.js';
import { edgeConfiguration } from '../../.cache/build/document/edge/edge-configurations.js';
import { freePort } from '../harness/free-port.js';
import { median } from './paired.js';

/** @import { ChildProcess } from 'node:child_process' */
/** @import { CorsDocument } from '../../.cache/build/document/cors-document.js' */
/** @import { EdgeServer } from '../../.cache/build/document/edge/edge-configurations.js' */

/**
 * A server to be measured.
 *
 * @typedef {object} Setup
 * @property {string} name
 * @property {number} port
 * @property {readonly number[]} pids of all processes that work for it
 */

const CONNECTIONS = 8;
const MILLISECONDS = 800;
const ROUNDS = 3;
const ORIGIN = 'https://shop.example.com';

if (process.argv[2] === 'serve') await serve();
else await measure();

async function serve() {
  class BooksController {
    list() {}
    update() {}
  }
  const { prototype } = BooksController;
  /**
   * @param {string} name
   * @param {MethodDecorator[]} decorators
   */
  const decorate = (name, decorators) => {
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
    Reflect.decorate(decorators, prototype, name, descriptor);
  };
  decorate('list', [Get(), Cors({ origin: '*', credentials: false })]);
  decorate('update', [Put(':id')]);
  Controller('books')(BooksController);
  class AppModule {}
  const cors = CorsModule.forRoot({ origin: ORIGIN, credentials: true });
  Module({ imports: [cors], controllers: [BooksController] })(AppModule);
  const app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  process.on('disconnect', () => process.exit());
  const { port } = app.getHttpServer().address();
  process.send?.({ port, document: app.get(CorsPolicyService).document() });
}

async function measure() {
  const node = fork(import.meta.filename, ['serve']);
  const [served] = await once(node, 'message');
  /** @type {{ port: number, document: CorsDocument }} */
  const { port, document } = served;
  const folder = mkdtempSync(join(tmpdir(), 'edge-bench-'));
  /** @type {Setup[]} */
  const setups = [{ name: 'Node alone', port, pids: [pidOf(node)] }];
  /** @type {ChildProcess[]} */
  const started = [];
  try {
    const passing = { ...document, routes: [] };
    /** @type {readonly [name: string, server: EdgeServer, given: CorsDocument][]} */
    const edges = [
      ['nginx, passing on', 'nginx', passing],
      ['nginx', 'nginx', document],
      ['HAProxy', 'haproxy', document],
      ['Caddy', 'caddy', document],
    ];
    for (const [name, server, given] of edges) {
      const listen = await freePort();
      const file = join(folder, `${server}-${listen}`);
      const upstream = { host: '127.0.0.1', port };
      writeFileSync(
        file,
        edgeConfiguration(server, given, { upstream, listen, host: '127.0.0.1' }),
      );
      const process = start(server, file, folder);
      started.push(process);
      await opened(listen, process);
      setups.push({ name, port: listen, pids: [pidOf(process), pidOf(node)] });
    }
    for (const each of setups) await load(each, MILLISECONDS / 2);
    const rows = setups.map((setup) => ({
      setup,
      /** @type {number[]} */
      rates: [],
      /** @type {number[]} */
      costs: [],
    }));
    // Others use the machine, too: each round has all of them.
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const { setup, rates, costs } of rows) {
        const { count, seconds, cpu } = await load(setup, MILLISECONDS);
        rates.push(count / seconds);
        costs.push((cpu / count) * 1e6);
      }
    }
    const [base] = rows;
    if (base === undefined) return;
    for (const { setup, rates, costs } of rows) {
      const rate = median(rates);
      const cost = median(costs);
      console.log(
        `${setup.name.padEnd(18)} ${rate.toFixed(0).padStart(7)}/s ×${(rate / median(base.rates)).toFixed(1)}   ${cost.toFixed(1).padStart(6)} µs CPU each ×${(cost / median(base.costs)).toFixed(2)}`,
      );
    }
  } finally {
    for (const each of started) each.kill('SIGKILL');
    node.disconnect();
    rmSync(folder, { recursive: true });
  }
}

/**
 * @param {EdgeServer} server
 * @param {string} file its configuration
 * @param {string} folder
 */
function start(server, file, folder) {
  const env = { PATH: `${process.env['PATH']}:/usr/sbin`, HOME: folder };
  /** @type {import('node:child_process').SpawnOptions} */
  const options = { env, cwd: folder, stdio: 'ignore' };
  if (server === 'haproxy') return spawn('haproxy', ['-db', '-f', file], options);
  if (server === 'caddy') {
    return spawn('caddy', ['run', '--adapter', 'caddyfile', '--config', file], options);
  }
  const globals = `pid ${file}.pid; daemon off; master_process off;`;
  return spawn('nginx', ['-p', folder, '-e', 'stderr', '-c', file, '-g', globals], options);
}

/** @param {ChildProcess} child */
function pidOf({ pid, spawnfile }) {
  if (pid === undefined) throw new Error(`${spawnfile} did not start.`);
  return pid;
}

/**
 * @param {number} port
 * @param {ChildProcess} child that opens it
 */
async function opened(port, child) {
  while (child.exitCode === null) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
  }
  throw new Error(`${child.spawnfile} ended.`);
}

/**
 * User and system time of processes, in seconds (proc(5), clock ticks of 10 ms).
 *
 * @param {readonly number[]} pids
 */
function cpuOf(pids) {
  return pids.reduce((sum, pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
    return sum + (Number(fields[11]) + Number(fields[12])) / 100;
  }, 0);
}

/**
 * @param {Setup} setup
 * @param {number} milliseconds
 */
async function load({ port, pids }, milliseconds) {
  const requests = [
    ['/books/42', 'PUT', 'content-type'],
    ['/books', 'GET', 'authorization'],
  ].map(
    ([url, method, headers]) =>
      `OPTIONS ${url} HTTP/1.1\r\nHost: localhost\r\nOrigin: ${ORIGIN}\r\nAccess-Control-Request-Method: ${method}\r\nAccess-Control-Request-Headers: ${headers}\r\n\r\n`,
  );
  const before = cpuOf(pids);
  const start = performance.now();
  const end = start + milliseconds;
  let count = 0;
  const one = async () => {
    // nginx closes a connection after a thousand requests.
    while (performance.now() < end) {
      const socket = connect(port, '127.0.0.1').setNoDelay().setEncoding('latin1');
      const closed = new Promise((resolve) => socket.on('close', resolve));
      socket.on('error', () => {});
      socket.on('data', (/** @type {string} */ text) => {
        if (!text.startsWith('HTTP/1.1 204')) throw new Error(text);
        count += 1;
        if (performance.now() < end) socket.write(requests[count % 2] ?? '');
        else socket.destroy();
      });
      socket.write(requests[0] ?? '');
      await closed;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, one));
  const seconds = (performance.now() - start) / 1000;
  return { count, seconds, cpu: cpuOf(pids) - before };
}
