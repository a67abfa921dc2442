import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';

import type { INestApplication, NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';

import { CorsPolicyService } from '../src/index.js';
import { AppModule } from './app.module.js';
import { readSettings, type BookshopSettings, type Environment } from './config.js';
import { PageServer } from '../playground/page-server.js';
import { RecordedResults } from '../playground/recorded-results.js';
import { RequestLog } from '../playground/request-log.js';
import { TenantsDesk } from '../playground/tenants-desk.js';
import { originOf, VISITORS, type Visitor, type VisitorId } from '../playground/visitors.js';

/** Loopback only: the demo tokens are printed in the documentation. */
const HOST = '127.0.0.1';

/** The bookshop, open for business: the API and the playground's three origins. */
export interface Bookshop {
  readonly app: INestApplication;
  readonly api: string;
  readonly visitors: readonly Visitor[];
  /** Ends the live streams, then the servers. */
  close(): Promise<void>;
}

/** A port that could not be opened, with the variable that names another. */
export class PortInUseError extends Error {}

/**
 * Opens the bookshop in this process.
 *
 * @param environment what config.ts reads; ports of `0` are any free ones
 * @param options `logger` as `NestFactory.create()` takes it; warnings and errors by default
 * @throws PortInUseError
 * @throws CorsConfigurationError where the policies do not make sense
 */
export async function openBookshop(
  environment: Environment = process.env,
  options: Pick<NestApplicationOptions, 'logger'> = { logger: ['error', 'warn'] },
): Promise<Bookshop> {
  const settings = readSettings(environment);
  const pages: PageServer[] = [];
  try {
    for (const { id, portVariable } of VISITORS) {
      const port = portOf(settings, id);
      pages.push(await naming(portVariable, port, PageServer.open(id, port, HOST)));
    }
    await naming('PORT', settings.port, assertFree(settings.port));
    return await openApi(settings, environment, options, pages);
  } catch (error) {
    await Promise.all(pages.map((page) => page.close()));
    throw error;
  }
}

async function openApi(
  settings: BookshopSettings,
  environment: Environment,
  options: Pick<NestApplicationOptions, 'logger'>,
  pages: readonly PageServer[],
): Promise<Bookshop> {
  const visitors = VISITORS.map(({ id, name }, index): Visitor => {
    return { id, name, origin: pages[index]?.origin ?? '' };
  });

  const appModule = AppModule.forEnvironment(
    {
      // Whoever says nothing else gets the playground's pages, on the ports that they really have.
      SHOP_ORIGINS: originOf(visitors, 'shop'),
      PARTNER_ORIGINS: originOf(visitors, 'partner'),
      ...environment,
    },
    visitors,
  );
  const adapter =
    settings.adapter === 'fastify'
      ? new FastifyAdapter({ forceCloseConnections: true })
      : new ExpressAdapter();
  const app = await NestFactory.create(appModule, adapter, {
    abortOnError: false,
    forceCloseConnections: true,
    ...options,
  });

  try {
    const server = app.getHttpServer() as Server;
    const log = new RequestLog(server);
    await app.listen(settings.port, HOST);

    const api = `http://localhost:${(server.address() as AddressInfo).port}`;
    const policies = app.get(CorsPolicyService);
    const results = new RecordedResults();
    const tenants = new TenantsDesk(api, settings.adminToken);
    for (const page of pages) {
      page.connect({ origin: api, policies, log, results, tenants }, visitors);
    }

    return {
      app,
      api,
      visitors,
      async close() {
        await app.close();
        await Promise.all(pages.map((page) => page.close()));
      },
    };
  } catch (error) {
    await app.close();
    throw error;
  }
}

function portOf(settings: BookshopSettings, id: VisitorId): number {
  return {
    shop: settings.shopPort,
    partner: settings.partnerPort,
    stranger: settings.strangerPort,
  }[id];
}

/** Nest would find out too, but only once everything is built, and with a log entry of its own. */
async function assertFree(port: number): Promise<void> {
  const server = createServer().listen(port, HOST);
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}

async function naming<T>(variable: string, port: number, opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new PortInUseError(`Port ${port} is taken. Name another one: ${variable}=… npm start`);
  }
}
