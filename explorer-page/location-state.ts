import { useLayoutEffect, useState } from 'preact/hooks';

/** What the part of the address behind `#` says: which part of the page, and its settings. */
export interface Place {
  readonly part: string;
  readonly settings: URLSearchParams;
}

export function placeOf(hash: string): Place {
  const [path = '', query = ''] = splitOnce(hash.replace(/^#\/?/, ''), '?');
  return { part: path, settings: new URLSearchParams(query) };
}

/** The address of a place in this page. */
export function hrefOf(part: string, settings?: URLSearchParams): string {
  const query = settings?.toString() ?? '';
  return query === '' ? `#/${part}` : `#/${part}?${query}`;
}

/** Goes there, as a link does: back leads here again. */
export function goTo(part: string, settings?: URLSearchParams): void {
  location.hash = hrefOf(part, settings);
}

/** Notes settings in the address while one types: reload keeps them, and back does not go through each letter. */
export function keep(part: string, settings: URLSearchParams): void {
  history.replaceState(null, '', hrefOf(part, settings));
}

/** The place that the address names, as it changes. */
export function usePlace(): Place {
  const [hash, setHash] = useState(location.hash);
  // An effect would begin to listen after the next frame only, and miss what is clicked before.
  useLayoutEffect(() => {
    const note = () => {
      setHash(location.hash);
    };
    addEventListener('hashchange', note);
    return () => {
      removeEventListener('hashchange', note);
    };
  }, []);
  return placeOf(hash);
}

function splitOnce(text: string, separator: string): readonly string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
