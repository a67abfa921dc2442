// Preflights a second and CPU time for each: Node alone, nginx in front of it, and servers that answer by themselves.
// `npm run build && node test/bench/edge.js`; nginx, HAProxy and Caddy have to be installed.
import 'reflect-metadata';
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Get, Module, Put } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Cors, CorsModule, CorsPolicyService } from '../../.cache/build/index.js';
import { edgeConfiguration } from '../../.cache/build/document/edge/edge-configurations.js';

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
  const decorate = (name, decorators) => {
    for (const each of decorators) {
      each(prototype, name, Object.getOwnPropertyDescriptor(prototype, name));
    }
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
  process.send({ port, document: app.get(CorsPolicyService).document() });
}

async function measure() {
  const node = fork(import.meta.filename, ['serve']);
  const [{ port, document }] = await once(node, 'message');
  const folder = mkdtempSync(join(tmpdir(), 'edge-bench-'));
  const setups = [{ name: 'Node alone', port, pids: [node.pid] }];
  const started = [];
  try {
    const passing = { ...document, routes: [] };
    for (const [name, server, given] of [
      ['nginx, passing on', 'nginx', passing],
      ['nginx', 'nginx', document],
      ['HAProxy', 'haproxy', document],
      ['Caddy', 'caddy', document],
    ]) {
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
      setups.push({ name, port: listen, pids: [process.pid, node.pid] });
    }
    for (const each of setups) await load(each, MILLISECONDS / 2);
    const rows = setups.map((setup) => ({ setup, rates: [], costs: [] }));
    // Others use the machine, too: each round has all of them.
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const { setup, rates, costs } of rows) {
        const { count, seconds, cpu } = await load(setup, MILLISECONDS);
        rates.push(count / seconds);
        costs.push((cpu / count) * 1e6);
      }
    }
    const [base] = rows;
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

function start(server, file, folder) {
  const env = { PATH: `${process.env.PATH}:/usr/sbin`, HOME: folder };
  const options = { env, cwd: folder, stdio: 'ignore' };
  if (server === 'haproxy') return spawn('haproxy', ['-db', '-f', file], options);
  if (server === 'caddy') {
    return spawn('caddy', ['run', '--adapter', 'caddyfile', '--config', file], options);
  }
  const globals = `pid ${file}.pid; daemon off; master_process off;`;
  return spawn('nginx', ['-p', folder, '-e', 'stderr', '-c', file, '-g', globals], options);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

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

/** User and system time of processes, in seconds (proc(5), clock ticks of 10 ms). */
function cpuOf(pids) {
  return pids.reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ');
    return sum + (Number(fields[11]) + Number(fields[12])) / 100;
  }, 0);
}

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
      socket.on('data', (text) => {
        if (!text.startsWith('HTTP/1.1 204')) throw new Error(text);
        count += 1;
        if (performance.now() < end) socket.write(requests[count % 2]);
        else socket.destroy();
      });
      socket.write(requests[0]);
      await closed;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, one));
  const seconds = (performance.now() - start) / 1000;
  return { count, seconds, cpu: cpuOf(pids) - before };
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
