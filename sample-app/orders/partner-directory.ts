import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import type { BookshopSettings } from '../config.js';

export interface Partner {
  readonly origin: string;
  readonly active: boolean;
}

/** Stands for a database table. Remember its answers for a while in a real one: it is asked once a request. */
@Injectable()
export class PartnerDirectory {
  private readonly partners: ReadonlyMap<string, Partner>;

  constructor(config: ConfigService<BookshopSettings, true>) {
    const origins = config.get('partnerOrigins', { infer: true });
    this.partners = new Map(origins.map((origin) => [origin, { origin, active: true }]));
  }

  async findByOrigin(origin: string): Promise<Partner | undefined> {
    return this.partners.get(origin);
  }
}
