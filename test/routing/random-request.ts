import type { Route } from '../../src/routing/route.js';
import type { Random } from '../harness/random.js';

export interface RequestSpec {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
}

const VALUES = [
  ...['1', '42', 'abc', 'a-b', 'a.b', '1,2', 'special', 'x.json', '.', '..', ''],
  ...[
    'a%2Fb',
    '%41',
    '%C3%A9',
    '%e2%84%aa',
    '%25',
    '%',
    '%zz',
    '%E0%A4%A',
    'a%3Bb',
    'a;b',
    '%40',
    '%2e',
  ],
  ...[
    'caf\u00e9',
    '\\',
    'a|b',
    "'",
    '~',
    '+',
    '*',
    ':id',
    '{x}',
    'x'.repeat(13),
    'x'.repeat(101),
    '-',
    'b-',
  ],
];
const METHODS = ['GET', 'GET', 'GET', 'HEAD', 'POST', 'PUT', 'OPTIONS', 'DELETE', 'PROPFIND'];
const HOSTS = [
  ...['localhost', 'api.example.com', 'api.example.com:8080', 'acme.example.com', 'x1.test', 'yes'],
  ...['[::1]:80', 'API.example.com', ''],
];
const VERSIONS = ['1', '2', '3', '9', '1,2', '3,1', 'throw'];
const ACCEPTS = [
  'application/json;v=1',
  'text/html, application/json;q=1;v=2',
  '*/*',
  'application/json;v="1"',
];

/**
 * A request that has something to do with one of the routes.
 *
 * @param others the paths of what is served besides; a request for them says so in a header
 */
export function randomRequest(
  random: Random,
  routes: readonly Route[],
  others: readonly string[],
): RequestSpec {
  if (random.chance(0.2)) {
    return {
      method: random.chance(0.8) ? 'GET' : random.pick(METHODS),
      target: randomTarget(random, random.pick(others), DETOURS),
      headers: { host: 'localhost', 'x-other': 'yes' },
    };
  }
  const route = random.pick(routes);
  const named = route.method === 'ALL' ? random.pick(METHODS) : route.method;
  return {
    method: random.chance(0.85) ? named : random.pick(METHODS),
    target: randomTarget(random, route.path),
    headers: {
      host: random.pick(HOSTS),
      ...(random.chance(0.6) && { 'x-version': random.pick(VERSIONS) }),
      ...(random.chance(0.6) && { accept: random.pick(ACCEPTS) }),
      ...(random.chance(0.3) && { 'x-secret': random.pick(['s', 't', 'u']) }),
    },
  };
}

function randomTarget(random: Random, pattern: string, mutations = MUTATIONS): string {
  const value = (): string => random.pick(random.chance(0.7) ? ['1', '42', 'abc'] : VALUES);
  let path = pattern
    // The innermost groups first, each there or not.
    .replace(/\{([^{}]*)\}/g, (_, inside: string) => (random.chance(0.5) ? inside : ''))
    .replace(/\{([^{}]*)\}/g, (_, inside: string) => (random.chance(0.5) ? inside : ''))
    .replaceAll('::', ':')
    .replace(/:[a-z]+(\(.*?\))?\??/g, value)
    .replace(/\*[a-z]*/g, () => random.many(0, 3, value).join('/'));
  for (const mutate of random.many(0, 2, () => random.pick(mutations))) {
    if (random.chance(0.5)) path = mutate(random, path);
  }
  // What is not ASCII is sent as the bytes of its UTF-8, or as the escapes of these.
  path = random.chance(0.5)
    ? Buffer.from(path).toString('latin1')
    : path.replace(/[^\x21-\x7e]/g, encodeURIComponent);
  return random.chance(0.03)
    ? random.pick(['http://localhost', 'http://api.example.com:80', 'HTTPS://x1.test']) + path
    : path;
}

type Mutation = (random: Random, path: string) => string;

const at = (random: Random, path: string, change: (char: string) => string): string => {
  const index = random.below(path.length);
  return path.slice(0, index) + change(path.charAt(index)) + path.slice(index + 1);
};

const MUTATIONS: readonly Mutation[] = [
  (_, path) => path.toUpperCase(),
  (_, path) => path.toLowerCase(),
  (random, path) =>
    at(random, path, (char) =>
      char === char.toUpperCase() ? char.toLowerCase() : char.toUpperCase(),
    ),
  (_, path) => `${path}/`,
  (_, path) => path.replace(/\/$/, ''),
  (_, path) => `${path}//`,
  (_, path) => path.replace('/', '//'),
  (random, path) => at(random, path, () => '/'),
  (random, path) => at(random, path, () => ''),
  (random, path) => at(random, path, (char) => `%${char.charCodeAt(0).toString(16)}`),
  (random, path) => at(random, path, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`),
  (random, path) => at(random, path, (char) => `${char}%2F`),
  (random, path) =>
    at(
      random,
      path,
      (char) => `${char}${random.pick(['%', '%zz', '%ff', ';', '.', '\u212a', '#', '\\'])}`,
    ),
  (_, path) => `${path}?q=/x&y=%zz`,
  (_, path) => `${path};jsession=1`,
  (_, path) => `${path}#top`,
  (_, path) => `${path}/extra`,
  (_, path) => path.slice(0, path.lastIndexOf('/')) || '/',
  (_, path) => `/.${path}`,
  (_, path) => `/x/..${path}`,
  () => '*',
  () => '/',
];

/** What leads round an entry that knows only one spelling. */
const DETOURS: readonly Mutation[] = [
  (_, path) => `/x%2f%2E.${path}`,
  (_, path) => `/x/..${path.replace('/', '%2F')}`,
  (_, path) => `${path.slice(0, 2)}/x/..%5c..\\${path}`,
  (_, path) => path.replace(/\/(?=[^/]*$)/, '%2f'),
  (_, path) => path.replace(/\/(?=[^/]*$)/, '\\'),
  (_, path) => path.replaceAll('%', '%25'),
  (_, path) => `//x${path}`,
  ...MUTATIONS,
];
