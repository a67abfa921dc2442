import { ACTUAL_GET, CASES, requestsOf } from './cases.js';
import { measureInTurn, summarize } from './paired.js';
import { ServerProcess } from './server-process.js';

const ROUTES = 40;
/** Two processes that run the same code may differ for as long as they live, so that there are several of each. */
const LAUNCHES = 4;
const ROUNDS = 40;
/** Requests of one burst. Short ones, taken often, meet the same neighbors on the machine. */
const BURST = { express: 200, fastify: 500 };
const WARM_UP = 3000;

/** `enableCors()` against itself: how far from 1.00 a ratio can be on this machine for no reason at all. */
const NOISE = { ...ACTUAL_GET, name: 'noise: the peer against itself', ours: ACTUAL_GET.theirs };

/** Both applications have an `@Sse()` handler: the module registers its interceptor, and `enableCors()` none. */
const WITH_STREAMS = { ...ACTUAL_GET, name: 'allowed actual GET, beside an @Sse() handler' };

/**
 * Two servers of the same application, one with this module and a different policy on every route, one with
 * `enableCors()` and one policy: CPU time of the server process per request.
 *
 * @returns {Promise<import('./table.js').Row[]>}
 */
export async function measureWholeProcess({ adapters }) {
  const rows = [];
  for (const adapter of adapters) {
    const peer = { adapter, routes: ROUTES, cors: 'enableCors' };
    const group = `whole process, ${adapter}`;
    const pairs = await measurePairs(CASES, { ...peer, cors: 'module' }, peer);
    for (const [{ name }, measured] of pairs) {
      rows.push({
        group,
        name,
        peer: 'enableCors()',
        unit: 'µs',
        target: 1,
        ...summarize(measured),
      });
    }
    const streaming = { ...peer, streams: true };
    const [[, streams]] = await measurePairs(
      [WITH_STREAMS],
      { ...streaming, cors: 'module' },
      streaming,
    );
    rows.push({
      group,
      name: WITH_STREAMS.name,
      peer: 'enableCors()',
      unit: 'µs',
      ...summarize(streams),
    });
    const [[, noise]] = await measurePairs([NOISE], peer, peer);
    rows.push({ group, name: NOISE.name, peer: 'enableCors()', unit: 'µs', ...summarize(noise) });
  }
  return rows;
}

async function measurePairs(cases, setup, peer) {
  const pairs = new Map(cases.map((case_) => [case_, []]));
  for (let launch = 0; launch < LAUNCHES; launch += 1) {
    const ours = await ServerProcess.start(setup);
    const theirs = await ServerProcess.start(peer);
    try {
      for (const [case_, measured] of pairs) {
        measured.push(...(await measureCase(case_, BURST[setup.adapter], ours, theirs)));
      }
    } finally {
      await Promise.all([ours.stop(), theirs.stop()]);
    }
  }
  return pairs;
}

async function measureCase(case_, burst, ours, theirs) {
  const requests = requestsOf(case_, ROUTES);
  await ours.burst(requests, WARM_UP, case_.ours);
  await theirs.burst(requests, WARM_UP, case_.theirs);
  return measureInTurn(
    ROUNDS,
    () => ours.burst(requests, burst, case_.ours),
    () => theirs.burst(requests, burst, case_.theirs),
  );
}
