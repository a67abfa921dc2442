import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { parse } from 'node:url';

import middie from '@fastify/middie';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import express from 'express';
import fastify from 'fastify';
import serveStatic from 'serve-static';

import { readingsOf } from '../../src/routing/url-readings.js';
import { RawClient } from '../harness/raw-client.js';
import { valuesOf } from '../harness/send.js';

/*
 * What real servers answer is the oracle: each of them says where the thing lies that it served. One of the
 * readings has to lie there too, or an entry for that place would be walked round.
 */

type Handler = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

const FILES = [
  'public/x.json',
  'private/x.json',
  'private/deep/x.json',
  'a b/x.json',
  'caf\u00e9/x.json',
  'per%63ent/x.json',
];

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'readings-'));
  for (const file of FILES) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), '{}');
  }
});
afterAll(() => rm(root, { recursive: true }));

/** Says where it is mounted, and what it takes for the rest of the path. */
function served(mount: string, rest: (url: string) => string = () => ''): Handler {
  return ({ url = '' }, response, next) => {
    let path: string;
    try {
      path = rest(url);
    } catch {
      next();
      return;
    }
    response.setHeader('x-served', encodeURI(mount + path)).end();
  };
}

// What many a handler still calls.
// oxlint-disable-next-line typescript/no-deprecated
const parsed = (url: string): string => decodeURI(parse(url).pathname ?? '').replace(/\/$/, '');
const whatwg = (url: string): string => new URL(url, 'http://host').pathname.replace(/\/$/, '');
const decoded = (url: string): string => decodeURIComponent(url.split('?')[0]!);

/** Files say the path under which they lie. */
function files(mount: string): Handler {
  return serveStatic(root, {
    setHeaders: (response, path) => {
      const file = relative(root, path).split(sep).join('/');
      response.setHeader('x-served', encodeURI(`${mount}/${file}`));
    },
  });
}

interface Server {
  readonly port: number;
  readonly close: () => Promise<unknown>;
}

async function startExpress(): Promise<Server> {
  const app = express();
  app.use('/graphql', served('/graphql'));
  app.use('/whatwg', served('/whatwg', whatwg));
  app.use('/parsed', served('/parsed', parsed));
  app.use('/decoded', served('/decoded', decoded));
  app.use('/assets', files('/assets'));
  app.use(files(''));
  app.use('/caf%C3%A9', served('/caf%C3%A9'));
  app.use((_request, response) => void response.status(404).end());
  const server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

async function startFastify(routerOptions: Readonly<Record<string, boolean>>): Promise<Server> {
  const app = fastify({ routerOptions, forceCloseConnections: true });
  await app.register(middie);
  app.use('/graphql', served('/graphql'));
  app.use('/whatwg', served('/whatwg', whatwg));
  app.use('/decoded', served('/decoded', decoded));
  app.use('/assets', files('/assets'));
  app.get('/plain', (_request, reply) => reply.header('x-served', '/plain').send());
  app.get('/plain/k', (_request, reply) => reply.header('x-served', '/plain/k').send());
  app.get('/plain/*', (_request, reply) => reply.header('x-served', '/plain').send());
  await app.listen({ host: '127.0.0.1', port: 0 });
  return { port: (app.server.address() as AddressInfo).port, close: () => app.close() };
}

interface Row {
  readonly target: string;
  /** Where what is served lies; `undefined`: nothing is. */
  readonly serves: string | undefined;
}

function judge(name: string, start: () => Promise<Server>, rows: readonly Row[]): void {
  describe(name, () => {
    let server: Server;
    let client: RawClient;
    beforeAll(async () => {
      server = await start();
      client = new RawClient(server.port);
    });
    afterAll(async () => {
      client.close();
      await server.close();
    });

    test.each(rows)('$target: $serves', async ({ target, serves }) => {
      const answer = await client.send({ method: 'GET', target, headers: [['Host', 'host']] });
      const [served] = valuesOf(answer, 'x-served');
      const place = served && decodeURI(served);
      expect(place).toBe(serves);
      if (place === undefined) return;
      const readings = readingsOf(target)!;
      expect(readings.filter((reading) => liesUnder(reading, place))).not.toHaveLength(0);
    });
  });
}

function liesUnder(path: string, place: string): boolean {
  const [ours, theirs] = [path.toLowerCase(), place.toLowerCase()];
  return ours === theirs || ours.startsWith(`${theirs}/`);
}

judge('What Express serves lies under one of the readings', startExpress, [
  { target: '/graphql', serves: '/graphql' },
  { target: '/graphql/x', serves: '/graphql' },
  { target: '/GraphQL?x', serves: '/graphql' },
  { target: '/graphql#x', serves: '/graphql' },
  { target: '/graphql//', serves: '/graphql' },
  { target: '/graphqlx', serves: undefined },
  { target: '/graph%71l', serves: undefined },
  { target: 'http://host/graphql', serves: '/graphql' },
  { target: 'http://other:1/graphql?x', serves: '/graphql' },
  { target: 'x://other/graphql', serves: '/graphql' },
  { target: '/graphql\\x', serves: undefined },
  { target: '/graphql\\x#y', serves: '/graphql' },
  { target: '/\\graphql', serves: undefined },
  { target: '//graphql', serves: undefined },
  { target: '/caf%c3%a9/y', serves: '/caf%C3%A9' },
  { target: '/public/x.json', serves: '/public/x.json' },
  { target: '/public/..%2fprivate/x.json', serves: '/private/x.json' },
  { target: '/public/../private/x.json', serves: '/private/x.json' },
  { target: '/public/%2e%2E/private/x.json', serves: '/private/x.json' },
  { target: '/%2fprivate/x.json', serves: '/private/x.json' },
  { target: '//private//x.json', serves: '/private/x.json' },
  { target: '/./private/x.json', serves: '/private/x.json' },
  { target: '/no/such/%2e%2e%2f..//private/./x.json', serves: '/private/x.json' },
  { target: '/graphql/..%2fprivate/x.json', serves: '/graphql' },
  { target: '/priv%61te/x%2ejson', serves: '/private/x.json' },
  { target: '/priv%2561te/x.json', serves: undefined },
  { target: '/a%20b/x.json', serves: '/a b/x.json' },
  { target: '/caf%C3%A9/x.json', serves: '/caf\u00e9/x.json' },
  { target: '/c%61f%c3%a9/x.json', serves: '/caf\u00e9/x.json' },
  { target: '/per%2563ent/x.json', serves: '/per%63ent/x.json' },
  { target: '/public\\..\\private/x.json#', serves: '/private/x.json' },
  { target: '/assets/public/..%2fprivate/x.json', serves: '/assets/private/x.json' },
  { target: '/assets/%2fprivate/x.json', serves: '/assets/private/x.json' },
  { target: '/assets/..%2fprivate/x.json', serves: '/private/x.json' },
  { target: '/ASSETS//private/x.json', serves: '/assets/private/x.json' },
  { target: 'http://host/assets/x%2f..%2fprivate/x.json', serves: '/assets/private/x.json' },
  { target: '/whatwg/x/../../../private', serves: '/whatwg/private' },
  { target: '/whatwg/%2e%2e/private', serves: '/whatwg/private' },
  { target: '/whatwg//other/private', serves: '/whatwg/private' },
  { target: '/whatwg/\\other/private', serves: '/whatwg/private' },
  { target: '/whatwg/\\\\/other/private/x/..', serves: '/whatwg/private' },
  { target: '/whatwg/a\\..\\private', serves: '/whatwg/private' },
  { target: '/whatwg/a%2fb/%2e%2e/private', serves: '/whatwg/private' },
  { target: '/whatwg/a//../private', serves: '/whatwg/a/private' },
  { target: '/parsed/a\\private#', serves: '/parsed/a/private' },
  { target: '/decoded/%70rivate', serves: '/decoded/private' },
  { target: '/decoded/%2fprivate', serves: '/decoded//private' },
]);

judge(
  "What Fastify serves lies under one of the readings, with its router's defaults",
  () => startFastify({}),
  [
    { target: '/graphql', serves: '/graphql' },
    { target: '/graph%71l/x', serves: '/graphql' },
    { target: '/graph%2571l/x', serves: undefined },
    { target: '/GraphQL', serves: '/graphql' },
    { target: 'http://host/graphql', serves: '/graphql' },
    { target: '/graphql;x', serves: undefined },
    { target: '//graphql', serves: undefined },
    { target: '/assets/public/..%2fprivate/x.json', serves: '/assets/private/x.json' },
    // Decoded once to find the mount, and once more behind it.
    { target: '/%61ssets/public/%252e%252e%252fprivate/x.json', serves: '/assets/private/x.json' },
    { target: '/%61ssets/priv%2561te/x.json', serves: '/assets/private/x.json' },
    { target: '/%61ssets/public%5c..%5cprivate/x.json%23', serves: undefined },
    { target: '/%64ecoded/a%252fb', serves: '/decoded/a/b' },
    { target: '/whatwg//other/private', serves: '/whatwg/private' },
    { target: '/whatw%67/%2e%2e/private', serves: '/whatwg/private' },
    { target: '/plain', serves: '/plain' },
    { target: '/pl%61in', serves: '/plain' },
    { target: '/plain/..', serves: '/plain' },
    { target: '/Plain', serves: undefined },
    { target: '/plain%2fx', serves: undefined },
  ],
);

judge(
  'What Fastify serves lies under one of the readings, with a router that overlooks much',
  () =>
    startFastify({
      caseSensitive: false,
      ignoreDuplicateSlashes: true,
      ignoreTrailingSlash: true,
      useSemicolonDelimiter: true,
    }),
  [
    { target: '/graphql;x', serves: '/graphql' },
    { target: '//graphql;/../x', serves: '/graphql' },
    { target: '/graph%71l%3bx', serves: undefined },
    { target: '/assets//private/x.json', serves: '/assets/private/x.json' },
    { target: '//assets/private/x.json', serves: '/assets/private/x.json' },
    { target: '/PLAIN;x', serves: '/plain' },
    { target: '//plain//?x', serves: '/plain' },
    { target: '/pl%61in;/x', serves: '/plain' },
    { target: '/plain/%E2%84%AA', serves: '/plain/k' },
    { target: 'HTTP://host//plain;x', serves: '/plain' },
  ],
);
