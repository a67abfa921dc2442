/* global test, expect, jest -- what Jest gives to its tests */
// A test as a CommonJS project has it, run by the project's own Jest.
require('reflect-metadata');
const { Controller, Get, Module } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { Cors, CorsModule, CorsPolicyService } = require('nestjs-cors');
const { openPage } = require('nestjs-cors/testing');

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

test('the kit works in Jest, whose clock it goes by', async () => {
  const app = await NestFactory.create(AppModule, { logger: false });
  const page = await openPage(app, 'https://app.example.com');
  const send = () => page.fetch('/things', { headers: { 'x-csrf-token': '1' } });
  const preflights = () => page.exchanges.filter(({ kind }) => kind === 'preflight').length;
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'setInterval'] });
  await send();
  jest.advanceTimersByTime(7_199_000);
  await send();
  expect(preflights()).toBe(1);
  jest.advanceTimersByTime(1_000);
  await send();
  expect(preflights()).toBe(2);
  jest.useRealTimers();
  const stranger = page.open('https://evil.example');
  await expect(stranger.fetch('/things')).rejects.toThrow(TypeError);
  await app.close();
});
