import type * as tldts from 'tldts';

type Suffixes = Pick<typeof tldts, 'getDomain' | 'getPublicSuffix'>;

let loaded: Suffixes | undefined;

/**
 * Loads the Public Suffix List (https://publicsuffix.org), by which sites are told apart. It takes longer than all the
 * rest, so that an import of this folder does without it; `pageFetch()` loads it.
 */
export async function loadPublicSuffixes(): Promise<void> {
  loaded ??= await import('tldts');
}

/** @throws Error before {@link loadPublicSuffixes} is done */
export function publicSuffixes(): Suffixes {
  if (loaded === undefined) throw new Error('The Public Suffix List has not been loaded.');
  return loaded;
}
