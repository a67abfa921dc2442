import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Controller, Get, Injectable, Logger, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Cors, CorsModule, type CorsOriginResolver, CorsPolicyService } from '../../src/index.js';
import { ADMIN, APP, EVIL } from '../harness/origins.js';
import { ADAPTERS, type RunningApp, startApp } from '../harness/start-app.js';

const PREVIEW = 'https://x.preview.example.com';
const PUBLIC = 'https://public.example.com';

@Injectable()
class TenantOrigins implements CorsOriginResolver {
  async isOriginAllowed(): Promise<boolean> {
    return false;
  }
}

@Controller('account')
class AccountController {
  @Get() read() {
    return 'read';
  }
  @Post() update() {
    return 'saved';
  }
  @Cors({ origin: [ADMIN, TenantOrigins, () => false] }) @Post('limits') limits() {
    return 'saved';
  }
  @Cors({ origin: PUBLIC, credentials: false }) @Post('search') search() {
    return 'found';
  }
  @Cors('unused') @Get('named') named() {
    return 'read';
  }
}

const cors = () =>
  CorsModule.forRoot({
    origin: [APP, 'https://*.preview.example.com', /^https:\/\/pr-\d+\.example\.com$/],
    credentials: true,
    policies: {
      unused: { origin: 'https://named.example.com' },
      nowhere: { origin: 'https://nowhere.example.com' },
    },
    paths: [{ path: '/graphql', policy: { origin: 'http://localhost:4200' } }],
  });

afterEach(() => {
  jest.restoreAllMocks();
});

describe.each(ADAPTERS)('trustedOrigins(), on %s,', (adapter) => {
  let app: RunningApp;
  let trusted: string[] = [];
  const warnings: string[] = [];
  beforeAll(async () => {
    const warn = jest
      .spyOn(Logger.prototype, 'warn')
      .mockImplementation((message: unknown) => void warnings.push(String(message)));
    app = await startApp({
      adapter,
      imports: [cors()],
      controllers: [AccountController],
      configure: (nest) => {
        // Before the application is initialized, as enableCsrfProtection() has to be.
        trusted = nest.get(CorsPolicyService).trustedOrigins();
        nest.enableCsrfProtection({ trustedOrigins: trusted });
      },
    });
    warn.mockRestore();
  });
  afterAll(() => app.close());

  test('lists the exact origins that are allowed with credentials, and no others', () => {
    expect(trusted.toSorted()).toEqual([
      'http://localhost:4200',
      ADMIN,
      APP,
      'https://named.example.com',
    ]);
  });

  test('names the rules that it cannot list in one warning', () => {
    expect(warnings.filter((line) => line.includes('trustedOrigins()'))).toEqual([
      'trustedOrigins() cannot list what these rules allow with credentials: ' +
        'https://*.preview.example.com, /^https:\\/\\/pr-\\d+\\.example\\.com$/, TenantOrigins, a function; ' +
        'name the origins that CSRF protection should trust yourself.',
    ]);
  });

  test.each([
    { who: 'a trusted origin', method: 'POST', path: '/account', origin: APP, status: 201 },
    {
      who: 'a trusted origin of one route',
      method: 'POST',
      path: '/account/limits',
      origin: ADMIN,
      status: 201,
    },
    {
      who: 'a trusted origin that CORS does not allow here',
      method: 'POST',
      path: '/account',
      origin: ADMIN,
      status: 403,
    },
    {
      who: 'an origin that a pattern allows',
      method: 'POST',
      path: '/account',
      origin: PREVIEW,
      status: 403,
    },
    { who: 'the same, reading,', method: 'GET', path: '/account', origin: PREVIEW, status: 200 },
    {
      who: 'an origin that is allowed without credentials',
      method: 'POST',
      path: '/account/search',
      origin: PUBLIC,
      status: 403,
    },
    { who: "a stranger's origin", method: 'POST', path: '/account', origin: EVIL, status: 403 },
  ])('$who gets $status for $method $path', async ({ method, path, origin, status }) => {
    const answer = await app.send({
      method,
      path,
      headers: { origin, 'sec-fetch-site': 'cross-site' },
    });
    expect(answer.status).toBe(status);
  });

  test('is the same once the application runs, and follows a change', async () => {
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    const service = app.nest.get(CorsPolicyService);
    expect(service.trustedOrigins()).toEqual(trusted);
    await service.reconfigure({ origin: EVIL, credentials: true, policies: { unused: {} } });
    expect(service.trustedOrigins().toSorted()).toEqual([ADMIN, EVIL]);
  });
});

test('trustedOrigins() says nothing where everything can be listed', async () => {
  const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  class AppModule {}
  const context = await NestFactory.createApplicationContext(
    {
      module: AppModule,
      imports: [CorsModule.forRoot({ origin: [APP, ADMIN], credentials: true })],
    },
    { logger: false },
  );
  expect(context.get(CorsPolicyService).trustedOrigins()).toEqual([APP, ADMIN]);
  expect(warn).not.toHaveBeenCalled();
  await context.close();
});
