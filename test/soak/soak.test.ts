import 'reflect-metadata';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { SEED, SEEDED } from '../harness/seed.js';
import { ADAPTERS } from '../harness/start-app.js';
import { Random } from '../harness/random.js';
import { FlakyDirectory, startSoakApp } from './soak-app.js';
import { randomSoakRequest, type SoakRequest } from './soak-requests.js';

/*
 * Load with faults: every single answer is what the policy says, and nothing is left behind. `SOAK_SECONDS=60` for
 * long, `SEED=…` for the same requests.
 */

const SECONDS = Number(process.env['SOAK_SECONDS'] ?? 10);
const CONNECTIONS = 64;
const HANGS_UP = 0.05;
/** What the heap may have gained between warm-up and end: noise, not a share of each request. */
const GROWTH_LIMIT = 4 * 1024 * 1024;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

interface Counts {
  answers: number;
  hungUp: number;
  readonly wrong: string[];
}

test.each(ADAPTERS)(
  `under load for ${SECONDS / ADAPTERS.length} seconds, every answer on %s is what the policy says, and nothing leaks ${SEEDED}`,
  async (adapter) => {
    const faults: unknown[] = [];
    const onFault = (error: unknown) => faults.push(error);
    process.on('unhandledRejection', onFault);
    const app = await startSoakApp(adapter);
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    try {
      const random = new Random(SEED);
      const counts: Counts = { answers: 0, hungUp: 0, wrong: [] };
      const load = async (milliseconds: number) => {
        const end = Date.now() + milliseconds;
        const work = async () => {
          while (Date.now() < end && counts.wrong.length === 0) {
            const request = randomSoakRequest(random);
            await play(app.port, agent, request, random.chance(HANGS_UP), counts);
          }
        };
        await Promise.all(Array.from({ length: CONNECTIONS }, work));
      };

      const milliseconds = (SECONDS * 1_000) / ADAPTERS.length;
      await load(milliseconds * 0.3);
      const before = await settledHeap();
      await load(milliseconds * 0.7);
      const grown = (await settledHeap()) - before;

      const directory = app.nest.get(FlakyDirectory);
      console.log(
        `${adapter}: ${counts.answers} answers and ${counts.hungUp} clients that hung up in ${SECONDS / ADAPTERS.length} s, ` +
          `${directory.failed} of ${directory.asked} look-ups failed, heap ${(grown / 1024).toFixed(0)} KiB, SEED=${SEED}`,
      );
      expect(counts.wrong).toEqual([]);
      expect(faults).toEqual([]);
      expect(counts.answers).toBeGreaterThan(20 * SECONDS);
      expect(directory.failed).toBeGreaterThan(directory.asked / 20);
      expect(grown).toBeLessThan(GROWTH_LIMIT);
    } finally {
      agent.destroy();
      await app.close();
      process.off('unhandledRejection', onFault);
    }
  },
  SECONDS * 2_000 + 30_000,
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
  const isPermitted = sent.permitted.some(
    (one) => one.status === statusCode && one.allowOrigin === allowOrigin,
  );
  const credentials = headers['access-control-allow-credentials'];
  const isSound =
    (credentials === undefined || (allowOrigin !== undefined && allowOrigin !== '*')) &&
    (allowOrigin === '*' || /(?:^|, ?)origin(?:,|$)/i.test(headers.vary ?? ''));
  if (isPermitted && isSound) return undefined;
  return `SEED=${SEED}: ${JSON.stringify(sent)} got ${statusCode ?? 0} ${JSON.stringify(headers)}`;
}

/** The heap once everything that is to go has gone. */
async function settledHeap(): Promise<number> {
  for (let round = 0; round < 4; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    collectGarbage();
  }
  return process.memoryUsage().heapUsed;
}
