import { Controller, Get, Scope } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Cors, CorsModule } from '../../src/index.js';
import { allows } from '../harness/cors-headers.js';
import { APP, EVIL } from '../harness/origins.js';
import { type Row, table } from '../harness/table.js';

type Handler = (this: unknown, ...args: unknown[]) => unknown;

/** As libraries wrap functions, to measure or to trace them: under a name of their choice. */
function wrapped(handler: Handler, name: string): Handler {
  const wrapper: Handler = function (...args) {
    return handler.apply(this, args);
  };
  return Object.defineProperty(wrapper, 'name', { value: name });
}

@Controller('bound')
class BoundController {
  constructor() {
    this.open = this.open.bind(this);
    this.secret = this.secret.bind(this);
  }
  @Cors({ origin: '*' }) @Get('open') open() {
    return 'open';
  }
  @Get('secret') secret() {
    return 'secret';
  }
}

@Controller('named')
class MisnamedController {
  constructor() {
    // Each under the name of the other.
    [this.open, this.secret] = [
      wrapped(this.open, 'secret') as () => string,
      wrapped(this.secret, 'open') as () => string,
    ];
  }
  @Cors({ origin: '*' }) @Get('open') open() {
    return 'open';
  }
  @Get('secret') secret() {
    return 'secret';
  }
}

/** Of these, every request has an instance of its own, and so functions that nobody has seen before. */
@Controller({ path: 'scoped', scope: Scope.REQUEST })
class ScopedController {
  constructor() {
    this.open = this.open.bind(this);
    this.secret = wrapped(this.secret, 'open') as () => string;
    this.nameless = wrapped(this.nameless, '') as () => string;
    this.lenient = wrapped(this.lenient, 'secret') as () => string;
    this.boundTwice = wrapped(this.boundTwice, 'secret').bind(this).bind(this) as () => string;
  }
  @Cors({ origin: '*' }) @Get('open') open() {
    return 'open';
  }
  @Get('secret') secret() {
    return 'secret';
  }
  @Cors({ origin: false, enforce: false }) @Get('lenient') lenient() {
    return 'lenient';
  }
  @Cors({ origin: false, enforce: false }) @Get('bound-twice') boundTwice() {
    return 'bound twice';
  }
  @Get('nameless') nameless() {
    return 'nameless';
  }
}

const rewrites: Readonly<Record<string, string>> = {
  '/to-bound-secret': '/bound/secret',
  '/to-scoped-secret': '/scoped/secret',
  '/to-scoped-nameless': '/scoped/nameless',
};

const row = (path: string, origin: string, isAllowed: boolean): Row => ({
  name: `${path} ${isAllowed ? 'serves' : 'refuses'} ${origin}.`,
  path,
  headers: { origin },
  ...(isAllowed ? { status: 200 } : { status: 403, reason: 'origin-not-allowed' as const }),
  ...(isAllowed && { cors: allows(path.endsWith('open') ? '*' : origin) }),
  ...(isAllowed && path.endsWith('open') && { vary: [] }),
});

table(
  'A handler that its instance has bound or wrapped',
  {
    imports: [CorsModule.forRoot({ origin: APP })],
    controllers: [BoundController, MisnamedController, ScopedController],
  },
  [
    ...['bound', 'named', 'scoped'].flatMap((controller) => [
      row(`/${controller}/open`, EVIL, true),
      row(`/${controller}/open`, APP, true),
      row(`/${controller}/secret`, EVIL, false),
      row(`/${controller}/secret`, APP, true),
    ]),
    ...['/scoped/lenient', '/scoped/bound-twice'].map((path) => ({
      name: `${path}, under the name of one that refuses strangers, refuses them as well.`,
      path,
      headers: { origin: EVIL },
      status: 403,
      reason: 'origin-not-allowed' as const,
      others: { 'cache-control': 'no-store' },
      // evaluate() knows the URL alone, and its policy does not enforce.
      endedByTheApp: true,
    })),
  ],
);

table(
  'A handler that its instance has bound or wrapped, under a URL that middleware rewrites,',
  {
    imports: [CorsModule.forRoot({ origin: APP })],
    controllers: [BoundController, MisnamedController, ScopedController],
    configure: (nest) =>
      nest.use((request: { url: string }, _response: unknown, next: () => void) => {
        request.url = rewrites[request.url] ?? request.url;
        next();
      }),
  },
  Object.keys(rewrites).map((path) => ({
    name: `${path} refuses ${EVIL}.`,
    path,
    headers: { origin: EVIL },
    status: 403,
    reason: 'origin-not-allowed' as const,
    // The URL as it came in leads nowhere, so that nothing but the guard can refuse it.
    endedByTheApp: true,
    // Fastify has routed before any middleware runs.
    on: 'express' as const,
  })),
);

for (const { to, paths } of [
  // Anybody may call these.
  { to: '/bound/open', paths: ['/scoped/nameless', '/scoped/secret', '/bound/secret'] },
  { to: '/scoped/open', paths: ['/scoped/nameless', '/scoped/secret'] },
]) {
  table(
    `A handler that nobody knows, under a URL that is rewritten to ${to} once it is chosen,`,
    {
      imports: [CorsModule.forRoot({ origin: APP })],
      controllers: [BoundController, ScopedController],
      configure: (nest, adapter) => {
        if (adapter !== 'fastify') return;
        const fastify = (nest as NestFastifyApplication).getHttpAdapter().getInstance();
        fastify.addHook('preHandler', ({ raw }, _reply, done) => {
          raw.url = to;
          done();
        });
      },
    },
    paths.map((path) => ({ ...row(path, EVIL, false), on: 'fastify' as const })),
  );
}
