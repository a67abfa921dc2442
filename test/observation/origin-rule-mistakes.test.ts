import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Controller, Get, Injectable, Logger } from '@nestjs/common';
import { Cors, CorsModule, type CorsOriginResolver } from '../../src/index.js';
import { APP } from '../harness/origins.js';
import { ADAPTERS, type RunningApp, startApp } from '../harness/start-app.js';

/** What finds a row of a table, and hands that on instead of an answer. */
@Injectable()
class TenantOrigins implements CorsOriginResolver {
  isOriginAllowed(origin: string): boolean {
    return { id: 7, origin } as unknown as boolean;
  }
}

type Answer = (error: null, isAllowed: boolean) => void;

/** As the `cors` package has it, with the callback where nobody sees that it is called. */
const handsOn = (...[, callback]: [string, Answer]) => {
  callback(null, true);
};

@Controller()
class RulesController {
  @Cors({ origin: TenantOrigins }) @Get('entity') entity() {}
  @Cors({ origin: handsOn as unknown as () => boolean }) @Get('callback') callback() {}
  @Cors({
    origin: [
      () => {
        throw new Error('The database is down.');
      },
    ],
  })
  @Get('throws')
  throws() {}
}

describe.each(ADAPTERS)(
  'The log of origin rules that answer what is no answer, or throw, on %s,',
  (adapter) => {
    let app: RunningApp | undefined;
    afterEach(async () => {
      jest.restoreAllMocks();
      await app?.close();
    });

    test.each([
      [
        'names the class that answers with an entity',
        '/entity',
        /^The origin rule TenantOrigins failed for "https:\/\/app\.example\.com": TypeError: The origin rule TenantOrigins must answer true or false; it answered an object/,
      ],
      [
        'names the function that calls back, and says to return',
        '/callback',
        /^The origin rule handsOn failed for .*: TypeError: callback is not a function[^]*let the function return the answer, a boolean or a Promise of it\.$/,
      ],
      [
        'has the error of a function without a name',
        '/throws',
        /^The origin rule \(a function\) failed for "https:\/\/app\.example\.com": Error: The database is down\.\n +at /,
      ],
    ] as const)('%s', async (_, path, line) => {
      const running = await startApp({
        adapter,
        imports: [CorsModule.forRoot()],
        controllers: [RulesController],
        providers: [TenantOrigins],
      });
      app = running;
      const log = jest.spyOn(Logger.prototype, 'error').mockReturnValue(undefined);
      await running.send({ path, headers: { origin: APP } });
      expect(log.mock.calls).toEqual([[expect.stringMatching(line)]]);
    });
  },
);
