import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { All, Controller, Get, type INestApplication, Param } from '@nestjs/common';
import express from 'express';
import { Cors, CorsModule, CorsPolicyService } from '../../src/index.js';
import { APP, EVIL } from '../harness/origins.js';
import { SEED, SEEDED } from '../harness/seed.js';
import {
  type AdapterName,
  type AppSetup,
  type RunningApp,
  startApp,
} from '../harness/start-app.js';
import { Random } from '../harness/random.js';
import { RawClient } from '../harness/raw-client.js';
import { valuesOf } from '../harness/send.js';

/*
 * The servers are the oracle: whoever answers a stranger says who he is, and must not be one that an entry closes to
 * strangers, however the URL was spelled. `SEED=… npm test -- paths.oracle` repeats a run.
 */

const REQUESTS = Number(process.env['REQUESTS'] ?? 2_000);

/** Who may not answer a stranger. */
const CLOSED: ReadonlySet<string> = new Set(['graphql', 'private', 'plain', 'nested', 'admin']);

function servedBy(name: string) {
  return (_request: IncomingMessage, response: ServerResponse): void => {
    response.setHeader('x-served', name);
    response.end(name);
  };
}

@Controller()
class CatchAllController {
  @Cors({ origin: '*' }) @Get('pages/:slug') page(@Param('slug') slug: string) {
    return slug;
  }
  @Cors({ origin: '*' }) @All('*') rest() {
    return 'rest';
  }
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nestjs-cors-'));
  for (const name of ['public', 'private', 'public/private']) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'x.json'), JSON.stringify(name));
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What `express.static` serves, and from which folder. */
const files = () =>
  express.static(folder, {
    setHeaders: (response, path) =>
      response.setHeader('x-served', path.slice(folder.length + 1).split('/')[0] ?? ''),
  });

interface Variant {
  readonly what: string;
  readonly adapter: AdapterName;
  readonly setup: AppSetup;
}

type Mount = INestApplication & { use(path: string, handler: unknown): unknown };

function mount(nest: INestApplication, adapter: AdapterName): void {
  const app = nest as Mount;
  app.use('/graphql', servedBy('graphql'));
  app.use('/a/nested', servedBy('nested'));
  app.use(files());
  if (adapter === 'express') {
    const instance = nest.getHttpAdapter().getInstance() as express.Express;
    instance.get('/plain/:id', servedBy('plain'));
    instance.use('/admin', express.Router().use('/inner', servedBy('admin')));
  } else {
    const instance = nest.getHttpAdapter().getInstance() as {
      get(
        path: string,
        handler: (
          request: unknown,
          reply: { header(name: string, value: string): unknown },
        ) => unknown,
      ): void;
    };
    for (const [path, name] of [
      ['/plain/:id', 'plain'],
      ['/admin/*', 'admin'],
    ] as const) {
      instance.get(path, (_request, reply) => {
        reply.header('x-served', name);
        return name;
      });
    }
  }
}

const setup: AppSetup = {
  imports: [
    CorsModule.forRoot({
      origin: APP,
      paths: [
        { path: ['/graphql', '/private', '/plain', '/a/:name', '/admin'], policy: {} },
        { path: '/public', policy: { origin: '*' } },
      ],
    }),
  ],
  controllers: [CatchAllController],
  configure: mount,
};

const variants: readonly Variant[] = [
  { what: 'as it is', adapter: 'express', setup },
  {
    what: 'that knows upper from lower case',
    adapter: 'express',
    setup: {
      ...setup,
      configure: (nest, adapter) => {
        const instance = nest.getHttpAdapter().getInstance() as express.Express;
        instance.set('case sensitive routing', true);
        instance.set('strict routing', true);
        mount(nest, adapter);
      },
    },
  },
  { what: 'as it is', adapter: 'fastify', setup },
  {
    what: 'with every lenient setting of its router',
    adapter: 'fastify',
    setup: {
      ...setup,
      fastify: {
        routerOptions: {
          useSemicolonDelimiter: true,
          ignoreDuplicateSlashes: true,
          ignoreTrailingSlash: true,
          caseSensitive: false,
        },
      } as NonNullable<AppSetup['fastify']>,
    },
  },
];

const PATHS = [
  ...['/graphql', '/graphql/x', '/graphql/open', '/private/x.json', '/public/x.json'],
  ...[
    '/public/private/x.json',
    '/plain/1',
    '/a/nested',
    '/a/nested/x',
    '/admin/inner',
    '/pages/1',
    '/',
  ],
];

const percent = (char: string) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`;

/** Ways in which people spell a path otherwise, for whatever reason. */
const SPELLINGS: readonly ((path: string, random: Random) => string)[] = [
  (path) => path,
  (path) => path.toUpperCase(),
  (path, random) => path.replace(/[a-z]/g, (char) => (random.chance(0.3) ? percent(char) : char)),
  (path, random) =>
    path.replace(/[a-z]/g, (char) => (random.chance(0.3) ? char.toUpperCase() : char)),
  (path) => path.replaceAll('/', '//'),
  (path) => `/.${path}`,
  (path) => `/%2e${path}`,
  (path) => `/public/..${path}`,
  (path) => `/public/%2e%2e${path}`,
  (path) => `/public/..%2f${path.slice(1)}`,
  (path) => `/public/x/../..${path}`,
  (path) => `/public/private/..${path.replace(/^\/private/, '')}`,
  (path) => `/pages/..${path}`,
  (path) => path.replace(/\/(?=.)/g, (slash, at: number) => (at === 0 ? slash : '%2f')),
  (path) => path.replace(/\/(?=.)/g, (slash, at: number) => (at === 0 ? slash : '%5c')),
  (path) => path.replace(/\/(?=.)/g, (slash, at: number) => (at === 0 ? slash : '\\')),
  (path) => `/%2f${path.slice(1)}`,
  (path) => `${path};x=1`,
  (path) => path.replace(/(?<=[a-z])\//, ';x=1/'),
  (path) => `${path}%3bx`,
  (path) => `${path}/`,
  (path) => `${path}?x=/public`,
  (path) => `${path}#x`,
  (path) => `${path}%23x`,
  (path) => `${path}%00`,
  (path) => `http://api.example.com${path}`,
  (path) => `//api.example.com${path}`,
  (path) =>
    path.replace(/[a-z]/, (char) => percent(percent(char).slice(0, 1)) + percent(char).slice(1)),
  (path) => path.replace('/', '/%zz/../'),
  (path) => path.replace('k', '\u212a').replace('s', '%c5%bf'),
];

describe.each(variants)('On $adapter, $what,', ({ adapter, setup: ofVariant }) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp({ ...ofVariant, adapter });
  });
  afterAll(() => app.close());

  test(`nothing that an entry closes answers a stranger, however its URL is spelled ${SEEDED}`, async () => {
    const random = new Random(SEED);
    const client = new RawClient(app.port);
    const service = app.nest.get(CorsPolicyService);
    const counts = { refused: 0, closedForFriend: 0, openForStranger: 0 };
    const wrong: string[] = [];
    for (let index = 0; index < REQUESTS; index += 1) {
      let target = random.pick(PATHS);
      for (let time = random.below(3); time > 0; time -= 1)
        target = random.pick(SPELLINGS)(target, random);
      const origin = random.chance(0.75) ? EVIL : APP;
      const method = random.pick(['GET', 'GET', 'POST', 'HEAD']);
      const headers = { host: 'api.example.com', origin };
      const answer = await client
        .send({ method, target, headers: Object.entries({ ...headers, 'content-length': '0' }) })
        .catch(() => undefined);
      // Node's parser has not let it through.
      if (answer === undefined || answer.status === 400 || answer.status === 414) continue;
      const by = valuesOf(answer, 'x-served')[0];
      const isClosed = by !== undefined && CLOSED.has(by);
      if (origin === EVIL && isClosed) wrong.push(`${method} ${target}: ${by} answered a stranger`);
      if (answer.status === 403 && origin === EVIL) counts.refused += 1;
      if (origin === APP && isClosed) counts.closedForFriend += 1;
      if (origin === EVIL && answer.status === 200) counts.openForStranger += 1;
      // evaluate() reads a whole URL as a browser would, and not as a server reads such a request target.
      if (target.startsWith('http:')) continue;
      const decision = await service.evaluate({ method, url: target, headers });
      const isRefused = decision.status === 403;
      if (isRefused !== (answer.status === 403)) {
        wrong.push(
          `${method} ${target} from ${origin}: ${answer.status}, evaluate() says ${String(decision.status)}`,
        );
      }
    }
    client.close();
    expect(wrong).toEqual([]);
    // A server that refuses everybody would pass, and so would one that serves nobody.
    expect(counts.refused).toBeGreaterThan(REQUESTS / 20);
    expect(counts.closedForFriend).toBeGreaterThan(REQUESTS / 50);
    expect(counts.openForStranger).toBeGreaterThan(REQUESTS / 50);
  }, 300_000);
});
