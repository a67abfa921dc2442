import http, { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import {
  type GatewayMetadata,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { CorsModule, CorsPolicyService } from '../../src/index.js';
import { APP, EVIL } from '../harness/origins.js';
import { ADAPTERS, type RunningApp, startApp } from '../harness/start-app.js';

const PARTNER = 'https://partner.example.com';
const FAILING = 'https://failing.example';

@WebSocketGateway()
class ChatGateway {
  @SubscribeMessage('greet') greet(@MessageBody() name: string) {
    return { event: 'greeting', data: `Hello ${name}` };
  }
}

const cors = CorsModule.forRoot({
  origin: APP,
  credentials: true,
  policies: {
    app: {},
    partners: {
      credentials: false,
      origin: async (origin) => {
        if (origin === FAILING) throw new Error('down');
        return origin === PARTNER;
      },
    },
    public: { origin: '*', credentials: false },
  },
});

/** What `gatewayCors()` takes. */
type Names = Parameters<CorsPolicyService['gatewayCors']>[0];

const SEVERAL: Names = ['app', 'public'];
const SEVERAL_ASKED: Names = ['app', 'partners'];

/** As in the README. */
class CorsIoAdapter extends IoAdapter {
  constructor(
    private readonly app: INestApplication,
    private readonly policies: Names,
  ) {
    super(app);
  }

  override createIOServer(port: number, options?: Parameters<IoAdapter['createIOServer']>[1]) {
    const cors = this.app.get(CorsPolicyService).gatewayCors(this.policies);
    return super.createIOServer(port, Object.assign({}, options, { cors }));
  }
}

class CorsWsAdapter extends WsAdapter {
  readonly #app: INestApplication;
  constructor(
    app: INestApplication,
    private readonly policies: Names,
  ) {
    super(app);
    this.#app = app;
  }

  override create(port: number, options?: Parameters<WsAdapter['create']>[1]): unknown {
    const { verifyClient } = this.#app.get(CorsPolicyService).gatewayCors(this.policies);
    return super.create(port, Object.assign({}, options, { verifyClient }));
  }
}

/** Says hello over socket.io and waits for the answer; what went wrong where there is none. */
function greetBySocketIo(
  port: number,
  transport: 'polling' | 'websocket',
  headers: Record<string, string>,
): Promise<string> {
  const socket = io(`http://127.0.0.1:${port}`, {
    transports: [transport],
    extraHeaders: headers,
    reconnection: false,
    forceNew: true,
  });
  return new Promise<string>((resolve) => {
    socket.on('greeting', resolve);
    socket.on('connect', () => socket.emit('greet', 'Ann'));
    socket.on('connect_error', () => {
      resolve('refused');
    });
  }).finally(() => socket.close());
}

/** Says hello over a WebSocket; the status of the answer where there is none. */
function greetByWs(port: number, headers: Record<string, string>): Promise<string> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, { headers });
  return new Promise<string>((resolve, reject) => {
    socket.on('open', () => {
      socket.send(JSON.stringify({ event: 'greet', data: 'Ann' }));
    });
    socket.on('message', (data: Buffer) => {
      const { data: greeting } = JSON.parse(data.toString()) as { data: string };
      resolve(greeting);
    });
    socket.on('unexpected-response', (_request, { statusCode }) => {
      resolve(`${statusCode}`);
    });
    socket.on('error', reject);
  }).finally(() => {
    socket.terminate();
  });
}

interface Handshake {
  name: string;
  policy: Names;
  headers: (port: number) => Record<string, string>;
  allowed: boolean;
  /** Whether its answer says that it may bring credentials. Default: with the module's defaults alone. */
  credentials?: boolean;
  /** What `ws` answers to a refused one. */
  status?: number;
}

const handshakes: readonly Handshake[] = [
  { name: 'an allowed origin', policy: undefined, headers: () => ({ origin: APP }), allowed: true },
  { name: 'another origin', policy: undefined, headers: () => ({ origin: EVIL }), allowed: false },
  { name: 'a client that is no page', policy: undefined, headers: () => ({}), allowed: true },
  {
    name: 'a page of the same origin',
    policy: undefined,
    headers: (port) => ({ origin: `http://127.0.0.1:${port}` }),
    allowed: true,
  },
  {
    name: 'a page of the same origin behind a proxy that rewrites Host',
    policy: undefined,
    headers: () => ({ origin: EVIL, 'sec-fetch-site': 'same-origin' }),
    allowed: true,
  },
  {
    name: 'a page of the same host and another port',
    policy: undefined,
    headers: () => ({ origin: 'http://127.0.0.1:1' }),
    allowed: false,
  },
  {
    name: 'the opaque origin',
    policy: undefined,
    headers: () => ({ origin: 'null' }),
    allowed: false,
  },
  {
    name: 'an origin that is none',
    policy: undefined,
    headers: () => ({ origin: `${APP}/` }),
    allowed: false,
  },
  {
    name: "a partner's origin",
    policy: 'partners',
    headers: () => ({ origin: PARTNER }),
    allowed: true,
  },
  {
    name: 'an origin of the defaults alone',
    policy: 'partners',
    headers: () => ({ origin: APP }),
    allowed: false,
  },
  {
    name: 'an origin whose rule fails',
    policy: 'partners',
    headers: () => ({ origin: FAILING }),
    allowed: false,
  },
  { name: 'any origin', policy: 'public', headers: () => ({ origin: EVIL }), allowed: true },
  {
    name: 'a cookie where there are credentials',
    policy: undefined,
    headers: () => ({ origin: APP, cookie: 'session=1' }),
    allowed: true,
  },
  {
    name: 'a cookie where there are no credentials',
    policy: 'partners',
    headers: () => ({ origin: PARTNER, cookie: 'session=1' }),
    allowed: false,
  },
  {
    name: 'a cookie from any origin',
    policy: 'public',
    headers: () => ({ origin: EVIL, cookie: 'session=1' }),
    allowed: false,
  },
  {
    name: 'a cookie of a same-origin page',
    policy: 'partners',
    headers: (port) => ({ origin: `http://127.0.0.1:${port}`, cookie: 'session=1' }),
    allowed: true,
  },
  {
    name: 'a policy that does not exist',
    policy: 'partnres',
    headers: () => ({ origin: APP }),
    allowed: false,
    status: 503,
  },
  {
    name: 'an origin that the first of several allows, with its cookie',
    policy: SEVERAL,
    headers: () => ({ origin: APP, cookie: 'session=1' }),
    allowed: true,
    credentials: true,
  },
  {
    name: 'an origin that the second of several allows',
    policy: SEVERAL,
    headers: () => ({ origin: EVIL }),
    allowed: true,
  },
  {
    name: 'an origin that the second of several allows, with a cookie',
    policy: SEVERAL,
    headers: () => ({ origin: EVIL, cookie: 'session=1' }),
    allowed: false,
  },
  {
    name: 'an origin that the second of several allows when it is asked',
    policy: SEVERAL_ASKED,
    headers: () => ({ origin: PARTNER }),
    allowed: true,
  },
  {
    name: 'an origin that none of several allows',
    policy: SEVERAL_ASKED,
    headers: () => ({ origin: EVIL }),
    allowed: false,
  },
];

const POLICIES: readonly Names[] = [
  ...[undefined, 'partners', 'public', 'partnres'],
  ...[SEVERAL, SEVERAL_ASKED],
];

describe.each(ADAPTERS)('A gateway, on %s,', (adapter) => {
  describe.each(POLICIES.map((policy) => ({ policy })))('with the policy $policy', ({ policy }) => {
    const rows = handshakes.filter((handshake) => handshake.policy === policy);
    let apps: { socketIo: RunningApp; ws: RunningApp };
    beforeAll(async () => {
      const start = (Adapter: typeof CorsIoAdapter | typeof CorsWsAdapter) =>
        startApp({
          adapter,
          imports: [cors],
          providers: [ChatGateway],
          configure: (nest) => nest.useWebSocketAdapter(new Adapter(nest, policy)),
        });
      apps = { socketIo: await start(CorsIoAdapter), ws: await start(CorsWsAdapter) };
    });
    afterAll(async () => {
      await apps.socketIo.close();
      await apps.ws.close();
    });

    describe.each(['polling', 'websocket'] as const)('by %s of socket.io', (transport) => {
      test.each(rows)('$name is allowed: $allowed', async ({ headers, allowed }) => {
        const { port } = apps.socketIo;
        expect(await greetBySocketIo(port, transport, headers(port))).toBe(
          allowed ? 'Hello Ann' : 'refused',
        );
      });
    });

    test.each(rows)(
      'by ws, $name is allowed: $allowed',
      async ({ headers, allowed, status = 403 }) => {
        const { port } = apps.ws;
        expect(await greetByWs(port, headers(port))).toBe(allowed ? 'Hello Ann' : `${status}`);
      },
    );

    test.each(rows)(
      'the answer to the polling of $name has its headers',
      async ({ headers, allowed, credentials = policy === undefined }) => {
        const { port } = apps.socketIo;
        const sent = headers(port);
        const answer = await get(port, '/socket.io/?EIO=4&transport=polling', sent);
        expect({
          allowed: answer.statusCode === 200,
          origin: answer.headers['access-control-allow-origin'],
          credentials: answer.headers['access-control-allow-credentials'],
        }).toEqual({
          allowed,
          origin: allowed ? sent['origin'] : undefined,
          credentials: allowed && credentials ? 'true' : undefined,
        });
      },
    );
  });

  test('obeys a change of its policy from the next handshake on', async () => {
    const app = await startApp({
      adapter,
      imports: [cors],
      providers: [ChatGateway],
      configure: (nest) => nest.useWebSocketAdapter(new CorsIoAdapter(nest, undefined)),
    });
    try {
      expect(await greetBySocketIo(app.port, 'websocket', { origin: EVIL })).toBe('refused');
      await app.nest.get(CorsPolicyService).reconfigure({ origin: EVIL });
      expect(await greetBySocketIo(app.port, 'websocket', { origin: EVIL })).toBe('Hello Ann');
      expect(await greetBySocketIo(app.port, 'websocket', { origin: APP })).toBe('refused');
    } finally {
      await app.close();
    }
  });
});

describe('gatewayCors()', () => {
  test.each([
    { connection: 'plain', page: 'http:', socket: () => new Socket(), allowed: true },
    { connection: 'TLS', page: 'http:', socket: () => new TLSSocket(new Socket()), allowed: false },
    { connection: 'TLS', page: 'https:', socket: () => new TLSSocket(new Socket()), allowed: true },
  ])(
    'on a $connection connection, a page of $page and the same host is of the same origin: $allowed',
    async ({ page, socket, allowed }) => {
      const app = await startApp({ adapter: 'express', imports: [cors] });
      try {
        const req = new IncomingMessage(socket());
        req.headers = { host: 'api.example.com', origin: `${page}//api.example.com` };
        const { verifyClient } = app.nest.get(CorsPolicyService).gatewayCors();
        const answer = new Promise((resolve) => {
          verifyClient({ req }, resolve);
        });
        expect(await answer).toBe(allowed);
      } finally {
        await app.close();
      }
    },
  );

  test.each([
    { policies: ['app', 'public'], credentials: false },
    { policies: ['app'], credentials: true },
  ])(
    'promises credentials to who asks about the origin alone only if every policy takes them: $policies',
    async ({ policies, credentials }) => {
      const app = await startApp({ adapter: 'express', imports: [cors] });
      expect(app.nest.get(CorsPolicyService).gatewayCors(policies).credentials).toBe(credentials);
      await app.close();
    },
  );

  test('is what @WebSocketGateway({ cors }) takes, and says for both forms the same', async () => {
    const app = await startApp({ adapter: 'express', imports: [cors] });
    try {
      const gateway = app.nest.get(CorsPolicyService).gatewayCors();
      const metadata: GatewayMetadata = { cors: gateway };
      expect(metadata.cors).toBe(gateway);
      expect(gateway.credentials).toBe(true);
      const ask = (origin: string | undefined) =>
        new Promise((resolve) => {
          gateway.origin(origin, (error, allow) => {
            resolve(error === null && allow === true);
          });
        });
      expect(await ask(APP)).toBe(true);
      expect(await ask(EVIL)).toBe(false);
      expect(await ask(undefined)).toBe(true);
      await app.nest.get(CorsPolicyService).reconfigure({ origin: EVIL });
      expect(gateway.credentials).toBe(false);
      expect(await ask(EVIL)).toBe(true);
    } finally {
      await app.close();
    }
  });
});

function get(
  port: number,
  path: string,
  headers: Record<string, string>,
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    http
      .get({ host: '127.0.0.1', port, path, headers, agent: false }, (response) => {
        response.resume();
        response.on('end', () => {
          resolve(response);
        });
      })
      .on('error', reject);
  });
}
