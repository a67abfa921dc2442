import {
  applyDecorators,
  Controller,
  Get,
  Injectable,
  Module,
  Put,
  Scope,
  SetMetadata,
  UseGuards,
} from '@nestjs/common';
import {
  type ContextId,
  type ContextIdStrategy,
  ContextIdFactory,
  type HostComponentInfo,
} from '@nestjs/core';
import {
  Cors,
  CorsModule,
  type CorsModuleOptions,
  type CorsOptionsFactory,
} from '../../src/index.js';
import { allows, approves } from '../harness/cors-headers.js';
import { ADMIN, APP, EVIL, PARTNER } from '../harness/origins.js';
import { preflight, type Row, table } from '../harness/table.js';

const options: CorsModuleOptions = {
  origin: APP,
  credentials: true,
  maxAge: 100,
  exposedHeaders: 'X-Default',
  policies: {
    public: { origin: '*', credentials: false },
    partners: { origin: PARTNER, exposedHeaders: ['X-Partner'] },
    slow: { maxAge: 5 },
  },
};

@Controller('plain')
class PlainController {
  @Put() replace() {}
  @Cors({}) @Put('empty-object') emptyObject() {}
  @Cors({ maxAge: 200 }) @Put('refined') refined() {}
  @Cors({ origin: ADMIN, exposedHeaders: [] }) @Put('list-replaced') listReplaced() {}
  @Cors('public') @Put('public') public() {}
  @Cors('partners') @Put('partners') partners() {}
  @Cors('slow') @Put('slow') slow() {}
  @Cors(false) @Put('nobody') nobody() {}
}

@Cors({ origin: ADMIN, exposedHeaders: 'X-Admin', maxAge: 300 })
@Controller('refined')
class RefinedController {
  @Put() replace() {}
  @Cors({ maxAge: 400 }) @Put('again') again() {}
  @Cors({ credentials: false }) @Put('no-credentials') noCredentials() {}
  @Cors() @Put('over') startOver() {}
  @Cors('slow') @Put('named') named() {}
  @Cors(false) @Put('nobody') nobody() {}

  @Cors((inherited) => ({ exposedHeaders: [...inherited.exposedHeaders, 'X-Total-Count'] }))
  @Put('function')
  byFunction() {}
  @Cors((inherited) => ({ maxAge: inherited.maxAge + 1 })) @Put('sum') sum() {}
}

@Cors('partners')
@Controller('named')
class NamedController {
  @Put() replace() {}
  @Cors({ maxAge: 7 }) @Put('refined') refined() {}
  @Cors('public') @Put('public') public() {}
  @Cors() @Put('over') startOver() {}
}

@Cors(false)
@Controller('closed')
class ClosedController {
  @Put() replace() {}
  @Cors({ origin: ADMIN }) @Put('opened') opened() {}
  @Cors() @Put('over') startOver() {}
}

@Cors((inherited) => ({ maxAge: inherited.maxAge * 2 }))
@Controller('functions')
class FunctionsController {
  @Put() replace() {}
  @Cors((inherited) => ({ maxAge: inherited.maxAge + 1 })) @Put('chained') chained() {}
}

// Where the decorator stands

class PassingGuard {
  canActivate(): boolean {
    return true;
  }
}

const AdminOnly = () =>
  applyDecorators(Cors({ origin: ADMIN }), SetMetadata('role', 'admin'), UseGuards(PassingGuard));

@Controller('composed')
class ComposedController {
  @AdminOnly() @Put() replace() {}
  @Put('below') @Cors({ origin: ADMIN }) below() {}
}

@AdminOnly()
@Controller('composed-class')
class ComposedClassController {
  @Put() replace() {}
}

@Cors({ origin: ADMIN })
abstract class AdminBase {
  @Put() replace() {}
  @Cors({ maxAge: 9 }) @Put('own') own() {}
  @Put('overridden') overridden() {}
}

@Controller('derived')
class DerivedController extends AdminBase {}

@Cors({ origin: PARTNER })
@Controller('derived-again')
class DerivedAgainController extends AdminBase {
  @Cors({ maxAge: 11 }) @Put('overridden') override overridden() {}
}

@Cors({ origin: ADMIN })
@Controller({ path: 'request-scoped', scope: Scope.REQUEST })
class RequestScopedController {
  @Put() replace() {}
  @Get() read() {
    return 'request-scoped';
  }
}

@Injectable({ scope: Scope.REQUEST })
class RequestScopedService {}

@Cors({ origin: ADMIN })
@Controller('request-scoped-below')
class RequestScopedBelowController {
  constructor(readonly service: RequestScopedService) {}
  @Get() read() {
    return this.service instanceof RequestScopedService;
  }
}

@Cors({ origin: ADMIN })
@Controller({ path: 'durable', scope: Scope.REQUEST, durable: true })
class DurableController {
  @Put() replace() {}
  @Get() read() {
    return 'durable';
  }
}

/** One sub-tree of durable providers for the whole test. */
class OneTenant implements ContextIdStrategy {
  private readonly tenant = ContextIdFactory.create();

  attach(contextId: ContextId) {
    return (info: HostComponentInfo) => (info.isTreeDurable ? this.tenant : contextId);
  }
}
ContextIdFactory.apply(new OneTenant());

interface Effective {
  origin: string;
  credentials?: boolean;
  maxAge?: number;
  exposes?: string | false;
}

/** What the module's defaults say, unless told otherwise, seen in a preflight and in an actual request. */
const has = (
  name: string,
  path: string,
  { origin, credentials = true, maxAge = 100, exposes = 'X-Default' }: Effective,
): Row[] => [
  {
    name: `${name}, and its preflight says so.`,
    ...preflight(origin === '*' ? EVIL : origin, 'PUT'),
    path,
    status: 204,
    cors: approves(origin, { credentials, maxAge, methods: 'PUT' }),
  },
  {
    name: `${name}, and its actual requests say so.`,
    method: 'PUT',
    path,
    headers: { origin: origin === '*' ? EVIL : origin },
    status: 200,
    cors: allows(origin, { credentials, ...(exposes !== false && { exposes }) }),
    ...(origin === '*' && { vary: [] }),
  },
];

const refuses = (name: string, path: string, origin: string): Row[] => [
  {
    name: `${name}, and its preflight says so.`,
    ...preflight(origin, 'PUT'),
    path,
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: `${name}, and its actual requests say so.`,
    method: 'PUT',
    path,
    headers: { origin },
    status: 403,
    reason: 'origin-not-allowed',
  },
];

/** `GET` is another sibling with the same answer. */
const withGet = (rows: Row[]): Row[] =>
  rows.map((row): Row =>
    row.method === 'OPTIONS'
      ? { ...row, cors: { ...row.cors, 'access-control-allow-methods': ['GET', 'PUT'] } }
      : row,
  );

table(
  'How policies combine',
  {
    imports: [CorsModule.forRoot(options)],
    controllers: [
      PlainController,
      RefinedController,
      NamedController,
      ClosedController,
      FunctionsController,
      ComposedController,
      ComposedClassController,
      DerivedController,
      DerivedAgainController,
      RequestScopedController,
      RequestScopedBelowController,
      DurableController,
    ],
    providers: [RequestScopedService],
  },
  [
    ...has('A route without @Cors() has the module defaults', '/plain', { origin: APP }),
    ...has('@Cors({}) changes nothing', '/plain/empty-object', { origin: APP }),
    ...has('An object changes the fields it has', '/plain/refined', { origin: APP, maxAge: 200 }),
    ...has('An object replaces lists whole', '/plain/list-replaced', {
      origin: ADMIN,
      exposes: false,
    }),
    ...refuses('An object replaces the origins', '/plain/list-replaced', APP),
    ...has('A name is the defaults plus the named fields', '/plain/partners', {
      origin: PARTNER,
      exposes: 'X-Partner',
    }),
    ...refuses('A name replaces the origins', '/plain/partners', APP),
    ...has('A name may change one field', '/plain/slow', { origin: APP, maxAge: 5 }),
    ...has('A name may open a route to any origin', '/plain/public', {
      origin: '*',
      credentials: false,
    }),
    ...refuses('@Cors(false) allows nobody', '/plain/nobody', APP),

    ...has("A handler inherits its controller's policy", '/refined', {
      origin: ADMIN,
      exposes: 'X-Admin',
      maxAge: 300,
    }),
    ...has("A handler's object refines its controller's", '/refined/again', {
      origin: ADMIN,
      exposes: 'X-Admin',
      maxAge: 400,
    }),
    ...has("A handler's object may take credentials away", '/refined/no-credentials', {
      origin: ADMIN,
      exposes: 'X-Admin',
      maxAge: 300,
      credentials: false,
    }),
    ...has('@Cors() starts over from the module defaults', '/refined/over', { origin: APP }),
    ...refuses('@Cors() forgets what the controller allows', '/refined/over', ADMIN),
    ...has('A name on a handler starts over from the module defaults', '/refined/named', {
      origin: APP,
      maxAge: 5,
    }),
    ...refuses('A name on a handler forgets what the controller allows', '/refined/named', ADMIN),
    ...refuses('@Cors(false) on a handler allows nobody', '/refined/nobody', ADMIN),
    ...has('A function receives the inherited lists', '/refined/function', {
      origin: ADMIN,
      exposes: 'X-Admin,X-Total-Count',
      maxAge: 300,
    }),
    ...has('A function receives the inherited numbers', '/refined/sum', {
      origin: ADMIN,
      exposes: 'X-Admin',
      maxAge: 301,
    }),

    ...has("A handler inherits its controller's named policy", '/named', {
      origin: PARTNER,
      exposes: 'X-Partner',
    }),
    ...has("A handler's object refines its controller's named policy", '/named/refined', {
      origin: PARTNER,
      exposes: 'X-Partner',
      maxAge: 7,
    }),
    ...has("A handler's name replaces its controller's", '/named/public', {
      origin: '*',
      credentials: false,
    }),
    ...has("@Cors() forgets its controller's name", '/named/over', { origin: APP }),

    ...refuses('@Cors(false) on a controller allows nobody', '/closed', APP),
    ...has(
      'A handler may open what @Cors(false) closed, with its other fields inherited',
      '/closed/opened',
      {
        origin: ADMIN,
      },
    ),
    ...has('@Cors() on a handler forgets @Cors(false)', '/closed/over', { origin: APP }),

    ...has('A function on a controller receives the module defaults', '/functions', {
      origin: APP,
      maxAge: 200,
    }),
    ...has("A function on a handler receives the controller's result", '/functions/chained', {
      origin: APP,
      maxAge: 201,
    }),

    ...has('@Cors() works inside applyDecorators()', '/composed', { origin: ADMIN }),
    ...has('@Cors() works below the route decorator', '/composed/below', { origin: ADMIN }),
    ...has('@Cors() works inside applyDecorators() on a controller', '/composed-class', {
      origin: ADMIN,
    }),
    ...has("A controller inherits its base class's @Cors()", '/derived', { origin: ADMIN }),
    ...has("A controller inherits its base class's handlers' @Cors()", '/derived/own', {
      origin: ADMIN,
      maxAge: 9,
    }),
    ...has("A controller's @Cors() goes before its base class's", '/derived-again', {
      origin: PARTNER,
    }),
    ...refuses("A controller's @Cors() replaces its base class's", '/derived-again', ADMIN),
    ...has("A base class's handler refines the derived controller's policy", '/derived-again/own', {
      origin: PARTNER,
      maxAge: 9,
    }),
    ...has('An overridden handler has its own @Cors()', '/derived-again/overridden', {
      origin: PARTNER,
      maxAge: 11,
    }),
    ...withGet(
      has('A request-scoped controller has its policy', '/request-scoped', { origin: ADMIN }),
    ),
    ...refuses('A request-scoped controller enforces its policy', '/request-scoped', APP),
    {
      name: 'A controller that depends on a request-scoped provider has its policy.',
      path: '/request-scoped-below',
      headers: { origin: ADMIN },
      status: 200,
      answers: 'true',
      cors: allows(ADMIN, { credentials: true, exposes: 'X-Default' }),
    },
    {
      name: 'A controller that depends on a request-scoped provider enforces its policy.',
      path: '/request-scoped-below',
      headers: { origin: APP },
      status: 403,
      reason: 'origin-not-allowed',
    },
    ...withGet(has('A durable controller has its policy', '/durable', { origin: ADMIN })),
    ...refuses('A durable controller enforces its policy', '/durable', APP),
  ],
);

// Where the options come from

class Settings {
  readonly origin = ADMIN;
}

@Module({ providers: [Settings], exports: [Settings] })
class SettingsModule {}

@Injectable()
class CorsOptions implements CorsOptionsFactory {
  constructor(private readonly settings: Settings) {}

  createCorsOptions(): CorsModuleOptions {
    return { origin: this.settings.origin, policies: { closed: { origin: false } } };
  }
}

@Module({ imports: [SettingsModule], providers: [CorsOptions], exports: [CorsOptions] })
class CorsOptionsModule {}

@Controller('configured')
class ConfiguredController {
  @Put() replace() {}
  @Cors('closed') @Put('closed') closed() {}
}

const sources = {
  'forRootAsync({ useFactory })': CorsModule.forRootAsync({
    imports: [SettingsModule],
    inject: [Settings],
    useFactory: async (settings: Settings) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return { origin: settings.origin, policies: { closed: { origin: false } } };
    },
  }),
  'forRootAsync({ useClass })': CorsModule.forRootAsync({
    imports: [SettingsModule],
    useClass: CorsOptions,
  }),
  'forRootAsync({ useExisting })': CorsModule.forRootAsync({
    imports: [CorsOptionsModule],
    useExisting: CorsOptions,
  }),
};

for (const [name, module] of Object.entries(sources)) {
  table(name, { imports: [module], controllers: [ConfiguredController] }, [
    {
      name: 'The options are read from the container.',
      ...preflight(ADMIN, 'PUT'),
      path: '/configured',
      status: 204,
      cors: approves(ADMIN, { methods: 'PUT' }),
    },
    {
      name: 'The options are enforced.',
      method: 'PUT',
      path: '/configured',
      headers: { origin: APP },
      status: 403,
      reason: 'origin-not-allowed',
    },
    {
      name: 'The named policies are known.',
      ...preflight(ADMIN, 'PUT'),
      path: '/configured/closed',
      status: 403,
      reason: 'origin-not-allowed',
    },
  ]);
}

@Controller('closed-by-default')
class ClosedByDefaultController {
  @Put() replace() {}
}

table(
  'forRoot({})',
  { imports: [CorsModule.forRoot({})], controllers: [ClosedByDefaultController] },
  [
    {
      name: 'Everything is closed until said otherwise: the preflight.',
      ...preflight(APP, 'PUT'),
      path: '/closed-by-default',
      status: 403,
      reason: 'origin-not-allowed',
    },
    {
      name: 'Everything is closed until said otherwise: the actual request.',
      method: 'PUT',
      path: '/closed-by-default',
      headers: { origin: APP },
      status: 403,
      reason: 'origin-not-allowed',
    },
  ],
);
