import { type INestApplication, ServiceUnavailableException } from '@nestjs/common';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type BlockedFetch, openPage } from '../../../src/testing/index.js';
import { Database } from '../../../sample-app/tenants/database/database.js';
import { ADAPTERS } from '../../harness/start-app.js';
import { API, bookshopApp } from './bookshop-app.js';

const TENANT = 'https://shop.acme.example';

/** A database that knows one tenant, until it is down. */
function databaseOf(tenant: string) {
  return {
    isDown: false,
    query(_sql: string, [origin]: readonly unknown[] = []) {
      if (this.isDown) return Promise.reject(new ServiceUnavailableException());
      return Promise.resolve(origin === tenant ? [{}] : []);
    },
    listen: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

describe.each(ADAPTERS)("Tenants' shops, on %s", (adapter) => {
  let app: INestApplication;
  afterEach(() => app.close());

  test('stay open for a while when the database is down, and others stay out', async () => {
    const database = databaseOf(TENANT);
    app = await bookshopApp(adapter, (builder) =>
      builder.overrideProvider(Database).useValue(database),
    );
    const tenant = await openPage(app, TENANT, { url: API });
    expect((await tenant.fetch('/storefront/books')).status).toBe(200);

    database.isDown = true;
    expect((await tenant.fetch('/storefront/books')).status).toBe(200);
    const other = tenant.open('https://shop.other.example');
    const error = await other.fetch('/storefront/books').catch((reason: unknown) => reason);
    expect((error as TypeError).message).toContain('could not find out whether the origin');
    const { exchanges } = (error as TypeError).cause as BlockedFetch;
    expect(exchanges).toMatchObject([{ method: 'GET', status: 503 }]);
  });
});
