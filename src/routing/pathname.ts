// The WHATWG parser normalizes what it reads (`/a/../b`), and Express's router does not.
import { parse } from 'node:url';

/** Characters that end or change a path; a target without any of them, before its query, is its own path. */
const SPECIAL = /[\t\n\f\r #\u00a0\ufeff]/;

/**
 * The path of a request target as Express's router reads it (package `parseurl`): targets in absolute form have one
 * too, and nothing is decoded. `undefined` if there is none, and then no route matches.
 */
export function pathnameOf(url: string): string | undefined {
  if (url.startsWith('/') && !SPECIAL.test(url)) {
    const query = url.indexOf('?');
    return query === -1 ? url : url.slice(0, query);
  }
  try {
    // oxlint-disable-next-line typescript/no-deprecated -- it reads URLs as Express does
    return parse(url).pathname ?? undefined;
  } catch {
    return undefined;
  }
}
