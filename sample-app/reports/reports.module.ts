import { Module } from '@nestjs/common';

import { CatalogModule } from '../catalog/catalog.module.js';
import { ReportsController } from './reports.controller.js';

@Module({ imports: [CatalogModule], controllers: [ReportsController] })
export class ReportsModule {}
