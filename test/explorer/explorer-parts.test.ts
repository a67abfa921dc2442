import { ServerResponse, IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { type ExecutionContext, Logger, type LoggerService } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { afterEach, describe, expect, test } from '@jest/globals';
import { ExplainedApplication } from '../../src/explorer/explained-application.js';
import { readExplorerOptions } from '../../src/explorer/explorer-options.js';
import { createExplorerController } from '../../src/explorer/explorer.controller.js';
import { CorsExplorerModule } from '../../src/explorer/index.js';
import { ownPagesGuard } from '../../src/explorer/own-pages.guard.js';
import { written } from '../document/written-document.js';

/** What was answered, as an adapter is told. */
interface Answered {
  readonly type: string | undefined;
  readonly body: string;
  readonly status: number;
}

interface Asked {
  readonly url?: string;
  readonly accept?: string;
  readonly localPort?: number;
}

interface ExplorerController {
  page(request: object, response: object): void;
  script(response: object): void;
  style(response: object): void;
  icon(response: object): void;
  document(response: object): void;
  report(response: object): void;
  decisions(response: object): void;
  matrix(request: object, response: object): Promise<void>;
  edge(request: object, name: string, response: object): void;
}

const DOCUMENT = written({ routes: { 'GET /books': { origin: '*' } } });

/** Asks a controller of the explorer without an application around it. */
async function ask(
  call: (controller: ExplorerController, request: object, response: object) => unknown,
  { url, accept, localPort }: Asked = {},
  service: object = { document: () => DOCUMENT },
): Promise<Answered> {
  const sent = new Map<string, string>();
  let [body, status] = ['', 0];
  const httpAdapter = {
    setHeader: (_response: object, name: string, value: string) => sent.set(name, value),
    reply: (_response: object, text: string, code: number) => ([body, status] = [text, code]),
  };
  const Controller = createExplorerController('cors', []);
  const controller: ExplorerController = new Controller(
    { service },
    { watch: () => false },
    { httpAdapter },
  );
  const request = new IncomingMessage(
    Object.defineProperty(new Socket(), 'localPort', { value: localPort }),
  );
  if (url !== undefined) request.url = url;
  if (accept !== undefined) request.headers.accept = accept;
  await call(controller, request, {});
  return { type: sent.get('Content-Type'), body, status };
}

describe('The explorer answers', () => {
  test.each<[name: 'script' | 'style' | 'icon' | 'document' | 'report', type: string]>([
    ['script', 'text/javascript'],
    ['style', 'text/css'],
    ['icon', 'image/svg+xml'],
    ['document', 'application/json'],
    ['report', 'text/plain'],
  ])('with its %s as %s', async (name, type) => {
    const answered = await ask((controller, _request, response) => {
      controller[name](response);
    });
    expect([answered.type, answered.status]).toEqual([`${type}; charset=utf-8`, 200]);
  });

  test.each([
    [undefined, 'text/html'],
    ['text/html, application/json', 'text/html'],
    ['application/jsonp', 'text/html'],
    ['application/json', 'application/json'],
    ['Application/JSON; q=1, text/html', 'application/json'],
  ])('whoever accepts %s with %s', async (accept, type) => {
    const answered = await ask(
      (controller, request, response) => {
        controller.page(request, response);
      },
      { url: '/cors', ...(accept !== undefined && { accept }) },
    );
    expect(answered.type).toBe(`${type}; charset=utf-8`);
  });

  test.each<[url: string | undefined, beside: string]>([
    ['/cors?question#x', './cors/'],
    ['//cors', './cors/'],
    ['///cors', './cors/'],
    ['http://host.example', './'],
    ['/http://host.example', './host.example/'],
    [undefined, './'],
  ])('a page at %s whose parts are beside %s', async (url, beside) => {
    const { body } = await ask(
      (controller, request, response) => {
        controller.page(request, response);
      },
      url === undefined ? {} : { url },
    );
    expect(body).toContain(`href="${beside}icon.svg"`);
  });

  test.each<[localPort: number | undefined, upstream: number, listen: number]>([
    [3000, 3000, 8080],
    [8080, 8080, 8081],
    [undefined, 80, 8080],
  ])('of port %s with a configuration from %s to %s', async (localPort, upstream, listen) => {
    const { body, type } = await ask(
      (controller, request, response) => {
        controller.edge(request, 'nginx', response);
      },
      localPort === undefined ? {} : { localPort },
    );
    expect(type).toBe('text/plain; charset=utf-8');
    expect(body).toContain(`server 127.0.0.1:${upstream};`);
    expect(body).toMatch(new RegExp(`^\\s*listen ${listen}\\b`, 'm'));
  });

  const matrix = (url: string, service?: object) =>
    ask((controller, request, response) => controller.matrix(request, response), { url }, service);
  const origins = (count: number) => '&origin=https://a.example'.repeat(count);

  test.each([
    [
      '/matrix?origin=https://a.example',
      '"" is not a URL that a page could fetch here. Write e.g. https://api.example.com/books/1, or the path /books/1.',
    ],
    [`/matrix?${origins(13)}`, 'The matrix has room for 12 origins and 100 routes at once.'],
  ])('%s with what is wrong about it', async (url, message) => {
    expect(await matrix(url)).toEqual({
      type: 'application/json; charset=utf-8',
      body: JSON.stringify({ message }),
      status: 400,
    });
  });

  test('as many origins and routes as there is room for', async () => {
    const places = '&place=9'.repeat(100);
    const { body, status } = await matrix(
      `/matrix?server=https://api.example.com${origins(12)}${places}`,
    );
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual(
      Array(100).fill({ place: 9, outcomes: Array(12).fill('unknown') }),
    );
  });

  test('that it does not know where the URL is that of another handler', async () => {
    class Others {}
    const service = {
      document: () => DOCUMENT,
      evaluate: () =>
        Promise.resolve({
          ...{ kind: 'actual', allowed: true, headers: { 'Access-Control-Allow-Origin': '*' } },
          route: { controller: Others, handlerName: 'list' },
        }),
    };
    const { body } = await matrix(
      `/matrix?server=https://api.example.com${origins(1)}&place=0`,
      service,
    );
    expect(JSON.parse(body)).toMatchObject([{ outcomes: ['unknown'] }]);
  });

  test('nothing where the application itself fails', async () => {
    const service = {
      document: () => {
        throw new Error('Broken.');
      },
    };
    await expect(matrix('/matrix?server=/', service)).rejects.toThrow('Broken.');
  });

  test('pages that are too many to watch with when to come back', async () => {
    const response = new ServerResponse(new IncomingMessage(new Socket()));
    // Node keeps headers of `writeHead()` only beside others.
    response.setHeader('Vary', 'Origin');
    await ask((controller) => {
      controller.decisions(response);
    });
    expect([response.statusCode, response.writableEnded]).toEqual([503, true]);
    expect(response.getHeaders()).toEqual({ vary: 'Origin', 'retry-after': '10' });
  });
});

describe('Of a request whose Sec-Fetch-Site is', () => {
  const canActivate = (site: string | readonly string[] | undefined) =>
    ownPagesGuard.canActivate({
      getArgByIndex: () => ({ headers: { 'sec-fetch-site': site } }),
    } as unknown as ExecutionContext);

  test.each([undefined, 'same-origin', 'none', 'same-origin,none', 'same-origin  ,  same-origin'])(
    '%s it is let in',
    (site) => {
      expect(canActivate(site)).toBe(true);
    },
  );

  test.each([
    'same-site',
    'cross-site',
    '',
    'same-origin, cross-site',
    'cross-site,none',
    'nonesame-origin',
  ])('"%s" it is told how to get in', (site) => {
    expect(() => canActivate(site)).toThrow(
      'The explorer opens only for its own pages. If a link led here, press Enter in the address bar.',
    );
  });
});

describe('The options', () => {
  test.each([
    [{}, undefined, undefined],
    [{}, 'development', undefined],
    [{ enabled: true }, 'production', undefined],
    [{ enabled: false }, 'development', 'enabled is false'],
    [
      {},
      'production',
      'NODE_ENV is production; enabled: true turns it on, and guards keep strangers away from it',
    ],
  ])('%j, with NODE_ENV %s: off because %s', (options, environment, offBecause) => {
    expect(readExplorerOptions(options, environment)).toEqual({
      ...{ path: 'cors', guards: [], imports: [], offBecause },
    });
  });

  test.each<[options: object, message: string]>([
    [
      { path: { a: { b: 1 } } },
      "path has to be the path of a page without parameters, e.g. 'tools/cors', and is { a: [Object] }.",
    ],
    [
      { path: `:${'a'.repeat(120)}` },
      `path has to be the path of a page without parameters, e.g. 'tools/cors', and is ':${'a'.repeat(99)}'... 21 more characters.`,
    ],
    [
      { path: 'a b' },
      "path has to be the path of a page without parameters, e.g. 'tools/cors', and is 'a b'.",
    ],
    [{ enabled: 1 }, 'enabled has to be true or false, and is 1.'],
    [{ guards: {} }, 'guards has to be a list, e.g. [AdminGuard], and is {}.'],
  ])('%j are refused', (options, message) => {
    expect(() => readExplorerOptions(options, undefined)).toThrow(
      new TypeError(`CorsExplorerModule.forRoot(): ${message}`),
    );
  });
});

describe('The log', () => {
  afterEach(() => {
    Logger.overrideLogger(false);
  });

  test('says why the explorer is off, and who says so', async () => {
    const lines: unknown[] = [];
    const logger: LoggerService = {
      log: (...line: unknown[]) => lines.push(line),
      warn: () => undefined,
      error: () => undefined,
    };
    Logger.overrideLogger(logger);
    expect(await CorsExplorerModule.forRoot({ enabled: false })).toEqual({
      module: CorsExplorerModule,
    });
    expect(lines).toEqual([['The explorer is off: enabled is false.', 'CorsExplorerModule']]);
  });
});

describe('The application that is explained', () => {
  test('is known as soon as it is initialized', () => {
    const application = new ExplainedApplication({} as ModuleRef);
    expect(() => application.service).toThrow('The application has not been initialized yet.');
    expect(() => application.policiesInForce).toThrow(
      'The application has not been initialized yet.',
    );
  });

  test('has to have policies', () => {
    const cause = new Error('Nest could not find it.');
    const get = () => {
      throw cause;
    };
    const application = new ExplainedApplication({ get } as unknown as ModuleRef);
    expect(() => {
      application.onModuleInit();
    }).toThrow(
      new Error(
        'CorsExplorerModule explains the policies of CorsModule, and the application does not import that. Add CorsModule.forRoot() to the imports of its root module.',
        { cause },
      ),
    );
  });
});
