/**
 * What the bookshop reads from its environment.
 *
 * | variable | default | meaning |
 * | --- | --- | --- |
 * | `PORT` | `3000` | the API |
 * | `ADAPTER` | `express` | what the API runs on: `express` or `fastify` |
 * | `SHOP_PORT`, `PARTNER_PORT`, `STRANGER_PORT` | `3001`, `3002`, `3003` | the playground's three origins |
 * | `SHOP_ORIGINS` | `http://localhost:$SHOP_PORT` | the shop's own front ends, separated by commas |
 * | `PARTNER_ORIGINS` | `http://localhost:$PARTNER_PORT` | the partners' front ends, separated by commas |
 * | `PARTNER_TOKEN`, `ADMIN_TOKEN` | two demo tokens | who may order, who may administer; required in production |
 * | `DATABASE_URL` | an embedded PostgreSQL | where tenants' origins are kept: `postgres://user:password@host/database` |
 * | `TENANT_ORIGIN_TTL` | `60000` | milliseconds for which a tenant's origin is not asked about again |
 * | `TENANT_ORIGIN_STALE` | `300000` | milliseconds after that for which it stays allowed while the database is down |
 * | `NODE_ENV` | | `production` makes cookies `Secure` |
 *
 * A port of `0` takes any free one.
 */
export interface BookshopSettings {
  readonly port: number;
  readonly adapter: 'express' | 'fastify';
  readonly shopPort: number;
  readonly partnerPort: number;
  readonly strangerPort: number;
  readonly shopOrigins: readonly string[];
  readonly partnerOrigins: readonly string[];
  readonly partnerToken: string;
  readonly adminToken: string;
  /** Undefined for an embedded one. */
  readonly databaseUrl: string | undefined;
  readonly tenantOriginTtl: number;
  readonly tenantOriginStale: number;
  readonly secureCookies: boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** @throws Error that names the variable and what it takes */
export function readSettings(environment: Environment): BookshopSettings {
  const production = environment['NODE_ENV'] === 'production';
  const shopPort = readPort(environment, 'SHOP_PORT', 3001);
  const partnerPort = readPort(environment, 'PARTNER_PORT', 3002);
  const databaseUrl = environment['DATABASE_URL']?.trim();
  return {
    port: readPort(environment, 'PORT', 3000),
    adapter: readAdapter(environment),
    shopPort,
    partnerPort,
    strangerPort: readPort(environment, 'STRANGER_PORT', 3003),
    shopOrigins: readList(environment, 'SHOP_ORIGINS', `http://localhost:${shopPort}`),
    partnerOrigins: readList(environment, 'PARTNER_ORIGINS', `http://localhost:${partnerPort}`),
    partnerToken: readSecret(environment, 'PARTNER_TOKEN', 'partner-demo-token', production),
    adminToken: readSecret(environment, 'ADMIN_TOKEN', 'admin-demo-token', production),
    databaseUrl: databaseUrl === '' ? undefined : databaseUrl,
    tenantOriginTtl: readMilliseconds(environment, 'TENANT_ORIGIN_TTL', 60_000, 1),
    tenantOriginStale: readMilliseconds(environment, 'TENANT_ORIGIN_STALE', 300_000, 0),
    secureCookies: production,
  };
}

function readPort(environment: Environment, name: string, fallback: number): number {
  const text = environment[name]?.trim();
  if (!text) return fallback;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new Error(`${name} must be a port number from 0 to 65535, not "${text}".`);
  }
  return port;
}

function readMilliseconds(
  environment: Environment,
  name: string,
  fallback: number,
  least: number,
): number {
  const text = environment[name]?.trim();
  if (!text) return fallback;
  const milliseconds = Number(text);
  if (!Number.isSafeInteger(milliseconds) || milliseconds < least) {
    throw new Error(`${name} must be a whole number of milliseconds, not "${text}".`);
  }
  return milliseconds;
}

function readAdapter(environment: Environment): 'express' | 'fastify' {
  const adapter = environment['ADAPTER']?.trim();
  if (!adapter || adapter === 'express') return 'express';
  if (adapter === 'fastify') return 'fastify';
  throw new Error(`ADAPTER must be "express" or "fastify", not "${adapter}".`);
}

function readList(environment: Environment, name: string, fallback: string): string[] {
  return (environment[name] ?? fallback)
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

function readSecret(
  environment: Environment,
  name: string,
  demo: string,
  production: boolean,
): string {
  const secret = environment[name];
  if (secret) return secret;
  if (production) throw new Error(`${name} must be set in production.`);
  return demo;
}
