import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  jest,
  test,
} from '@jest/globals';
import { type DynamicModule, Logger } from '@nestjs/common';
import { Args, GraphQLModule, Int, Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import type { MercuriusDriverConfig } from '@nestjs/mercurius';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import { WebSocket } from 'ws';
import { CorsModule, CorsPolicyService } from '../../src/index.js';
import { APP, EVIL } from '../harness/origins.js';
import { type AdapterName, type RunningApp, startApp } from '../harness/start-app.js';
import { block } from '../readme/documentation.js';
import { graphql as apollo } from './recipes/apollo.js';

// Serves GraphiQL, which is off here. Jest cannot load it where Node's require() takes no ES modules for it.
jest.mock('@fastify/static', () => ({}));
const { MercuriusDriver } = await import('@nestjs/mercurius');
const { graphql: mercurius } = await import('./recipes/mercurius.js');

const FAILING = 'https://failing.example';

/** What mutations have done. */
let done: string[] = [];

@Resolver()
class BooksResolver {
  @Query(() => Int) books() {
    return 3;
  }

  @Mutation(() => Int) order(@Args('title', { type: () => String }) title: string) {
    return done.push(title);
  }

  @Subscription(() => Int, { resolve: (stock: number) => stock })
  async *stock() {
    yield 7;
  }
}

type Entry = 'with a paths entry' | 'without a paths entry';

function corsOf(credentials: boolean, entry: Entry = 'with a paths entry') {
  return CorsModule.forRoot({
    policies: {
      graphql: {
        credentials,
        origin: [
          APP,
          (origin) => {
            if (origin === FAILING) throw new Error('down');
            return false;
          },
        ],
      },
    },
    paths: entry === 'with a paths entry' ? [{ path: '/graphql', policy: 'graphql' }] : [],
  });
}

type Servers = Readonly<
  Record<'apollo' | 'mercurius', { adapter: AdapterName; graphql: DynamicModule }>
>;

const HELD: Servers = {
  apollo: { adapter: 'express', graphql: apollo },
  mercurius: { adapter: 'fastify', graphql: mercurius },
};

/** As one starts them without a thought of handshakes. Mercurius runs nothing but subscriptions unless it is told to. */
const NOT_HELD: Servers = {
  apollo: {
    adapter: 'express',
    graphql: GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      autoSchemaFile: true,
      subscriptions: { 'graphql-ws': true },
    }),
  },
  mercurius: {
    adapter: 'fastify',
    graphql: GraphQLModule.forRoot<MercuriusDriverConfig>({
      driver: MercuriusDriver,
      autoSchemaFile: true,
      subscription: { fullWsTransport: true },
    }),
  },
};

function start(servers: Servers, server: keyof Servers, cors: DynamicModule): Promise<RunningApp> {
  const { adapter, graphql } = servers[server];
  return startApp({ adapter, imports: [cors, graphql], providers: [BooksResolver] });
}

/** The operations of a page, and when it sends them: some do not wait until the server has said yes. */
const SUBSCRIPTION = { query: 'subscription { stock }', waits: true };
const MUTATION = { query: 'mutation { order(title: "Emma") }', waits: true };
const HASTY_MUTATION = { ...MUTATION, waits: false };

/**
 * Runs an operation as clients of graphql-ws do (its PROTOCOL.md). Where there is no result: the status that refused
 * the handshake, or the code that closed the socket.
 */
function run(
  port: number,
  { query, waits }: typeof MUTATION,
  headers: Record<string, string>,
): Promise<string> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, GRAPHQL_TRANSPORT_WS_PROTOCOL, {
    headers,
  });
  return new Promise<string>((resolve, reject) => {
    const say = (message: object) => {
      socket.send(JSON.stringify(message));
    };
    const operate = () => {
      say({ type: 'subscribe', id: '1', payload: { query } });
    };
    socket.on('open', () => {
      say({ type: 'connection_init' });
      if (!waits) operate();
    });
    socket.on('message', (message: Buffer) => {
      const { type, payload } = JSON.parse(message.toString()) as {
        type: string;
        payload: { data: unknown };
      };
      if (type === 'connection_ack' && waits) operate();
      if (type === 'next') resolve(JSON.stringify(payload.data));
      if (type === 'error') resolve(JSON.stringify(payload));
    });
    socket.on('close', (code) => {
      resolve(String(code));
    });
    socket.on('unexpected-response', (_request, { statusCode }) => {
      resolve(String(statusCode));
    });
    socket.on('error', reject);
  }).finally(() => {
    socket.terminate();
  });
}

interface Row {
  readonly page: string;
  readonly headers: (port: number) => Record<string, string>;
  readonly credentials?: boolean;
  readonly operation?: typeof MUTATION;
  readonly apollo: string;
  readonly mercurius: string;
  /** What Mercurius gives where the `paths` entry refuses, if it is anything else. */
  readonly byEntry?: string;
}

const STOCK = { apollo: '{"stock":7}', mercurius: '{"stock":7}' };
const ORDERED = {
  operation: MUTATION,
  apollo: '{"order":1}',
  mercurius: '[{"message":"Invalid operation: mutation"}]',
};
const FORBIDDEN = { apollo: '4403', mercurius: '403' };

const rows: readonly Row[] = [
  { page: 'an allowed origin', headers: () => ({ origin: APP }), ...STOCK },
  { page: 'an allowed origin, with a mutation,', headers: () => ({ origin: APP }), ...ORDERED },
  { page: 'another origin', headers: () => ({ origin: EVIL }), ...FORBIDDEN },
  {
    page: 'another origin, with a mutation,',
    headers: () => ({ origin: EVIL }),
    operation: MUTATION,
    ...FORBIDDEN,
  },
  {
    page: 'another origin, with a mutation ahead of the answer,',
    headers: () => ({ origin: EVIL }),
    operation: HASTY_MUTATION,
    // Unauthorized: the answer is not there yet.
    apollo: '4401',
    mercurius: '403',
  },
  {
    page: 'another origin, with the cookie of somebody who is signed in,',
    headers: () => ({ origin: EVIL, cookie: 'session=1' }),
    credentials: true,
    operation: MUTATION,
    ...FORBIDDEN,
  },
  { page: 'the opaque origin', headers: () => ({ origin: 'null' }), ...FORBIDDEN },
  {
    page: 'an origin whose rule fails',
    headers: () => ({ origin: FAILING }),
    ...FORBIDDEN,
    // As any request gets from an entry.
    byEntry: '503',
  },
  { page: 'no origin, so no page,', headers: () => ({}), ...STOCK },
  { page: 'no origin, with a mutation,', headers: () => ({}), ...ORDERED },
  {
    page: 'the same origin',
    headers: (port) => ({ origin: `http://127.0.0.1:${port}`, cookie: 'session=1' }),
    ...STOCK,
  },
  {
    page: 'an allowed origin, with a cookie under a policy without credentials,',
    headers: () => ({ origin: APP, cookie: 'session=1' }),
    ...FORBIDDEN,
  },
  {
    page: 'an allowed origin, with a cookie under a policy with credentials,',
    headers: () => ({ origin: APP, cookie: 'session=1' }),
    credentials: true,
    ...STOCK,
  },
];

beforeEach(() => {
  done = [];
});

describe.each([
  { server: 'apollo', entry: 'with a paths entry' },
  { server: 'mercurius', entry: 'with a paths entry' },
  { server: 'mercurius', entry: 'without a paths entry' },
] as const)('$server, held by the recipe, $entry,', ({ server, entry }) => {
  describe.each([true, false])('under a policy with credentials: %s', (credentials) => {
    let app: RunningApp;
    beforeAll(async () => {
      app = await start(HELD, server, corsOf(credentials, entry));
    });
    afterAll(() => app.close());

    test.each(
      rows
        .filter((row) => (row.credentials ?? false) === credentials)
        .map((row) => ({
          ...row,
          gets:
            (entry === 'with a paths entry' && server === 'mercurius' ? row.byEntry : undefined) ??
            row[server],
        })),
    )('a client of $page gets $gets', async ({ headers, operation = SUBSCRIPTION, gets }) => {
      expect(await run(app.port, operation, headers(app.port))).toBe(gets);
      expect(done).toEqual(gets === ORDERED.apollo ? ['Emma'] : []);
    });
  });

  test('obeys a change of the policy from the next handshake on', async () => {
    const app = await start(HELD, server, corsOf(false, entry));
    try {
      const subscribe = (origin: string) => run(app.port, SUBSCRIPTION, { origin });
      expect(await subscribe(EVIL)).toBe(FORBIDDEN[server]);
      await app.nest
        .get(CorsPolicyService)
        .reconfigure({ policies: { graphql: { origin: EVIL } } });
      expect(await subscribe(EVIL)).toBe(STOCK[server]);
      expect(await subscribe(APP)).toBe(FORBIDDEN[server]);
    } finally {
      await app.close();
    }
  });
});

describe('Without the recipe', () => {
  test.each([
    { server: 'apollo', entry: 'with a paths entry', gets: '{"order":1}', runs: ['Emma'] },
    { server: 'mercurius', entry: 'with a paths entry', gets: '403', runs: [] },
    { server: 'mercurius', entry: 'without a paths entry', gets: '{"order":1}', runs: ['Emma'] },
  ] as const)(
    'the mutation of a page of another origin gets $gets from $server, $entry.',
    async ({ server, entry, gets, runs }) => {
      const app = await start(NOT_HELD, server, corsOf(true, entry));
      try {
        expect(await run(app.port, MUTATION, { origin: EVIL, cookie: 'session=1' })).toBe(gets);
        expect(done).toEqual(runs);
      } finally {
        await app.close();
      }
    },
  );
});

describe('The start, where no handshake is held,', () => {
  let warn: jest.SpiedFunction<Logger['warn']>;
  beforeEach(() => {
    warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
  });
  afterEach(() => {
    warn.mockRestore();
  });

  const apolloWith = (options: Partial<ApolloDriverConfig>) =>
    GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      autoSchemaFile: true,
      ...options,
    });
  const mercuriusWith = (subscription: NonNullable<MercuriusDriverConfig['subscription']>) =>
    GraphQLModule.forRoot<MercuriusDriverConfig>({
      driver: MercuriusDriver,
      autoSchemaFile: true,
      subscription,
    });
  const anybody = () => true;

  test.each([
    {
      what: 'of graphql-ws: true',
      graphql: apolloWith({ subscriptions: { 'graphql-ws': true } }),
      warns: true,
    },
    {
      what: 'of graphql-ws: {}',
      graphql: apolloWith({ subscriptions: { 'graphql-ws': {} } }),
      warns: true,
    },
    {
      what: 'of installSubscriptionHandlers',
      graphql: apolloWith({ installSubscriptionHandlers: true }),
      warns: true,
    },
    {
      what: 'of graphql-ws with onConnect',
      graphql: apolloWith({ subscriptions: { 'graphql-ws': { onConnect: anybody } } }),
      warns: false,
    },
    { what: 'of Apollo without subscriptions', graphql: apolloWith({}), warns: false },
    { what: 'of the recipe for Apollo', graphql: apollo, warns: false },
    {
      what: 'of Mercurius without a paths entry',
      graphql: mercuriusWith(true),
      entry: 'without a paths entry',
      warns: true,
    },
    { what: 'of Mercurius with a paths entry', graphql: mercuriusWith(true), warns: false },
    {
      what: 'of Mercurius with verifyClient',
      graphql: mercuriusWith({ verifyClient: anybody }),
      entry: 'without a paths entry',
      warns: false,
    },
    {
      what: 'of Mercurius without subscriptions',
      graphql: mercuriusWith(false),
      entry: 'without a paths entry',
      warns: false,
    },
    {
      what: 'of the recipe for Mercurius',
      graphql: mercurius,
      entry: 'without a paths entry',
      warns: false,
    },
  ] as const)('$what warns: $warns', async ({ what, graphql, warns, ...row }) => {
    const app = await startApp({
      adapter: what.includes('Mercurius') ? 'fastify' : 'express',
      imports: [corsOf(true, 'entry' in row ? row.entry : undefined), graphql],
      providers: [BooksResolver],
    });
    await app.close();
    const lines = warn.mock.calls
      .map(([line]) => String(line))
      .filter((line) => line.includes('[unguarded-gateway]'));
    expect(lines).toEqual(warns ? [expect.stringMatching(/^GraphQLModule: handshake: /)] : []);
  });
});

test.each(['apollo.ts', 'mercurius.ts'])('The documentation has this very %s.', (file) => {
  const recipe = readFileSync(new URL(`recipes/${file}`, import.meta.url), 'utf8');
  expect(block(`sockets/${file}`).text).toBe(
    recipe.replace('../../../src/index.js', 'nestjs-cors'),
  );
});
