import type { PastedFault } from './paste-reading.js';

export type ConsoleName = 'Chromium' | 'Firefox' | 'Safari';

/** What one sentence of a console says. */
export interface Said {
  readonly by: ConsoleName;
  readonly fault: PastedFault;
  readonly url?: string;
  /** The URL that the page asked for, where `url` is the one it was redirected to. */
  readonly redirectedFrom?: string;
  readonly origin?: string;
  readonly method?: string;
  readonly header?: string;
  readonly credentials?: 'include';
  readonly mode?: 'cors' | 'no-cors' | 'same-origin';
  /** Whether it was the preflight that failed, where neither a method nor a header says so. */
  readonly preflight?: boolean;
}

/** A sentence that a console has: where it begins, and how it is read from there. */
export interface Sentence {
  readonly begins: string;
  /** @param text begins with `begins`; white space is single blanks, quotes are plain, and other lines may follow */
  readonly read: (text: string) => Said | undefined;
}

/** A sentence that names something: what the pattern's only group finds is put where `name` says. */
export function naming(
  begins: string,
  pattern: RegExp,
  name: 'url' | 'method' | 'header',
  says: Said,
): Sentence {
  return {
    begins,
    read: (text) => {
      const named = pattern.exec(text)?.[1];
      return named === undefined ? undefined : { ...says, [name]: named };
    },
  };
}

/** How a reason begins, and what it says. */
export type Reasons = readonly (readonly [begins: string, says: Omit<Said, 'by'>])[];

/** The reason that a text begins with. */
export function reasonOf(text: string, reasons: Reasons): Omit<Said, 'by'> | undefined {
  return reasons.find(([begins]) => text.startsWith(begins))?.[1];
}

/** What a name of a method or header is here: short, and of characters that a token has. */
export const TOKEN = '([\\w!#$%&*+.^`|~-]{1,200})';

/** The origin of the page that a URL names; `undefined` where it is none that can be named. */
export function originOf(url: string | undefined): string | undefined {
  if (url === undefined || !/^https?:/i.test(url) || !URL.canParse(url)) return undefined;
  return new URL(url).origin;
}
