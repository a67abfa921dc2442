import type { Random } from '../harness/random.js';
import type { Transmission } from '../harness/raw-client.js';

/** The origins that the bookshop allows. */
export const ALLOWED_ORIGINS = ['https://shop.example.com', 'https://partner.example.com'];

const HOSTILE_ORIGINS = [
  ...['https://evil.example', 'null', 'https://evil.shop.example.com', 'http://evil', 'evil'],
  ...['https://shop.example.com.evil.example', 'https://shop.example.com@evil.example'],
  ...['https://shop.example.com, https://evil.example', 'https://evil.example\x7f'],
  ...['https://evil.example\\shop.example.com', 'https://shop.example.com/', 'file:///evil'],
  ...[
    'https://[::evil]',
    'https://evil\tshop.example.com',
    'https://evil.example#shop.example.com',
  ],
  ...['HTTPS://SHOP.EXAMPLE.COM', 'http://shop.example.com', 'https://shop.example.com:443'],
];

const TARGETS = [
  ...['/catalog', '/catalog/1', '/catalog/1/reviews', '/catalog/latest', '/account', '/orders'],
  ...['/orders/1001', '/reports/bestsellers', '/admin/stats', '/sign-in/callback', '/covers/1.svg'],
  ...[
    '/account/address',
    '/account/session',
    '/nowhere',
    '/catalog?a=1&a=2',
    '/account/',
    '/ACCOUNT',
  ],
];

const BROKEN_TARGETS = [
  ...[
    '*',
    '//evil.example/account',
    '/%00',
    '/%ff%fe',
    '/%',
    '/catalog/%2e%2e/account',
    '/;account',
  ],
  ...['http://evil.example/account', 'evil', '', '/\\evil', '/covers/%2e%2e%2f1.svg', '/a#evil'],
];

const METHODS = [
  ...['GET', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'OPTIONS', 'OPTIONS'],
];

const BROKEN_METHODS = [
  ...['QUERY', 'PROPFIND', 'get', 'EVIL', 'G\x00T', 'TRACE', 'M-SEARCH', 'CONNECT'],
];

const NAMES = [
  ...['Origin', 'ORIGIN', 'Access-Control-Request-Method', 'Access-Control-Request-Headers'],
  ...['Access-Control-Request-Private-Network', 'Sec-Fetch-Site', 'X-Forwarded-Host', 'Cookie'],
  ...['Authorization', 'Content-Type', 'Content-Length', 'Transfer-Encoding', 'Expect', 'Upgrade'],
  ...['Accept', 'If-None-Match', 'Range', 'Vary', 'Access-Control-Allow-Origin', 'X-Custom'],
];

/** One connection's worth of broken, repeated, oversized, pipelined and aborted requests. */
export function randomTransmission(random: Random): Transmission {
  // The wild ones mostly end at Node's parser, and the tame ones get as far as the handlers.
  const requests = random.many(1, random.chance(0.25) ? 5 : 1, () =>
    randomRequest(random, random.chance(0.35)),
  );
  const bytes = requests.map((request) =>
    random.chance(0.06) ? damaged(random, request) : request,
  );
  const text = bytes.join('');
  const aborted = random.chance(0.1) ? text.slice(0, random.below(text.length + 1)) : text;
  return {
    chunks: random.chance(0.3) ? split(random, aborted) : [aborted],
    ending: random.chance(0.12) ? 'hang up' : 'half-close',
  };
}

function randomRequest(random: Random, wild: boolean): string {
  const some = <T>(tame: readonly T[], broken: readonly T[]) =>
    random.pick(wild && random.chance(0.4) ? broken : tame);
  const method = some(METHODS, BROKEN_METHODS);
  const body = random.chance(wild ? 0.4 : 0.1) ? randomBody(random) : '';
  const lines = [
    `${method} ${some(TARGETS, BROKEN_TARGETS)} ${some(['HTTP/1.1'], ['HTTP/1.1', 'HTTP/1.0', 'HTTP/9.9', ''])}`,
    ...(wild && random.chance(0.05) ? [] : [`Host: ${some(HOSTS, BROKEN_HOSTS)}`]),
    ...(random.chance(0.85) ? [`Origin: ${randomOrigin(random, wild)}`] : []),
    ...(method === 'OPTIONS' && random.chance(0.8) ? preflightLines(random) : []),
    ...(body === '' ? [] : bodyLines(random, body, wild)),
    ...(wild ? random.many(0, 3, () => randomLine(random)) : []),
  ];
  const eol = wild && random.chance(0.05) ? '\n' : '\r\n';
  return `${(wild ? shuffleTail(random, lines) : lines).join(eol)}${eol}${eol}${body}`;
}

const HOSTS = ['localhost', 'localhost:3000', 'evil.example', 'shop.example.com'];
const BROKEN_HOSTS = [
  ...['', 'evil example', '[::1]:80', 'a'.repeat(1_000), 'user@evil.example', '\xff\xfe'],
];

function preflightLines(random: Random): string[] {
  const method = random.pick([...METHODS, ...METHODS, '*', 'GET,PUT', 'x'.repeat(15_000)]);
  return [
    `Access-Control-Request-Method: ${method}`,
    ...(random.chance(0.7) ? [`Access-Control-Request-Headers: ${random.pick(REQUESTED)}`] : []),
  ];
}

const REQUESTED = [
  ...[
    'content-type',
    'x-csrf-token,content-type',
    'authorization',
    'x-requested-with',
    '*',
    ',,,,',
    'content-type;evil',
    'a b',
    '\x01',
  ],
  ...[
    Array(4_000).fill('x').join(','),
    'x'.repeat(15_000),
    'evil, ,authorization',
    'Content-Type ',
  ],
];

function randomOrigin(random: Random, wild: boolean): string {
  const choice = random.next();
  if (choice < 0.4) return random.pick(ALLOWED_ORIGINS);
  if (choice < 0.85 || !wild) return random.pick(HOSTILE_ORIGINS);
  if (choice < 0.93) return `https://evil.${'x'.repeat(15_000)}`;
  return randomBytes(random, 40);
}

function bodyLines(random: Random, body: string, wild: boolean): string[] {
  const type = random.pick([
    ...[
      'application/json',
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
    ],
    ...['application/json; charset=evil', 'evil', '/', 'application/json, text/plain'],
  ]);
  const length =
    !wild || random.chance(0.5)
      ? `Content-Length: ${body.length}`
      : random.pick([
          ...['Transfer-Encoding: chunked', 'Content-Length: 99999', 'Content-Length: -1'],
          ...['Content-Length: 1', 'Transfer-Encoding: evil', `Content-Length: ${body.length}, 7`],
        ]);
  return [`Content-Type: ${type}`, length];
}

function randomBody(random: Random): string {
  return random.pick([
    ...['{}', '{"name":"Ada"}', '{"name":', 'null', '[[[[[[', 'code=demo', '\x00\x01\x02'],
    ...['5\r\nhello\r\n0\r\n\r\n', '{"__proto__":{"evil":1}}', `"${'x'.repeat(20_000)}"`],
  ]);
}

function randomLine(random: Random): string {
  const name = random.pick(NAMES);
  const value = random.pick([
    ...['', 'evil', 'same-origin', 'same-site', 'true', 'OPTIONS', '100-continue', 'bytes=0-1'],
    ...['https://evil.example', 'session=evil; session=evil', 'x'.repeat(15_000), '\x80\xff'],
    ...['chunked', '0', '\t \t', randomBytes(random, 20)],
  ]);
  const line = `${name}: ${value}`;
  // Repeated, folded and malformed lines.
  if (random.chance(0.2))
    return Array<string>(random.chance(0.2) ? 300 : 3)
      .fill(line)
      .join('\r\n');
  return random.chance(0.06)
    ? random.pick([` ${line}`, name, `${name} : evil`, `: ${value}`])
    : line;
}

function randomBytes(random: Random, most: number): string {
  return random.many(1, most, () => String.fromCharCode(random.below(256))).join('');
}

/** The request line stays first; mostly. */
function shuffleTail(random: Random, [first = '', ...rest]: string[]): string[] {
  for (let index = rest.length - 1; index > 0; index -= 1) {
    const other = random.below(index + 1);
    [rest[index], rest[other]] = [rest[other]!, rest[index]!];
  }
  return random.chance(0.02) ? [...rest, first] : [first, ...rest];
}

function damaged(random: Random, text: string): string {
  const characters = [...text];
  for (let count = 1 + random.below(4); count > 0; count -= 1) {
    const at = random.below(characters.length);
    const deed = random.next();
    if (deed < 0.4) characters[at] = String.fromCharCode(random.below(256));
    else if (deed < 0.7) characters.splice(at, 1 + random.below(5));
    else characters.splice(at, 0, String.fromCharCode(random.below(32)));
  }
  return characters.join('');
}

function split(random: Random, text: string): string[] {
  const chunks: string[] = [];
  let rest = text;
  while (rest !== '' && chunks.length < 8) {
    const length = 1 + random.below(Math.max(1, Math.ceil(rest.length / 2)));
    chunks.push(rest.slice(0, length));
    rest = rest.slice(length);
  }
  return rest === '' ? chunks : [...chunks, rest];
}
