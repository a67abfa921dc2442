/** Header lines as they are on the wire, in order; a header that is there twice is there twice. */
export type HeaderLines = readonly (readonly [name: string, value: string])[];

/** One request that a page's browser sent, and what came back. */
export interface PageExchange {
  readonly kind: 'preflight' | 'request';
  readonly method: string;
  readonly url: string;
  /** With everything that the browser adds; names are in lower case. */
  readonly requestHeaders: HeaderLines;
  /** `undefined` where no answer came. */
  readonly status: number | undefined;
  /** As the server sent them, `Set-Cookie` and what the page may not read included. */
  readonly responseHeaders: HeaderLines;
}

/** The values of a header, one for each line. */
export function valuesOf(lines: HeaderLines, name: string): string[] {
  return lines.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value);
}
