import type { ConfigService } from '@nestjs/config';

import { DEFAULT_ALLOWED_HEADERS, type CorsModuleOptions } from '../src/index.js';
import type { BookshopSettings } from './config.js';
import { PartnerOrigins } from './orders/partner-origins.js';
import { TenantOriginRule } from './tenants/tenant-origin-rule.js';

/**
 * Who may call the bookshop from a browser: the answer for the whole application, on one page.
 *
 * The fields at the top are what every route gets that says nothing else. They are the *narrowest* useful rules
 * (the shop's own pages, and nobody else), so that a route somebody forgets to decorate is closed to strangers.
 */
export function bookshopPolicies(config: ConfigService<BookshopSettings, true>): CorsModuleOptions {
  const shop = config.get('shopOrigins', { infer: true });

  return {
    origin: shop,
    credentials: true,
    exposedHeaders: ['X-Request-Id'],

    policies: {
      // The defaults under a name, for lists: @Cors(['shop', 'public']).
      shop: {},

      // For data that anybody may have. No credentials: "anybody" and "as the signed-in customer" do not go
      // together, and the application would not start if they did.
      public: { origin: '*', credentials: false, exposedHeaders: [] },

      // Partners come and go without a deployment, so a provider is asked for their origins. They bring a bearer
      // token, no cookie; and they may list and place orders, while canceling is left to the shop's own staff.
      partners: {
        origin: PartnerOrigins,
        credentials: false,
        methods: ['GET', 'POST'],
        allowedHeaders: [...DEFAULT_ALLOWED_HEADERS, 'Idempotency-Key'],
        exposedHeaders: ['X-Request-Id', 'Location'],
      },

      // Tenants are many and kept in a database, which is asked once a minute for each origin, however many requests
      // come. While it is down, tenants who were allowed stay so for some minutes more, and nobody else gets in. What
      // is remembered must not depend on the request, so that the rule sees the origin alone.
      tenants: {
        origin: TenantOriginRule,
        credentials: false,
        originCache: {
          max: 10_000,
          ttl: config.get('tenantOriginTtl', { infer: true }),
          staleWhileRevalidate: config.get('tenantOriginStale', { infer: true }),
        },
        originTimeout: 1000,
      },

      // Rules of all kinds stand side by side in one list: any one that matches allows.
      live: { origin: [...shop, PartnerOrigins], credentials: false },
    },

    // No controller serves the covers, so there is nothing to decorate. See covers/covers.middleware.ts.
    paths: [{ path: '/covers/*file', policy: 'public' }],
  };
}
