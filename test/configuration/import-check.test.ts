import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import express from 'express';
import { CorsModule } from '../../src/index.js';

afterEach(() => {
  jest.restoreAllMocks();
});

/** What the log warns of when an application starts on an Express instance. */
async function warningsOn(instance: express.Express): Promise<readonly unknown[]> {
  const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  class AppModule {}
  Module({ imports: [CorsModule.forRoot({})] })(AppModule);
  const nest = await NestFactory.create(AppModule, new ExpressAdapter(instance), {
    logger: ['warn'],
  });
  nest.use(function addedLater(_request: unknown, _response: unknown, next: () => void) {
    next();
  });
  await nest.init();
  await nest.close();
  return warn.mock.calls.map(([message]): unknown => message);
}

describe('Middleware of an Express instance', () => {
  test('that was there before Nest got it is named in a warning', async () => {
    const instance = express();
    instance.use(function corsOfItsOwn(_request, _response, next) {
      next();
    });
    expect(await warningsOn(instance)).toEqual([
      expect.stringMatching(/corsOfItsOwn.*app\.use\(\).*\[middleware-ahead\]/),
    ]);
  });

  test('that is added to the application draws no warning', async () => {
    expect(await warningsOn(express())).toEqual([]);
  });
});
