import { beforeEach, expect, test } from '@jest/globals';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { All, Controller, Get, type INestApplication, Post, Put } from '@nestjs/common';
import { Cors, CorsModule } from '../../src/index.js';
import { allows, approves, lists } from '../harness/cors-headers.js';
import { ADMIN, APP, EVIL } from '../harness/origins.js';
import { ADAPTERS, type AppSetup, startApp } from '../harness/start-app.js';
import { preflight, type Row, table } from '../harness/table.js';

/** Controllers beside the `paths`; `/files/listed` lies below one of their patterns. */
@Controller()
class FilesController {
  @Cors({ origin: ADMIN }) @Get('files/listed') listed() {
    return 'by the controller';
  }
  @Put('plain') plain() {
    return 'by the controller';
  }
}

const served: string[] = [];
beforeEach(() => {
  served.splice(0);
});

function serve(app: INestApplication): void {
  for (const path of [
    '/graphql',
    '/files',
    '/assets',
    '/closed',
    '/lenient',
    '/narrow',
    '/without-credentials',
    '/elsewhere',
    '/inherited',
    '/failing',
    '/twice',
  ]) {
    app.use(path, ({ url = '' }: IncomingMessage, response: ServerResponse) => {
      served.push(path);
      response.end(`served ${path} ${url}`);
    });
  }
}

const setup: AppSetup = {
  imports: [
    CorsModule.forRoot({
      origin: APP,
      credentials: true,
      exposedHeaders: 'X-Total-Count',
      maxAge: 100,
      policies: { public: { origin: '*', credentials: false } },
      paths: [
        { path: '/graphql', policy: { maxAge: 600 } },
        { path: ['/files/*path', '/assets/:name'], policy: 'public' },
        { path: '/closed', policy: false },
        { path: '/lenient', policy: { enforce: false, origin: ADMIN } },
        { path: '/narrow', policy: { methods: ['GET', 'PUT'] } },
        { path: '/without-credentials', policy: { credentials: false } },
        {
          path: '/inherited',
          policy: (inherited) => ({
            exposedHeaders: [...inherited.exposedHeaders, 'X-Inherited'],
            maxAge: inherited.maxAge * 2,
          }),
        },
        {
          path: '/failing',
          policy: {
            origin: () => {
              throw new Error('The database is away.');
            },
          },
        },
        { path: '/twice', policy: { origin: ADMIN } },
        { path: '/twice', policy: { origin: EVIL } },
        { path: '/unserved', policy: { origin: ADMIN } },
      ],
    }),
  ],
  controllers: [FilesController],
  configure: serve,
};

const granted = allows(APP, { credentials: true, exposes: 'X-Total-Count' });

const rows: readonly Row[] = [
  {
    name: 'A path gives an allowed origin its headers.',
    path: '/graphql',
    method: 'POST',
    headers: { origin: APP },
    status: 200,
    answers: 'served /graphql',
    cors: granted,
  },
  {
    name: 'A path refuses another origin.',
    path: '/graphql',
    method: 'POST',
    headers: { origin: EVIL },
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: 'A path is matched without the query.',
    path: '/graphql?query={a}',
    headers: { origin: EVIL },
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: 'A path serves a request without Origin.',
    path: '/graphql',
    status: 200,
    answers: 'served /graphql',
  },
  {
    name: 'A path serves a same-origin request.',
    path: '/closed',
    method: 'POST',
    headers: { origin: EVIL, 'sec-fetch-site': 'same-origin' },
    kind: 'same-origin',
    status: 200,
    answers: 'served /closed',
  },
  {
    name: 'A path refines the module defaults in its preflight.',
    ...preflight(APP, 'POST', 'content-type'),
    path: '/graphql',
    status: 204,
    cors: approves(APP, {
      credentials: true,
      maxAge: 600,
      methods: expect.arrayContaining(['POST']),
    }),
  },
  {
    name: 'A path refuses a preflight from another origin.',
    ...preflight(EVIL, 'POST'),
    path: '/graphql',
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: 'A path lists the allowed headers in a preflight for one that is not.',
    ...preflight(APP, 'POST', 'x-secret'),
    path: '/graphql',
    status: 204,
    reason: 'header-not-allowed',
    cors: lists(APP, { credentials: true, methods: expect.arrayContaining(['POST']) }),
  },
  {
    name: 'A path matches what its pattern matches.',
    path: '/files/a/b.txt',
    headers: { origin: EVIL },
    status: 200,
    answers: 'served /files',
    cors: allows('*', { exposes: 'X-Total-Count' }),
    vary: [],
  },
  {
    name: 'A path may be a list of patterns.',
    path: '/assets/logo.svg',
    headers: { origin: EVIL },
    status: 200,
    answers: 'served /assets',
    cors: allows('*', { exposes: 'X-Total-Count' }),
    vary: [],
  },
  {
    name: 'A path holds for everything under it, as a mount does.',
    path: '/assets/img/logo.svg',
    headers: { origin: EVIL },
    status: 200,
    answers: 'served /assets',
    cors: allows('*', { exposes: 'X-Total-Count' }),
    vary: [],
  },
  {
    name: 'A path refuses what is under it.',
    path: '/graphql/x',
    method: 'POST',
    headers: { origin: EVIL },
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: 'A path refuses a preflight for what is under it.',
    ...preflight(EVIL, 'POST'),
    path: '/graphql/x',
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: 'A path does not hold for a longer name.',
    path: '/graphqlx',
    headers: { origin: EVIL },
    status: 404,
    reason: 'origin-not-allowed',
    endedByTheApp: true,
  },
  ...[
    '/GraphQL',
    '/GRAPHQL/x',
    '/graph%71l',
    '/graphq%6C/x',
    '//graphql',
    '/./graphql',
    '/%2e/graphql',
    '/x/../graphql',
    '/x/%2e%2e/graphql',
    '/x/..%2fgraphql',
    '/x%2f..%2fgraphql',
    '/%2fgraphql',
    '/graphql;x=1',
    '/graphql%3b',
    '/\\graphql',
    '/%5cgraphql',
    '/graphql%2fx',
    '/assets/..%2fgraphql',
    '/assets/%2e%2e/graphql',
  ].map((path): Row => ({
    name: `A path cannot be walked round by ${path}.`,
    path,
    method: 'POST',
    headers: { origin: EVIL },
    status: 403,
    reason: 'origin-not-allowed',
  })),
  {
    name: 'A path may allow nobody.',
    path: '/closed',
    headers: { origin: APP },
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: 'A path may do without enforcement.',
    path: '/lenient',
    headers: { origin: APP },
    status: 200,
    answers: 'served /lenient',
    reason: 'origin-not-allowed',
    endedByTheApp: true,
  },
  {
    name: 'A path without enforcement gives an allowed origin its headers.',
    path: '/lenient',
    headers: { origin: ADMIN },
    status: 200,
    cors: allows(ADMIN, { credentials: true, exposes: 'X-Total-Count' }),
  },
  {
    name: 'A path may narrow the methods.',
    method: 'POST',
    path: '/narrow',
    headers: { origin: APP },
    status: 403,
    reason: 'method-not-allowed',
  },
  {
    name: 'A path serves the methods that it names.',
    method: 'PUT',
    path: '/narrow',
    headers: { origin: APP },
    status: 200,
    cors: granted,
  },
  {
    name: 'A path lists the methods that it names.',
    ...preflight(APP, 'DELETE'),
    path: '/narrow',
    status: 204,
    reason: 'method-not-allowed',
    cors: expect.not.objectContaining({
      'access-control-allow-methods': expect.arrayContaining(['DELETE']),
    }),
  },
  {
    name: 'A path without credentials refuses a cookie.',
    path: '/without-credentials',
    headers: { origin: APP, cookie: 'a=b' },
    status: 403,
    reason: 'credentials-not-allowed',
  },
  {
    name: 'A path may be a function of the module defaults.',
    path: '/inherited',
    headers: { origin: APP },
    status: 200,
    cors: allows(APP, { credentials: true, exposes: 'X-Total-Count,X-Inherited' }),
  },
  {
    name: "A function's numbers are in the preflight.",
    ...preflight(APP, 'GET'),
    path: '/inherited',
    status: 204,
    cors: approves(APP, {
      credentials: true,
      maxAge: 200,
      methods: expect.arrayContaining(['GET']),
    }),
  },
  {
    name: 'A path whose origin function throws gets 503.',
    path: '/failing',
    headers: { origin: APP },
    status: 503,
    reason: 'origin-check-failed',
  },
  {
    name: 'A path whose origin function throws gets 503 in its preflight.',
    ...preflight(APP, 'GET'),
    path: '/failing',
    status: 503,
    reason: 'origin-check-failed',
  },
  {
    name: 'The first entry that matches counts.',
    path: '/twice',
    headers: { origin: ADMIN },
    status: 200,
    cors: allows(ADMIN, { credentials: true, exposes: 'X-Total-Count' }),
  },
  {
    name: 'A later entry that matches does not count.',
    path: '/twice',
    headers: { origin: EVIL },
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: 'A path is refused before a 404 can tell that nothing serves it.',
    path: '/unserved',
    headers: { origin: EVIL },
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: 'A path that nothing serves gives an allowed origin a 404 that it can read.',
    path: '/unserved',
    headers: { origin: ADMIN },
    status: 404,
    cors: allows(ADMIN, { credentials: true, exposes: 'X-Total-Count' }),
  },
  {
    name: "A controller's route goes before a pattern that also matches.",
    path: '/files/listed',
    headers: { origin: ADMIN },
    status: 200,
    // `app.use('/files')` stands before every controller and answers; the policy is still the route's.
    answers: 'served /files',
    cors: allows(ADMIN, { credentials: true, exposes: 'X-Total-Count' }),
  },
  {
    name: 'A route that goes before a pattern is refused before anything else can serve its URL.',
    path: '/files/listed',
    headers: { origin: EVIL },
    status: 403,
    reason: 'origin-not-allowed',
  },
  // neither
  {
    name: 'A URL with neither route nor path gives an allowed origin the headers of the module defaults.',
    path: '/elsewhere',
    headers: { origin: APP },
    status: 200,
    answers: 'served /elsewhere',
    cors: granted,
  },
  {
    name: 'A URL with neither route nor path refuses nobody and gives another origin no CORS header.',
    path: '/elsewhere',
    headers: { origin: EVIL },
    status: 200,
    answers: 'served /elsewhere',
    reason: 'origin-not-allowed',
    endedByTheApp: true,
  },
  {
    name: 'A URL with neither route nor path answers a preflight from an allowed origin by the module defaults.',
    ...preflight(APP, 'PUT'),
    path: '/elsewhere',
    status: 204,
    cors: approves(APP, {
      credentials: true,
      maxAge: 100,
      methods: expect.arrayContaining(['PUT']),
    }),
  },
  {
    name: 'A URL with neither route nor path refuses a preflight from another origin.',
    ...preflight(EVIL, 'PUT'),
    path: '/elsewhere',
    status: 403,
    reason: 'origin-not-allowed',
  },
];

table('Paths', setup, rows);

test.each(ADAPTERS)(
  'What serves a path never sees a request that is refused, on %s.',
  async (adapter) => {
    const app = await startApp({ ...setup, adapter });
    try {
      await app.send({ path: '/graphql', headers: { origin: EVIL } });
      await app.send({ path: '/graphql', ...preflight(EVIL, 'POST') });
      await app.send({ path: '/graphql', ...preflight(APP, 'POST') });
      expect(served).toEqual([]);
      await app.send({ path: '/graphql', headers: { origin: APP } });
      expect(served).toEqual(['/graphql']);
    } finally {
      await app.close();
    }
  },
);

table(
  'Paths beside a global prefix',
  { ...setup, configure: (app) => (serve(app), app.setGlobalPrefix('api')) },
  [
    {
      name: 'A path is the whole path of the URL.',
      path: '/graphql',
      headers: { origin: EVIL },
      status: 403,
      reason: 'origin-not-allowed',
    },
    {
      name: "A controller's route below the prefix is no path.",
      method: 'PUT',
      path: '/api/plain',
      headers: { origin: APP },
      status: 200,
      answers: 'by the controller',
      cors: granted,
    },
  ],
);

@Controller()
class CatchAllController {
  @Cors({ origin: ADMIN }) @Post('pages/:slug') page() {
    return 'by the controller';
  }
  @Cors({ origin: ADMIN, methods: ['PUT', 'DELETE'] }) @Put('pages/:slug') replacePage() {
    return 'by the controller';
  }
  @Cors('public') @All('*') rest() {
    return 'by the controller';
  }
}

table(
  'A path and a less exact route',
  {
    imports: [
      CorsModule.forRoot({
        origin: APP,
        policies: { public: { origin: '*' } },
        paths: [
          { path: '/graphql', policy: {} },
          { path: '/open', policy: 'public' },
          { path: '/pages', policy: { origin: EVIL } },
          { path: '/pages/special', policy: { origin: EVIL } },
        ],
      }),
    ],
    controllers: [CatchAllController],
  },
  [
    {
      name: 'The path refuses what the catch-all would serve to anybody.',
      path: '/graphql',
      method: 'POST',
      headers: { origin: EVIL },
      status: 403,
      reason: 'origin-not-allowed',
    },
    {
      name: 'The path refuses the preflight as well.',
      ...preflight(EVIL, 'POST'),
      path: '/graphql',
      status: 403,
      reason: 'origin-not-allowed',
    },
    {
      name: 'The path allows the origins of its policy.',
      path: '/graphql',
      method: 'POST',
      headers: { origin: APP },
      status: 200,
      answers: 'by the controller',
      cors: allows(APP),
    },
    {
      name: 'The catch-all holds elsewhere.',
      path: '/graphqlx',
      headers: { origin: EVIL },
      status: 200,
      cors: allows('*'),
      vary: [],
    },
    {
      name: 'A parameter is more exact than what is under a path: the route holds.',
      path: '/pages/1',
      method: 'POST',
      headers: { origin: ADMIN },
      status: 201,
      cors: allows(ADMIN),
    },
    {
      name: 'Its refusal comes from its own policy.',
      path: '/pages/1',
      method: 'POST',
      headers: { origin: EVIL },
      status: 403,
      reason: 'origin-not-allowed',
    },
    {
      name: 'A literal path is more exact than a parameter: the path holds.',
      path: '/pages/special',
      method: 'POST',
      headers: { origin: EVIL },
      status: 201,
      cors: allows(EVIL),
    },
    {
      name: 'The path approves the preflight of an origin that it allows, whatever the route allows.',
      ...preflight(EVIL, 'POST'),
      path: '/pages/special',
      status: 204,
      cors: approves(EVIL, { methods: 'GET,POST,PUT,PATCH,DELETE,OPTIONS' }),
    },
    {
      name: 'The path refuses the preflight of an origin that only the route allows.',
      ...preflight(ADMIN, 'POST'),
      path: '/pages/special',
      status: 403,
      reason: 'origin-not-allowed',
    },
    {
      name: 'The more exact route approves the preflight of an origin that it allows, for such routes alone.',
      ...preflight(ADMIN, 'POST'),
      path: '/pages/1',
      status: 204,
      cors: approves(ADMIN, { methods: 'POST,PUT' }),
    },
    {
      name: 'The methods that a policy lists are approved where a route serves them.',
      ...preflight(ADMIN, 'PUT'),
      path: '/pages/1',
      status: 204,
      cors: approves(ADMIN, { methods: 'POST,PUT' }),
    },
    {
      name: 'The path approves the other methods of the URL, and none that a more exact route holds.',
      ...preflight(EVIL, 'PATCH'),
      path: '/pages/1',
      status: 204,
      cors: approves(EVIL, { methods: 'GET,PATCH,DELETE,OPTIONS' }),
    },
    {
      name: 'The more exact route refuses the preflight of an origin that only the path allows.',
      ...preflight(EVIL, 'POST'),
      path: '/pages/1',
      status: 403,
      reason: 'origin-not-allowed',
    },
    {
      name: 'Where a URL can be read in two ways, both have to allow the preflight.',
      ...preflight(EVIL, 'POST'),
      path: '/open/..%2fgraphql',
      status: 403,
      reason: 'origin-not-allowed',
    },
    {
      name: 'Where a URL can be read in two ways, both have to allow it.',
      path: '/open/..%2fgraphql',
      headers: { origin: EVIL },
      status: 403,
      reason: 'origin-not-allowed',
    },
    {
      name: 'Where both allow it, it passes.',
      path: '/open/..%2fgraphql',
      headers: { origin: APP },
      status: 200,
      cors: allows(APP),
    },
  ],
);

/** `%2f` may be a slash, and `/either/a/b` is no route: the entry holds beside the route. */
@Controller('either')
class EitherController {
  @Cors({ origin: ADMIN }) @Get(':name') read() {
    return 'by the controller';
  }
  @Cors({ origin: ADMIN }) @Put(':name') replace() {
    return 'by the controller';
  }
}

for (const [entry, policy] of [
  ['is looser than', { origin: '*' }],
  ['has fewer methods than', { origin: [ADMIN, EVIL], methods: ['GET'] }],
] as const) {
  table(
    `A path that ${entry} the route beside which it holds`,
    {
      imports: [CorsModule.forRoot({ origin: APP, paths: [{ path: '/either', policy }] })],
      controllers: [EitherController],
    },
    [
      {
        name: 'The route alone holds where no slash can be meant.',
        path: '/either/a',
        headers: { origin: EVIL },
        status: 403,
        reason: 'origin-not-allowed',
      },
      {
        name: 'The route refuses what the path allows.',
        path: '/either/a%2fb',
        headers: { origin: EVIL },
        status: 403,
        reason: 'origin-not-allowed',
      },
      {
        name: 'The route refuses a preflight that the path allows.',
        ...preflight(EVIL, 'GET'),
        path: '/either/a%2fb',
        status: 403,
        reason: 'origin-not-allowed',
      },
      {
        name: 'What both allow is served.',
        path: '/either/a%2fb',
        headers: { origin: ADMIN },
        status: 200,
        answers: 'by the controller',
        cors: allows(ADMIN),
      },
      {
        name: 'A preflight that both allow names no method that only one of them allows.',
        ...preflight(ADMIN, 'GET'),
        path: '/either/a%2fb',
        status: 204,
        cors: approves(ADMIN, { methods: ['GET'] }),
      },
    ],
  );
}

for (const [entry, policy] of [
  ['gives credentials', { origin: ADMIN, credentials: true }],
  ['gives the answer to everybody', { origin: '*' }],
] as const) {
  table(
    `A path that ${entry}, beside a route that does not`,
    {
      imports: [CorsModule.forRoot({ origin: APP, paths: [{ path: '/either', policy }] })],
      controllers: [EitherController],
    },
    [
      {
        name: 'What both allow gets the less of what they give.',
        path: '/either/a%2fb',
        headers: { origin: ADMIN },
        status: 200,
        cors: allows(ADMIN),
      },
      {
        name: 'A preflight gets the less of what they give.',
        ...preflight(ADMIN, 'GET'),
        path: '/either/a%2fb',
        status: 204,
        cors: approves(ADMIN, { methods: ['GET'] }),
      },
    ],
  );
}

@Controller('lists')
class ListsController {
  @Cors({
    ...{ origin: ADMIN, exposedHeaders: ['x-b', 'X-C'], allowedHeaders: ['x-b', 'X-C'] },
    maxAge: 50,
  })
  @Get(':name')
  read() {
    return 'by the controller';
  }
  @Cors({ origin: ADMIN, exposedHeaders: '*', allowedHeaders: '*', maxAge: 500 })
  @Get('any/:name')
  readAny() {
    return 'by the controller';
  }
}

const PRIVATE_VARY = [
  ...['origin', 'access-control-request-method', 'access-control-request-headers'],
  'access-control-request-private-network',
];

table(
  'A path that gives other lists than the route beside which it holds',
  {
    imports: [
      CorsModule.forRoot({
        origin: APP,
        paths: [
          {
            path: '/lists',
            policy: {
              ...{
                origin: [ADMIN, EVIL],
                exposedHeaders: ['X-A', 'X-B'],
                allowedHeaders: ['X-A', 'X-B'],
              },
              ...{ maxAge: 100, privateNetwork: true },
            },
          },
        ],
      }),
    ],
    controllers: [ListsController],
  },
  [
    {
      name: 'A page may read what both expose.',
      path: '/lists/a%2fb',
      headers: { origin: ADMIN },
      status: 200,
      cors: allows(ADMIN, { exposes: 'X-B' }),
    },
    {
      name: 'A preflight grants what both allow, for the shorter time.',
      ...preflight(ADMIN, 'GET', 'x-b'),
      vary: PRIVATE_VARY,
      path: '/lists/a%2fb',
      status: 204,
      cors: approves(ADMIN, { methods: ['GET'], headers: 'x-b', maxAge: 50 }),
    },
    {
      name: 'A preflight for a header that only one of them allows is not granted.',
      ...preflight(ADMIN, 'GET', 'x-a'),
      vary: PRIVATE_VARY,
      path: '/lists/a%2fb',
      status: 204,
      reason: 'header-not-allowed',
      cors: lists(ADMIN, { methods: ['GET'], headers: 'x-b,x-c' }),
    },
    {
      name: 'A private network is open where both say so.',
      ...preflight(ADMIN, 'GET', 'x-b'),
      vary: PRIVATE_VARY,
      path: '/lists/a%2fb',
      headers: {
        ...preflight(ADMIN, 'GET', 'x-b').headers,
        'access-control-request-private-network': 'true',
      },
      status: 204,
      cors: approves(ADMIN, { methods: ['GET'], headers: 'x-b', maxAge: 50 }),
    },
    {
      name: 'A star in one of them stands for what the other exposes.',
      path: '/lists/any/a%2fb',
      headers: { origin: ADMIN },
      status: 200,
      cors: allows(ADMIN, { exposes: 'X-A,X-B' }),
    },
    {
      name: 'A star in one of them stands for what the other allows.',
      ...preflight(ADMIN, 'GET', 'x-a'),
      vary: PRIVATE_VARY,
      path: '/lists/any/a%2fb',
      status: 204,
      cors: approves(ADMIN, { methods: ['GET'], headers: 'x-a,x-b', maxAge: 100 }),
    },
  ],
);

table(
  'A path without enforcement, beside a route that enforces',
  {
    imports: [
      CorsModule.forRoot({
        origin: APP,
        paths: [{ path: '/either', policy: { enforce: false } }],
      }),
    ],
    controllers: [EitherController],
  },
  [
    {
      name: 'What both do not allow is refused.',
      path: '/either/a%2fb',
      headers: { origin: EVIL },
      status: 403,
      reason: 'origin-not-allowed',
    },
  ],
);
