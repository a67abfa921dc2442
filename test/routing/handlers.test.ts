import { All, Controller, Get, Module, Post } from '@nestjs/common';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { expect, test } from '@jest/globals';

import { collectHandlers } from '../../src/routing/collect-handlers.js';
import { EMPTY_ROUTE_TABLE } from '../../src/routing/empty-route-table.js';

class Crud {
  @Get() list() {}
  @Post() create() {}
  help() {}
}
@Controller('cats')
class Cats extends Crud {
  @Get(['one', 'other']) one() {}
}
@Controller(['dogs', 'hounds'])
class Dogs {
  @All() all() {}
}
@Controller('none')
class Nothing {}

@Module({ controllers: [Dogs] })
class DogsModule {}
@Module({ imports: [DogsModule], controllers: [Cats, Nothing] })
class AppModule {}

test('every handler of every controller is known, once, without any HTTP server', async () => {
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  const handlers = collectHandlers(app.get(ModulesContainer));
  expect(
    handlers.map(({ controller, handlerName }) => `${controller.name}.${handlerName}`).sort(),
  ).toStrictEqual(['Cats.create', 'Cats.list', 'Cats.one', 'Dogs.all']);
  expect(new Set(handlers.map(({ controller }) => controller))).toStrictEqual(
    new Set([Cats, Dogs]),
  );
  await app.close();
});

test('an application without an HTTP server routes nothing', () => {
  const request = { method: 'GET', url: '/cats', headers: {} };
  expect(EMPTY_ROUTE_TABLE.routes).toStrictEqual([]);
  expect(EMPTY_ROUTE_TABLE.find(request)).toBeUndefined();
  const { candidates, methods } = EMPTY_ROUTE_TABLE.at(request, 'GET');
  expect([candidates.length, methods.size]).toStrictEqual([0, 0]);
});
