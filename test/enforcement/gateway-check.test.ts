import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { type INestApplication, Logger } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { type GatewayMetadata, WebSocketGateway } from '@nestjs/websockets';
import { CorsModule, type CorsModuleOptions, CorsPolicyService } from '../../src/index.js';
import { APP } from '../harness/origins.js';
import { type AppSetup, startApp } from '../harness/start-app.js';

let warn: jest.SpiedFunction<Logger['warn']>;
beforeEach(() => {
  warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
});
afterEach(() => {
  warn.mockRestore();
});

/** A gateway on the application's own port, with these options. */
function gateway(options?: GatewayMetadata) {
  class ChatGateway {}
  WebSocketGateway(options)(ChatGateway);
  return ChatGateway;
}

class NewsGateway {}
WebSocketGateway({ namespace: 'news' })(NewsGateway);

class OwnIoAdapter extends IoAdapter {}

class CheckedIoAdapter extends IoAdapter {
  constructor(private readonly app: INestApplication) {
    super(app);
  }

  override createIOServer(port: number, options?: Parameters<IoAdapter['createIOServer']>[1]) {
    const cors = this.app.get(CorsPolicyService).gatewayCors();
    return super.createIOServer(port, Object.assign({}, options, { cors }));
  }
}

interface Row extends Pick<AppSetup, 'providers' | 'configure'> {
  readonly what: string;
  readonly cors?: CorsModuleOptions;
  /** The gateways that the warning names. */
  readonly named: string | undefined;
}

const rows: readonly Row[] = [
  { what: 'no gateway', named: undefined },
  { what: 'a gateway without options', providers: [gateway()], named: 'ChatGateway' },
  {
    what: 'a gateway whose options say nothing of handshakes',
    providers: [gateway({ path: '/chat', transports: ['websocket'] })],
    named: 'ChatGateway',
  },
  {
    what: 'a gateway of ws',
    providers: [gateway()],
    configure: (app) => app.useWebSocketAdapter(new WsAdapter(app)),
    named: 'ChatGateway',
  },
  { what: 'two gateways', providers: [gateway(), NewsGateway], named: 'ChatGateway, NewsGateway' },
  {
    what: 'a gateway under policies that allow nobody',
    cors: {},
    providers: [gateway()],
    named: 'ChatGateway',
  },
  {
    what: 'a gateway under policies that allow everybody',
    cors: { origin: '*' },
    providers: [gateway()],
    named: undefined,
  },
  {
    what: 'a gateway with cors of its own',
    providers: [gateway({ cors: { origin: APP } })],
    named: undefined,
  },
  {
    what: 'a gateway with allowRequest',
    providers: [
      gateway({
        allowRequest: (_request, answer) => {
          answer(null, false);
        },
      }),
    ],
    named: undefined,
  },
  {
    what: 'a gateway of ws with verifyClient',
    // Nest hands the options to the adapter as they are; its type knows those of socket.io.
    providers: [gateway({ verifyClient: () => false } as GatewayMetadata)],
    configure: (app) => app.useWebSocketAdapter(new WsAdapter(app)),
    named: undefined,
  },
  {
    what: 'a gateway that shares the server of one with cors',
    providers: [gateway({ cors: { origin: APP } }), NewsGateway],
    named: undefined,
  },
  {
    what: 'an adapter that takes gatewayCors()',
    providers: [gateway()],
    configure: (app) => app.useWebSocketAdapter(new CheckedIoAdapter(app)),
    named: undefined,
  },
  {
    what: 'an adapter of its own, which may look at handshakes',
    providers: [gateway()],
    configure: (app) => app.useWebSocketAdapter(new OwnIoAdapter(app)),
    named: undefined,
  },
  {
    what: 'gatewayCors(), handed to whatever it is',
    providers: [gateway()],
    configure: (app) => app.get(CorsPolicyService).gatewayCors(),
    named: undefined,
  },
];

test.each(rows)(
  'An application with $what is warned of: $named.',
  async ({ cors = { origin: APP }, providers, configure, named }) => {
    const app = await startApp({
      adapter: 'express',
      imports: [CorsModule.forRoot(cors)],
      ...(providers && { providers }),
      ...(configure && { configure }),
    });
    await app.close();
    const lines = warn.mock.calls
      .map(([line]) => String(line))
      .filter((line) => line.includes('[unguarded-gateway]'));
    expect(lines).toEqual(
      named === undefined
        ? []
        : [
            `${named}: handshake: Pages of every origin may open a WebSocket here, and browsers send cookies along. Hold the handshakes to a policy with gatewayCors() of CorsPolicyService, or name who may connect: cors or verifyClient of a gateway, onConnect of graphql-ws, verifyClient of Mercurius. [unguarded-gateway]`,
          ],
    );
  },
);
