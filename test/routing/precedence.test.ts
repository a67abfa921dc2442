import { Controller, Get, Head, Post, Put } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';

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
@Controller('own-head')
class OwnHead {
  @Get() get() {}
  @Head() head() {}
}
routingTable(
  "Fastify's exposeHeadRoutes: false",
  () => ({
    controllers: [Quiet, OwnHead],
    httpAdapter: new FastifyAdapter({ exposeHeadRoutes: false }),
  }),
  [
    { on: 'fastify', request: 'GET /quiet', serves: 'Quiet.get', methods: 'GET' },
    { on: 'fastify', request: 'HEAD /quiet', serves: 'none' },
    { on: 'fastify', request: 'GET /own-head', serves: 'OwnHead.get', methods: 'GET HEAD' },
    { on: 'fastify', request: 'HEAD /own-head', serves: 'OwnHead.head' },
  ],
);
