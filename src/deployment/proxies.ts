import { type DeployedAnswer, valuesOf } from './deployed-server.js';

/** Servers that stand before applications, for which a setting can be named. */
export type Proxy = 'nginx' | 'HAProxy' | 'Caddy' | 'another';

/** For each server the setting to change. */
export type Settings = Readonly<Record<Proxy, string>>;

/** The server that an answer says it came through; HAProxy says nothing of itself. */
export function proxyOf(answer: DeployedAnswer): Exclude<Proxy, 'HAProxy' | 'another'> | undefined {
  const named = [...valuesOf(answer, 'server'), ...valuesOf(answer, 'via')].join(' ');
  if (/\bnginx\b|\bopenresty\b/i.test(named)) return 'nginx';
  return /\bcaddy\b/i.test(named) ? 'Caddy' : undefined;
}

/** The settings as lines; only that of the server which the answer came through, where it says so. */
export function settingLines(settings: Settings, answer?: DeployedAnswer): string[] {
  const proxy = answer === undefined ? undefined : proxyOf(answer);
  return Object.entries(settings)
    .filter(([name]) => proxy === undefined || name === proxy)
    .map(([name, setting]) => `${name === 'another' ? 'Another gateway' : name}: ${setting}`);
}

/** Headers by which caches say that an answer comes from their store. */
export function saysItIsCached(answer: DeployedAnswer): boolean {
  const has = (name: string, pattern: RegExp) =>
    valuesOf(answer, name).some((value) => pattern.test(value));
  return (
    has('age', /[1-9]/) ||
    has('x-cache', /\bhit\b/i) ||
    has('x-cache-status', /\b(?:hit|stale|updating|revalidated)\b/i) ||
    has('x-proxy-cache', /\bhit\b/i) ||
    has('cf-cache-status', /\b(?:hit|stale|updating|revalidated)\b/i) ||
    has('cache-status', /;\s*hit\b/i) ||
    has('x-varnish', /^\d+ \d+$/) ||
    has('x-cache-hits', /[1-9]/)
  );
}
