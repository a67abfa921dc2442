import 'reflect-metadata';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type INestApplication, Module, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type Answer, type Request, send } from './send.js';

export type AdapterName = 'express' | 'fastify';

export const ADAPTERS: readonly AdapterName[] = ['express', 'fastify'];

type FastifyOptions = ConstructorParameters<typeof FastifyAdapter>[0];
type CreateOptions = NonNullable<Parameters<typeof NestFactory.create>[2]>;
type NestOptions = { [Name in keyof CreateOptions]: CreateOptions[Name] };

export interface AppSetup extends Pick<ModuleMetadata, 'imports' | 'controllers' | 'providers'> {
  /** What `main.ts` would do between `NestFactory.create()` and `listen()`. */
  configure?(app: INestApplication, adapter: AdapterName): unknown;
  /** Further options of `NestFactory.create()`; there is no log unless they name a logger. */
  nest?: NestOptions;
  /** Options of the Fastify instance. */
  fastify?: FastifyOptions;
}

/** A request as Node's parser handed it to the application. */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

export interface RunningApp {
  readonly nest: INestApplication;
  readonly adapter: AdapterName;
  readonly port: number;
  /** The request that arrived last. */
  received(): ReceivedRequest;
  send(request: Request): Promise<Answer>;
  close(): Promise<void>;
}

/** Starts an application on a free port of the loopback; rejects with what stopped it from starting. */
export async function startApp({
  adapter,
  configure,
  nest: nestOptions,
  fastify,
  ...metadata
}: AppSetup & { adapter: AdapterName }): Promise<RunningApp> {
  class AppModule {}
  Module(metadata)(AppModule);

  const options: NestOptions = {
    logger: false,
    abortOnError: false,
    forceCloseConnections: true,
    ...nestOptions,
  };
  const nest = await NestFactory.create(
    AppModule,
    adapter === 'express' ? new ExpressAdapter() : new FastifyAdapter(fastify),
    options,
  );
  const server = nest.getHttpServer() as Server;
  let last: ReceivedRequest | undefined;
  server.prependListener('request', ({ method = '', url = '', headers }) => {
    last = { method, url, headers: { ...headers } };
  });
  try {
    await configure?.(nest, adapter);
    await nest.listen(0, '127.0.0.1');
  } catch (error) {
    await nest.close().catch(() => undefined);
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  return {
    nest,
    adapter,
    port,
    received: () => {
      if (!last) throw new Error('No request arrived.');
      return last;
    },
    send: (request) => send(port, request),
    close: () => nest.close(),
  };
}
