import { Controller, Get } from '@nestjs/common';
import type { CorsOptions } from '@nestjs/common/interfaces/external/cors-options.interface.js';
import { describe, expect, test } from '@jest/globals';
import { auditDeployment } from '../../src/deployment/audit.js';
import { DeployedServer } from '../../src/deployment/deployed-server.js';
import { Pace } from '../../src/deployment/pace.js';
import { APP } from '../harness/origins.js';
import { ADAPTERS, startApp } from '../harness/start-app.js';
import { django, type DjangoCors, fixed, spring, type SpringCors, startPeer } from './peers.js';

const REFUSED = 'https://app.example.com is not allowed.';

@Controller()
class BooksController {
  @Get() list() {
    return ['Mrs Dalloway'];
  }
}

/** The kinds of all findings, sorted; with what is remarked, if anything is. */
/** Whoever may act with a visitor's cookies and should not is the worst; what only costs time or tells little the least. */
const HIGH =
  /^(?:any-origin-reflected|null|longer-name-\w+|unescaped-dot|insecure-scheme)(?:-allowed)?-with-credentials$/;
const LOW = ['max-age-too-long', 'any-method-allowed', 'any-origin-reflected', 'null-allowed'];

function severityOf(kind: string): string {
  return HIGH.test(kind) ? 'high' : LOW.includes(kind) ? 'low' : 'medium';
}

async function kindsAt(url: URL, origins: readonly string[] = [APP]): Promise<string[]> {
  const server = new DeployedServer(url, { pace: new Pace(1000) });
  const { findings, remarks, answered } = await auditDeployment(server, origins);
  server.close();
  expect(answered).toBe(true);
  expect(findings.map(({ kind, severity }) => [kind, severity])).toEqual(
    findings.map(({ kind }) => [kind, severityOf(kind)]),
  );
  return [...findings.map(({ kind }) => kind).sort(), ...remarks];
}

interface Row<T> {
  readonly name: string;
  readonly cors: T;
  readonly found: readonly string[];
}

const ENABLE_CORS: readonly Row<CorsOptions>[] = [
  { name: 'a list without credentials', cors: { origin: [APP] }, found: [] },
  { name: 'a list with credentials', cors: { origin: [APP], credentials: true }, found: [] },
  { name: 'the defaults, open to anybody', cors: { origin: '*' }, found: [] },
  {
    name: 'any origin sent back',
    cors: { origin: true },
    found: ['any-origin-reflected'],
  },
  {
    name: 'any origin sent back, with credentials',
    cors: { origin: true, credentials: true },
    found: ['any-origin-reflected-with-credentials'],
  },
  {
    name: 'any origin, with credentials',
    cors: { origin: '*', credentials: true },
    found: ['any-origin-with-credentials'],
  },
  {
    name: 'an expression without its beginning',
    cors: { origin: /app\.example\.com$/, credentials: true },
    found: [
      'any-subdomain-allowed-with-credentials',
      'insecure-scheme-allowed-with-credentials',
      'longer-name-before-allowed-with-credentials',
    ],
  },
  {
    name: 'an expression without its end',
    cors: { origin: /^https:\/\/app\.example\.com/, credentials: true },
    found: ['any-port-allowed-with-credentials', 'longer-name-behind-allowed-with-credentials'],
  },
  {
    name: 'an expression without its end, without credentials',
    cors: { origin: /^https:\/\/app\.example\.com/ },
    found: ['longer-name-behind-allowed'],
  },
  {
    name: 'an expression whose dots mean anything',
    cors: { origin: /^https:\/\/app.example.com$/, credentials: true },
    found: ['unescaped-dot-allowed-with-credentials'],
  },
  {
    name: 'the opaque origin',
    cors: { origin: [APP, 'null'], credentials: true },
    found: ['null-allowed-with-credentials'],
  },
  {
    name: 'a day and more',
    cors: { origin: [APP], maxAge: 864_000 },
    found: ['max-age-too-long'],
  },
  {
    name: 'any header, with credentials',
    cors: { origin: [APP], credentials: true, allowedHeaders: '*' },
    found: ['wildcard-with-credentials'],
  },
  {
    name: 'any method',
    cors: { origin: [APP], methods: '*' },
    found: ['any-method-allowed'],
  },
];

describe.each(ADAPTERS)('what enableCors() answers on %s', (adapter) => {
  test.each(ENABLE_CORS)('$name: $found', async ({ cors, found }) => {
    const app = await startApp({
      adapter,
      controllers: [BooksController],
      configure: (nest) => {
        nest.enableCors(cors);
      },
    });
    // oxlint-disable-next-line typescript/no-misused-promises -- finally() waits for it
    const kinds = await kindsAt(new URL(`http://127.0.0.1:${app.port}/`)).finally(app.close);
    expect(kinds).toEqual(found);
  });
});

const SPRING: readonly Row<SpringCors>[] = [
  {
    name: 'a list with credentials',
    cors: { allowedOrigins: [APP], allowCredentials: true, allowedHeaders: ['*'] },
    found: [],
  },
  { name: 'open to anybody', cors: { allowedOrigins: ['*'], allowedHeaders: ['*'] }, found: [] },
  {
    name: 'any pattern, with credentials',
    cors: { allowedOriginPatterns: ['*'], allowCredentials: true },
    found: ['any-origin-reflected-with-credentials'],
  },
  {
    name: 'a pattern without a dot before the domain',
    cors: { allowedOriginPatterns: ['https://*app.example.com'], allowCredentials: true },
    found: [
      'any-subdomain-allowed-with-credentials',
      'longer-name-before-allowed-with-credentials',
    ],
  },
  {
    name: 'a pattern for any scheme',
    cors: { allowedOriginPatterns: ['*://app.example.com'], allowCredentials: true },
    found: ['insecure-scheme-allowed-with-credentials'],
  },
  {
    name: 'any method',
    cors: { allowedOrigins: [APP], allowedMethods: ['*'], allowedHeaders: ['*'] },
    found: ['any-method-allowed'],
  },
  {
    name: 'a private network, open to anybody',
    cors: { allowedOrigins: ['*'], allowPrivateNetwork: true, allowedHeaders: ['content-type'] },
    found: ['private-network-open'],
  },
  {
    name: 'a private network, open to a list',
    cors: { allowedOrigins: [APP], allowPrivateNetwork: true, allowedHeaders: ['content-type'] },
    found: [],
  },
];

const DJANGO: readonly Row<DjangoCors>[] = [
  {
    name: 'a list with credentials',
    cors: { allowedOrigins: [APP], allowCredentials: true },
    found: [],
  },
  { name: 'open to anybody', cors: { allowAllOrigins: true }, found: [] },
  {
    name: 'open to anybody, with credentials',
    cors: { allowAllOrigins: true, allowCredentials: true },
    found: ['any-origin-reflected-with-credentials'],
  },
  {
    name: 'an expression without its end',
    cors: { allowedOriginRegexes: [String.raw`https://app\.example\.com`], allowCredentials: true },
    found: ['any-port-allowed-with-credentials', 'longer-name-behind-allowed-with-credentials'],
  },
  {
    name: 'an expression whose dots mean anything',
    cors: { allowedOriginRegexes: [String.raw`https://app.example.com$`] },
    found: ['unescaped-dot-allowed'],
  },
  {
    name: 'preflights that last for months',
    cors: { allowedOrigins: [APP], preflightMaxAge: 31_536_000 },
    found: ['max-age-too-long'],
  },
];

const FIXED: readonly Row<Parameters<typeof fixed>>[] = [
  { name: 'nothing at all', cors: [{}], found: [REFUSED] },
  {
    name: 'one origin for all',
    cors: [{ 'Access-Control-Allow-Origin': APP }],
    found: [],
  },
  {
    name: 'an origin that is sent back without Vary',
    cors: [{ 'Access-Control-Allow-Origin': '$origin' }],
    found: ['any-origin-reflected', 'invalid-allow-origin', 'vary-missing'],
  },
  {
    name: 'an origin that is sent back, and never stored',
    cors: [{ 'Access-Control-Allow-Origin': '$origin', 'Cache-Control': 'no-store' }],
    found: ['any-origin-reflected', 'invalid-allow-origin'],
  },
  {
    name: 'a list of origins',
    cors: [{ 'Access-Control-Allow-Origin': `${APP}, https://www.example.com` }],
    found: ['invalid-allow-origin', REFUSED],
  },
  {
    name: 'a slash at the end of the origin',
    cors: [{ 'Access-Control-Allow-Origin': `${APP}/` }],
    found: ['invalid-allow-origin', REFUSED],
  },
  {
    name: 'a pattern as the origin',
    cors: [{ 'Access-Control-Allow-Origin': 'https://*.example.com' }],
    found: ['invalid-allow-origin', REFUSED],
  },
  {
    name: 'credentials in upper case',
    cors: [{ 'Access-Control-Allow-Origin': APP, 'Access-Control-Allow-Credentials': 'True' }],
    found: ['invalid-allow-credentials'],
  },
  {
    name: 'a max age that is no number',
    cors: [{ 'Access-Control-Allow-Origin': APP, 'Access-Control-Max-Age': '1h' }],
    found: ['invalid-max-age'],
  },
  {
    name: 'methods in brackets',
    cors: [{ 'Access-Control-Allow-Origin': APP, 'Access-Control-Allow-Methods': '[GET, PUT]' }],
    found: ['invalid-allow-methods'],
  },
  {
    name: 'the origin twice',
    cors: [{ 'Access-Control-Allow-Origin': [APP, '*'] }],
    found: ['doubled-header'],
  },
  {
    name: 'preflights that need a user',
    cors: [{ 'Access-Control-Allow-Origin': '*' }, { options: 401 }],
    found: ['preflight-needs-authentication'],
  },
  {
    name: 'preflights that are redirected',
    cors: [{ 'Access-Control-Allow-Origin': '*', Location: '/books/' }, { options: 308 }],
    found: ['preflight-redirected'],
  },
  {
    name: 'preflights that are not found',
    cors: [{ 'Access-Control-Allow-Origin': '*' }, { options: 404 }],
    found: ['preflight-fails'],
  },
];

const PEERS = [
  ...SPRING.map((row) => ({ ...row, of: 'Spring', answer: spring(row.cors) })),
  ...DJANGO.map((row) => ({ ...row, of: 'django-cors-headers', answer: django(row.cors) })),
  ...FIXED.map((row) => ({ ...row, of: 'headers by hand', answer: fixed(...row.cors) })),
];

describe('what others answer', () => {
  test.each(PEERS)('$of, $name: $found', async ({ answer, found }) => {
    const peer = await startPeer(answer);
    // oxlint-disable-next-line typescript/no-misused-promises -- finally() waits for it
    expect(await kindsAt(peer.url).finally(peer.close)).toEqual(found);
  });

  test('without --origin, its own origin and strangers are asked about', async () => {
    const peer = await startPeer(django({ allowAllOrigins: true, allowCredentials: true }));
    // oxlint-disable-next-line typescript/no-misused-promises -- finally() waits for it
    const kinds = await kindsAt(peer.url, []).finally(peer.close);
    expect(kinds).toEqual(['any-origin-reflected-with-credentials']);
  });
});
