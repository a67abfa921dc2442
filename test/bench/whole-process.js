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

/** @import { ApplicationSetup } from './application.js' */
/** @import { Case } from './cases.js' */

/**
 * Two servers of the same application, one with this module and a different policy on every route, one with
 * `enableCors()` and one policy: CPU time of the server process per request.
 *
 * @param {{ adapters: readonly ApplicationSetup['adapter'][] }} of
 * @returns {Promise<import('./table.js').Row[]>}
 */
export async function measureWholeProcess({ adapters }) {
  const rows = [];
  for (const adapter of adapters) {
    /** @type {ApplicationSetup} */
    const peer = { adapter, routes: ROUTES, cors: 'enableCors' };
    /** @type {ApplicationSetup} */
    const ours = { ...peer, cors: 'module' };
    const row = { group: `whole process, ${adapter}`, peer: 'enableCors()', unit: 'µs' };
    const measured = [
      ...(await measurePairs(CASES, ours, peer, { target: 1 })),
      ...(await measurePairs(
        [WITH_STREAMS],
        { ...ours, streams: true },
        { ...peer, streams: true },
      )),
      ...(await measurePairs([NOISE], peer, peer)),
    ];
    rows.push(...measured.map((each) => ({ ...row, ...each })));
  }
  return rows;
}

/**
 * @param {readonly Case[]} cases
 * @param {ApplicationSetup} setup
 * @param {ApplicationSetup} peer
 * @param {{ target?: number }} [more] of each case's row
 */
async function measurePairs(cases, setup, peer, more) {
  const measured = cases.map((case_) => ({
    case_,
    /** @type {[ours: number, theirs: number][]} */
    pairs: [],
  }));
  for (let launch = 0; launch < LAUNCHES; launch += 1) {
    const ours = await ServerProcess.start(setup);
    const theirs = await ServerProcess.start(peer);
    try {
      for (const { case_, pairs } of measured) {
        pairs.push(...(await measureCase(case_, BURST[setup.adapter], ours, theirs)));
      }
    } finally {
      await Promise.all([ours.stop(), theirs.stop()]);
    }
  }
  return measured.map(({ case_: { name }, pairs }) => ({ name, ...more, ...summarize(pairs) }));
}

/**
 * @param {Case} case_
 * @param {number} burst
 * @param {ServerProcess} ours
 * @param {ServerProcess} theirs
 */
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
