import type { CorsDocument } from '../cors-document.js';
import { caddyConfiguration } from './caddy.js';
import type { EdgeAddresses } from './configuration-text.js';
import { haproxyConfiguration } from './haproxy.js';
import { nginxConfiguration } from './nginx.js';

export type { EdgeAddresses } from './configuration-text.js';

/** The servers that configurations are written for. */
export const EDGE_SERVERS = ['nginx', 'haproxy', 'caddy'] as const;
export type EdgeServer = (typeof EDGE_SERVERS)[number];

const WRITERS: Readonly<
  Record<EdgeServer, (document: CorsDocument, addresses: EdgeAddresses) => string>
> = { nginx: nginxConfiguration, haproxy: haproxyConfiguration, caddy: caddyConfiguration };

/**
 * A whole configuration for a server in front of the application, which it runs as it is. It answers allowed preflights
 * as the application would, and passes everything else on. The same document gives the same text.
 */
export function edgeConfiguration(
  server: EdgeServer,
  document: CorsDocument,
  addresses: EdgeAddresses,
): string {
  return WRITERS[server](document, addresses);
}
