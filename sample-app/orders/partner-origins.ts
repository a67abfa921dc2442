import { Injectable } from '@nestjs/common';

import type { CorsOriginResolver } from '../../src/index.js';
import { PartnerDirectory } from './partner-directory.js';

/**
 * The origin rule of the `partners` policy, as a provider: it has dependencies like any other, and may take its
 * time. What it does not answer with `true` is refused; should it throw, the request gets a 503 and no access.
 */
@Injectable()
export class PartnerOrigins implements CorsOriginResolver {
  constructor(private readonly directory: PartnerDirectory) {}

  async isOriginAllowed(origin: string): Promise<boolean> {
    const partner = await this.directory.findByOrigin(origin);
    return partner?.active === true;
  }
}
