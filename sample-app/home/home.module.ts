import { Module, type DynamicModule } from '@nestjs/common';

import { HomeController } from './home.controller.js';
import { VISITING_PAGES, type VisitingPage } from './visiting-pages.js';

@Module({})
export class HomeModule {
  static leadingTo(pages: readonly VisitingPage[]): DynamicModule {
    return {
      module: HomeModule,
      controllers: [HomeController],
      providers: [{ provide: VISITING_PAGES, useValue: pages }],
    };
  }
}
