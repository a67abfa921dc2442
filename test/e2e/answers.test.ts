import { Body, Controller, Delete, Get, Options, Post, Put } from '@nestjs/common';
import { Cors, CorsModule } from '../../src/index.js';
import { allows, approves, lists } from '../harness/cors-headers.js';
import { APP, EVIL } from '../harness/origins.js';
import { preflight, type Row, table } from '../harness/table.js';

@Controller('orders')
class OrdersController {
  @Get() list() {
    return ['order'];
  }
  @Post() create(@Body() body: unknown) {
    return body;
  }
  @Put(':id') replace() {
    return 'replaced';
  }
}

@Cors({ origin: '*', credentials: false, exposedHeaders: 'X-Total-Count, ETag' })
@Controller('catalog')
class CatalogController {
  @Get() list() {
    return ['book'];
  }
  @Options() describe() {
    return 'what a plain OPTIONS gets';
  }
}

@Cors({ exposedHeaders: ['X-Total-Count'] })
@Controller('stock')
class StockController {
  @Get() list() {
    return ['copy'];
  }
}

@Cors({ credentials: false })
@Controller('reviews')
class ReviewsController {
  @Get() list() {
    return ['review'];
  }
}

@Cors({ methods: 'GET,PUT' })
@Controller('prices')
class PricesController {
  @Get() list() {
    return ['price'];
  }
  @Post() create() {
    return 'created';
  }
  @Put() replace() {
    return 'replaced';
  }
  @Delete() remove() {
    return 'removed';
  }
}

@Cors({ origin: '*', credentials: false, methods: ['POST'] })
@Controller('signups')
class SignupsController {
  @Get() list() {
    return ['signup'];
  }
  @Post() create() {
    return 'created';
  }
}

@Cors({ enforce: false, exposedHeaders: 'X-Total-Count', methods: ['GET', 'PUT'] })
@Controller('feed')
class FeedController {
  @Get() list() {
    return ['entry'];
  }
  @Post() create() {
    return 'created';
  }
}

@Cors(false)
@Controller('internal')
class InternalController {
  @Get() list() {
    return ['secret'];
  }
}

const rows: readonly Row[] = [
  // no Origin
  {
    name: 'A request without Origin gets Access-Control-Allow-Origin: * and the exposed headers from a policy for any origin.',
    path: '/catalog',
    status: 200,
    cors: allows('*', { exposes: 'X-Total-Count, ETag' }),
    vary: [],
  },
  {
    name: 'A request without Origin gets Vary: Origin and no CORS header from any other policy.',
    path: '/orders',
    status: 200,
  },
  {
    name: 'A request without Origin gets no exposed headers from a policy for some origins.',
    path: '/stock',
    status: 200,
  },
  {
    name: 'A request without Origin is served under a policy that allows nobody.',
    path: '/internal',
    status: 200,
    answers: 'secret',
  },
  {
    name: 'A request without Origin may use a method outside `methods`.',
    method: 'DELETE',
    path: '/prices',
    status: 200,
  },
  {
    name: 'A request without Origin may carry a cookie under a policy without credentials.',
    path: '/reviews',
    headers: { cookie: 'a=b' },
    status: 200,
  },
  // actual, allowed
  {
    name: 'An actual request from an allowed origin gets that origin, the credentials and Vary: Origin.',
    path: '/orders',
    headers: { origin: APP },
    status: 200,
    cors: allows(APP, { credentials: true }),
  },
  {
    name: 'An actual request from an allowed origin gets the exposed headers.',
    path: '/stock',
    headers: { origin: APP },
    status: 200,
    cors: allows(APP, { credentials: true, exposes: 'X-Total-Count' }),
  },
  {
    name: 'An actual request from an allowed origin gets no Access-Control-Allow-Credentials from a policy without credentials.',
    path: '/reviews',
    headers: { origin: APP },
    status: 200,
    cors: allows(APP),
  },
  {
    name: 'An actual request from any origin gets * and no Vary from a policy for any origin.',
    path: '/catalog',
    headers: { origin: EVIL },
    status: 200,
    cors: allows('*', { exposes: 'X-Total-Count, ETag' }),
    vary: [],
  },
  {
    name: 'An actual request from the opaque origin gets * from a policy for any origin.',
    path: '/catalog',
    headers: { origin: 'null' },
    status: 200,
    cors: allows('*', { exposes: 'X-Total-Count, ETag' }),
    vary: [],
  },
  {
    name: 'An actual POST from an allowed origin reaches the handler with its body.',
    method: 'POST',
    path: '/orders',
    headers: { origin: APP, 'content-type': 'application/json' },
    body: '{"title":"Emma"}',
    status: 201,
    answers: 'Emma',
    cors: allows(APP, { credentials: true }),
  },
  {
    name: 'An actual request with a cookie passes under a policy with credentials.',
    path: '/orders',
    headers: { origin: APP, cookie: 'a=b' },
    status: 200,
    cors: allows(APP, { credentials: true }),
  },
  // actual, refused
  {
    name: 'An actual request from another origin gets 403, Vary: Origin and no CORS header.',
    path: '/orders',
    headers: { origin: EVIL },
    status: 403,
    reason: 'origin-not-allowed',
    answers: /origin/i,
  },
  {
    name: 'An actual request from another origin gets no exposed headers either.',
    path: '/stock',
    headers: { origin: EVIL },
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: 'An actual POST from another origin is refused before its handler runs.',
    method: 'POST',
    path: '/orders',
    headers: { origin: EVIL, 'content-type': 'application/json' },
    body: '{}',
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: 'An actual request is refused under a policy that allows nobody.',
    path: '/internal',
    headers: { origin: APP },
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: 'An actual request from the opaque origin is refused where `null` is not allowed.',
    path: '/orders',
    headers: { origin: 'null' },
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: 'An actual POST outside `methods` gets 403 although its origin is allowed and no preflight precedes it.',
    method: 'POST',
    path: '/prices',
    headers: { origin: APP },
    status: 403,
    reason: 'method-not-allowed',
    answers: /method/i,
  },
  {
    name: 'An actual DELETE outside `methods` gets 403 although its origin is allowed.',
    method: 'DELETE',
    path: '/prices',
    headers: { origin: APP },
    status: 403,
    reason: 'method-not-allowed',
  },
  {
    name: 'An actual GET outside `methods` gets 403 although its origin is allowed.',
    path: '/signups',
    headers: { origin: APP },
    status: 403,
    reason: 'method-not-allowed',
  },
  {
    name: 'An actual HEAD outside `methods` gets 403.',
    method: 'HEAD',
    path: '/signups',
    headers: { origin: APP },
    status: 403,
    reason: 'method-not-allowed',
  },
  {
    name: 'An actual HEAD is allowed by GET in `methods`.',
    method: 'HEAD',
    path: '/prices',
    headers: { origin: APP },
    status: 200,
    cors: allows(APP, { credentials: true }),
  },
  {
    name: 'An origin that is not allowed is named as the reason before a method that is not.',
    method: 'POST',
    path: '/prices',
    headers: { origin: EVIL },
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: 'An actual request with a cookie gets 403 from a policy without credentials.',
    path: '/reviews',
    headers: { origin: APP, cookie: 'session=1' },
    status: 403,
    reason: 'credentials-not-allowed',
    answers: /credentials|cookie/i,
  },
  {
    name: 'An actual request with a cookie gets 403 from a policy for any origin.',
    path: '/catalog',
    headers: { origin: APP, cookie: 'session=1' },
    status: 403,
    reason: 'credentials-not-allowed',
  },
  {
    name: 'An actual request with Authorization and no cookie passes without credentials.',
    path: '/reviews',
    headers: { origin: APP, authorization: 'Bearer t' },
    status: 200,
    cors: allows(APP),
  },
  // enforce: false
  {
    name: 'Without enforcement a request from another origin runs its handler and gets no CORS header.',
    path: '/feed',
    headers: { origin: EVIL },
    status: 200,
    answers: 'entry',
    reason: 'origin-not-allowed',
    endedByTheApp: true,
  },
  {
    name: 'Without enforcement a method outside `methods` runs its handler and gets no CORS header.',
    method: 'POST',
    path: '/feed',
    headers: { origin: APP },
    status: 201,
    answers: 'created',
    reason: 'method-not-allowed',
    endedByTheApp: true,
  },
  {
    name: 'Without enforcement an allowed origin gets its headers.',
    path: '/feed',
    headers: { origin: APP },
    status: 200,
    cors: allows(APP, { credentials: true, exposes: 'X-Total-Count' }),
  },
  {
    name: 'Without enforcement a preflight from another origin gets 403 and no CORS header.',
    ...preflight(EVIL, 'GET'),
    path: '/feed',
    status: 403,
    reason: 'origin-not-allowed',
  },
  // preflights
  {
    name: 'A preflight from another origin gets 403, an empty body and no CORS header.',
    ...preflight(EVIL, 'PUT'),
    path: '/orders/1',
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: 'A preflight under a policy that allows nobody gets 403 and no CORS header.',
    ...preflight(APP, 'GET'),
    path: '/internal',
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: 'A preflight for a method outside `methods` succeeds and lists the methods that are allowed.',
    ...preflight(APP, 'DELETE'),
    path: '/prices',
    status: 204,
    reason: 'method-not-allowed',
    cors: lists(APP, { credentials: true, methods: 'GET,PUT' }),
  },
  {
    name: 'A preflight for a header that is not allowed succeeds and lists the headers that are.',
    ...preflight(APP, 'PUT', 'x-secret'),
    path: '/orders/1',
    status: 204,
    reason: 'header-not-allowed',
    cors: lists(APP, { credentials: true, methods: 'PUT' }),
  },
  {
    name: 'A preflight that asks for what is allowed gets origin, credentials, methods, headers and max age.',
    ...preflight(APP, 'PUT', 'authorization,content-type'),
    path: '/orders/1',
    status: 204,
    cors: approves(APP, { credentials: true, methods: 'PUT' }),
  },
  {
    name: 'A preflight to a policy for any origin gets * and still names what the answer varies by.',
    ...preflight(EVIL, 'GET', 'x-requested-with'),
    path: '/catalog',
    status: 204,
    cors: approves('*', { methods: 'GET,OPTIONS' }),
  },
  {
    name: 'A preflight carries no exposed headers.',
    ...preflight(APP, 'GET'),
    path: '/stock',
    status: 204,
    cors: approves(APP, { credentials: true, methods: 'GET' }),
  },
  {
    name: 'A preflight with a cookie is judged like one without.',
    ...preflight(APP, 'GET'),
    headers: { ...preflight(APP, 'GET').headers, cookie: 'a=b' },
    path: '/reviews',
    status: 204,
    cors: approves(APP, { methods: 'GET' }),
  },
  // OPTIONS that is none
  {
    name: "An OPTIONS request without Access-Control-Request-Method reaches the app's own @Options() route.",
    method: 'OPTIONS',
    path: '/catalog',
    headers: { origin: EVIL },
    status: 200,
    answers: 'what a plain OPTIONS gets',
    cors: allows('*', { exposes: 'X-Total-Count, ETag' }),
    vary: [],
  },
  {
    name: 'An OPTIONS request with neither Origin nor Access-Control-Request-Method reaches the @Options() route.',
    method: 'OPTIONS',
    path: '/catalog',
    status: 200,
    answers: 'what a plain OPTIONS gets',
    cors: allows('*', { exposes: 'X-Total-Count, ETag' }),
    vary: [],
  },
  {
    name: 'An OPTIONS request without Access-Control-Request-Method gets 404 where no route serves it.',
    method: 'OPTIONS',
    path: '/orders',
    headers: { origin: APP },
    status: 404,
    cors: allows(APP, { credentials: true }),
  },
  {
    name: 'An OPTIONS request without Origin is no preflight, whatever else it carries.',
    method: 'OPTIONS',
    path: '/catalog',
    headers: { 'access-control-request-method': 'PUT' },
    status: 200,
    answers: 'what a plain OPTIONS gets',
    cors: allows('*', { exposes: 'X-Total-Count, ETag' }),
    vary: [],
  },
  {
    name: 'Access-Control-Request-Method makes no preflight of a GET.',
    path: '/orders',
    headers: { origin: APP, 'access-control-request-method': 'PUT' },
    status: 200,
    cors: allows(APP, { credentials: true }),
  },
];

table(
  'The answers',
  {
    imports: [CorsModule.forRoot({ origin: APP, credentials: true })],
    controllers: [
      OrdersController,
      CatalogController,
      StockController,
      ReviewsController,
      PricesController,
      SignupsController,
      FeedController,
      InternalController,
    ],
  },
  rows,
);
