import 'reflect-metadata';
import type { INestApplication } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { AppModule } from '../../../sample-app/app.module.js';
import { Database } from '../../../sample-app/tenants/database/database.js';
import type { AdapterName } from '../../harness/start-app.js';

/** Where the pages are, and where the bookshop is: on the same site as its own shop. */
export const SHOP = 'https://www.bookshop.example';
export const PARTNER = 'https://partner.example.org';
export const STRANGER = 'https://stranger.example';
export const API = 'https://api.bookshop.example';

/** A database that never answers yes. */
const NO_DATABASE: Pick<Database, 'query' | 'listen' | 'close'> = {
  query: () => Promise.resolve([]),
  listen: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

/** The bookshop as in production, with nothing outside of it; not listening. */
export async function bookshopApp(
  adapter: AdapterName,
  override: (builder: TestingModuleBuilder) => TestingModuleBuilder = (builder) => builder,
): Promise<INestApplication> {
  const module = AppModule.forEnvironment({
    NODE_ENV: 'production',
    SHOP_ORIGINS: SHOP,
    PARTNER_ORIGINS: PARTNER,
    PARTNER_TOKEN: 'partner-token',
    ADMIN_TOKEN: 'admin-token',
  });
  const builder = Test.createTestingModule({ imports: [module] })
    .overrideProvider(Database)
    .useValue(NO_DATABASE);
  const moduleRef = await override(builder).compile();
  return moduleRef.createNestApplication(
    adapter === 'express'
      ? new ExpressAdapter()
      : new FastifyAdapter({ forceCloseConnections: true }),
    { logger: false, forceCloseConnections: true },
  );
}
