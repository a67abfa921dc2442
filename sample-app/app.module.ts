import {
  Module,
  type DynamicModule,
  type MiddlewareConsumer,
  type NestModule,
} from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';

import { CorsExplorerModule } from '../src/explorer/index.js';
import { CorsModule } from '../src/index.js';
import { AccountModule } from './account/account.module.js';
import { AdminModule } from './admin/admin.module.js';
import { CatalogModule } from './catalog/catalog.module.js';
import { readSettings, type Environment } from './config.js';
import { bookshopPolicies } from './bookshop-policies.js';
import { coversMiddleware } from './covers/covers.middleware.js';
import { HomeModule } from './home/home.module.js';
import type { VisitingPage } from './home/visiting-pages.js';
import { OrdersModule } from './orders/orders.module.js';
import { ReportsModule } from './reports/reports.module.js';
import { requestIdMiddleware } from './request-id.middleware.js';
import { SignInModule } from './sign-in/sign-in.module.js';
import { StockModule } from './stock/stock.module.js';
import { TenantsModule } from './tenants/tenants.module.js';

@Module({})
export class AppModule implements NestModule {
  static forEnvironment(
    environment: Environment,
    pages: readonly VisitingPage[] = [],
  ): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot({
          isGlobal: true,
          ignoreEnvFile: true,
          load: [() => readSettings(environment)],
        }),
        CorsModule.forRootAsync({ inject: [ConfigService], useFactory: bookshopPolicies }),
        CorsExplorerModule.forRoot(),
        HomeModule.leadingTo(pages),
        CatalogModule,
        AccountModule,
        OrdersModule,
        AdminModule,
        StockModule,
        ReportsModule,
        SignInModule,
        TenantsModule,
      ],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(requestIdMiddleware).forRoutes('*path');
    consumer.apply(coversMiddleware).forRoutes('covers/*path');
  }
}
