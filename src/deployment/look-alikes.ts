import { isIpAddress, isWebScheme, splitOrigin } from '../protocol/origin/origin.js';

/** How a stranger's origin looks like another one. */
export type Likeness =
  | 'longer-before'
  | 'longer-behind'
  | 'unescaped-dot'
  | 'other-scheme'
  | 'other-port'
  | 'subdomain';

/** An origin that careless rules take for another one. */
export interface LookAlike {
  readonly likeness: Likeness;
  readonly origin: string;
}

/** Nobody can own it (RFC 2606), so that no made-up origin is anybody's. */
const NOBODYS_DOMAIN = 'evil.example';

/** An origin that is like no other. */
export const STRANGER = `https://${NOBODYS_DOMAIN}`;

/** The origins that look like a serialized one; none for `null` and for schemes other than http(s). */
export function lookAlikesOf(origin: string): readonly LookAlike[] {
  const { scheme, host, port } = splitOrigin(origin);
  if (!isWebScheme(scheme)) return [];
  const end = port === '' ? '' : `:${port}`;
  const at = (likeness: Likeness, name: string): LookAlike => {
    return { likeness, origin: `${scheme}://${name}${end}` };
  };
  const otherScheme = scheme === 'https' ? 'http' : 'https';
  const others: LookAlike[] = [
    { likeness: 'other-scheme', origin: `${otherScheme}://${host}${end}` },
    { likeness: 'other-port', origin: `${scheme}://${host}:${port === '8444' ? '8445' : '8444'}` },
  ];
  if (host.startsWith('[')) return others;
  const behind = at('longer-behind', `${host}.${NOBODYS_DOMAIN}`);
  if (isIpAddress(host)) return [behind, ...others];
  const dot = host.lastIndexOf('.');
  return [
    at('longer-before', `evil-${host}`),
    behind,
    ...(dot === -1 ? [] : [at('unescaped-dot', `${host.slice(0, dot)}x${host.slice(dot + 1)}`)]),
    at('subdomain', `any-name.${host}`),
    ...others,
  ];
}
