import { Controller, Get, Head, Post, Put } from '@nestjs/common';
import { expect, test } from '@jest/globals';
import { FastifyAdapter } from '@nestjs/platform-fastify';

import { label, startRoutedApp } from './routed-app.js';
import { routingTable } from './routing-table.js';

@Controller('items')
class Items {
  @Get(':id') one() {}
  @Get('special') special() {}
  @Put('special') putSpecial() {}
  @Put(':id') put() {}
}
@Controller('items')
class Others {
  @Get(':name') shadowed() {}
  @Post('special') post() {}
}

routingTable('routes that overlap', { controllers: [Items] }, [
  {
    request: 'GET /items/special',
    serves: { express: 'Items.one', fastify: 'Items.special' },
    methods: 'GET HEAD PUT',
  },
  { request: 'PUT /items/special', serves: 'Items.putSpecial' },
  { request: 'PUT /items/7', serves: 'Items.put' },
  { request: 'GET /items/7', serves: 'Items.one' },
]);

routingTable(
  "routeResolutionStrategy: 'specificity'",
  { controllers: [Items], nest: { routeResolutionStrategy: 'specificity' } },
  [
    { request: 'GET /items/special', serves: 'Items.special' },
    { request: 'PUT /items/special', serves: 'Items.putSpecial' },
    { request: 'GET /items/7', serves: 'Items.one' },
  ],
);

routingTable('the same path in two controllers', { controllers: [Items, Others] }, [
  { on: 'express', request: 'GET /items/7', serves: 'Items.one' },
  {
    on: 'express',
    request: 'POST /items/special',
    serves: 'Others.post',
    methods: 'GET HEAD POST PUT',
  },
]);

@Controller('items')
class Duplicates {
  @Get(':id') again() {}
}
routingTable(
  'duplicates that routeConflictPolicy reports only',
  { controllers: [Items, Duplicates], nest: { routeConflictPolicy: { duplicate: 'warn' } } },
  [{ request: 'GET /items/7', serves: 'Items.one' }],
);

test('a route that Fastify has no place for is not among those of the table', async () => {
  const app = await startRoutedApp({
    httpAdapter: new FastifyAdapter(),
    controllers: [Items, Duplicates],
    nest: { routeConflictPolicy: { duplicate: 'warn' } },
  });
  expect(app.table.routes.map(label)).toEqual([
    'Items.one',
    'Items.special',
    'Items.putSpecial',
    'Items.put',
  ]);
  await app.close();
});

@Controller('escapes')
class Escapes {
  @Get('first') first() {}
  @Post(':id') post() {}
  @Get('*rest') rest() {}
}
routingTable('a path that a route for another method cannot decode', { controllers: [Escapes] }, [
  { on: 'express', request: 'GET /escapes/first', serves: 'Escapes.first' },
  { on: 'express', request: 'GET /escapes/ok', serves: 'Escapes.rest' },
  { on: 'express', request: 'GET /escapes/%ff', serves: 'none' },
  { on: 'express', request: 'GET /escapes/first/%ff', serves: 'none' },
]);

@Controller('encoded')
class Encoded {
  @Get(':id.json') json() {}
  @Post(':id') post() {}
  @Get('%ff') literal() {}
  @Get(':id') one() {}
}
routingTable('escapes in a path', { controllers: [Encoded] }, [
  { on: 'express', request: 'GET /encoded/a%20b', serves: 'Encoded.one' },
  { on: 'express', request: 'GET /encoded/a%20b.json', serves: 'Encoded.json' },
  // The route for POST cannot decode it, and comes first.
  { on: 'express', request: 'GET /encoded/%ff', serves: 'none' },
]);

@Controller('quiet')
class Quiet {
  @Get() get() {}
}
routingTable(
  "Fastify's exposeHeadRoutes: false",
  () => ({
    controllers: [Quiet],
    httpAdapter: new FastifyAdapter({ exposeHeadRoutes: false }),
  }),
  [
    { on: 'fastify', request: 'GET /quiet', serves: 'Quiet.get', methods: 'GET' },
    { on: 'fastify', request: 'HEAD /quiet', serves: 'none' },
  ],
);

@Controller('own-head')
class OwnHead {
  @Get() get() {}
  @Head() head() {}
}
routingTable(
  "a HEAD of its own with Fastify's exposeHeadRoutes: false",
  () => ({
    controllers: [Quiet, OwnHead],
    httpAdapter: new FastifyAdapter({ exposeHeadRoutes: false }),
  }),
  [
    { on: 'fastify', request: 'GET /own-head', serves: 'OwnHead.get', methods: 'GET HEAD' },
    { on: 'fastify', request: 'HEAD /own-head', serves: 'OwnHead.head' },
  ],
);

@Controller('only-head')
class OnlyHead {
  @Head() head() {}
  @Post() post() {}
}
routingTable('HEAD without GET', { controllers: [OnlyHead] }, [
  { request: 'HEAD /only-head', serves: 'OnlyHead.head', methods: 'HEAD POST' },
  { request: 'GET /only-head', serves: 'none' },
]);

/** Thirteen routes, so that their places have one digit or two. */
@Controller('many')
class Many {
  @Post('0') p0() {}
  @Post('a') postA() {}
  @Put('b') putB() {}
  @Post('3') p3() {}
  @Post('4') p4() {}
  @Post('5') p5() {}
  @Post('6') p6() {}
  @Post('7') p7() {}
  @Post('8') p8() {}
  @Post('9') p9() {}
  @Post('10') p10() {}
  @Post('b') postB() {}
  @Put('a') putA() {}
}
routingTable(
  'URLs with routes of their own, one asked about after the other',
  { controllers: [Many] },
  [
    { request: 'PUT /many/a', serves: 'Many.putA', methods: 'POST PUT' },
    { request: 'PUT /many/b', serves: 'Many.putB', methods: 'POST PUT' },
    { request: 'POST /many/a', serves: 'Many.postA' },
    { request: 'POST /many/b', serves: 'Many.postB' },
  ],
);
