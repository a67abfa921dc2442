/** An origin that every policy in the benchmark allows. */
export const ALLOWED_ORIGIN = 'https://app.example.com';

/** What browsers send with any request. */
const BROWSER_HEADERS = {
  Host: 'api.example.com',
  Connection: 'keep-alive',
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)',
  Accept: 'application/json, text/plain, */*',
  'Accept-Encoding': 'gzip, deflate, br',
  'Accept-Language': 'en-US,en;q=0.9',
};

const CROSS_SITE = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'cors' };

/**
 * One kind of request, and the status that each side must answer it with.
 *
 * @typedef {object} Case
 * @property {string} name
 * @property {'GET' | 'OPTIONS'} method
 * @property {Readonly<Record<string, string>>} headers besides those that every request has
 * @property {number} ours
 * @property {number} theirs
 */

/** @type {Case} */
export const ACTUAL_GET = {
  name: 'allowed actual GET',
  method: 'GET',
  headers: { Origin: ALLOWED_ORIGIN, ...CROSS_SITE },
  ours: 200,
  theirs: 200,
};

/** @type {Case} */
export const PUT_PREFLIGHT = {
  name: 'PUT preflight, two headers',
  method: 'OPTIONS',
  headers: {
    Origin: ALLOWED_ORIGIN,
    'Access-Control-Request-Method': 'PUT',
    'Access-Control-Request-Headers': 'authorization,content-type',
    ...CROSS_SITE,
  },
  ours: 204,
  theirs: 204,
};

/** @type {Case} */
export const GET_WITHOUT_ORIGIN = {
  name: 'GET without Origin',
  method: 'GET',
  headers: { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'cors' },
  ours: 200,
  theirs: 200,
};

/** @type {Case} `enableCors()` runs the handler and leaves it to the browser to hide the answer. */
export const REFUSED_GET = {
  name: 'refused GET',
  method: 'GET',
  headers: { Origin: 'https://evil.example', ...CROSS_SITE },
  ours: 403,
  theirs: 200,
};

export const CASES = [ACTUAL_GET, PUT_PREFLIGHT, GET_WITHOUT_ORIGIN, REFUSED_GET];

/**
 * The requests of a case, one for each of the application's controllers, as bytes to be sent in turn.
 *
 * @param {Pick<Case, 'method' | 'headers'>} case_
 * @param {number} routes of the application
 */
export function requestsOf({ method, headers }, routes) {
  const fields = Object.entries({ ...BROWSER_HEADERS, ...headers });
  return Array.from({ length: routes / 4 }, (_, index) =>
    Buffer.from(
      [
        `${method} /resources-${index}/42 HTTP/1.1`,
        ...fields.map(([name, value]) => `${name}: ${value}`),
        '\r\n',
      ].join('\r\n'),
    ),
  );
}
