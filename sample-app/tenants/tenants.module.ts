import { Module } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import { CatalogModule } from '../catalog/catalog.module.js';
import type { BookshopSettings } from '../config.js';
import { StockModule } from '../stock/stock.module.js';
import { Database } from './database/database.js';
import { EmbeddedDatabase } from './database/embedded-database.js';
import { PostgresDatabase } from './database/postgres-database.js';
import { OriginChanges } from './origin-changes.js';
import { StorefrontController } from './storefront.controller.js';
import { TenantOriginRule } from './tenant-origin-rule.js';
import { TenantOriginsController } from './tenant-origins.controller.js';
import { TenantOriginsService } from './tenant-origins.service.js';

@Module({
  imports: [CatalogModule, StockModule],
  controllers: [TenantOriginsController, StorefrontController],
  providers: [
    {
      provide: Database,
      inject: [ConfigService],
      useFactory: (config: ConfigService<BookshopSettings, true>): Database => {
        const url = config.get('databaseUrl', { infer: true });
        return url === undefined ? new EmbeddedDatabase() : new PostgresDatabase(url);
      },
    },
    TenantOriginsService,
    TenantOriginRule,
    OriginChanges,
  ],
})
export class TenantsModule {}
