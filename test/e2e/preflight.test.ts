import { All, Controller, Delete, Get, Head, Options, Patch, Post, Put } from '@nestjs/common';
import { expect } from '@jest/globals';
import { Cors, CorsModule } from '../../src/index.js';
import { allows, approves, lists } from '../harness/cors-headers.js';
import { ADMIN, APP, EVIL, PARTNER } from '../harness/origins.js';
import { preflight, PREFLIGHT_VARY, type Row, table } from '../harness/table.js';

/** GET and PATCH have one answer; the others differ from it in one field each. */
@Controller('siblings')
class SiblingsController {
  @Get() list() {}
  @Cors({ exposedHeaders: 'X-Total-Count' }) @Patch() change() {}
  @Cors({ credentials: false }) @Post() create() {}
  @Cors({ maxAge: 60 }) @Put() replace() {}
  @Cors({ allowedHeaders: 'content-type' }) @Delete() remove() {}
}

/** Each route allows other origins. */
@Controller('origins')
class OriginsController {
  @Cors({ origin: [APP, PARTNER] }) @Get() list() {}
  @Cors({ origin: [APP, ADMIN] }) @Put() replace() {}
  @Cors({ origin: APP }) @Delete() remove() {}
  @Cors(false) @Patch() change() {}
}

@Controller('narrowed')
@Cors({ methods: ['GET', 'PUT', 'OPTIONS'] })
class NarrowedController {
  @Get() list() {}
  @Put() replace() {}
  @Delete() remove() {}
}

@Controller('widened')
@Cors({ methods: 'GET,PUT,DELETE' })
class WidenedController {
  @Get() list() {}
}

@Controller('every-method')
@Cors({ methods: '*' })
class EveryMethodController {
  @Get() list() {}
  @Put() replace() {}
}

@Controller('all')
class AllController {
  @All() any() {}
}

@Controller('heads')
class HeadsController {
  @Get() list() {}
  @Cors({ origin: PARTNER }) @Get('partner') partner() {}
  @Head('only') only() {}
}

@Controller('any-header')
class AnyHeaderController {
  @Cors({ allowedHeaders: '*' }) @Put('private') replacePrivate() {}
  @Cors({ allowedHeaders: '*', credentials: false }) @Put('public') replacePublic() {}
  @Cors({ allowedHeaders: '*', credentials: false, origin: '*' }) @Put('open') replaceOpen() {}
}

@Controller('headers')
class HeadersController {
  @Cors({ allowedHeaders: ['X-Api-Key', 'Content-Type'] }) @Put('list') list() {}
  @Cors({ allowedHeaders: 'X-Api-Key , content-type,' }) @Put('string') string() {}
  @Cors({ allowedHeaders: [] }) @Put('none') none() {}
}

@Controller('ages')
class AgesController {
  @Cors({ maxAge: 0 }) @Put('zero') zero() {}
  @Cors({ maxAge: 600 }) @Put('ten-minutes') tenMinutes() {}
}

@Controller('network')
class NetworkController {
  @Cors({ privateNetwork: true }) @Put('open') open() {}
  @Put('closed') closed() {}
}

@Controller('continued')
class ContinuedController {
  @Cors({ preflightContinue: true }) @Put('answered') replace() {}
  @Options('answered') answer() {
    return 'answered by the app';
  }
  @Cors({ preflightContinue: true }) @Put('unanswered') replaceToo() {}
}

@Controller('statuses')
class StatusesController {
  @Cors({ optionsSuccessStatus: 200 }) @Put('200') ok() {}
}

@Controller('described')
class DescribedController {
  @Get() list() {}
  @Options() describe() {
    return 'described';
  }
}

const extra = (row: Pick<Row, 'method' | 'headers'>, headers: Row['headers']) => ({
  ...row,
  headers: { ...row.headers, ...headers },
});

const rows: readonly Row[] = [
  // methods
  {
    name: 'A preflight lists the siblings that would get the same answer and none that would not.',
    ...preflight(APP, 'PATCH'),
    path: '/siblings',
    status: 204,
    cors: approves(APP, { credentials: true, methods: 'GET,PATCH' }),
  },
  {
    name: 'A preflight for the GET sibling gets the very list that its equals get.',
    ...preflight(APP, 'GET'),
    path: '/siblings',
    status: 204,
    cors: approves(APP, { credentials: true, methods: 'GET,PATCH' }),
  },
  {
    name: 'A route without credentials is listed alone beside siblings with credentials.',
    ...preflight(APP, 'POST'),
    path: '/siblings',
    status: 204,
    cors: approves(APP, { methods: 'POST' }),
  },
  {
    name: 'A route with another max age is listed alone.',
    ...preflight(APP, 'PUT'),
    path: '/siblings',
    status: 204,
    cors: approves(APP, { credentials: true, methods: 'PUT', maxAge: 60 }),
  },
  {
    name: 'A route with other allowed headers is listed alone.',
    ...preflight(APP, 'DELETE', 'content-type'),
    path: '/siblings',
    status: 204,
    cors: approves(APP, { credentials: true, methods: 'DELETE', headers: 'content-type' }),
  },
  {
    name: 'A preflight lists the siblings that allow its origin.',
    ...preflight(APP, 'PUT'),
    path: '/origins',
    status: 204,
    cors: approves(APP, { credentials: true, methods: 'DELETE,GET,PUT' }),
  },
  {
    name: 'A preflight lists no sibling that does not allow its origin.',
    ...preflight(ADMIN, 'PUT'),
    path: '/origins',
    status: 204,
    cors: approves(ADMIN, { credentials: true, methods: 'PUT' }),
  },
  {
    name: "A preflight for GET is judged by GET's policy, not by a sibling's.",
    ...preflight(ADMIN, 'GET'),
    path: '/origins',
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: "A preflight for PUT is judged by PUT's policy, not by a sibling's.",
    ...preflight(PARTNER, 'PUT'),
    path: '/origins',
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: 'A preflight for a route that allows nobody gets 403 beside siblings that allow its origin.',
    ...preflight(APP, 'PATCH'),
    path: '/origins',
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: '`methods` narrows what a preflight lists to what it names and what is routed.',
    ...preflight(APP, 'PUT'),
    path: '/narrowed',
    status: 204,
    cors: approves(APP, { credentials: true, methods: 'GET,PUT' }),
  },
  {
    name: 'A routed method outside `methods` is not allowed.',
    ...preflight(APP, 'DELETE'),
    path: '/narrowed',
    status: 204,
    reason: 'method-not-allowed',
    cors: lists(APP, { credentials: true, methods: 'GET,PUT' }),
  },
  {
    name: '`methods` never opens a method that is not routed.',
    ...preflight(APP, 'PUT'),
    path: '/widened',
    status: 204,
    reason: 'method-not-allowed',
    cors: lists(APP, { credentials: true, methods: 'GET' }),
  },
  {
    name: '`methods` never lists a method that is not routed.',
    ...preflight(APP, 'GET'),
    path: '/widened',
    status: 204,
    cors: approves(APP, { credentials: true, methods: 'GET' }),
  },
  {
    name: "`methods: '*'` with credentials lists the routed methods by name.",
    ...preflight(APP, 'PUT'),
    path: '/every-method',
    status: 204,
    cors: approves(APP, { credentials: true, methods: 'GET,PUT' }),
  },
  {
    name: "`methods: '*'` never lists a method that is not routed.",
    ...preflight(APP, 'DELETE'),
    path: '/every-method',
    status: 204,
    reason: 'method-not-allowed',
    cors: lists(APP, { credentials: true, methods: 'GET,PUT' }),
  },
  {
    name: 'A preflight to an @All() route lists the method it asks for.',
    ...preflight(APP, 'PATCH'),
    path: '/all',
    status: 204,
    cors: approves(APP, {
      credentials: true,
      methods: expect.arrayContaining(['PATCH']),
    }),
  },
  {
    name: 'A preflight to an @All() route lists no method by the name ALL or *.',
    ...preflight(APP, 'DELETE'),
    path: '/all',
    status: 204,
    cors: approves(APP, {
      credentials: true,
      methods: expect.not.arrayContaining(['ALL']),
    }),
  },
  {
    name: 'A preflight for HEAD is answered by the GET route.',
    ...preflight(PARTNER, 'HEAD'),
    path: '/heads/partner',
    status: 204,
    cors: approves(PARTNER, { credentials: true, methods: 'GET' }),
  },
  {
    name: "A preflight for HEAD is refused by the GET route's policy.",
    ...preflight(APP, 'HEAD'),
    path: '/heads/partner',
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: 'A preflight to a @Head() route lists HEAD.',
    ...preflight(APP, 'HEAD'),
    path: '/heads/only',
    status: 204,
    cors: approves(APP, { credentials: true, methods: 'HEAD' }),
  },
  {
    name: 'A preflight for the lower-case `patch` does not match PATCH.',
    ...preflight(APP, 'patch'),
    path: '/siblings',
    status: 204,
    reason: 'method-not-allowed',
    cors: lists(APP, { credentials: true, methods: 'GET,PATCH' }),
  },
  {
    name: 'A preflight for OPTIONS is answered for the @Options() route.',
    ...preflight(APP, 'OPTIONS'),
    path: '/described',
    status: 204,
    cors: approves(APP, { credentials: true, methods: 'GET,OPTIONS' }),
  },
  // unrouted
  {
    name: 'A preflight for an unrouted method of a routed URL is judged by the module defaults and does not list it.',
    ...preflight(APP, 'DELETE'),
    path: '/heads/partner',
    status: 204,
    reason: 'method-not-allowed',
    cors: expect.not.objectContaining({
      'access-control-allow-methods': expect.arrayContaining(['DELETE']),
    }),
  },
  {
    name: 'A preflight for an unrouted method lists the routed methods that the module defaults answer alike.',
    ...preflight(APP, 'DELETE'),
    path: '/described',
    status: 204,
    reason: 'method-not-allowed',
    cors: lists(APP, { credentials: true, methods: 'GET,OPTIONS' }),
  },
  {
    name: 'A preflight for an unrouted method is refused where the module defaults do not allow its origin.',
    ...preflight(PARTNER, 'DELETE'),
    path: '/heads/partner',
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: 'A preflight to a URL that no route serves is approved by the module defaults, so that the page reads the 404.',
    ...preflight(APP, 'DELETE', 'content-type'),
    path: '/nowhere',
    status: 204,
    cors: approves(APP, {
      credentials: true,
      methods: expect.arrayContaining(['DELETE']),
    }),
  },
  {
    name: 'The actual request to a URL that no route serves gets a 404 that the page can read.',
    method: 'DELETE',
    path: '/nowhere',
    headers: { origin: APP },
    status: 404,
    cors: allows(APP, { credentials: true }),
  },
  {
    name: 'A preflight to a URL that no route serves is refused to other origins.',
    ...preflight(EVIL, 'DELETE'),
    path: '/nowhere',
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: 'A preflight to a URL that no route serves does not list a method that is not standard.',
    ...preflight(APP, 'BREW'),
    path: '/nowhere',
    status: 204,
    reason: 'method-not-allowed',
    cors: expect.not.objectContaining({
      'access-control-allow-methods': expect.arrayContaining(['BREW']),
    }),
  },
  // request headers
  {
    name: 'Allowed headers are compared without regard to case.',
    ...preflight(APP, 'PUT', 'X-API-KEY,content-type'),
    path: '/headers/list',
    status: 204,
    cors: approves(APP, { credentials: true, methods: 'PUT', headers: 'content-type,x-api-key' }),
  },
  {
    name: 'Allowed headers may be a comma-separated string with spaces and an empty member.',
    ...preflight(APP, 'PUT', 'x-api-key'),
    path: '/headers/string',
    status: 204,
    cors: approves(APP, { credentials: true, methods: 'PUT', headers: 'content-type,x-api-key' }),
  },
  {
    name: 'Requested headers may come with spaces, empty members and in any order.',
    ...preflight(APP, 'PUT', ' x-api-key ,, content-type,'),
    path: '/headers/list',
    status: 204,
    cors: approves(APP, { credentials: true, methods: 'PUT', headers: 'content-type,x-api-key' }),
  },
  {
    name: 'Requested headers may come on several lines.',
    ...extra(preflight(APP, 'PUT'), {
      'access-control-request-headers': ['content-type', 'x-api-key'],
    }),
    path: '/headers/list',
    status: 204,
    cors: approves(APP, { credentials: true, methods: 'PUT', headers: 'content-type,x-api-key' }),
  },
  {
    name: 'One header that is not allowed is enough, on whatever line it comes.',
    ...extra(preflight(APP, 'PUT'), {
      'access-control-request-headers': ['content-type', 'x-secret'],
    }),
    path: '/headers/list',
    status: 204,
    reason: 'header-not-allowed',
    cors: lists(APP, { credentials: true, methods: 'PUT', headers: 'content-type,x-api-key' }),
  },
  {
    name: 'A list of allowed headers replaces the default one.',
    ...preflight(APP, 'PUT', 'authorization'),
    path: '/headers/list',
    status: 204,
    reason: 'header-not-allowed',
    cors: lists(APP, { credentials: true, methods: 'PUT', headers: 'content-type,x-api-key' }),
  },
  {
    name: 'An empty list of allowed headers allows none and is no header of the answer.',
    ...preflight(APP, 'PUT', 'content-type'),
    path: '/headers/none',
    status: 204,
    reason: 'header-not-allowed',
    cors: lists(APP, { credentials: true, methods: 'PUT', headers: false }),
  },
  {
    name: 'A preflight without Access-Control-Request-Headers passes where no header is allowed.',
    ...preflight(APP, 'PUT'),
    path: '/headers/none',
    status: 204,
    cors: approves(APP, { credentials: true, methods: 'PUT', headers: false }),
  },
  {
    name: 'Any header without credentials answers `*`, names authorization, which `*` does not cover, and what was asked for.',
    ...preflight(APP, 'PUT', 'authorization,x-anything'),
    path: '/any-header/public',
    status: 204,
    cors: approves(APP, { methods: 'PUT', headers: '*,authorization,x-anything' }),
  },
  {
    name: 'Any header for any origin answers `*`, authorization and what was asked for.',
    ...preflight(EVIL, 'PUT', 'x-anything'),
    path: '/any-header/open',
    status: 204,
    cors: approves('*', { methods: 'PUT', headers: '*,authorization,x-anything' }),
  },
  {
    name: 'Any header with credentials echoes the requested names, because `*` means nothing there.',
    ...preflight(APP, 'PUT', 'authorization,x-anything'),
    path: '/any-header/private',
    status: 204,
    cors: approves(APP, { credentials: true, methods: 'PUT', headers: 'authorization,x-anything' }),
  },
  {
    name: 'Any header with credentials never answers `*`.',
    ...preflight(APP, 'PUT'),
    path: '/any-header/private',
    status: 204,
    cors: approves(APP, { credentials: true, methods: 'PUT', headers: false }),
  },
  // max age
  {
    name: 'maxAge 0 answers Access-Control-Max-Age: 0, which keeps browsers from their own five seconds.',
    ...preflight(APP, 'PUT'),
    path: '/ages/zero',
    status: 204,
    cors: approves(APP, { credentials: true, methods: 'PUT', maxAge: 0 }),
  },
  {
    name: 'maxAge is answered in seconds.',
    ...preflight(APP, 'PUT'),
    path: '/ages/ten-minutes',
    status: 204,
    cors: approves(APP, { credentials: true, methods: 'PUT', maxAge: 600 }),
  },
  // private network
  {
    name: 'A preflight that asks for the private network gets it where it is allowed.',
    ...extra(preflight(APP, 'PUT'), { 'access-control-request-private-network': 'true' }),
    path: '/network/open',
    vary: [...PREFLIGHT_VARY, 'Access-Control-Request-Private-Network'],
    status: 204,
    cors: approves(APP, { credentials: true, methods: 'PUT', privateNetwork: true }),
  },
  {
    name: 'A preflight that does not ask for the private network hears nothing of it.',
    ...preflight(APP, 'PUT'),
    path: '/network/open',
    vary: [...PREFLIGHT_VARY, 'Access-Control-Request-Private-Network'],
    status: 204,
    cors: approves(APP, { credentials: true, methods: 'PUT' }),
  },
  {
    name: 'A preflight that asks for the private network does not get it by default.',
    ...extra(preflight(APP, 'PUT'), { 'access-control-request-private-network': 'true' }),
    path: '/network/closed',
    status: 204,
    cors: approves(APP, { credentials: true, methods: 'PUT' }),
  },
  {
    name: 'A preflight from another origin does not get the private network.',
    ...extra(preflight(EVIL, 'PUT'), { 'access-control-request-private-network': 'true' }),
    path: '/network/open',
    vary: [...PREFLIGHT_VARY, 'Access-Control-Request-Private-Network'],
    status: 403,
    reason: 'origin-not-allowed',
  },
  // who ends it
  {
    name: "With preflightContinue the app's own @Options() route answers, with the preflight's headers.",
    ...preflight(APP, 'PUT', 'content-type'),
    path: '/continued/answered',
    status: 200,
    endedByTheApp: true,
    answers: 'answered by the app',
    cors: approves(APP, { credentials: true, methods: 'OPTIONS,PUT' }),
  },
  {
    name: 'With preflightContinue and no route for OPTIONS the app answers 404, with the preflight’s headers.',
    ...preflight(APP, 'PUT'),
    path: '/continued/unanswered',
    status: 404,
    endedByTheApp: true,
    cors: approves(APP, { credentials: true, methods: 'PUT' }),
  },
  {
    name: 'With preflightContinue a preflight from another origin is refused and does not reach the app.',
    ...preflight(EVIL, 'PUT'),
    path: '/continued/answered',
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: 'optionsSuccessStatus is the status of a preflight that is allowed.',
    ...preflight(APP, 'PUT'),
    path: '/statuses/200',
    status: 200,
    cors: approves(APP, { credentials: true, methods: 'PUT' }),
  },
  {
    name: 'optionsSuccessStatus is the status of a preflight whose header is not allowed.',
    ...preflight(APP, 'PUT', 'x-secret'),
    path: '/statuses/200',
    status: 200,
    reason: 'header-not-allowed',
    cors: lists(APP, { credentials: true, methods: 'PUT' }),
  },
  {
    name: 'optionsSuccessStatus is not the status of a preflight from another origin.',
    ...preflight(EVIL, 'PUT'),
    path: '/statuses/200',
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: 'A preflight does not reach the @Options() route.',
    ...preflight(APP, 'GET'),
    path: '/described',
    status: 204,
    vary: PREFLIGHT_VARY,
    cors: approves(APP, { credentials: true, methods: 'GET,OPTIONS' }),
  },
  {
    name: 'A preflight is never judged as same-origin.',
    ...extra(preflight(EVIL, 'GET'), { 'sec-fetch-site': 'same-origin', host: 'evil.example' }),
    path: '/described',
    status: 403,
    reason: 'origin-not-allowed',
  },
];

table(
  'A preflight',
  {
    imports: [CorsModule.forRoot({ origin: APP, credentials: true })],
    controllers: [
      SiblingsController,
      OriginsController,
      NarrowedController,
      WidenedController,
      EveryMethodController,
      AllController,
      HeadsController,
      AnyHeaderController,
      HeadersController,
      AgesController,
      NetworkController,
      ContinuedController,
      StatusesController,
      DescribedController,
    ],
  },
  rows,
);
