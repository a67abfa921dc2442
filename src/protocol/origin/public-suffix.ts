import { isIpAddress } from './origin.js';

/** What the Public Suffix List says of a host. */
export interface HostOwnership {
  /**
   * The part of the name whose holder answers for the whole: the public suffix and one label, for names that the
   * list knows; the last label for others (`internal`, `localhost`); for an address, the address.
   * `undefined` where the host is a public suffix itself, and everybody gets names under it.
   */
  readonly site: string | undefined;
  /** Whether the suffix is one that a company hands names out under (`github.io`), rather than a registry. */
  readonly isHosters: boolean;
}

/** Reads hosts as browsers do: whatever its spelling, a name belongs to the suffix that it belongs to in DNS. */
export async function loadPublicSuffixes(): Promise<(host: string) => HostOwnership> {
  // Loaded when needed: the list is large, and most policies name their origins.
  const { parse } = await import('tldts');
  return (host) => {
    if (isIpAddress(host)) return { site: host, isHosters: false };
    // The dot at the end of an absolute name is none of its labels.
    const name = host.replace(/\.$/, '').toLowerCase();
    const { domain, isIcann, isPrivate } = parse(name, {
      allowPrivateDomains: true,
      // It is a host already, and what tldts does not take for one still belongs to somebody.
      extractHostname: false,
      validateHostname: false,
      detectIp: false,
    });
    const isHosters = isPrivate === true;
    if (isIcann !== true && !isHosters) {
      return { site: name.slice(name.lastIndexOf('.') + 1), isHosters };
    }
    return { site: domain ?? undefined, isHosters };
  };
}
