import 'reflect-metadata';
import {
  Agent,
  type IncomingMessage,
  request as httpRequest,
  type Server,
  type ServerResponse,
} from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { Random } from '../harness/random.js';
import { SEED, SEEDED } from '../harness/seed.js';
import { ADAPTERS, type RunningApp } from '../harness/start-app.js';
import { until } from '../harness/until.js';
import { FlakyDirectory, startSoakApp } from './soak-app.js';
import { randomSoakRequest, type SoakRequest } from './soak-requests.js';

/*
 * Load with faults: every single answer is what the policy says, and nothing is left behind. A promise that is rejected,
 * and that nobody handles, fails the test by itself. `SOAK_SECONDS=60` for
 * long, `SEED=…` for the same requests.
 */

const SECONDS = Number(process.env['SOAK_SECONDS'] ?? 5);
const CONNECTIONS = 64;
const HANGS_UP = 0.05;
/** What the heap may have gained between warm-up and end: noise, not a share of each request. */
const GROWTH_LIMIT = 2 * 1024 * 1024;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

interface Counts {
  answers: number;
  /** Those of them that say that the directory is down. */
  down: number;
  hungUp: number;
  readonly wrong: string[];
}

test.each(ADAPTERS)(
  `under load for ${SECONDS / ADAPTERS.length} seconds, every answer on %s is what the policy says, and nothing leaks ${SEEDED}`,
  async (adapter) => {
    const app = await startSoakApp(adapter);
    /** The answers under way. */
    const open = new Set<ServerResponse>();
    (app.nest.getHttpServer() as Server).on('request', (_request, response: ServerResponse) => {
      open.add(response);
      response.on('close', () => open.delete(response));
    });
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    try {
      const random = new Random(SEED);
      const counts: Counts = { answers: 0, down: 0, hungUp: 0, wrong: [] };
      /** For so long at least, and on a slow machine until there was so much to see. */
      const load = async (milliseconds: number) => {
        const end = performance.now() + milliseconds;
        const enough = counts.answers + milliseconds / 10;
        const work = async () => {
          while (
            (performance.now() < end || counts.answers < enough) &&
            counts.wrong.length === 0
          ) {
            const request = randomSoakRequest(random);
            await play(app.port, agent, request, random.chance(HANGS_UP), counts);
          }
        };
        await Promise.all(Array.from({ length: CONNECTIONS }, work));
      };

      const milliseconds = (SECONDS * 1_000) / ADAPTERS.length;
      await load(milliseconds * 0.3);
      const before = await settledHeap(app, open);
      await load(milliseconds * 0.7);
      const grown = (await settledHeap(app, open)) - before;

      const directory = app.nest.get(FlakyDirectory);
      console.log(
        `${adapter}: ${counts.answers} answers and ${counts.hungUp} clients that hung up in ${SECONDS / ADAPTERS.length} s, ` +
          `${counts.down} look-ups failed and ${directory.asked} were made, heap ${(grown / 1024).toFixed(0)} KiB ${SEEDED}`,
      );
      expect(counts.wrong).toEqual([]);
      expect(counts.down).toBeGreaterThan(directory.asked / 20);
      expect(counts.hungUp).toBeGreaterThan(0);
      expect(grown).toBeLessThan(GROWTH_LIMIT);
    } finally {
      agent.destroy();
      await app.close();
    }
  },
  SECONDS * 10_000 + 300_000,
);

/** Sends one request and checks the answer; or hangs up on it, at any moment. */
function play(
  port: number,
  agent: Agent,
  sent: SoakRequest,
  hangsUp: boolean,
  counts: Counts,
): Promise<void> {
  return new Promise((resolve) => {
    const { method, path, headers, body } = sent;
    const request = httpRequest(
      { host: '127.0.0.1', port, method, path, headers: { ...headers }, agent },
      (answer) => {
        if (!hangsUp) {
          counts.answers += 1;
          if (answer.statusCode === 503) counts.down += 1;
          const fault = faultOf(sent, answer);
          if (fault !== undefined) counts.wrong.push(fault);
        }
        answer.resume();
        answer.on('close', resolve);
        if (hangsUp && path === '/large') answer.destroy();
      },
    );
    request.on('error', (error) => {
      if (!hangsUp) counts.wrong.push(`SEED=${SEED}: ${method} ${path}: ${error.message}`);
      resolve();
    });
    request.end(body);
    if (hangsUp) {
      counts.hungUp += 1;
      setTimeout(() => request.destroy(), counts.hungUp % 5);
    }
  });
}

function faultOf(sent: SoakRequest, answer: IncomingMessage): string | undefined {
  const { statusCode, headers } = answer;
  const allowOrigin = headers['access-control-allow-origin'];
  const { expected } = sent;
  const isExpected = expected.status === statusCode && expected.allowOrigin === allowOrigin;
  const credentials = headers['access-control-allow-credentials'];
  const isSound =
    (credentials === undefined || (allowOrigin !== undefined && allowOrigin !== '*')) &&
    (allowOrigin === '*' || /(?:^|, ?)origin(?:,|$)/i.test(headers.vary ?? ''));
  if (isExpected && isSound) return undefined;
  return `SEED=${SEED}: ${JSON.stringify(sent)} got ${statusCode ?? 0} ${JSON.stringify(headers)}`;
}

/** The heap once nothing is under way any more, neither an answer nor a look-up for a client that hung up. */
async function settledHeap(app: RunningApp, open: ReadonlySet<ServerResponse>): Promise<number> {
  const directory = app.nest.get(FlakyDirectory);
  await until(0, () => open.size + directory.pending);
  for (let round = 0; round < 4; round += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
  }
  return process.memoryUsage().heapUsed;
}
