import { Injectable } from '@nestjs/common';

import type { CorsOriginResolver } from '../../src/index.js';
import { TenantOriginsService } from './tenant-origins.service.js';

/**
 * The origin rule of the `tenants` policy. It asks the database each time it is asked; the policy's `originCache`
 * sees to it that this is seldom.
 *
 * Where the database is down it throws, and says neither yes nor no. An origin that was allowed a while ago then
 * stays so for as long as `staleWhileRevalidate` says; every other gets 503.
 */
@Injectable()
export class TenantOriginRule implements CorsOriginResolver {
  constructor(private readonly origins: TenantOriginsService) {}

  isOriginAllowed(origin: string): Promise<boolean> {
    return this.origins.includes(origin);
  }
}
