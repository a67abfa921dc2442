import {
  All,
  Controller,
  Get,
  Module,
  Put,
  RequestMethod,
  Version,
  VERSION_NEUTRAL,
  VersioningType,
} from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { Cors, CorsModule } from '../../src/index.js';
import { allows, approves, lists } from '../harness/cors-headers.js';
import type { AppSetup } from '../harness/start-app.js';
import { preflight, type Row, table } from '../harness/table.js';

const ONE = 'https://one.example';
const TWO = 'https://two.example';
const DEFAULT = 'https://default.example';

/** Less exact than any route: it holds where no route does, and changes nothing where one does. */
const EVERYWHERE = { path: '/', policy: { origin: 'https://everywhere.example' } };

/** Runs the rows twice: every route holds on its own URLs, whatever holds around it. */
function routeTable(
  title: string,
  { imports = [], ...setup }: AppSetup,
  rows: readonly Row[],
): void {
  for (const [beside, paths] of [
    ['', []],
    [', beside an entry that holds everywhere', [EVERYWHERE]],
  ] as const) {
    const cors = CorsModule.forRoot({ origin: DEFAULT, paths });
    table(`${title}${beside}`, { ...setup, imports: [cors, ...imports] }, rows);
  }
}

/** A pair of rows: the route's own origin is approved there, another's is not. */
const judgedBy = (
  origin: string,
  name: string,
  {
    asks = 'PUT',
    methods = asks,
    ...row
  }: Omit<Row, 'name' | 'status'> & { asks?: string; methods?: string },
): Row[] => {
  const { headers, ...rest } = row;
  const other = origin === ONE ? TWO : ONE;
  const request = (from: string) => ({
    ...rest,
    ...preflight(from, asks),
    headers: { ...preflight(from, asks).headers, ...headers },
  });
  return [
    {
      ...request(origin),
      name: `${name}: its origin is approved.`,
      status: 204,
      cors: approves(origin, { methods }),
    },
    {
      ...request(other),
      name: `${name}: another origin is refused.`,
      status: 403,
      reason: 'origin-not-allowed',
    },
  ];
};

// Which path

@Controller('items')
class ItemsController {
  @Cors({ origin: ONE }) @Get(':id') one() {
    return 'by id';
  }
  @Cors({ origin: ONE }) @Put(':id') replace() {
    return 'by id';
  }
  @Cors({ origin: TWO }) @Put('special') replaceSpecial() {
    return 'special';
  }
}

@Controller('mixed')
class MixedController {
  @Cors({ origin: ONE }) @Get(':id') one() {
    return 'by id';
  }
  @Cors({ origin: TWO }) @Put('special') replaceSpecial() {
    return 'special';
  }
}

@Controller('files')
class FilesController {
  @Cors({ origin: TWO }) @Put('readme/*') replaceReadme() {
    return 'readme';
  }
  @Cors({ origin: ONE }) @Put('*') replace() {
    return 'file';
  }
}

@Controller('any')
class AnyController {
  @Cors({ origin: TWO }) @Put('thing') replace() {
    return 'put';
  }
  @Cors({ origin: ONE }) @All(':name') any() {
    return 'all';
  }
}

@Controller(['first', 'second'])
class TwoPathsController {
  @Cors({ origin: ONE }) @Put(['a', 'b']) replace() {
    return 'replaced';
  }
}

routeTable(
  'The route of a preflight',
  {
    controllers: [
      ItemsController,
      MixedController,
      FilesController,
      AnyController,
      TwoPathsController,
    ],
  },
  [
    ...judgedBy(ONE, 'PUT /items/:id has its own policy', { path: '/items/1', methods: 'GET,PUT' }),
    ...judgedBy(ONE, 'Express asks the route that was registered first', {
      path: '/items/special',
      methods: 'GET,PUT',
      on: 'express',
    }),
    ...judgedBy(TWO, 'Fastify asks the route that is most specific', {
      path: '/items/special',
      on: 'fastify',
    }),
    ...judgedBy(TWO, 'PUT /mixed/special and GET /mixed/:id do not mix', {
      path: '/mixed/special',
    }),
    ...judgedBy(ONE, 'GET /mixed/special is served by GET /mixed/:id', {
      path: '/mixed/special',
      asks: 'GET',
    }),
    ...judgedBy(TWO, 'A longer wildcard goes first', { path: '/files/readme/a/b' }),
    ...judgedBy(ONE, 'A wildcard covers the rest', { path: '/files/other/a/b' }),
    ...judgedBy(TWO, 'A route goes before an @All() pattern that also matches', {
      path: '/any/thing',
    }),
    {
      name: 'The @All() pattern serves the other methods of a URL that has a route of its own.',
      method: 'POST',
      path: '/any/thing',
      headers: { origin: ONE },
      status: 200,
      answers: 'all',
      cors: allows(ONE),
    },
    ...judgedBy(ONE, 'A controller is found at its second path', { path: '/second/a' }),
    ...judgedBy(ONE, 'A handler is found at its second path', { path: '/first/b' }),
    ...judgedBy(ONE, 'The query plays no part', {
      path: '/items/1?x=%zz&y=/mixed/special',
      methods: 'GET,PUT',
    }),
    ...judgedBy(ONE, 'An escaped character is the character', {
      path: '/items/%31',
      methods: 'GET,PUT',
    }),
    ...judgedBy(ONE, 'Express ignores case', {
      path: '/ITEMS/1',
      methods: 'GET,PUT',
      on: 'express',
    }),
    ...judgedBy(ONE, 'Express ignores a trailing slash', {
      path: '/items/1/',
      methods: 'GET,PUT',
      on: 'express',
    }),
    {
      name: 'Fastify regards case, so that another spelling is a URL without a route.',
      ...preflight(ONE, 'PUT'),
      path: '/ITEMS/1',
      on: 'fastify',
      status: 403,
      reason: 'origin-not-allowed',
    },
    {
      name: 'Fastify regards a trailing slash, so that it makes a URL without a route.',
      ...preflight(ONE, 'PUT'),
      path: '/items/1/',
      on: 'fastify',
      status: 403,
      reason: 'origin-not-allowed',
    },
    {
      name: 'The actual request on Express is held to the route registered first.',
      method: 'PUT',
      path: '/items/special',
      headers: { origin: TWO },
      on: 'express',
      status: 403,
      reason: 'origin-not-allowed',
    },
    {
      name: 'The actual request on Fastify is held to the most specific route.',
      method: 'PUT',
      path: '/items/special',
      headers: { origin: TWO },
      on: 'fastify',
      status: 200,
      answers: 'special',
      cors: allows(TWO),
    },
  ],
);

routeTable(
  'The route of a preflight with Fastify ignoring case and trailing slashes',
  {
    controllers: [ItemsController],
    fastify: { routerOptions: { caseSensitive: false, ignoreTrailingSlash: true } },
  },
  [
    ...judgedBy(ONE, 'Another case is the same route', {
      path: '/ITEMS/1',
      methods: 'GET,PUT',
      on: 'fastify',
    }),
    ...judgedBy(ONE, 'A trailing slash is the same route', {
      path: '/items/1/',
      methods: 'GET,PUT',
      on: 'fastify',
    }),
  ],
);

routeTable(
  'The route of a preflight with routes ordered by specificity',
  {
    controllers: [ItemsController],
    nest: { routeResolutionStrategy: 'specificity' },
  },
  judgedBy(TWO, 'The most specific route goes first', { path: '/items/special' }),
);

// Prefixes

@Cors({ origin: ONE })
@Controller('health')
class HealthController {
  @Put() replace() {
    return 'healthy';
  }
}

@Cors({ origin: TWO })
@Controller('books')
class BooksController {
  @Put() replace() {
    return 'replaced';
  }
}

@Module({ controllers: [BooksController] })
class BooksModule {}

routeTable(
  'The route of a preflight below prefixes',
  {
    imports: [BooksModule, RouterModule.register([{ path: 'shop', module: BooksModule }])],
    controllers: [HealthController],
    configure: (app) =>
      app.setGlobalPrefix('api', { exclude: [{ path: 'health', method: RequestMethod.ALL }] }),
  },
  [
    ...judgedBy(TWO, 'Global prefix and module path belong to it', { path: '/api/shop/books' }),
    ...judgedBy(ONE, 'An excluded route is found without the prefix', { path: '/health' }),
    {
      name: 'A URL without the prefix has no route.',
      ...preflight(TWO, 'PUT'),
      path: '/shop/books',
      status: 403,
      reason: 'origin-not-allowed',
    },
    {
      name: 'An excluded route is not found with the prefix.',
      ...preflight(ONE, 'PUT'),
      path: '/api/health',
      status: 403,
      reason: 'origin-not-allowed',
    },
  ],
);

// Hosts

@Cors({ origin: ONE })
@Controller({ path: 'site', host: 'one.example.com' })
class FirstHostController {
  @Put() replace() {
    return 'one';
  }
}

@Cors({ origin: TWO })
@Controller({ path: 'page', host: ':tenant.two.example.com' })
class TenantHostController {
  @Put() replace() {
    return 'tenant';
  }
}

@Cors({ origin: TWO })
@Controller({ path: 'page' })
class AnyHostController {
  @Put('any') replace() {
    return 'any';
  }
}

routeTable(
  'The route of a preflight on a host',
  {
    controllers: [FirstHostController, TenantHostController, AnyHostController],
  },
  [
    ...judgedBy(ONE, "A controller's host is the request's", {
      path: '/site',
      headers: { host: 'one.example.com' },
    }),
    ...judgedBy(ONE, 'The port of Host plays no part', {
      path: '/site',
      headers: { host: 'one.example.com:8443' },
    }),
    ...judgedBy(TWO, "A controller's host may have parameters", {
      path: '/page',
      headers: { host: 'acme.two.example.com' },
    }),
    ...judgedBy(TWO, 'A controller without host serves every host', {
      path: '/page/any',
      headers: { host: 'whatever.example' },
    }),
    {
      name: 'A URL whose controllers are bound to other hosts has no route.',
      ...preflight(ONE, 'PUT'),
      headers: { ...preflight(ONE, 'PUT').headers, host: 'three.example.com' },
      path: '/site',
      status: 403,
      reason: 'origin-not-allowed',
    },
  ],
);

// Versions

@Cors({ origin: ONE })
@Controller({ path: 'cats', version: '1' })
class CatsV1Controller {
  @Get() list() {
    return 'v1';
  }
  @Put() replace() {
    return 'v1';
  }
}

@Cors({ origin: TWO })
@Controller({ path: 'cats', version: '2' })
class CatsV2Controller {
  @Get() list() {
    return 'v2';
  }
  @Put() replace() {
    return 'v2';
  }
}

@Controller({ path: 'dogs', version: VERSION_NEUTRAL })
class DogsController {
  @Cors({ origin: ONE }) @Put() replace() {
    return 'neutral';
  }
  @Cors({ origin: TWO }) @Version('3') @Put('latest') replaceLatest() {
    return 'v3';
  }
}

const versioned = {
  controllers: [CatsV1Controller, CatsV2Controller, DogsController],
};

routeTable(
  'The route of a preflight under URI versioning',
  { ...versioned, configure: (app) => app.enableVersioning({ type: VersioningType.URI }) },
  [
    ...judgedBy(ONE, 'Version 1 is the URL that says so', { path: '/v1/cats', methods: 'GET,PUT' }),
    ...judgedBy(TWO, 'Version 2 is the URL that says so', { path: '/v2/cats', methods: 'GET,PUT' }),
    ...judgedBy(ONE, 'A neutral version has no segment', { path: '/dogs' }),
    ...judgedBy(TWO, "A handler's own version goes before its controller's", {
      path: '/v3/dogs/latest',
    }),
  ],
);

const versions = (header: Record<string, string>, which: 'v1' | 'v2'): Row[] => [
  {
    name: `The preflight of version 1 is allowed, because a candidate allows it (${which}).`,
    ...preflight(ONE, 'PUT'),
    path: '/cats',
    status: 204,
    cors: approves(ONE, { methods: 'GET,PUT' }),
  },
  {
    name: `The preflight of version 2 is allowed, because a candidate allows it (${which}).`,
    ...preflight(TWO, 'PUT'),
    path: '/cats',
    status: 204,
    cors: approves(TWO, { methods: 'GET,PUT' }),
  },
  {
    name: `A preflight that no candidate allows is refused (${which}).`,
    ...preflight(DEFAULT, 'PUT'),
    path: '/cats',
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: `The actual request to ${which} is held to its own route and passes for its origin.`,
    method: 'PUT',
    path: '/cats',
    headers: { origin: which === 'v1' ? ONE : TWO, ...header },
    status: 200,
    answers: which,
    cors: allows(which === 'v1' ? ONE : TWO),
  },
  {
    name: `The actual request to ${which} is refused for the origin of the other version.`,
    method: 'PUT',
    path: '/cats',
    headers: { origin: which === 'v1' ? TWO : ONE, ...header },
    status: 403,
    reason: 'origin-not-allowed',
  },
];

routeTable(
  'The route of a preflight under header versioning',
  {
    ...versioned,
    configure: (app) => app.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version' }),
  },
  [...versions({ 'x-version': '1' }, 'v1'), ...versions({ 'x-version': '2' }, 'v2')],
);

routeTable(
  'The route of a preflight under media-type versioning',
  {
    ...versioned,
    configure: (app) => app.enableVersioning({ type: VersioningType.MEDIA_TYPE, key: 'v=' }),
  },
  [
    ...versions({ accept: 'application/json;v=1' }, 'v1'),
    ...versions({ accept: 'application/json;v=2' }, 'v2'),
  ],
);

/** Reads the version from `X-Ver: 1`; Express and Fastify hand over requests of their own. */
const extractor = (request: unknown): string =>
  (request as { headers: Record<string, string | undefined> }).headers['x-ver'] ?? '';

routeTable(
  'The route of a preflight under custom versioning',
  {
    ...versioned,
    configure: (app) => app.enableVersioning({ type: VersioningType.CUSTOM, extractor }),
  },
  [...versions({ 'x-ver': '1' }, 'v1'), ...versions({ 'x-ver': '2' }, 'v2')],
);

// An entry for everything would hold on the URL as it is written, too: test/e2e/paths.test.ts
table(
  'The route of a preflight for an escaped path',
  { imports: [CorsModule.forRoot({ origin: DEFAULT })], controllers: [MixedController] },
  judgedBy(TWO, 'An escaped letter of a fixed segment is that letter', {
    path: '/mixed/sp%65cial',
    on: 'fastify',
  }),
);

@Controller('every-method')
class EveryMethodController {
  @All() any() {
    return 'all';
  }
}

table(
  'A preflight for a method that no page can send',
  { imports: [CorsModule.forRoot({ origin: DEFAULT })], controllers: [EveryMethodController] },
  ['TRACE', 'CONNECT', 'TRACK'].map((method) => ({
    name: `@All() may serve ${method}: its preflight is told the methods that pages can send.`,
    ...preflight(DEFAULT, method),
    path: '/every-method',
    status: 204,
    reason: 'method-not-allowed' as const,
    cors: lists(DEFAULT, { methods: 'GET,POST,PUT,PATCH,DELETE,OPTIONS' }),
  })),
);
