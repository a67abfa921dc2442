import 'reflect-metadata';

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';

import {
  type CanActivate,
  type INestApplication,
  Injectable,
  Module,
  type ModuleMetadata,
  type NestApplicationOptions,
  type OnModuleInit,
} from '@nestjs/common';
import {
  type AbstractHttpAdapter,
  APP_GUARD,
  ApplicationConfig,
  HttpAdapterHost,
  ModulesContainer,
  NestFactory,
} from '@nestjs/core';

import { createRouteTable } from '../../src/routing/create-route-table.js';
import { createDescribedTable } from '../../src/routing/described-adapter.js';
import { describeRouter, type RouterDescription } from '../../src/routing/router-description.js';
import type { Route } from '../../src/routing/route.js';
import type { RouteTable } from '../../src/routing/route-table.js';
import { RawClient } from '../harness/raw-client.js';
import { valuesOf } from '../harness/send.js';

export interface AppSetup extends Pick<ModuleMetadata, 'imports' | 'controllers' | 'providers'> {
  readonly httpAdapter: AbstractHttpAdapter;
  readonly nest?: Pick<NestApplicationOptions, 'routeConflictPolicy' | 'routeResolutionStrategy'>;
  /** What `main.ts` would do before `listen()`. */
  configure?(app: INestApplication): void;
}

export interface Reached {
  /** The handler that ran, if any. */
  readonly handler: string | undefined;
  /** The place of what answered, if it says so. */
  readonly served: string | undefined;
  /** What the table found for Node's own request object, in a middleware; `undefined` if none ran. */
  readonly foundInMiddleware: string | undefined;
  /** Whether Node's parser let the request through to the application. */
  readonly arrived: boolean;
  readonly status: number;
}

export interface RoutedApp {
  readonly table: RouteTable;
  /** The table that is made of the same routes and of a description of the router. */
  readonly described: RouteTable;
  /** Sends a request for real. */
  reach(method: string, target: string, headers?: Record<string, string>): Promise<Reached>;
  close(): Promise<void>;
}

export const NONE = 'none';

/** What the table threw, so that nobody takes it for something that the framework refuses. */
export class TableFault extends Error {
  constructor(cause: unknown) {
    super(`The table threw: ${inspect(cause)}`, { cause });
  }
}

export function label(route: Route | undefined): string {
  return route ? `${route.controller.name}.${route.handlerName}` : NONE;
}

/** A running application that tells which handler each request reached, and its route table. */
export async function startRoutedApp(setup: AppSetup): Promise<RoutedApp> {
  const { httpAdapter, nest, configure, imports = [], controllers = [], providers = [] } = setup;
  let table: RouteTable | undefined;
  let described: RouteTable | undefined;

  @Injectable()
  class TableMaker implements OnModuleInit {
    constructor(
      private readonly modules: ModulesContainer,
      private readonly applicationConfig: ApplicationConfig,
      private readonly host: HttpAdapterHost,
    ) {}

    async onModuleInit(): Promise<void> {
      try {
        await this.makeTables();
      } catch (error) {
        throw new TableFault(error);
      }
    }

    private async makeTables(): Promise<void> {
      const { modules, applicationConfig } = this;
      table = await createRouteTable({
        modules,
        applicationConfig,
        httpAdapter: this.host.httpAdapter,
      });
      const description = describeRouter(this.host.httpAdapter, applicationConfig.getVersioning());
      // A description is data: it has been through JSON when it is read.
      const read = JSON.parse(JSON.stringify(description)) as RouterDescription;
      described = await createDescribedTable(table.routes, read);
    }
  }

  const guard: CanActivate = {
    canActivate: (context) => {
      const response = context.switchToHttp().getResponse<object>();
      const reached = `${context.getClass().name}.${context.getHandler().name}`;
      httpAdapter.setHeader(response, 'x-reached', reached);
      return true;
    },
  };

  class AppModule {}
  Module({
    imports,
    controllers,
    providers: [...providers, TableMaker, { provide: APP_GUARD, useValue: guard }],
  })(AppModule);

  const options: NonNullable<Parameters<typeof NestFactory.create>[2]> = {
    logger: false,
    abortOnError: false,
    forceCloseConnections: true,
    ...nest,
  };
  const app = await NestFactory.create(AppModule, httpAdapter, options);
  const server = app.getHttpServer() as Server;
  const arrivals = new Set<string>();
  const faults: TableFault[] = [];
  server.on('request', (request) => arrivals.add(String(request.headers['x-number'])));
  app.use(
    (
      request: IncomingMessage & { url: string; method: string },
      response: ServerResponse,
      next: () => void,
    ) => {
      try {
        response.setHeader('x-found', label(table!.find(request)));
      } catch (error) {
        faults.push(new TableFault(error));
      }
      next();
    },
  );
  configure?.(app);
  await app.listen(0, '127.0.0.1');
  const { port } = server.address() as AddressInfo;

  const idle: RawClient[] = [];
  const clients: RawClient[] = [];
  let number = 0;
  return {
    table: table!,
    described: described!,
    async reach(method, target, headers = {}) {
      let client = idle.pop();
      if (client === undefined) clients.push((client = new RawClient(port)));
      const key = String(++number);
      const answer = await client.send({
        method,
        target,
        headers: Object.entries({ host: 'localhost', ...headers, 'x-number': key }),
      });
      idle.push(client);
      if (faults[0] !== undefined) throw faults[0];
      const valueOf = (name: string) => valuesOf(answer, name)[0];
      const served = valueOf('x-served');
      return {
        handler: valueOf('x-reached'),
        served: served && decodeURI(served),
        foundInMiddleware: valueOf('x-found'),
        arrived: arrivals.delete(key),
        status: answer.status,
      };
    },
    async close() {
      for (const client of clients) client.close();
      await app.close();
    },
  };
}
