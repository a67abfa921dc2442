import type { CorsPolicyInput, CorsPolicyOptions } from '../../../src/index.js';
import type { PageQuestion } from '../../../src/document/explanation/cors-explanation.js';
import type { Random } from '../../harness/random.js';
import type { ApplicationSpec, CorsArguments, HandlerSpec } from './application-spec.js';

const ORIGINS = [
  'https://app.example.com',
  'https://shop.example.com',
  'https://x.partner.example',
];

/** An application with policies in every place, each of which starts. */
export function randomSpec(random: Random): ApplicationSpec {
  const controllers = ['Books', 'Orders'].map((name) => ({
    name: `${name}Controller`,
    path: name.toLowerCase(),
    cors: random.chance(0.5) ? [randomCors(random)] : [],
    handlers: METHODS.map((method): HandlerSpec => ({
      name: method.toLowerCase(),
      method,
      path: '',
      cors: random.chance(0.5) ? [randomCors(random)] : [],
    })),
  }));
  return {
    options: {
      ...randomPolicy(random),
      origin: [random.pick(ORIGINS), 'https://*.partner.example'],
      policies: {
        public: { ...randomPolicy(random), origin: '*', ...OPEN },
        app: { ...randomPolicy(random), origin: random.pick(ORIGINS), credentials: true },
      },
      paths: [
        { path: '/files/open', policy: 'public' },
        { path: '/files', policy: randomPolicy(random) },
      ],
    },
    controllers,
  };
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'] as const;

/** What a policy for any origin must not have. */
const OPEN: CorsPolicyOptions = { credentials: false, isolate: false };

function randomCors(random: Random): CorsArguments {
  const choice = random.next();
  if (choice < 0.15) return ['public'];
  if (choice < 0.3) return ['app'];
  if (choice < 0.45) return [['app', 'public']];
  if (choice < 0.55) return [false];
  if (choice < 0.65) return [];
  if (choice < 0.75) return [listOf(random)];
  return [randomPolicy(random)];
}

function listOf(random: Random): CorsPolicyInput {
  return [
    { ...randomPolicy(random), origin: random.pick(ORIGINS) },
    { ...randomPolicy(random), origin: '*', ...OPEN },
  ];
}

/** One that may take cookies whatever it inherits: it never names any origin alone. */
function randomPolicy(random: Random): CorsPolicyOptions {
  return {
    origin: random.pick([
      ...[random.pick(ORIGINS), [random.pick(ORIGINS), /^https:\/\/r\d\.example\.com$/]],
      (origin: string) => origin === 'https://asked.example.com',
    ]),
    ...(random.chance(0.3) && { credentials: random.chance(0.5) }),
    ...(random.chance(0.2) && { methods: random.pick(['GET,POST', 'PUT', '*']) }),
    ...(random.chance(0.3) && { allowedHeaders: random.pick(['x-a', 'x-a,x-b', '*']) }),
    ...(random.chance(0.3) && { exposedHeaders: random.pick(['x-total', 'x-other']) }),
    ...(random.chance(0.15) && { isolate: random.chance(0.7) }),
    ...(random.chance(0.15) && { enforce: random.chance(0.3) }),
  };
}

export function randomQuestion(random: Random): PageQuestion {
  const mode = random.chance(0.85) ? 'cors' : random.pick(['no-cors', 'same-origin'] as const);
  return {
    origin: random.pick([
      ...ORIGINS,
      'https://asked.example.com',
      'null',
      'http://old.example.com',
    ]),
    url: `https://${random.chance(0.7) ? 'api.example.com' : 'api.example.org'}/${random.pick(['books', 'orders', 'files/open/a', 'files/b', 'nowhere'])}`,
    method: random.pick(['GET', 'GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'put', 'patch']),
    headers: Object.fromEntries(
      ['x-a', 'X-B', 'authorization', 'content-type']
        .filter(() => random.chance(0.2))
        .map((name) => [name, '1']),
    ),
    mode,
    credentials: random.pick(['omit', 'same-origin', 'include'] as const),
    reads: mode === 'cors' && random.chance(0.2) ? ['X-Total'] : [],
  };
}
