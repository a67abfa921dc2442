import { Controller, Get } from '@nestjs/common';
import { CorsExplorerModule } from '../../src/explorer/index.js';
import { CorsModule } from '../../src/index.js';
import { Partners, POLICIES } from '../explorer/explained-app.js';
import { type RunningApp, startApp } from '../harness/start-app.js';

/** An application of 5,000 routes with an explorer. */
export function startManyRoutes(): Promise<RunningApp> {
  const controllers = Array.from({ length: 500 }, (_, number) => {
    @Controller(`shelf-${number}`)
    class ShelfController {}
    for (let book = 0; book < 10; book += 1) {
      const name = `book${book}`;
      Object.defineProperty(ShelfController.prototype, name, { value: () => name });
      const descriptor = Object.getOwnPropertyDescriptor(ShelfController.prototype, name);
      Get(name)(ShelfController.prototype, name, descriptor ?? {});
    }
    return ShelfController;
  });
  return startApp({
    adapter: 'express',
    controllers,
    providers: [Partners],
    imports: [CorsModule.forRoot(POLICIES), CorsExplorerModule.forRoot()],
  });
}
