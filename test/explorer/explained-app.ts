import { Controller, Delete, Get, Put } from '@nestjs/common';
import {
  type AdapterName,
  type AppSetup,
  type RunningApp,
  startApp,
} from '../harness/start-app.js';
import { CorsExplorerModule, type CorsExplorerOptions } from '../../src/explorer/index.js';
import {
  Cors,
  CorsModule,
  type CorsModuleOptions,
  type CorsOriginResolver,
} from '../../src/index.js';

/** Everything that an explorer answers at, behind its path. */
export const ADDRESSES: readonly string[] = [
  '',
  '/page.js',
  '/page.css',
  '/icon.svg',
  '/document',
  '/explanation?origin=https%3A%2F%2Fshop.example.com&url=%2Fbooks%2F1',
  '/matrix?origin=https%3A%2F%2Fshop.example.com&place=0&server=http%3A%2F%2Fapi.example.com',
  '/live',
  '/report',
  '/edge/nginx',
];

/** Knows one partner, and counts how often it is asked. */
export class Partners implements CorsOriginResolver {
  static asked: string[] = [];
  isOriginAllowed(origin: string): boolean {
    Partners.asked.push(origin);
    if (origin === 'https://down.example') throw new Error('The directory is down.');
    return origin === 'https://partner.example';
  }
}

@Cors({ allowedHeaders: ['content-type'] })
@Controller('books')
export class BooksController {
  static deleted = 0;
  @Cors('public') @Get() list(): string[] {
    return ['Middlemarch'];
  }
  @Put(':id') update(): string {
    return 'updated';
  }
  @Cors(false) @Delete(':id') remove(): string {
    BooksController.deleted += 1;
    return 'removed';
  }
  @Cors('partners') @Get('orders') orders(): string[] {
    return [];
  }
}

export const POLICIES: CorsModuleOptions = {
  origin: 'https://shop.example.com',
  credentials: true,
  policies: {
    public: { origin: '*', credentials: false },
    partners: { origin: Partners, credentials: false },
  },
  paths: [{ path: '/files', policy: 'public' }],
};

export interface ExplainedSetup extends Omit<AppSetup, 'imports'> {
  readonly adapter: AdapterName;
  readonly explorer?: CorsExplorerOptions;
  readonly policies?: CorsModuleOptions;
}

/** A bookshop that explains itself. */
export function startExplained({
  explorer,
  policies = POLICIES,
  ...setup
}: ExplainedSetup): Promise<RunningApp> {
  return startApp({
    controllers: [BooksController],
    ...setup,
    imports: [CorsModule.forRoot(policies), CorsExplorerModule.forRoot(explorer)],
    providers: [Partners, ...(setup.providers ?? [])],
  });
}
