import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Load } from './load.js';

const SERVER = join(import.meta.dirname, 'server.js');

/** A server under test and the connections to it. */
export class ServerProcess {
  #child;
  #load;

  /**
   * @param {import('node:child_process').ChildProcess} child
   * @param {Load} load
   * @param {{ milliseconds: number, bytes: number }} startup CPU time and heap that starting took
   */
  constructor(child, load, startup) {
    this.#child = child;
    this.#load = load;
    this.startup = startup;
  }

  /** @param {import('./application.js').ApplicationSetup} setup */
  static async start(setup) {
    const child = fork(SERVER, [JSON.stringify(setup)], {
      env: { ...process.env, NODE_ENV: 'production' },
      execArgv: ['--expose-gc'],
    });
    const [{ port, startup }] = await answerOf(child);
    return new ServerProcess(child, await Load.connect(port), startup);
  }

  /**
   * Sends requests, and measures what the server process did for them.
   *
   * @param {readonly Buffer[]} requests to be sent in turn
   * @param {number} count
   * @param {number} status that every answer must have
   * @returns microseconds of CPU time per request
   */
  async burst(requests, count, status) {
    const before = await this.#cpuTime();
    await this.#load.send(requests, count, status);
    return ((await this.#cpuTime()) - before) / count;
  }

  async stop() {
    this.#load.close();
    const exited = once(this.#child, 'exit');
    this.#child.disconnect();
    await exited;
  }

  async #cpuTime() {
    this.#child.send('');
    const [{ microseconds }] = await answerOf(this.#child);
    return microseconds;
  }
}

/**
 * The next message of a child; rejects if it ends instead.
 *
 * @param {import('node:child_process').ChildProcess} child
 */
async function answerOf(child) {
  const controller = new AbortController();
  const { signal } = controller;
  try {
    return await Promise.race([
      once(child, 'message', { signal }),
      once(child, 'exit', { signal }).then(([code]) => {
        throw new Error(`The server process ended with ${code}.`);
      }),
    ]);
  } finally {
    controller.abort();
  }
}
