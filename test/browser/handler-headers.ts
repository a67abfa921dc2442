/** What every handler of a random application sets: safelisted, exposable and forbidden response headers. */
export const HANDLER_HEADERS: Readonly<Record<string, string>> = {
  'X-One': '1',
  'X-Two': '2',
  'X-Three': '3',
  'Content-Language': 'en',
  Expires: 'Thu, 01 Jan 2026 00:00:00 GMT',
  'Last-Modified': 'Thu, 01 Jan 2026 00:00:00 GMT',
  Pragma: 'no-cache',
  // Never sent back to any URL of these tests.
  'Set-Cookie': 'visited=1; Path=/never',
};

/** What every answer has, whoever gives it. */
export const COMMON_HEADERS: Readonly<Record<string, string>> = { 'Cache-Control': 'no-store' };

const NAMES = new Set(
  Object.keys({ ...HANDLER_HEADERS, ...COMMON_HEADERS }).map((name) => name.toLowerCase()),
);

/** Whether a response header is one that the tests account for, and not the server's or the framework's own. */
export function isAccountedFor(name: string): boolean {
  return NAMES.has(name) || name === 'vary' || name.startsWith('access-control-');
}
