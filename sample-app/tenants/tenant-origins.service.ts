import { ConflictException, Injectable, NotFoundException } from '@nestjs/common';

import { Database } from './database/database.js';

/** An origin from which pages of a tenant may call. */
export interface TenantOrigin {
  readonly id: number;
  readonly tenant: string;
  readonly origin: string;
}

/** The origins in the database. Nothing is kept here: what may be remembered, and for how long, is the policy's business. */
@Injectable()
export class TenantOriginsService {
  constructor(private readonly database: Database) {}

  list(): Promise<TenantOrigin[]> {
    return this.database.query('SELECT id, tenant, origin FROM tenant_origins ORDER BY id');
  }

  /** What a client sent goes beside the statement, not into it. */
  async includes(origin: string): Promise<boolean> {
    const found = await this.database.query('SELECT FROM tenant_origins WHERE origin = $1', [
      origin,
    ]);
    return found.length > 0;
  }

  /** @param origin checked already */
  async add(tenant: string, origin: string): Promise<TenantOrigin> {
    const [added] = await this.database.query<TenantOrigin>(
      `INSERT INTO tenant_origins (tenant, origin) VALUES ($1, $2)
       ON CONFLICT (origin) DO NOTHING RETURNING id, tenant, origin`,
      [tenant, origin],
    );
    if (!added) throw new ConflictException(`${origin} is already a tenant's origin.`);
    return added;
  }

  /** @param id as it stands in the URL; what is no number is nobody's */
  async revoke(id: string): Promise<void> {
    const revoked = await this.database.query(
      'DELETE FROM tenant_origins WHERE id::text = $1 RETURNING id',
      [id],
    );
    if (revoked.length === 0) throw new NotFoundException(`There is no origin ${id}.`);
  }
}
