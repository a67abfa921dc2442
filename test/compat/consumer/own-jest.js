/* global test, expect -- what Jest gives to its tests */
// A test as a CommonJS project has it, run by the project's own Jest.
require('reflect-metadata');
const { Controller, Get, Module } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { Cors, CorsModule, CorsPolicyService } = require('nestjs-cors');

class ThingsController {
  list() {
    return [];
  }
}
const { prototype } = ThingsController;
Get()(prototype, 'list', Object.getOwnPropertyDescriptor(prototype, 'list'));
Cors({ origin: 'https://app.example.com' })(ThingsController);
Controller('things')(ThingsController);

class AppModule {}
Module({ imports: [CorsModule.forRoot({})], controllers: [ThingsController] })(AppModule);

test('the package works in Jest', async () => {
  const app = await NestFactory.create(AppModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  const decision = await app.get(CorsPolicyService).evaluate({
    method: 'GET',
    url: '/things',
    headers: { origin: 'https://app.example.com' },
  });
  expect(decision.headers['Access-Control-Allow-Origin']).toBe('https://app.example.com');
  const answer = await fetch(`${await app.getUrl()}/things`, {
    headers: { origin: 'https://evil.example' },
  });
  expect(answer.status).toBe(403);
  await app.close();
});
