import {
  BadRequestException,
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Post,
  UseFilters,
  UseGuards,
} from '@nestjs/common';

import { Cors, CorsPolicyService } from '../../src/index.js';
import { BearerToken } from '../auth/bearer-token.guard.js';
import { textField } from '../text-field.js';
import { checkTenantOrigin } from './check-tenant-origin.js';
import { ConfigurationProblemFilter } from './configuration-problem.filter.js';
import { TenantOriginsService, type TenantOrigin } from './tenant-origins.service.js';

/**
 * Adds, lists and revokes the origins of tenants, while the application runs.
 *
 * Whoever may write here decides who may call, so it is closed twice, as in admin/: `@Cors(false)` keeps pages
 * of other origins out, tenants' included, and the token everybody else. What gets in is checked as strictly as
 * what stands in the code.
 */
@Cors(false)
@UseGuards(BearerToken('adminToken'))
@UseFilters(ConfigurationProblemFilter)
@Controller('admin/tenant-origins')
export class TenantOriginsController {
  constructor(
    private readonly origins: TenantOriginsService,
    private readonly policies: CorsPolicyService,
  ) {}

  @Get()
  list(): Promise<TenantOrigin[]> {
    return this.origins.list();
  }

  @Post()
  async add(@Body() body: unknown): Promise<TenantOrigin> {
    const tenant = textField(body, 'tenant');
    if (tenant === undefined) throw new BadRequestException('An origin needs a tenant.');
    const { origin } = body as { readonly origin?: unknown };
    return this.origins.add(tenant, await checkTenantOrigin(this.policies, origin));
  }

  @Delete(':id')
  @HttpCode(204)
  revoke(@Param('id') id: string): Promise<void> {
    return this.origins.revoke(id);
  }
}
