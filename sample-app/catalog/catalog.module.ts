import { Module } from '@nestjs/common';

import { AccountModule } from '../account/account.module.js';
import { BooksService } from './books.service.js';
import { CatalogController } from './catalog.controller.js';

@Module({
  imports: [AccountModule],
  controllers: [CatalogController],
  providers: [BooksService],
  exports: [BooksService],
})
export class CatalogModule {}
