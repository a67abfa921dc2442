import { ACTUAL_GET, PUT_PREFLIGHT, requestsOf } from './cases.js';
import { measureInTurn, median, summarize } from './paired.js';
import { ServerProcess } from './server-process.js';

const LAUNCHES = 4;
const ROUNDS = 24;
const BURST = { express: 200, fastify: 500 };
const WARM_UP = 3000;

/** @import { ApplicationSetup } from './application.js' */
/** @import { Case } from './cases.js' */
/** @import { Row } from './table.js' */

/** @typedef {ApplicationSetup['adapter']} Adapter */

/** @typedef {Omit<ApplicationSetup, 'adapter' | 'cors'>} Side what one side of a comparison is made of */

/**
 * @typedef {object} Comparison
 * @property {string} group
 * @property {string} name
 * @property {string} peer
 * @property {number} target
 * @property {Adapter} adapter
 * @property {Side} ours
 * @property {Side} theirs
 * @property {Case} case_
 * @property {Case} [theirCase] where it is another one
 */

/**
 * What more origins and more routes cost, against few of them: the same request, the same module.
 *
 * @param {{ adapters: readonly Adapter[] }} of
 */
export async function measureGrowth({ adapters }) {
  const rows = [];
  for (const adapter of adapters) {
    const routes = 40;
    /** @type {Pick<Comparison, 'group' | 'peer' | 'target' | 'ours' | 'theirs'>} */
    const origins = {
      group: `growth, ${adapter}`,
      peer: '2 origins',
      target: 1.1,
      ours: { routes, origins: 'many' },
      theirs: { routes, origins: 'few' },
    };
    rows.push(
      await compare({
        ...origins,
        adapter,
        name: '11,000 origins, exact origin, actual GET',
        case_: ACTUAL_GET,
      }),
      await compare({
        ...origins,
        adapter,
        name: '11,000 origins, one of a pattern, actual GET',
        case_: from('https://shop.family-999.example.net', ACTUAL_GET),
        theirCase: ACTUAL_GET,
      }),
      ...(await compareResolver(adapter)),
      ...(await compareSeveral(adapter)),
      await compare({
        group: `growth, ${adapter}`,
        adapter,
        name: '5,000 routes, PUT preflight',
        peer: '20 routes',
        target: 1.25,
        ours: { routes: 5_000 },
        theirs: { routes: 20 },
        case_: PUT_PREFLIGHT,
      }),
    );
  }
  return rows;
}

/**
 * What it costs to have a second policy on every route, for any origin, against the first one alone.
 *
 * @param {Adapter} adapter
 */
async function compareSeveral(adapter) {
  const rows = [];
  for (const case_ of [ACTUAL_GET, PUT_PREFLIGHT]) {
    for (const { holder, ourCase } of [
      { holder: 'first', ourCase: case_ },
      { holder: 'second', ourCase: from('https://anybody.example', case_) },
    ]) {
      rows.push(
        await compare({
          group: `growth, ${adapter}`,
          adapter,
          name: `two policies, the ${holder} holds, ${case_.name}`,
          peer: 'one policy',
          target: 1.05,
          ours: { routes: 40, origins: 'few', isOpenToo: true },
          theirs: { routes: 40, origins: 'few' },
          case_: ourCase,
          theirCase: case_,
        }),
      );
    }
  }
  return rows;
}

/**
 * What it costs to ask a resolver whose answer is remembered, against a list with the same origins.
 *
 * @param {Adapter} adapter
 */
async function compareResolver(adapter) {
  const rows = [];
  for (const case_ of [ACTUAL_GET, PUT_PREFLIGHT]) {
    rows.push(
      await compare({
        group: `growth, ${adapter}`,
        adapter,
        name: `a resolver with a warm cache, ${case_.name}`,
        peer: 'a list',
        target: 1.1,
        ours: { routes: 40, origins: 'resolver' },
        theirs: { routes: 40, origins: 'few' },
        case_,
      }),
    );
  }
  return rows;
}

/**
 * @param {string} origin
 * @param {Case} case_
 */
function from(origin, case_) {
  return { ...case_, headers: { ...case_.headers, Origin: origin } };
}

/** @param {Comparison} comparison */
async function compare({
  group,
  name,
  peer,
  target,
  adapter,
  ours,
  theirs,
  case_,
  theirCase = case_,
}) {
  const pairs = [];
  for (let launch = 0; launch < LAUNCHES; launch += 1) {
    const many = await open({ adapter, cors: 'module', ...ours }, case_);
    const few = await open({ adapter, cors: 'module', ...theirs }, theirCase);
    try {
      for (const side of [many, few]) await side.burst(WARM_UP);
      const burst = BURST[adapter];
      const measured = await measureInTurn(
        ROUNDS,
        () => many.burst(burst),
        () => few.burst(burst),
      );
      pairs.push(...measured);
    } finally {
      await Promise.all([many.stop(), few.stop()]);
    }
  }
  return { group, name, peer, unit: 'µs', target, ...summarize(pairs) };
}

/**
 * @param {ApplicationSetup} setup
 * @param {Case} case_
 */
async function open(setup, case_) {
  const server = await ServerProcess.start(setup);
  const requests = requestsOf(case_, setup.routes);
  return {
    burst: (/** @type {number} */ count) => server.burst(requests, count, case_.ours),
    stop: () => server.stop(),
  };
}

/**
 * What starting takes on top of the bare application: 5,000 routes, a different policy on each.
 *
 * @param {{ adapters: readonly Adapter[] }} of
 */
export async function measureStartup({ adapters }) {
  /** @type {Row[]} */
  const rows = [];
  for (const adapter of adapters) {
    /** @type {ServerProcess['startup'][]} */
    const withModule = [];
    /** @type {ServerProcess['startup'][]} */
    const bare = [];
    for (let launch = 0; launch < 5; launch += 1) {
      withModule.push(await startupOf({ adapter, routes: 5_000, cors: 'module' }));
      bare.push(await startupOf({ adapter, routes: 5_000, cors: 'none' }));
    }
    /** @type {(Pick<Row, 'name' | 'unit' | 'targetDifference'> & { amountOf: (startup: ServerProcess['startup']) => number })[]} */
    const columns = [
      {
        name: 'CPU time',
        unit: 'ms',
        targetDifference: 1000,
        amountOf: ({ milliseconds }) => milliseconds,
      },
      { name: 'heap', unit: 'MiB', targetDifference: 20, amountOf: ({ bytes }) => bytes / 2 ** 20 },
    ];
    for (const { amountOf, ...column } of columns) {
      const ours = median(withModule.map(amountOf));
      const theirs = median(bare.map(amountOf));
      rows.push({
        group: `start-up, ${adapter}, 5,000 routes and policies`,
        peer: 'bare application',
        ...column,
        ours,
        theirs,
        ratio: ours / theirs,
        difference: ours - theirs,
      });
    }
  }
  return rows;
}

/** @param {ApplicationSetup} setup */
async function startupOf(setup) {
  const server = await ServerProcess.start(setup);
  await server.stop();
  return server.startup;
}
