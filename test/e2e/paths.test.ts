import { beforeEach, expect, test } from '@jest/globals';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Get, type INestApplication, Put } from '@nestjs/common';
import { Cors, CorsModule } from '../../src/index.js';
import { allows, approves, lists } from '../harness/cors-headers.js';
import { ADAPTERS, type AppSetup, startApp } from '../harness/start-app.js';
import { preflight, type Row, table } from '../harness/table.js';

const APP = 'https://app.example.com';
const ADMIN = 'https://admin.example.com';
const EVIL = 'https://evil.example';

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
    name: 'A pattern does not match more than it says.',
    path: '/assets/img/logo.svg',
    headers: { origin: EVIL },
    status: 200,
    answers: 'served /assets',
    reason: 'origin-not-allowed',
    endedByTheApp: true,
  },
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
