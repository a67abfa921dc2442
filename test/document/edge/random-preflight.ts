import type { CorsDocument } from '../../../src/document/cors-document.js';
import type { Random } from '../../harness/random.js';
import { ORIGINS, REQUEST_HEADERS } from './random-application.js';
import type { RawRequest } from '../../harness/raw-client.js';

const VALUES = ['1', '42', 'abc', 'AbC', 'special', 'items', 'a', 'b', 'v1', 'x_y', 'x-y', '~me'];
const ODD_VALUES = [
  ...[
    'a.b',
    'x.json',
    '1,2',
    'a%2Fb',
    '%41',
    '%C3%A9',
    '%25',
    'a%3Bb',
    'a;b',
    '%40',
    '%2e',
    '@',
    '+',
  ],
  ...[':id', '*', "'", '$1', '(x)', '!', 'x'.repeat(13), 'x'.repeat(100), 'x'.repeat(101)],
];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'GET', 'PUT', 'POST'];
const ODD_METHODS = ['get', 'patch', 'PROPFIND', 'TRACE', 'FOO', '', 'GET,PUT', 'Put'];
const USUAL_ORIGINS = ORIGINS.slice(0, 2);
const ODD_ORIGINS = [
  ...['HTTPS://SHOP.EXAMPLE.COM', 'https://shop.example.com/', 'https://shop.example.com:443'],
  ...['https://xn--zz.example.com', 'https://xn--bcher-kva.example.com', 'https://-.example.com'],
  ...['https://a..example.com', 'https://.example.com', 'https://example.com', 'file://', 'x', ''],
  ...[
    'http://localhost:0',
    'http://localhost:080',
    'http://localhost:65535',
    'http://localhost:65536',
  ],
  ...['https://a_b.example.com', `https://${'a'.repeat(240)}.example.com`, 'http://localhost:80'],
  ...['https://shop.example.com, https://shop.example.com', '*', 'https://shop.example.com$'],
];

/** A request to what may be one of the application's routes; most are preflights as browsers send them. */
export function randomRequest(random: Random, { routes }: CorsDocument): RawRequest {
  const isOdd = random.chance(0.4);
  const odd = (chance: number) => isOdd && random.chance(chance);
  const route = random.pick(routes);
  const { path } = route;
  const method = odd(0.15) ? random.pick(['GET', 'POST', 'HEAD', 'PUT']) : 'OPTIONS';
  const headers: [string, string][] = [
    [
      'Host',
      odd(0.2) ? random.pick(['api.example.com', 'x1.test', 'localhost:8080']) : 'localhost',
    ],
  ];
  const add = (name: string, value: string) => {
    headers.push([odd(0.1) ? name.toLowerCase() : name, value]);
  };
  const origin = odd(0.25)
    ? random.pick(ODD_ORIGINS)
    : random.pick(random.chance(0.5) ? USUAL_ORIGINS : ORIGINS);
  if (!odd(0.1)) add('Origin', origin);
  if (odd(0.08)) add('Origin', random.pick(ORIGINS));
  if (!odd(0.1)) {
    add('Access-Control-Request-Method', askedMethod(random, route.method, odd(0.3)));
  }
  if (odd(0.05)) add('Access-Control-Request-Method', random.pick(METHODS));
  if (random.chance(0.5)) add('Access-Control-Request-Headers', randomNames(random, isOdd));
  if (odd(0.06)) add('Access-Control-Request-Headers', randomNames(random, isOdd));
  if (odd(0.1)) add('Access-Control-Request-Private-Network', random.pick(['true', 'false', '']));
  if (odd(0.15)) add('X-Version', random.pick(['1', '2', 'throw']));
  if (odd(0.1)) add('X-Secret', 's');
  if (odd(0.1)) add('Accept', 'application/json;v=2');
  if (odd(0.1)) add('Sec-Fetch-Site', random.pick(['same-origin', 'cross-site', 'same-site']));
  if (odd(0.1)) add('X-Forwarded-Host', 'api.example.com');
  if (method === 'POST' || method === 'PUT') add('Content-Length', '0');
  return { method, target: randomTarget(random, path, isOdd), headers };
}

function askedMethod(random: Random, routed: string, isOdd: boolean): string {
  if (isOdd) return random.pick(ODD_METHODS);
  return routed !== 'ALL' && random.chance(0.7) ? routed : random.pick(METHODS);
}

function randomNames(random: Random, isOdd: boolean): string {
  const names = REQUEST_HEADERS.filter(() => random.chance(0.3));
  if (!isOdd || random.chance(0.5))
    return names
      .map((name) => name.toLowerCase())
      .sort()
      .join(',');
  return random.pick([
    names.join(', '),
    names.join(','),
    [...names, ...names].join(','),
    `,${names.join(',,')},`,
    `${names.join(',')},@`,
    [...names].reverse().join(','),
    'x-'.repeat(200),
  ]);
}

function randomTarget(random: Random, path: string, isOdd: boolean): string {
  const filled = path
    .replace(/\{|\}/g, () => '')
    .replace(/::/g, ':')
    .split('/')
    .map((segment) =>
      segment.replace(/:\w+(?:\([^)]*\))?\??|\*\w*/g, () =>
        random.pick(isOdd && random.chance(0.3) ? ODD_VALUES : VALUES),
      ),
    )
    .join('/');
  let target = encodeURI(filled.replaceAll('%', '\0')).replaceAll('%00', '%');
  const odd = (chance: number) => isOdd && random.chance(chance);
  if (odd(0.1)) target += '/';
  if (odd(0.06)) target = target.replace('/', '//');
  if (odd(0.1)) target = target.toUpperCase().replaceAll(/%[\dA-F]{2}/g, (each) => each);
  if (odd(0.08)) target += `/${random.pick(VALUES)}`;
  if (odd(0.05)) target = `/${random.pick(VALUES)}`;
  if (odd(0.05) && !target.includes('%'))
    target = target.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
  if (odd(0.04)) target += random.pick(['/./a', '/.', ';x=1', ';', '/..;/a']);
  if (random.chance(0.15))
    target += random.pick(['?', '?a=1&b=2', '?x=%2F', '?a?b', '?;', '?{"a":[1]}', '?q=a/../b']);
  return target;
}
