import { describe, expect, test } from '@jest/globals';
import { Controller, Delete, Get, type INestApplication, Post, Put } from '@nestjs/common';
import { Cors, CorsModule, type CorsModuleOptions } from '../../src/index.js';
import { allows, approves, lists } from '../harness/cors-headers.js';
import { APP, PARTNER } from '../harness/origins.js';
import { ADAPTERS, startApp } from '../harness/start-app.js';
import { preflight, PREFLIGHT_VARY, table } from '../harness/table.js';

const TENANT = 'https://tenant.example';
const FAILING = 'https://failing.example';
const ANYBODY = 'https://anybody.example';
const COOKIE = 'session=1';

/** The origins that the tenants' rule was asked about. */
const asked: string[] = [];

const options: CorsModuleOptions = {
  origin: APP,
  credentials: true,
  maxAge: 100,
  policies: {
    app: { exposedHeaders: 'X-Session', allowedHeaders: 'X-App', maxAge: 300 },
    public: { origin: '*', credentials: false, exposedHeaders: 'X-Total', maxAge: 600 },
    partners: { origin: PARTNER, credentials: false, methods: 'GET,PUT', privateNetwork: true },
    tenants: {
      exposedHeaders: 'X-Tenant',
      origin: async (origin) => {
        asked.push(origin);
        if (origin === FAILING) throw new Error('down');
        return origin === TENANT;
      },
    },
    lenient: { origin: PARTNER, enforce: false },
  },
  paths: [
    { path: '/files', policy: ['app', 'public'] },
    { path: '/feed', policy: 'public', options: { exposedHeaders: 'X-Feed' } },
  ],
};

@Controller('catalog')
class CatalogController {
  @Cors(['app', 'public']) @Get() list() {
    return 'catalog';
  }
  @Cors(['app', 'public']) @Post() search() {
    return 'found';
  }
  @Cors('app') @Put() replace() {
    return 'saved';
  }

  @Cors(['app']) @Get('one') one() {}
  @Cors('public', { maxAge: 60, exposedHeaders: 'X-Recent' }) @Get('recent') recent() {}
  @Cors(['app', { origin: PARTNER, maxAge: 5 }]) @Put('object') object() {}
  @Cors(['app', 'partners']) @Put('closed') closed() {}
  @Cors(['app', 'partners']) @Delete('closed') remove() {}
  @Cors(['app', 'lenient']) @Get('lenient') lenient() {}
  @Cors(['app', { origin: '*', credentials: false, enforce: false }]) @Get('tolerant') tolerant() {}
  @Cors(['tenants', 'public']) @Put('asked') asks() {}
  @Cors(['app', 'tenants']) @Put('asked-last') asksLast() {}
}

@Cors(['app', 'public'])
@Controller('inherited')
class InheritedController {
  @Put() replace() {}
  @Cors({ maxAge: 7 }) @Put('refined') refined() {}
  @Cors((inherited) => ({ exposedHeaders: [...inherited.exposedHeaders, 'X-More'] }))
  @Get('function')
  byFunction() {}
  @Cors(['partners', { maxAge: 8 }]) @Put('listed') listed() {}
  @Cors() @Put('over') startOver() {}
  @Cors('partners') @Put('named') named() {}
  @Cors(false) @Put('nobody') nobody() {}
}

const app = () => ({
  imports: [CorsModule.forRoot(options)],
  controllers: [CatalogController, InheritedController],
  configure: (nest: INestApplication) => {
    for (const path of ['/files', '/feed']) {
      nest.use(path, (_request: unknown, response: { end(body: string): void }) => {
        response.end('served');
      });
    }
  },
});

const VARY_WITH_PRIVATE_NETWORK = [...PREFLIGHT_VARY, 'Access-Control-Request-Private-Network'];
const answerOf = {
  app: allows(APP, { credentials: true, exposes: 'X-Session' }),
  public: allows('*', { exposes: 'X-Total' }),
};

table('An actual request under several policies', app, [
  {
    name: 'gets the answer of the first one that allows its origin.',
    path: '/catalog',
    headers: { origin: APP, cookie: COOKIE },
    status: 200,
    cors: answerOf.app,
  },
  {
    name: 'gets the answer of the next one where the first does not, and varies by Origin although it is *.',
    path: '/catalog',
    headers: { origin: ANYBODY },
    status: 200,
    cors: answerOf.public,
  },
  {
    name: 'without Origin gets the answer for any origin, and varies by Origin.',
    path: '/catalog',
    status: 200,
    cors: answerOf.public,
  },
  {
    name: 'without Origin, where none is for any origin, varies by it and no more.',
    path: '/catalog/lenient',
    status: 200,
  },
  {
    name: 'with a cookie is refused where only the policy without credentials admits its origin.',
    path: '/catalog',
    headers: { origin: ANYBODY, cookie: COOKIE },
    status: 403,
    reason: 'credentials-not-allowed',
  },
  {
    name: 'with a cookie runs, unread, where that policy is not enforced.',
    path: '/catalog/tolerant',
    headers: { origin: ANYBODY, cookie: COOKIE },
    status: 200,
    reason: 'credentials-not-allowed',
    endedByTheApp: true,
  },
  {
    name: 'is refused as the last one says where none allows its origin.',
    method: 'PUT',
    path: '/catalog/closed',
    headers: { origin: ANYBODY },
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: 'runs, unread, where none allows its origin and the last one is not enforced.',
    path: '/catalog/lenient',
    headers: { origin: ANYBODY },
    status: 200,
    reason: 'origin-not-allowed',
    endedByTheApp: true,
  },
  {
    name: 'is held to the methods of the one that holds, which has this one.',
    method: 'PUT',
    path: '/catalog/closed',
    headers: { origin: PARTNER },
    status: 200,
    cors: allows(PARTNER),
  },
  {
    name: 'is held to the methods of the one that holds, which has not this one.',
    method: 'DELETE',
    path: '/catalog/closed',
    headers: { origin: PARTNER },
    status: 403,
    reason: 'method-not-allowed',
  },
  {
    name: 'is not held to the methods of the others.',
    method: 'DELETE',
    path: '/catalog/closed',
    headers: { origin: APP },
    status: 200,
    cors: answerOf.app,
  },
  {
    name: 'of the same origin passes, whatever they say.',
    method: 'PUT',
    path: '/catalog/closed',
    headers: { origin: ANYBODY, cookie: COOKIE, 'sec-fetch-site': 'same-origin' },
    kind: 'same-origin',
    status: 200,
  },
  {
    name: 'of the same origin passes with its cookie where a policy without credentials admits it.',
    path: '/catalog',
    headers: { origin: ANYBODY, cookie: COOKIE, 'sec-fetch-site': 'same-origin' },
    kind: 'same-origin',
    status: 200,
    cors: answerOf.public,
  },
  {
    name: 'gets the answer of a function that allows its origin.',
    method: 'PUT',
    path: '/catalog/asked',
    headers: { origin: TENANT, cookie: COOKIE },
    status: 200,
    cors: allows(TENANT, { credentials: true, exposes: 'X-Tenant' }),
  },
  {
    name: 'gets the answer of the next one where a function refuses its origin.',
    method: 'PUT',
    path: '/catalog/asked',
    headers: { origin: ANYBODY },
    status: 200,
    cors: answerOf.public,
  },
  {
    name: 'fails where a function does, although the next one would allow its origin.',
    method: 'PUT',
    path: '/catalog/asked',
    headers: { origin: FAILING },
    status: 503,
    reason: 'origin-check-failed',
  },
  {
    name: 'of the same origin passes without any function being asked.',
    method: 'PUT',
    path: '/catalog/asked',
    headers: { origin: FAILING, 'sec-fetch-site': 'same-origin' },
    kind: 'same-origin',
    status: 200,
  },
  {
    name: 'of an opaque origin is not shown to a function with credentials, and gets the next answer.',
    method: 'PUT',
    path: '/catalog/asked',
    headers: { origin: 'null' },
    status: 200,
    cors: answerOf.public,
  },
]);

table('A preflight under several policies', app, [
  {
    name: 'lists the methods whose policies for this origin answer alike.',
    ...preflight(APP, 'GET'),
    path: '/catalog',
    status: 204,
    cors: approves(APP, {
      credentials: true,
      headers: 'x-app',
      maxAge: 300,
      methods: 'GET,POST,PUT',
    }),
  },
  {
    name: 'lists no method that this origin may not use.',
    ...preflight(ANYBODY, 'POST'),
    path: '/catalog',
    status: 204,
    cors: approves('*', { maxAge: 600, methods: 'GET,POST' }),
  },
  {
    name: 'is refused where the policies of the asked route do not allow the origin.',
    ...preflight(ANYBODY, 'PUT'),
    path: '/catalog',
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: 'asks about headers by the policy that holds.',
    ...preflight(APP, 'PUT', 'authorization'),
    path: '/catalog',
    status: 204,
    reason: 'header-not-allowed',
    cors: lists(APP, { credentials: true, headers: 'x-app', methods: 'GET,POST,PUT' }),
  },
  {
    name: 'asks about methods by the policy that holds.',
    ...preflight(PARTNER, 'DELETE'),
    path: '/catalog/closed',
    status: 204,
    reason: 'method-not-allowed',
    cors: lists(PARTNER, { methods: 'PUT' }),
    vary: VARY_WITH_PRIVATE_NETWORK,
  },
  {
    name: 'varies by what any of them answers.',
    ...preflight(APP, 'PUT'),
    path: '/catalog/closed',
    status: 204,
    cors: approves(APP, {
      credentials: true,
      headers: 'x-app',
      maxAge: 300,
      methods: 'DELETE,PUT',
    }),
    vary: VARY_WITH_PRIVATE_NETWORK,
  },
  {
    name: 'gets the answer of a function that allows its origin.',
    ...preflight(TENANT, 'PUT'),
    path: '/catalog/asked',
    status: 204,
    cors: approves(TENANT, { credentials: true, maxAge: 100, methods: 'PUT' }),
  },
  {
    name: 'gets the answer of the next one where a function refuses its origin.',
    ...preflight(ANYBODY, 'PUT'),
    path: '/catalog/asked',
    status: 204,
    cors: approves('*', { maxAge: 600, methods: 'PUT' }),
  },
  {
    name: 'fails where a function does, although the next one would allow its origin.',
    ...preflight(FAILING, 'PUT'),
    path: '/catalog/asked',
    status: 503,
    reason: 'origin-check-failed',
  },
]);

table('A policy in a list', app, [
  {
    name: 'that is alone means what it does without the list.',
    ...preflight(APP, 'GET'),
    path: '/catalog/one',
    status: 204,
    cors: approves(APP, { credentials: true, headers: 'x-app', maxAge: 300, methods: 'GET' }),
  },
  {
    name: 'that is an object refines what is inherited.',
    ...preflight(PARTNER, 'PUT'),
    path: '/catalog/object',
    status: 204,
    cors: approves(PARTNER, { credentials: true, maxAge: 5, methods: 'PUT' }),
  },
  {
    name: 'that is an object refines each of several that are inherited: the first,',
    ...preflight(APP, 'PUT'),
    path: '/inherited/listed',
    status: 204,
    cors: approves(APP, { credentials: true, headers: 'x-app', maxAge: 8, methods: 'PUT' }),
    vary: VARY_WITH_PRIVATE_NETWORK,
  },
  {
    name: 'that is an object refines each of several that are inherited: the second.',
    ...preflight(ANYBODY, 'PUT'),
    path: '/inherited/listed',
    status: 204,
    cors: approves('*', { maxAge: 8, methods: 'PUT' }),
    vary: VARY_WITH_PRIVATE_NETWORK,
  },
  {
    name: 'that is a name starts over.',
    ...preflight(PARTNER, 'PUT'),
    path: '/inherited/listed',
    status: 204,
    cors: approves(PARTNER, { maxAge: 100, methods: 'PUT' }),
    vary: VARY_WITH_PRIVATE_NETWORK,
  },
]);

table('A list of policies that a controller has', app, [
  {
    name: 'is inherited: its first policy,',
    ...preflight(APP, 'PUT'),
    path: '/inherited',
    status: 204,
    cors: approves(APP, { credentials: true, headers: 'x-app', maxAge: 300, methods: 'PUT' }),
  },
  {
    name: 'is inherited: its second.',
    ...preflight(ANYBODY, 'PUT'),
    path: '/inherited',
    status: 204,
    cors: approves('*', { maxAge: 600, methods: 'PUT' }),
  },
  {
    name: "is refined by a handler's object: its first policy,",
    ...preflight(APP, 'PUT'),
    path: '/inherited/refined',
    status: 204,
    cors: approves(APP, { credentials: true, headers: 'x-app', maxAge: 7, methods: 'PUT' }),
  },
  {
    name: "is refined by a handler's object: its second.",
    ...preflight(ANYBODY, 'PUT'),
    path: '/inherited/refined',
    status: 204,
    cors: approves('*', { maxAge: 7, methods: 'PUT' }),
  },
  {
    name: "is refined by a handler's function, called for each: its first policy,",
    path: '/inherited/function',
    headers: { origin: APP },
    status: 200,
    cors: allows(APP, { credentials: true, exposes: 'X-Session,X-More' }),
  },
  {
    name: "is refined by a handler's function, called for each: its second.",
    path: '/inherited/function',
    headers: { origin: ANYBODY },
    status: 200,
    cors: allows('*', { exposes: 'X-Total,X-More' }),
  },
  {
    name: 'is left behind by an empty @Cors().',
    ...preflight(ANYBODY, 'PUT'),
    path: '/inherited/over',
    status: 403,
    reason: 'origin-not-allowed',
  },
  {
    name: 'is left behind by a name.',
    ...preflight(APP, 'PUT'),
    path: '/inherited/named',
    status: 403,
    reason: 'origin-not-allowed',
    vary: VARY_WITH_PRIVATE_NETWORK,
  },
  {
    name: 'is closed to everybody by @Cors(false).',
    ...preflight(APP, 'PUT'),
    path: '/inherited/nobody',
    status: 403,
    reason: 'origin-not-allowed',
  },
]);

table('A named policy with fields replaced', app, [
  {
    name: 'keeps the others, in its preflights.',
    ...preflight(ANYBODY, 'GET'),
    path: '/catalog/recent',
    status: 204,
    cors: approves('*', { maxAge: 60, methods: 'GET' }),
  },
  {
    name: 'keeps the others, in actual requests.',
    path: '/catalog/recent',
    headers: { origin: ANYBODY },
    status: 200,
    cors: allows('*', { exposes: 'X-Recent' }),
    vary: [],
  },
  {
    name: 'may be that of a paths entry.',
    path: '/feed',
    headers: { origin: ANYBODY },
    status: 200,
    cors: allows('*', { exposes: 'X-Feed' }),
    vary: [],
  },
]);

table('A paths entry with several policies', app, [
  {
    name: 'gives the answer of the first one that allows the origin.',
    path: '/files/a.txt',
    headers: { origin: APP, cookie: COOKIE },
    status: 200,
    cors: answerOf.app,
  },
  {
    name: 'gives the answer of the next one where the first does not.',
    path: '/files/a.txt',
    headers: { origin: ANYBODY },
    status: 200,
    cors: answerOf.public,
  },
  {
    name: 'refuses a cookie that only a policy without credentials would see.',
    path: '/files/a.txt',
    headers: { origin: ANYBODY, cookie: COOKIE },
    status: 403,
    reason: 'credentials-not-allowed',
  },
  {
    name: 'answers preflights by the policy that holds.',
    ...preflight(APP, 'PUT'),
    path: '/files/a.txt',
    status: 204,
    cors: approves(APP, { credentials: true, headers: 'x-app', maxAge: 300, methods: 'PUT' }),
  },
]);

describe.each(ADAPTERS)('A function, on %s,', (adapter) => {
  test.each([
    { who: 'an origin that an earlier policy allows', origin: APP, times: 0 },
    { who: 'an origin that no earlier policy allows', origin: TENANT, times: 1 },
  ])('is asked about $who $times times', async ({ origin, times }) => {
    const running = await startApp({ ...app(), adapter });
    asked.length = 0;
    await running.send({ method: 'PUT', path: '/catalog/asked-last', headers: { origin } });
    expect(asked).toEqual(Array(times).fill(origin));
    asked.length = 0;
    await running.send({ ...preflight(origin, 'PUT'), path: '/catalog/asked-last' });
    expect(asked).toEqual(Array(times).fill(origin));
    await running.close();
  });
});
