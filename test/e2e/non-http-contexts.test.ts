import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Controller, Get, Injectable } from '@nestjs/common';
import { ExternalContextCreator } from '@nestjs/core';
import { of } from 'rxjs';
import { CorsModule } from '../../src/index.js';
import { EVIL } from '../harness/origins.js';
import { ADAPTERS, type RunningApp, startApp } from '../harness/start-app.js';

@Controller('books')
class BooksController {
  @Get() list() {
    return 'listed';
  }
}

/** Like a GraphQL resolver, a gateway or a message handler: called by Nest, but not for a route. */
@Injectable()
class BooksResolver {
  books() {
    return ['Emma'];
  }
  async booksLater() {
    return ['Emma'];
  }
  booksObserved() {
    return of(['Emma']);
  }
  fails() {
    throw new Error('no such book');
  }
}

describe.each(ADAPTERS)('Beside HTTP, on %s', (adapter) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await startApp({
      adapter,
      imports: [CorsModule.forRoot({ origin: false })],
      controllers: [BooksController],
      providers: [BooksResolver],
    });
  });
  afterAll(() => app.close());

  /** Calls a method the way `@nestjs/graphql` does: with the global guards and interceptors. */
  const call = (method: keyof BooksResolver, type: string, args: unknown[]): Promise<unknown> => {
    const resolver = app.nest.get(BooksResolver);
    const context = app.nest
      .get(ExternalContextCreator)
      .create(
        resolver,
        resolver[method],
        method,
        '',
        undefined,
        undefined,
        undefined,
        { guards: true, interceptors: true, filters: true },
        type,
      ) as (...args: unknown[]) => Promise<unknown>;
    return context(...args);
  };

  const request = { method: 'POST', url: '/graphql', headers: { origin: EVIL } };

  test.each([
    ['A GraphQL resolver', 'graphql', [undefined, {}, { req: request }, {}]],
    ['A gateway', 'ws', [{ handshake: { headers: { origin: EVIL } } }, { title: 'Emma' }]],
    ['A message handler', 'rpc', [{ title: 'Emma' }, {}]],
    ['A context of a kind that nobody knows', 'other', []],
  ])('%s runs, whatever the policies say.', async (_, type, args) => {
    await expect(call('books', type, args)).resolves.toEqual(['Emma']);
  });

  test('A resolver may answer later.', async () => {
    await expect(call('booksLater', 'graphql', [{}, {}, { req: request }])).resolves.toEqual([
      'Emma',
    ]);
  });

  test('A resolver may answer with an Observable.', async () => {
    await expect(call('booksObserved', 'graphql', [{}, {}, { req: request }])).resolves.toEqual([
      'Emma',
    ]);
  });

  test("A resolver's error is its own.", async () => {
    await expect(call('fails', 'graphql', [{}, {}, { req: request }])).rejects.toThrow(
      'no such book',
    );
  });

  test('The same application refuses the same origin over HTTP.', async () => {
    await expect(app.send({ path: '/books', headers: { origin: EVIL } })).resolves.toMatchObject({
      status: 403,
    });
  });
});
