import { Controller, Get, Module, Post, Put, RequestMethod, Scope } from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { expect, test } from '@jest/globals';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import express from 'express';

import { label, startRoutedApp } from './routed-app.js';
import { routingTable } from './routing-table.js';

@Controller('health')
class Health {
  @Get() check() {}
  @Post() reset() {}
}

@Controller(['cats', 'felines'])
class Cats {
  @Get(['', 'all']) list() {}
  @Get(':id') one() {}
}

@Controller()
class Root {
  @Get() home() {}
}

routingTable('path arrays and parameters', { controllers: [Root, Cats] }, [
  { request: 'GET /', serves: 'Root.home' },
  { request: 'GET /cats', serves: 'Cats.list', methods: 'GET HEAD' },
  { request: 'HEAD /cats', serves: 'Cats.list' },
  { request: 'GET /felines/all', serves: 'Cats.list' },
  { request: 'GET /felines/7?x=/y#z', serves: 'Cats.one' },
  { request: 'GET /cats/a%2Fb', serves: 'Cats.one' },
  { request: 'GET /cats/%zz', serves: 'none' },
  { request: 'GET /cats//', serves: 'none' },
  { request: `GET /cats/${'x'.repeat(101)}`, serves: { express: 'Cats.one', fastify: 'none' } },
  { request: 'GET /cats/7/toys', serves: 'none', methods: '' },
  { request: 'POST /cats', serves: 'none', methods: 'GET HEAD' },
  { request: 'GET http://localhost/cats', serves: 'Cats.list' },
  { request: 'GET HTTP://LOCALHOST?x=1', serves: 'Root.home' },
  {
    request: 'GET ftp://localhost/cats',
    serves: { express: 'Cats.list', fastify: 'none' },
  },
  { request: 'GET *cats', serves: 'none' },
  { request: 'OPTIONS *', serves: 'none' },
]);

routingTable(
  'a global prefix and its exclusions',
  {
    controllers: [Health, Cats],
    configure: (app) =>
      app.setGlobalPrefix('api', {
        exclude: [{ path: 'health', method: RequestMethod.GET }, 'felines/{*rest}'],
      }),
  },
  [
    { request: 'GET /api/cats', serves: 'Cats.list' },
    { request: 'GET /cats', serves: 'none' },
    { request: 'GET /health', serves: 'Health.check' },
    { request: 'GET /api/health', serves: 'none', methods: 'POST' },
    { request: 'POST /api/health', serves: 'Health.reset' },
    { request: 'GET /felines/7', serves: 'Cats.one' },
    { request: 'GET /api/felines/7', serves: 'none' },
  ],
);

@Module({ controllers: [Cats] })
class CatsModule {}
@Module({ controllers: [Health] })
class HealthModule {}

routingTable(
  'RouterModule',
  {
    imports: [
      CatsModule,
      HealthModule,
      RouterModule.register([
        { path: 'zoo', module: CatsModule, children: [{ path: ':keeper', module: HealthModule }] },
      ]),
    ],
    configure: (app) => app.setGlobalPrefix('api'),
  },
  [
    { request: 'GET /api/zoo/cats', serves: 'Cats.list' },
    { request: 'GET /api/zoo/anna/health', serves: 'Health.check', methods: 'GET HEAD POST' },
    { request: 'GET /api/cats', serves: 'none' },
  ],
);

class Crud {
  @Get('inherited') list() {}
  @Put('inherited/:id') update() {}
}
@Controller('birds')
class Birds extends Crud {
  @Get('own') own() {}
}
@Controller('fish')
class Fish extends Crud {
  @Get('other') override list() {}
}
@Controller({ path: 'scoped', scope: Scope.REQUEST })
class Scoped {
  @Get() get() {}
}
@Controller({ path: 'durable', scope: Scope.REQUEST, durable: true })
class Durable extends Crud {}

routingTable(
  'inherited handlers and request-scoped controllers',
  { controllers: [Birds, Fish, Scoped, Durable] },
  [
    { request: 'GET /birds/own', serves: 'Birds.own' },
    { request: 'GET /birds/inherited', serves: 'Birds.list' },
    { request: 'PUT /fish/inherited/1', serves: 'Fish.update' },
    { request: 'GET /fish/other', serves: 'Fish.list' },
    { request: 'GET /fish/inherited', serves: 'none' },
    { request: 'GET /scoped', serves: 'Scoped.get' },
    { request: 'PUT /durable/inherited/1', serves: 'Durable.update' },
  ],
);

@Controller('files')
class ExpressFiles {
  @Get('raw/*path') wildcard() {}
  @Get('all/{*path}') optionalWildcard() {}
  @Get('doc/:name{.:ext}') extension() {}
  @Get('page{/:number}') page() {}
  @Get('legacy/*') legacy() {}
  @Get('mid/*path/end') middle() {}
}

routingTable('wildcards and optional groups', { controllers: [ExpressFiles] }, [
  { on: 'express', request: 'GET /files/raw/a/b', serves: 'ExpressFiles.wildcard' },
  { on: 'express', request: 'GET /files/raw', serves: 'none' },
  { on: 'express', request: 'GET /files/all', serves: 'none' },
  { on: 'express', request: 'GET /files/all/', serves: 'ExpressFiles.optionalWildcard' },
  { on: 'express', request: 'GET /files/all/a/b', serves: 'ExpressFiles.optionalWildcard' },
  { on: 'express', request: 'GET /files/doc/a.txt', serves: 'ExpressFiles.extension' },
  { on: 'express', request: 'GET /files/doc/a', serves: 'ExpressFiles.extension' },
  { on: 'express', request: 'GET /files/page', serves: 'ExpressFiles.page' },
  { on: 'express', request: 'GET /files/page/2', serves: 'ExpressFiles.page' },
  { on: 'express', request: 'GET /files/pages', serves: 'none' },
  { on: 'express', request: 'GET /files/legacy/a/b', serves: 'ExpressFiles.legacy' },
  { on: 'express', request: 'GET /files/mid/a/b/end', serves: 'ExpressFiles.middle' },
]);

@Controller('files')
class FastifyFiles {
  @Get('raw/*') wildcard() {}
  @Get('page/:number?') page() {}
  @Get('near/:lat-:lng') near() {}
  @Get('at/:lat,:lng') misread() {}
  @Get('in/:lat,:lng/*') misreadWithRest() {}
  @Get('num/:id(^\\d+$)') numeric() {}
  @Get(':id/of/:id') repeated() {}
}

routingTable('wildcards, optional parameters and expressions', { controllers: [FastifyFiles] }, [
  { on: 'fastify', request: 'GET /files/raw/a/b', serves: 'FastifyFiles.wildcard' },
  { on: 'fastify', request: 'GET /files/raw/', serves: 'FastifyFiles.wildcard' },
  { on: 'fastify', request: 'GET /files/page', serves: 'FastifyFiles.page' },
  { on: 'fastify', request: 'GET /files/page/2', serves: 'FastifyFiles.page' },
  { on: 'fastify', request: 'GET /files/near/1-2', serves: 'FastifyFiles.near' },
  { on: 'fastify', request: 'GET /files/near/1-', serves: 'none' },
  { on: 'fastify', request: 'GET /files/at/1,2', serves: 'FastifyFiles.misread' },
  { on: 'fastify', request: 'GET /files/at/12', serves: 'none' },
  { on: 'fastify', request: 'GET /files/in/1,2/a/b', serves: 'FastifyFiles.misreadWithRest' },
  { on: 'fastify', request: 'GET /files/in/1,2/', serves: 'FastifyFiles.misreadWithRest' },
  { on: 'fastify', request: 'GET /files/in/12/a/b', serves: 'none' },
  { on: 'fastify', request: 'GET /files/num/12', serves: 'FastifyFiles.numeric' },
  { on: 'fastify', request: 'GET /files/num/x', serves: 'none' },
  { on: 'fastify', request: 'GET /files/1/of/2', serves: 'FastifyFiles.repeated' },
  { on: 'fastify', request: 'GET /files//of/2', serves: 'none' },
]);

@Controller('slashes')
class Slashes {
  @Get('one/') one() {}
  @Get('two//') two() {}
  @Get('three///') three() {}
}
/** Adapters of early Nest 11 do not tell their settings. */
for (const [told, silence] of [
  ['', {}],
  [' that the adapter does not tell', { getRouteMatchingOptions: undefined }],
] as const) {
  const settings = (set: Record<string, boolean>) => ({
    controllers: [Root, Cats, Slashes],
    httpAdapter: Object.assign(
      new ExpressAdapter(
        Object.entries(set).reduce((app, [name, value]) => app.set(name, value), express()),
      ),
      silence,
    ),
  });
  routingTable(`Express's default settings${told}`, () => settings({}), [
    { on: 'express', request: 'GET /', serves: 'Root.home' },
    { on: 'express', request: 'GET /CATS/All', serves: 'Cats.list' },
    { on: 'express', request: 'GET /cats/', serves: 'Cats.list' },
    { on: 'express', request: 'GET /slashes/one', serves: 'Slashes.one' },
    { on: 'express', request: 'GET /slashes/one/', serves: 'Slashes.one' },
    { on: 'express', request: 'GET /slashes/two', serves: 'Slashes.two' },
    { on: 'express', request: 'GET /slashes/three', serves: 'Slashes.three' },
  ]);
  routingTable(
    `Express's case-sensitive routing${told}`,
    () => settings({ 'case sensitive routing': true }),
    [
      { on: 'express', request: 'GET /CATS', serves: 'none' },
      { on: 'express', request: 'GET /cats/All', serves: 'Cats.one' },
    ],
  );
  routingTable(`Express's strict routing${told}`, () => settings({ 'strict routing': true }), [
    { on: 'express', request: 'GET /cats/', serves: 'none' },
    { on: 'express', request: 'GET /CATS', serves: 'Cats.list' },
    { on: 'express', request: 'GET /', serves: 'Root.home' },
    // Nest itself takes one slash off.
    { on: 'express', request: 'GET /slashes/one', serves: 'Slashes.one' },
    { on: 'express', request: 'GET /slashes/one/', serves: 'none' },
    { on: 'express', request: 'GET /slashes/two', serves: 'none' },
    { on: 'express', request: 'GET /slashes/two/', serves: 'Slashes.two' },
  ]);
}

test('a request target without a path is served by nobody', async () => {
  const app = await startRoutedApp({ httpAdapter: new ExpressAdapter(), controllers: [Root] });
  for (const url of ['', '?x', 'http://[host/']) {
    const request = { method: 'GET', url, headers: {} };
    expect(label(app.table.find(request))).toBe('none');
    expect(app.table.at(request, 'GET').candidates).toEqual([]);
  }
  await app.close();
});

@Controller('slashes')
class FastifySlashes {
  @Get('one///two') two() {}
  @Get('end//') end() {}
}

routingTable("Fastify's default settings", { controllers: [Cats, FastifySlashes] }, [
  { on: 'fastify', request: 'GET /slashes/one///two', serves: 'FastifySlashes.two' },
  { on: 'fastify', request: 'GET /slashes/one/two', serves: 'none' },
  { on: 'fastify', request: 'GET /slashes/end/', serves: 'FastifySlashes.end' },
  { on: 'fastify', request: 'GET /slashes/end', serves: 'none' },
  { on: 'fastify', request: 'GET /CATS', serves: 'none' },
  { on: 'fastify', request: 'GET /cats/', serves: 'none' },
  { on: 'fastify', request: 'GET //cats', serves: 'none' },
  { on: 'fastify', request: 'GET /cats;x=1', serves: 'none' },
  { on: 'fastify', request: `GET /cats/${'x'.repeat(100)}`, serves: 'Cats.one' },
  { on: 'fastify', request: `GET /cats/${'x'.repeat(101)}`, serves: 'none' },
]);
@Controller('unsafe')
class Unsafe {
  @Get(':id(^(a+)+$)') one() {}
}

routingTable(
  "Fastify's routing settings",
  () => ({
    controllers: [Root, Cats, Unsafe, FastifySlashes],
    httpAdapter: new FastifyAdapter({
      // Missing from the type of `routerOptions`.
      useSemicolonDelimiter: true,
      routerOptions: {
        caseSensitive: false,
        ignoreTrailingSlash: true,
        ignoreDuplicateSlashes: true,
        allowUnsafeRegex: true,
        maxParamLength: 5,
      },
    }),
  }),
  [
    { on: 'fastify', request: 'GET /', serves: 'Root.home' },
    { on: 'fastify', request: 'GET /slashes/one/two', serves: 'FastifySlashes.two' },
    { on: 'fastify', request: 'GET /slashes/end', serves: 'FastifySlashes.end' },
    { on: 'fastify', request: 'GET /slashes/end/', serves: 'FastifySlashes.end' },
    { on: 'fastify', request: 'GET /CATS/All/', serves: 'Cats.list' },
    { on: 'fastify', request: 'GET //cats///7', serves: 'Cats.one' },
    { on: 'fastify', request: 'GET /cats;x=1', serves: 'Cats.list' },
    { on: 'fastify', request: 'GET /cats/12345', serves: 'Cats.one' },
    { on: 'fastify', request: 'GET /cats/123456', serves: 'none' },
    { on: 'fastify', request: 'GET /unsafe/aaa', serves: 'Unsafe.one' },
    { on: 'fastify', request: 'GET /unsafe/b', serves: 'none' },
  ],
);
routingTable(
  "Fastify's routing settings where an instance of Fastify 4's style has them",
  () => ({
    controllers: [Cats, Unsafe],
    httpAdapter: new FastifyAdapter({
      caseSensitive: false,
      ignoreTrailingSlash: true,
      ignoreDuplicateSlashes: true,
      allowUnsafeRegex: true,
      maxParamLength: 5,
    }),
  }),
  [
    { on: 'fastify', request: 'GET /CATS', serves: 'Cats.list' },
    { on: 'fastify', request: 'GET /cats/all/', serves: 'Cats.list' },
    { on: 'fastify', request: 'GET //cats///7', serves: 'Cats.one' },
    { on: 'fastify', request: 'GET /unsafe/aaa', serves: 'Unsafe.one' },
    { on: 'fastify', request: 'GET /cats/123456', serves: 'none' },
  ],
);
