import type { Random } from '../harness/random.js';
import type {
  AppSpec,
  ControllerSpec,
  CorsSpec,
  HandlerMethod,
  HandlerSpec,
  ListedSpec,
  OriginSpec,
  PolicySpec,
} from './app-spec.js';
import { HANDLER_HEADERS } from './handler-headers.js';
import { allowsAny, combine, defaultsOf, type Policy } from './plain-server.js';
import { REFERRER_POLICIES } from './random-request.js';

/** An application with policies at module, controller and handler level, with every kind of rule. */
export function randomApp(random: Random): AppSpec {
  const names = ['public', 'partners'].filter(() => random.chance(0.6));
  // Most of what follows narrows; an application that starts from nobody would show nothing else.
  const defaults = drawSensible(
    () => ({
      ...randomPolicy(random),
      origin: ['http://localhost:{shop}', ...randomOrigins(random)],
    }),
    (drawn) => [defaultsOf({ defaults: drawn })],
  );
  const inherited = [defaultsOf({ defaults })];
  const policies = Object.fromEntries(
    names.map((name) => [
      name,
      drawSensible(
        () => randomPolicy(random),
        (refine) => combine({ defaults, policies: {} }, inherited, { refine }),
      ),
    ]),
  );
  const drawer: PolicyDrawer = {
    inherited,
    cors: (above) =>
      drawSensible(
        () => randomCors(random, names),
        (drawn) => combine({ defaults, policies }, above, drawn),
      ),
    combine: (above, cors) => (cors ? combine({ defaults, policies }, above, cors) : above),
  };
  return {
    adapter: random.chance(0.5) ? 'express' : 'fastify',
    defaults,
    policies,
    paths: random.chance(0.4)
      ? [{ path: random.pick(['/files/*file', '/files/one']), policy: drawer.cors(inherited) }]
      : [],
    controllers: random.many(1, 3, () => randomController(random, drawer)).map(withPath),
  };
}

/** Draws policies of one application. */
interface PolicyDrawer {
  /** What its controllers begin with. */
  readonly inherited: readonly Policy[];
  readonly cors: (inherited: readonly Policy[]) => CorsSpec;
  readonly combine: (inherited: readonly Policy[], cors: CorsSpec | undefined) => readonly Policy[];
}

/** Draws until the start-up checks would let it pass, which have tests of their own: to start costs more than to draw. */
function drawSensible<T>(draw: () => T, policiesOf: (drawn: T) => readonly Policy[]): T {
  for (;;) {
    const drawn = draw();
    if (makeSense(policiesOf(drawn))) return drawn;
  }
}

function makeSense(policies: readonly Policy[]): boolean {
  const rules = policies.map(({ origin }) =>
    [...new Set(origin.map((rule) => JSON.stringify(rule)))].sort().join(),
  );
  return (
    policies.every(
      (policy) =>
        !(allowsAny(policy) && (policy.credentials || policy.privateNetwork)) &&
        !(policy.credentials && policy.origin.includes('null')) &&
        !(policy.credentials && policy.exposedHeaders.includes('*')),
    ) &&
    // One that nobody comes to is refused, too.
    !policies.slice(0, -1).some(allowsAny) &&
    new Set(rules).size === rules.length
  );
}

const withPath = (controller: ControllerSpec, index: number): ControllerSpec => ({
  ...controller,
  path: ['books', 'orders', 'admin'][index] ?? 'more',
});

function randomController(random: Random, drawer: PolicyDrawer): ControllerSpec {
  const cors = random.chance(0.5) ? drawer.cors(drawer.inherited) : undefined;
  const inherited = drawer.combine(drawer.inherited, cors);
  const taken = new Set<string>();
  const handlers = random
    .many(2, 6, () => randomHandler(random, drawer, inherited))
    .filter(({ method, path }) => {
      // Fastify refuses a method that another handler of the path serves already: GET serves HEAD, too.
      const isNew =
        !taken.has(`${method} ${path}`) &&
        !taken.has(`ALL ${path}`) &&
        !(method === 'HEAD' && taken.has(`GET ${path}`)) &&
        !(method === 'ALL' && [...taken].some((key) => key.endsWith(` ${path}`)));
      taken.add(`${method} ${path}`);
      return isNew;
    });
  return {
    path: '',
    ...(cors && { cors }),
    handlers,
  };
}

const METHODS: readonly HandlerMethod[] = [
  ...(['GET', 'GET', 'GET', 'POST', 'POST', 'PUT', 'PUT', 'PATCH', 'DELETE'] as const),
  ...(['OPTIONS', 'HEAD', 'ALL'] as const),
];

const ANSWERS: readonly HandlerSpec['answers'][] = [
  ...([200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 201] as const),
  ...([301, 302, 303, 307, 308] as const),
  ...(['throws 418', 'throws 500'] as const),
];

function randomHandler(
  random: Random,
  drawer: PolicyDrawer,
  inherited: readonly Policy[],
): HandlerSpec {
  const answers = random.pick(ANSWERS);
  const isRedirect = typeof answers === 'number' && answers >= 300;
  return {
    method: random.pick(METHODS),
    path: random.pick(['', '', 'one', ':id', ':id/details']),
    ...(random.chance(0.5) && { cors: drawer.cors(inherited) }),
    answers,
    // Of other answers a browser reads it, and nothing comes of it.
    ...(random.chance(isRedirect ? 0.4 : 0.05) && {
      referrerPolicy: random.pick(REFERRER_POLICIES),
    }),
  };
}

function randomCors(random: Random, names: readonly string[]): CorsSpec {
  const choice = random.next();
  if (choice < 0.15) return { list: randomList(random, names) };
  if (choice < 0.55) return { refine: randomPolicy(random) };
  if (choice < 0.7 && names.length > 0) return { name: random.pick(names) };
  if (choice < 0.8) return { startOver: true };
  if (choice < 0.83) return { closed: true };
  return { compute: randomPolicy(random) };
}

/** Several policies: those of some origins first, and often one for everybody behind them. */
function randomList(random: Random, names: readonly string[]): ListedSpec[] {
  const listed = random.many(1, 2, (): ListedSpec =>
    names.length > 0 && random.chance(0.3)
      ? { name: random.pick(names) }
      : {
          refine: {
            ...randomPolicy(random),
            origin: [random.pick(ORIGINS)],
            credentials: random.chance(0.6),
          },
        },
  );
  return random.chance(0.6)
    ? [...listed, { refine: { ...randomPolicy(random), origin: ['*'], credentials: false } }]
    : listed;
}

export const REQUEST_HEADERS = [
  ...['X-Csrf-Token', 'X-Requested-With', 'X-Custom', 'X-Unlisted', 'Authorization'],
  ...['Content-Type', 'Accept', 'Accept-Language', 'Content-Language', 'Range'],
];

function randomPolicy(random: Random): PolicySpec {
  const some = <T>(items: readonly T[]) => items.filter(() => random.chance(0.4));
  return {
    ...(random.chance(0.4) && { origin: mostlyWithShop(random) }),
    ...(random.chance(0.2) && {
      methods: random.chance(0.15)
        ? ['*']
        : some(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']),
    }),
    ...(random.chance(0.4) && {
      allowedHeaders: random.chance(0.3) ? ['*'] : some(REQUEST_HEADERS),
    }),
    ...(random.chance(0.5) && {
      exposedHeaders: random.chance(0.3) ? ['*'] : some(Object.keys(HANDLER_HEADERS)),
    }),
    ...(random.chance(0.5) && { credentials: random.chance(0.75) }),
    ...(random.chance(0.4) && { maxAge: random.pick([0, 0, 60, 600, 100_000]) }),
    ...(random.chance(0.15) && { enforce: random.chance(0.3) }),
    ...(random.chance(0.15) && { optionsSuccessStatus: random.pick([200, 204, 299]) }),
    ...(random.chance(0.1) && { privateNetwork: true }),
    ...(random.chance(0.07) && { preflightContinue: true }),
  };
}

const ORIGINS = [
  ...['http://localhost:{shop}', 'http://localhost:{shop}', 'http://localhost:{shop}'],
  ...['http://localhost:{partner}'],
  ...['http://localhost:{mirror}', 'http://localhost:{api}', 'http://shop.localhost:{branch}'],
];

/** The page that asks most is named by most. */
function mostlyWithShop(random: Random): OriginSpec[] {
  const origins = randomOrigins(random);
  return random.chance(0.6) ? ['http://localhost:{shop}', ...origins] : origins;
}

function randomOrigins(random: Random): OriginSpec[] {
  return random.many(1, 4, () => randomOriginRule(random));
}

function randomOriginRule(random: Random): OriginSpec {
  const choice = random.next();
  if (choice < 0.4) return random.pick(ORIGINS);
  if (choice < 0.52) return random.pick(['http://localhost:*', 'http://*.localhost:*']);
  if (choice < 0.57) return random.pick(['http://*.localhost:{branch}', 'https://*.example.com']);
  if (choice < 0.67) return random.pick(['*', true] as const);
  if (choice < 0.72) return 'null';
  if (choice < 0.74) return false;
  if (choice < 0.87) {
    return {
      regexp: random.pick([
        '^http://localhost:{shop}$',
        '^http://(?:shop\\.)?localhost:\\d{1,5}$',
        '^http://[a-z]{1,9}\\.localhost:{branch}$',
      ]),
    };
  }
  return {
    decider: random.pick([
      ...(['function', 'async function', 'resolver', 'failing function'] as const),
    ]),
    allows: [random.pick(ORIGINS), random.pick([...ORIGINS, 'null'])],
  };
}
