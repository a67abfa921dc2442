import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Controller, Get, VersioningType } from '@nestjs/common';
import { RouteConstraints } from '@nestjs/platform-fastify';
import {
  Cors,
  CorsModule,
  CorsPolicyService,
  explainRequest,
  type PageQuestion,
} from '../../src/index.js';
import { ADAPTERS, type RunningApp, startApp } from '../harness/start-app.js';
import { SECRET_CONSTRAINT } from '../routing/secret-constraint.js';

const FIRST = 'https://first.example';
const SECOND = 'https://second.example';
const REST = 'https://rest.example';
const STRANGER = 'https://stranger.example';
const DEFAULT = 'https://default.example';

@Controller({ path: 'cats', version: '1' })
class FirstCats {
  @Cors({ origin: FIRST }) @Get() list() {}
}
@Controller({ path: 'cats', version: '2' })
class SecondCats {
  @Cors({ origin: SECOND }) @Get() list() {}
}
@Controller({ path: 'dogs', version: '1' })
class Dogs {
  @Cors({ origin: FIRST }) @Get() list() {}
}

@Controller('secrets')
class Secrets {
  @RouteConstraints({ secret: 'a' }) @Cors({ origin: FIRST }) @Get() first() {}
  @RouteConstraints({ secret: 'b' }) @Cors({ origin: SECOND }) @Get() second() {}
  @Cors({ origin: REST }) @Get() rest() {}
}

const CORS = CorsModule.forRoot({ origin: DEFAULT, allowedHeaders: ['x-version', 'x-secret'] });

/** What is said of the request of a page. */
interface Row {
  readonly asks: Pick<PageQuestion, 'origin' | 'url' | 'headers' | 'assume'>;
  readonly outcome: 'readable' | 'refused' | 'depends';
  readonly on?: string;
  /** Where the first fix is to be written. */
  readonly fixAt?: string;
}

const CATS = 'the choice between FirstCats.list and SecondCats.list';
const SECRETS = 'the choice between Secrets.rest, Secrets.first and Secrets.second';
const DOCUMENTED_VERSIONS: readonly Row[] = [
  { asks: { url: '/cats', origin: FIRST }, outcome: 'depends', on: CATS, fixAt: 'SecondCats.list' },
  { asks: { url: '/cats', origin: SECOND }, outcome: 'depends', on: CATS, fixAt: 'FirstCats.list' },
  { asks: { url: '/cats', origin: SECOND, assume: 'yes' }, outcome: 'readable' },
  {
    asks: { url: '/cats', origin: SECOND, assume: 'no' },
    outcome: 'refused',
    fixAt: 'FirstCats.list',
  },
  { asks: { url: '/cats', origin: STRANGER }, outcome: 'refused', fixAt: 'FirstCats.list' },
  // The defaults hold on no version of it.
  { asks: { url: '/cats', origin: DEFAULT }, outcome: 'refused', fixAt: 'FirstCats.list' },
  { asks: { url: '/dogs', origin: FIRST }, outcome: 'readable' },
  { asks: { url: '/dogs', origin: SECOND }, outcome: 'refused', fixAt: 'Dogs.list' },
  { asks: { url: '/birds', origin: DEFAULT }, outcome: 'readable' },
];
const DOCUMENTED_CONSTRAINTS: readonly Row[] = [
  {
    asks: { url: '/secrets', origin: REST },
    outcome: 'depends',
    on: SECRETS,
    fixAt: 'Secrets.first',
  },
  {
    asks: { url: '/secrets', origin: SECOND },
    outcome: 'depends',
    on: SECRETS,
    fixAt: 'Secrets.rest',
  },
  { asks: { url: '/secrets', origin: STRANGER }, outcome: 'refused', fixAt: 'Secrets.rest' },
  // Elsewhere it is no secret.
  {
    asks: { url: '/cats', origin: FIRST, headers: { 'x-version': '2' } },
    outcome: 'refused',
    fixAt: 'SecondCats.list',
  },
];
const version = (number: string) => ({ 'x-version': number });
const RUNNING_VERSIONS: readonly Row[] = [
  { asks: { url: '/cats', origin: FIRST, headers: version('1') }, outcome: 'readable' },
  {
    asks: { url: '/cats', origin: SECOND, headers: version('1') },
    outcome: 'refused',
    fixAt: 'FirstCats.list',
  },
  {
    asks: { url: '/cats', origin: FIRST, headers: version('2') },
    outcome: 'refused',
    fixAt: 'SecondCats.list',
  },
  {
    asks: { url: '/cats', origin: STRANGER, headers: version('2') },
    outcome: 'refused',
    fixAt: 'SecondCats.list',
  },
  {
    asks: { url: '/cats', origin: FIRST, headers: version('3') },
    outcome: 'refused',
    fixAt: 'CorsModule.forRoot()',
  },
];
/** Of header versioning a document knows all, but a preflight nothing. */
const HEADER_VERSIONS: readonly Row[] = [
  { asks: { url: '/cats', origin: FIRST, headers: version('1') }, outcome: 'readable' },
  {
    asks: { url: '/cats', origin: FIRST, headers: version('2') },
    outcome: 'refused',
    fixAt: 'SecondCats.list',
  },
  {
    asks: { url: '/cats', origin: STRANGER, headers: version('2') },
    outcome: 'refused',
    fixAt: 'SecondCats.list',
  },
];
const RUNNING_CONSTRAINTS: readonly Row[] = [
  {
    asks: { url: '/secrets', origin: SECOND, headers: { 'x-secret': 'b' } },
    outcome: 'readable',
  },
  {
    asks: { url: '/secrets', origin: SECOND, headers: { 'x-secret': 'a' } },
    outcome: 'refused',
    fixAt: 'Secrets.first',
  },
];

describe.each(ADAPTERS)('custom versioning, on %s', (adapter) => {
  explanations(DOCUMENTED_VERSIONS, RUNNING_VERSIONS, () =>
    startApp({
      adapter,
      imports: [CORS],
      controllers: [FirstCats, SecondCats, Dogs],
      configure: (app) =>
        app.enableVersioning({
          type: VersioningType.CUSTOM,
          extractor: (request) =>
            (request as { headers: Record<string, string> }).headers['x-version'] ?? '',
        }),
    }),
  );
});

describe.each(ADAPTERS)('header versioning, on %s', (adapter) => {
  explanations(HEADER_VERSIONS, HEADER_VERSIONS, () =>
    startApp({
      adapter,
      imports: [CORS],
      controllers: [FirstCats, SecondCats, Dogs],
      configure: (app) =>
        app.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' }),
    }),
  );
});

describe("an application's own constraints, on fastify", () => {
  explanations(DOCUMENTED_CONSTRAINTS, RUNNING_CONSTRAINTS, () =>
    startApp({
      adapter: 'fastify',
      imports: [CORS],
      controllers: [Secrets, FirstCats, SecondCats],
      configure: (app) =>
        app.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' }),
      fastify: { routerOptions: { constraints: { secret: SECRET_CONSTRAINT } } },
    }),
  );
});

function explanations(
  documented: readonly Row[],
  running: readonly Row[],
  start: () => Promise<RunningApp>,
): void {
  let app: RunningApp;
  beforeAll(async () => {
    app = await start();
  });
  afterAll(() => app.close());
  const named = (rows: readonly Row[]) =>
    rows.map((row) => ({ ...row, name: `${JSON.stringify(row.asks)}: ${row.outcome}` }));

  test.each(named(documented))('its document, $name', async ({ asks, outcome, on, fixAt }) => {
    const document = app.nest.get(CorsPolicyService).document();
    const said = await explainRequest(document, asks);
    expect({ outcome: said.outcome, on: said.dependsOn, fixAt: said.fixes[0]?.place }).toEqual({
      outcome,
      on: on === undefined ? [] : [on],
      fixAt,
    });
  });

  test.each(named(running))('the application, $name', async ({ asks, outcome, fixAt }) => {
    const said = await explainRequest(app.nest.get(CorsPolicyService), asks);
    expect({ outcome: said.outcome, on: said.dependsOn, fixAt: said.fixes[0]?.place }).toEqual({
      outcome,
      on: [],
      fixAt,
    });
  });
}
