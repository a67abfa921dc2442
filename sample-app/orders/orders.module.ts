import { Module } from '@nestjs/common';

import { OrdersController } from './orders.controller.js';
import { OrdersService } from './orders.service.js';
import { PartnerDirectory } from './partner-directory.js';
import { PartnerOrigins } from './partner-origins.js';

@Module({
  controllers: [OrdersController],
  providers: [OrdersService, PartnerDirectory, PartnerOrigins],
})
export class OrdersModule {}
