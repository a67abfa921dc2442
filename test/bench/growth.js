import { ACTUAL_GET, PUT_PREFLIGHT, requestsOf } from './cases.js';
import { measureInTurn, median, summarize } from './paired.js';
import { ServerProcess } from './server-process.js';

const LAUNCHES = 4;
const ROUNDS = 24;
const BURST = { express: 200, fastify: 500 };
const WARM_UP = 3000;

/** What more origins and more routes cost, against few of them: the same request, the same module. */
export async function measureGrowth({ adapters }) {
  const rows = [];
  for (const adapter of adapters) {
    const routes = 40;
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

/** What it costs to have a second policy on every route, for any origin, against the first one alone. */
async function compareSeveral(adapter) {
  const rows = [];
  for (const case_ of [ACTUAL_GET, PUT_PREFLIGHT]) {
    for (const [holder, ourCase] of [
      ['first', case_],
      ['second', from('https://anybody.example', case_)],
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

/** What it costs to ask a resolver whose answer is remembered, against a list with the same origins. */
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

function from(origin, case_) {
  return { ...case_, headers: { ...case_.headers, Origin: origin } };
}

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
    const sides = [
      await open({ adapter, cors: 'module', ...ours }, case_),
      await open({ adapter, cors: 'module', ...theirs }, theirCase),
    ];
    try {
      for (const side of sides) await side.burst(WARM_UP);
      const [many, few] = sides.map((side) => () => side.burst(BURST[adapter]));
      pairs.push(...(await measureInTurn(ROUNDS, many, few)));
    } finally {
      await Promise.all(sides.map((side) => side.stop()));
    }
  }
  return { group, name, peer, unit: 'µs', target, ...summarize(pairs) };
}

async function open(setup, case_) {
  const server = await ServerProcess.start(setup);
  const requests = requestsOf(case_, setup.routes);
  return {
    burst: (count) => server.burst(requests, count, case_.ours),
    stop: () => server.stop(),
  };
}

/** What starting takes on top of the bare application: 5,000 routes, a different policy on each. */
export async function measureStartup({ adapters }) {
  const rows = [];
  for (const adapter of adapters) {
    const setup = { adapter, routes: 5_000 };
    const starts = { module: [], none: [] };
    for (let launch = 0; launch < 5; launch += 1) {
      for (const cors of ['module', 'none']) {
        const server = await ServerProcess.start({ ...setup, cors });
        starts[cors].push(server.startup);
        await server.stop();
      }
    }
    for (const { name, field, unit, divisor, targetDifference } of [
      { name: 'CPU time', field: 'milliseconds', unit: 'ms', divisor: 1, targetDifference: 1000 },
      { name: 'heap', field: 'bytes', unit: 'MiB', divisor: 2 ** 20, targetDifference: 20 },
    ]) {
      const [ours, theirs] = ['module', 'none'].map((cors) =>
        median(starts[cors].map((startup) => startup[field] / divisor)),
      );
      rows.push({
        group: `start-up, ${adapter}, 5,000 routes and policies`,
        name,
        peer: 'bare application',
        unit,
        ours,
        theirs,
        ratio: ours / theirs,
        difference: ours - theirs,
        targetDifference,
      });
    }
  }
  return rows;
}
