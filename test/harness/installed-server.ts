import { findProgram, type KnownProgram } from './installed-program.js';

/** A server that stands in front of applications, found as browsers are. */
const KNOWN = {
  nginx: {
    name: 'nginx',
    variable: 'NGINX_PATH',
    usualPlaces: ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/opt/homebrew/bin/nginx'],
  },
  haproxy: {
    name: 'HAProxy',
    variable: 'HAPROXY_PATH',
    usualPlaces: ['/usr/sbin/haproxy', '/usr/local/sbin/haproxy', '/opt/homebrew/bin/haproxy'],
  },
  caddy: {
    name: 'Caddy',
    variable: 'CADDY_PATH',
    usualPlaces: ['/usr/bin/caddy', '/usr/local/bin/caddy', '/opt/homebrew/bin/caddy'],
  },
} as const satisfies Readonly<Record<string, KnownProgram>>;

export type ServerName = keyof typeof KNOWN;

export const SERVERS: readonly ServerName[] = ['nginx', 'haproxy', 'caddy'];

/** The executable of an installed server; `undefined`, with a line that says so, where there is none. */
export function findServer(name: ServerName, say?: (line: string) => unknown): string | undefined {
  return findProgram(KNOWN[name], process.env, say);
}
