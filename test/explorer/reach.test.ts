import {
  Injectable,
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  type LoggerService,
  Module,
  type NestInterceptor,
  VersioningType,
} from '@nestjs/common';
import { afterEach, describe, expect, test } from '@jest/globals';
import { map } from 'rxjs';
import { CorsExplorerModule } from '../../src/explorer/index.js';
import type { CorsModuleOptions } from '../../src/index.js';
import { valuesOf } from '../harness/send.js';
import { ADAPTERS, type AppSetup, type RunningApp, startApp } from '../harness/start-app.js';
import { ADDRESSES, type ExplainedSetup, POLICIES, startExplained } from './explained-app.js';

/** Ends by itself, unlike the live decisions. */
const ENDING = ADDRESSES.filter((address) => address !== '/live');

let app: RunningApp | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function statuses(path: string, headers: Record<string, string> = {}): Promise<number[]> {
  const answers: number[] = [];
  for (const address of ENDING) {
    answers.push((await running().send({ path: path + address, headers })).status);
  }
  return answers;
}

function running(): RunningApp {
  if (app === undefined) throw new Error('No application was started.');
  return app;
}

/** What somebody may do who wants every answer of the application in one shape. */
@Injectable()
class Wrapping implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler) {
    return next.handle().pipe(map((data: unknown) => ({ data })));
  }
}

const SETTINGS: readonly (Pick<ExplainedSetup, 'configure' | 'explorer'> & {
  readonly name: string;
  readonly path: string;
})[] = [
  { name: 'at /cors', path: '/cors' },
  {
    name: 'below the global prefix',
    configure: (nest) => nest.setGlobalPrefix('api/v2'),
    path: '/api/v2/cors',
  },
  {
    name: 'without the version that all other routes have in their URL',
    configure: (nest) => nest.enableVersioning({ type: VersioningType.URI, defaultVersion: '3' }),
    path: '/cors',
  },
  {
    name: 'to browsers, which send no header with a version',
    configure: (nest) =>
      nest.enableVersioning({
        type: VersioningType.HEADER,
        header: 'x-version',
        defaultVersion: '3',
      }),
    path: '/cors',
  },
  {
    name: 'at a path of its own',
    explorer: { path: 'tools/who-may-call' },
    path: '/tools/who-may-call',
  },
  {
    name: 'at a path that is written with a slash',
    explorer: { path: '/tools/cors' },
    path: '/tools/cors',
  },
  {
    name: 'unchanged where an interceptor wraps what handlers return',
    configure: (nest) => nest.useGlobalInterceptors(new Wrapping()),
    path: '/cors',
  },
];

describe.each(ADAPTERS)('on %s, the explorer is', (adapter) => {
  test.each(SETTINGS)('$name', async ({ name: _, path, ...setup }) => {
    app = await startExplained({ adapter, ...setup });
    expect(await statuses(path)).toEqual(ENDING.map(() => 200));
    const page = await app.send({ path });
    expect(valuesOf(page, 'content-type')).toEqual(['text/html; charset=utf-8']);
    const found = [...page.body.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, reference = '']) => {
      const { pathname } = new URL(reference, `http://api.example.com${path}`);
      return pathname;
    });
    expect(found).toEqual([`${path}/icon.svg`, `${path}/page.css`, `${path}/page.js`]);
    const document = await app.send({ path: `${path}/document` });
    expect(JSON.parse(document.body)).toMatchObject({ format: 'nestjs-cors/1' });
  });

  test('a page that holds no script, no style and no address of another origin itself', async () => {
    app = await startExplained({ adapter });
    const { body } = await app.send({ path: '/cors' });
    // helmet's default: script-src 'self'; script-src-attr 'none'; style-src 'self' https: 'unsafe-inline'.
    expect(body).not.toMatch(/<style|style=|<script(?![^>]* src=)| on\w+=|\w+:\/\//i);
    const { body: script } = await app.send({ path: '/cors/page.js' });
    expect(script).not.toMatch(/\beval\(|new Function\(|sourceMappingURL/);
  });

  test('read by `nestjs-cors --from` at its address, as any document', async () => {
    app = await startExplained({ adapter });
    const { body } = await app.send({ path: '/cors', headers: { accept: 'application/json' } });
    expect(JSON.parse(body)).toEqual(JSON.parse((await app.send({ path: '/cors/document' })).body));
  });
});

const ENVIRONMENT = process.env['NODE_ENV'];
afterEach(() => {
  process.env['NODE_ENV'] = ENVIRONMENT;
});

class Lines implements LoggerService {
  readonly lines: string[] = [];
  log(message: string): void {
    this.lines.push(message);
  }
  warn(): void {}
  error(): void {}
}

const SWITCHES = [
  { environment: 'development', enabled: undefined, status: 200, says: 0 },
  { environment: '', enabled: undefined, status: 200, says: 0 },
  { environment: 'production', enabled: undefined, status: 404, says: 1 },
  { environment: 'production', enabled: true, status: 200, says: 0 },
  { environment: 'production', enabled: false, status: 404, says: 1 },
  { environment: 'development', enabled: false, status: 404, says: 1 },
] as const;

describe.each(ADAPTERS)('on %s', (adapter) => {
  test.each(SWITCHES)(
    'with NODE_ENV "$environment" and enabled $enabled the explorer answers $status, and the log says so $says times',
    async ({ environment, enabled, status, says }) => {
      process.env['NODE_ENV'] = environment;
      const logger = new Lines();
      // The log of the module is Nest's own, as soon as the application has one.
      const { Logger } = await import('@nestjs/common');
      Logger.overrideLogger(logger);
      app = await startExplained({
        adapter,
        ...(enabled !== undefined && { explorer: { enabled } }),
        nest: { logger },
      });
      expect(await statuses('/cors')).toEqual(ENDING.map(() => status));
      expect(logger.lines.filter((line) => line.includes('explorer is off'))).toHaveLength(says);
      Logger.overrideLogger(false);
    },
  );

  test('guards stand before everything, with providers of modules that are imported for them', async () => {
    @Injectable()
    class Staff {
      readonly keys = new Set(['letmein']);
    }
    @Module({ providers: [Staff], exports: [Staff] })
    class StaffModule {}
    @Injectable()
    class StaffGuard implements CanActivate {
      constructor(private readonly staff: Staff) {}
      canActivate(context: ExecutionContext): boolean {
        const { headers } = context
          .switchToHttp()
          .getRequest<{ headers: Record<string, string> }>();
        return this.staff.keys.has(headers['x-key'] ?? '');
      }
    }
    app = await startExplained({
      adapter,
      explorer: { guards: [StaffGuard], imports: [StaffModule] },
    });
    expect(await statuses('/cors')).toEqual(ENDING.map(() => 403));
    expect((await app.send({ path: '/cors/live' })).status).toBe(403);
    expect(await statuses('/cors', { 'x-key': 'letmein' })).toEqual(ENDING.map(() => 200));
  });
});

/** The worst that defaults can say, as far as they let an application start. */
const OPEN_TO_ALL: CorsModuleOptions = {
  ...{ origin: '*', methods: '*', allowedHeaders: '*', exposedHeaders: '*', enforce: false },
  preflightContinue: true,
  policies: POLICIES.policies ?? {},
  paths: [{ path: ['/', '/cors', '/cors/document', '/cors/*rest'], policy: 'public' }],
};

const STRANGERS: readonly { readonly name: string; readonly headers: Record<string, string> }[] = [
  {
    name: 'fetch() on another site',
    headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
  },
  {
    name: 'fetch() on another origin of the same site',
    headers: { origin: 'https://www.example.com', 'sec-fetch-site': 'same-site' },
  },
  {
    name: 'fetch() of a browser that says nothing of sites',
    headers: { origin: 'https://evil.example' },
  },
  { name: 'a sandboxed frame', headers: { origin: 'null' } },
  {
    name: 'a script element of another site',
    headers: {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'no-cors',
      'sec-fetch-dest': 'script',
    },
  },
  {
    name: 'an image of another port',
    headers: {
      'sec-fetch-site': 'same-site',
      'sec-fetch-mode': 'no-cors',
      'sec-fetch-dest': 'image',
    },
  },
  {
    name: 'a frame',
    headers: {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'iframe',
    },
  },
  {
    name: 'a link',
    headers: {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    },
  },
  {
    name: 'a link, whose header a proxy repeats',
    headers: { 'sec-fetch-site': 'cross-site, cross-site', 'sec-fetch-mode': 'navigate' },
  },
];

const OWN: readonly { readonly name: string; readonly headers: Record<string, string> }[] = [
  {
    name: 'a user who types the address',
    headers: { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' },
  },
  { name: 'its own page', headers: { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' } },
  {
    name: 'its own page behind a proxy that repeats headers',
    headers: { 'sec-fetch-site': 'same-origin, same-origin' },
  },
  { name: 'curl', headers: {} },
];

describe.each(ADAPTERS)('on %s, whatever the defaults are', (adapter) => {
  test.each(STRANGERS)('$name gets nothing', async ({ headers }) => {
    app = await startExplained({ adapter, policies: OPEN_TO_ALL });
    for (const address of ADDRESSES) {
      const answer = await app.send({ path: `/cors${address}`, headers });
      const cors = answer.headers.filter(([name]) => name.startsWith('access-control-'));
      expect([address, answer.status, cors]).toEqual([address, 403, []]);
      expect(answer.body).not.toMatch(/BooksController|shop\.example/);
    }
  });

  test.each(OWN)('$name gets it', async ({ headers }) => {
    app = await startExplained({ adapter, policies: OPEN_TO_ALL });
    expect(await statuses('/cors', headers)).toEqual(ENDING.map(() => 200));
  });

  test('no preflight for it is allowed', async () => {
    app = await startExplained({ adapter, policies: OPEN_TO_ALL });
    const { headers } = await app.send({
      method: 'OPTIONS',
      path: '/cors/document',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'GET' },
    });
    expect(headers.filter(([name]) => name.startsWith('access-control-allow-'))).toEqual([]);
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('it has no %s', async (method) => {
    app = await startExplained({ adapter, policies: OPEN_TO_ALL });
    for (const address of ADDRESSES) {
      expect((await app.send({ method, path: `/cors${address}` })).status).toBe(404);
    }
  });
});

const MISTAKES: readonly { readonly options: object; readonly says: RegExp }[] = [
  { options: { path: ':id' }, says: /path has to be the path of a page.*is ':id'/ },
  { options: { path: 7 }, says: /path has to be .*is 7/ },
  { options: { path: '/cors?x' }, says: /path has to be/ },
  { options: { enabled: 'yes' }, says: /enabled has to be true or false, and is 'yes'/ },
  { options: { guards: class Guard {} }, says: /guards has to be a list, e\.g\. \[AdminGuard\]/ },
];

test.each(MISTAKES)('$options is refused with what to write instead', async ({ options, says }) => {
  await expect(CorsExplorerModule.forRoot(options)).rejects.toThrow(says);
});

test('without CorsModule the application does not start, and says what to import', async () => {
  const setup: AppSetup = { imports: [CorsExplorerModule.forRoot()] };
  await expect(startApp({ adapter: 'express', ...setup })).rejects.toThrow(
    /Add CorsModule\.forRoot\(\) to the imports/,
  );
});
