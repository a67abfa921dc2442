import { type DynamicModule, Logger, Module } from '@nestjs/common';
import { type CorsExplorerOptions, readExplorerOptions } from './explorer-options.js';

/**
 * Adds a page to an application that shows its CORS policies, and answers why a page's request was blocked. It explains
 * the very application that imports it, and asks its functions and resolvers.
 *
 * Nothing of it is loaded where it is off. Pages of other origins get nothing of it.
 */
@Module({})
export class CorsExplorerModule {
  /**
   * @param options left out, the page is at `/cors` below the global prefix, unless `NODE_ENV` is `production`
   * @throws TypeError where an option cannot be what it is
   */
  static async forRoot(options: CorsExplorerOptions = {}): Promise<DynamicModule> {
    const { path, offBecause, guards, imports } = readExplorerOptions(
      options,
      process.env['NODE_ENV'],
    );
    if (offBecause !== undefined) {
      new Logger('CorsExplorerModule').log(`The explorer is off: ${offBecause}.`);
      return { module: CorsExplorerModule };
    }
    const { createExplorerController } = await import('./explorer.controller.js');
    const { ExplainedApplication } = await import('./explained-application.js');
    const { LiveDecisions } = await import('./live-decisions.js');
    return {
      module: CorsExplorerModule,
      imports,
      controllers: [createExplorerController(path, guards)],
      providers: [ExplainedApplication, LiveDecisions],
    };
  }
}
