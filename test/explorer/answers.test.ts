import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CorsPolicyService } from '../../src/index.js';
import type { CorsExplanation } from '../../src/document/explanation/cors-explanation.js';
import type { MatrixLine } from '../../src/explorer/origin-matrix.js';
import { PARTNER, SHOP, STRANGER } from '../harness/origins.js';
import { valuesOf } from '../harness/send.js';
import { ADAPTERS, type RunningApp } from '../harness/start-app.js';
import { BooksController, Partners, startExplained } from './explained-app.js';

const SERVER = 'https://api.example.com';

/** Questions, and what a browser does with them by the policies of the bookshop. */
const QUESTIONS: readonly {
  readonly name: string;
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  readonly outcome: string;
  readonly stops?: string;
  readonly said?: string;
}[] = [
  {
    name: 'a page that is on the list, with cookies',
    query: { origin: SHOP, url: `${SERVER}/books/1`, method: 'PUT', credentials: 'include' },
    outcome: 'readable',
  },
  {
    name: 'a header that no policy names',
    query: { origin: SHOP, url: `${SERVER}/books/1`, method: 'PUT', header: ['x-trace-id: 1'] },
    outcome: 'refused',
    stops: 'preflight',
    said: 'BooksController',
  },
  {
    name: 'cookies to data for everybody',
    query: { origin: STRANGER, url: `${SERVER}/books`, credentials: 'include' },
    outcome: 'refused',
    stops: 'request',
  },
  {
    name: 'an origin that the resolver knows',
    query: { origin: PARTNER, url: `${SERVER}/books/orders` },
    outcome: 'readable',
  },
  {
    name: 'an origin that the resolver does not know',
    query: { origin: STRANGER, url: `${SERVER}/books/orders` },
    outcome: 'refused',
    stops: 'request',
    said: 'CorsModule.forRoot() policies.partners',
  },
  {
    name: 'the explorer itself, from another page',
    query: { origin: SHOP, url: `${SERVER}/cors/document` },
    outcome: 'refused',
    stops: 'request',
    said: 'CorsExplorerController',
  },
  {
    name: 'the explorer itself, from its own page',
    query: { origin: SERVER, url: `${SERVER}/cors/document` },
    outcome: 'readable',
  },
  {
    name: 'a page that does without the answer',
    query: { origin: STRANGER, url: `${SERVER}/books`, mode: 'no-cors' },
    outcome: 'opaque',
  },
];

const UNASKABLE: readonly {
  readonly query: Readonly<Record<string, string>>;
  readonly says: RegExp;
}[] = [
  { query: {}, says: /is not the origin of a page/ },
  {
    query: { origin: 'shop.example.com', url: '/books' },
    says: /"shop\.example\.com" is not the origin/,
  },
  { query: { origin: '<img src=x onerror=alert(1)>', url: '/books' }, says: /is not the origin/ },
  { query: { origin: SHOP, url: 'books' }, says: /"books" is not a URL/ },
  { query: { origin: SHOP, url: '/books', method: 'G E T' }, says: /"G E T" is not a method/ },
  {
    query: { origin: SHOP, url: '/books', header: 'x y: 1' },
    says: /"x y" is not a header name/,
  },
  { query: { origin: SHOP, url: '/books', credentials: 'all' }, says: /credentials is "all"/ },
  { query: { origin: SHOP, url: '/books', mode: 'navigate' }, says: /mode is "navigate"/ },
];

interface Answered<Body> {
  readonly status: number;
  readonly body: Body;
}

interface Problem {
  readonly message: string;
}

function queryOf(fields: Readonly<Record<string, string | readonly string[]>>): string {
  return new URLSearchParams(
    Object.entries(fields).flatMap(([name, value]) =>
      [value].flat().map((each): [string, string] => [name, each]),
    ),
  ).toString();
}

describe.each(ADAPTERS)('the explorer on %s', (adapter) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startExplained({ adapter });
  });
  afterAll(() => app.close());

  const get = async (path: string): Promise<{ status: number; body: unknown }> => {
    const { status, body } = await app.send({ path: `/cors/${path}` });
    return { status, body: JSON.parse(body) };
  };

  test.each(QUESTIONS)('explains $name', async ({ query, outcome, stops, said }) => {
    const { status, body } = (await get(
      `explanation?${queryOf(query)}`,
    )) as Answered<CorsExplanation>;
    expect(status).toBe(200);
    const stop = body.steps.find(({ passed }) => !passed);
    expect([body.outcome, stop?.name]).toEqual([outcome, stops]);
    if (said !== undefined) expect(body.rule?.said).toBe(said);
  });

  test.each(UNASKABLE)('says of $query what is wrong with it', async ({ query, says }) => {
    const { status, body } = (await get(`explanation?${queryOf(query)}`)) as Answered<Problem>;
    expect([status, body.message]).toEqual([400, expect.stringMatching(says)]);
  });

  test('asks the application and runs no handler of it', async () => {
    Partners.asked = [];
    BooksController.deleted = 0;
    await get(`explanation?${queryOf({ origin: PARTNER, url: `${SERVER}/books/orders` })}`);
    await get(
      `explanation?${queryOf({ origin: SHOP, url: `${SERVER}/books/1`, method: 'DELETE' })}`,
    );
    expect(Partners.asked).toContain(PARTNER);
    expect(BooksController.deleted).toBe(0);
  });

  test('tells what each origin gets from each route', async () => {
    const { routes, paths } = app.nest.get(CorsPolicyService).document();
    const own = routes.findIndex(({ handler }) => handler === 'CorsExplorerController.document');
    const { body } = (await get(
      `matrix?${queryOf({
        server: SERVER,
        origin: [SHOP, PARTNER, STRANGER, 'https://down.example'],
        place: ['0', '1', '2', '3', String(own), String(routes.length)],
      })}`,
    )) as Answered<readonly MatrixLine[]>;
    const rows = body.map(({ question, outcomes }) => [
      `${question?.method ?? ''} ${question?.url.slice(SERVER.length) ?? ''}`,
      ...outcomes,
    ]);
    const before = 'refused-at-preflight';
    const at = 'refused-at-request';
    expect(paths).toHaveLength(1);
    const plain = await get(
      `matrix?${queryOf({ server: 'http://api.example.com', origin: [SHOP], place: '0' })}`,
    );
    expect(plain.body).toMatchObject([{ outcomes: ['not-sent'] }]);
    expect(rows).toEqual([
      ['GET /books', 'readable', 'readable', 'readable', 'readable'],
      ['PUT /books/1', 'readable-with-cookies', before, before, before],
      ['DELETE /books/1', before, before, before, before],
      ['GET /books/orders', at, 'readable', at, 'unknown'],
      ['GET /cors/document', at, at, at, at],
      ['GET /files', 'readable', 'readable', 'readable', 'readable'],
    ]);
  });

  test.each([
    { what: 'an origin that is none', query: { origin: '*', place: '0', server: SERVER } },
    { what: 'a server that is none', query: { origin: SHOP, place: '0', server: 'api' } },
    {
      what: 'more than fits',
      query: { origin: Array<string>(13).fill(SHOP), place: '0', server: SERVER },
    },
    {
      what: 'more than fits, of routes',
      query: { origin: SHOP, place: Array<string>(101).fill('0'), server: SERVER },
    },
  ])('refuses a matrix with $what, and says why', async ({ query }) => {
    const { status, body } = (await get(`matrix?${queryOf(query)}`)) as Answered<Problem>;
    expect([status, typeof body.message]).toEqual([400, 'string']);
  });

  test.each(['-1', '1.5', '999999', 'x'])('knows nothing of the route %s', async (place) => {
    const { body } = await get(`matrix?${queryOf({ origin: SHOP, place, server: SERVER })}`);
    expect(body).toMatchObject([{ outcomes: ['unknown'] }]);
  });

  test('hands out the document, the report and the configurations of the edge', async () => {
    const service = app.nest.get(CorsPolicyService);
    expect((await get('document')).body).toEqual(JSON.parse(JSON.stringify(service.document())));
    const report = await app.send({ path: '/cors/report' });
    expect(report.body).toMatch(/^GET +\/books +BooksController\.list +any origin$/m);
    for (const [server, directive] of [
      ['nginx', 'proxy_pass'],
      ['haproxy', 'frontend'],
      ['caddy', 'reverse_proxy'],
    ] as const) {
      const { status, body } = await app.send({ path: `/cors/edge/${server}` });
      expect([status, body]).toEqual([200, expect.stringContaining(directive)]);
      expect(body).toContain(`127.0.0.1:${app.port}`);
    }
    expect((await app.send({ path: '/cors/edge/apache' })).status).toBe(404);
  });

  test('is sent with what keeps a page to itself', async () => {
    for (const path of ['/cors', '/cors/document', '/cors/page.js']) {
      const answer = await app.send({ path });
      expect(valuesOf(answer, 'content-security-policy')[0]).toMatch(/^default-src 'none'; /);
      expect(valuesOf(answer, 'x-content-type-options')).toEqual(['nosniff']);
      expect(valuesOf(answer, 'cross-origin-resource-policy')).toEqual(['same-origin']);
      expect(valuesOf(answer, 'cache-control')).toEqual(['no-store']);
    }
  });
});
