import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  Module,
  UseGuards,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { CorsModule } from '../../src/index.js';
import { APP, EVIL } from '../harness/origins.js';
import { ADAPTERS, type AppSetup, type RunningApp, startApp } from '../harness/start-app.js';

let ran: string[] = [];
let app: RunningApp | undefined;
beforeEach(() => {
  ran = [];
});
afterEach(async () => {
  await app?.close();
  app = undefined;
});

/** A guard that uses something up: a rate limit, a session. */
function guardNamed(name: string): new () => CanActivate {
  @Injectable()
  class NamedGuard implements CanActivate {
    canActivate(_context: ExecutionContext): boolean {
      ran.push(name);
      return true;
    }
  }
  return NamedGuard;
}

@UseGuards(guardNamed('controller'))
@Controller()
class BooksController {
  @Get() read() {
    ran.push('handler');
    return 'read';
  }
}

@Module({ providers: [{ provide: APP_GUARD, useClass: guardNamed('earlier module') }] })
class EarlierModule {}

@Module({ providers: [{ provide: APP_GUARD, useClass: guardNamed('later module') }] })
class LaterModule {}

const setup: AppSetup = {
  imports: [EarlierModule, CorsModule.forRoot({ origin: APP }), LaterModule],
  providers: [{ provide: APP_GUARD, useClass: guardNamed('root') }],
  controllers: [BooksController],
  configure: (nest) => nest.useGlobalGuards(new (guardNamed('main.ts'))()),
};

describe.each(ADAPTERS)('Ahead of every other guard, on %s,', (adapter) => {
  test('a refused request is refused: none of them runs for it', async () => {
    app = await startApp({ ...setup, adapter });
    expect((await app.send({ path: '/', headers: { origin: EVIL } })).status).toBe(403);
    expect(ran).toEqual([]);
  });

  test('an allowed one is let through: each of them runs, in the order they had', async () => {
    app = await startApp({ ...setup, adapter });
    expect((await app.send({ path: '/', headers: { origin: APP } })).status).toBe(200);
    expect(ran).toEqual([
      'root',
      'earlier module',
      'later module',
      'main.ts',
      'controller',
      'handler',
    ]);
  });
});
