/**
 * What a browser makes of a request and of the answers' headers: the parts of the Fetch standard
 * (https://fetch.spec.whatwg.org) that CORS consists of, small enough to read in one go.
 *
 * The server's side, which headers it sends to whom, is not in here; that is the library's word, asked for each
 * request. Both together predict what a page gets to see.
 *
 * @typedef {object} PageRequest
 * @property {string} method as the page writes it
 * @property {string} path with its query
 * @property {Record<string, string>} headers those that the page sets
 * @property {'omit' | 'include'} credentials
 * @property {'cors' | 'no-cors'} mode
 *
 * @typedef {object} Decision what `CorsPolicyService.evaluate()` answers
 * @property {boolean} allowed
 * @property {number} [status]
 * @property {Record<string, string | string[]>} headers
 * @property {string} message
 *
 * @typedef {object} Prediction
 * @property {boolean} preflight whether the browser asks before it sends
 * @property {boolean} arrives whether the request itself reaches the API
 * @property {number} [refusedWith] the status with which the guard refuses it
 * @property {'readable' | 'opaque' | 'nothing'} sees what the page gets
 * @property {string} reason the check that decided, in the standard's words
 * @property {Decision} decidedBy the decision that it was about
 */

const SAFELISTED_METHODS = ['GET', 'HEAD', 'POST'];
const NORMALIZED_METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT'];
const SAFELISTED_TYPES = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'];
const SAFELISTED_RESPONSE_HEADERS = [
  'cache-control',
  'content-language',
  'content-length',
  'content-type',
  'expires',
  'last-modified',
  'pragma',
];
const FORBIDDEN_RESPONSE_HEADERS = ['set-cookie', 'set-cookie2'];

/** "Normalize a method": six methods are upper-cased, and `patch` is not among them. */
export function normalizeMethod(method) {
  const upper = method.toUpperCase();
  return NORMALIZED_METHODS.includes(upper) ? upper : method;
}

/** "CORS-safelisted request-header" (the bytes that it forbids in values do not occur in the playground). */
function isSafelistedRequestHeader(name, value) {
  if (value.length > 128) return false;
  switch (name) {
    case 'accept':
    case 'accept-language':
    case 'content-language':
      return true;
    case 'content-type':
      return SAFELISTED_TYPES.includes(value.split(';')[0].trim().toLowerCase());
    case 'range':
      return /^bytes=\d+-\d*$/.test(value);
    default:
      return false;
  }
}

/** "CORS-unsafe request-header names": lower-case and sorted, as `Access-Control-Request-Headers` lists them. */
export function unsafeRequestHeaders(headers) {
  return Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value])
    .filter(([name, value]) => !isSafelistedRequestHeader(name, value))
    .map(([name]) => name)
    .sort();
}

/** Whether the browser sends a preflight request first. */
export function needsPreflight({ mode, method, headers }) {
  if (mode !== 'cors') return false;
  return (
    !SAFELISTED_METHODS.includes(normalizeMethod(method)) ||
    unsafeRequestHeaders(headers).length > 0
  );
}

/** Whether the request carries `Origin`: every CORS request does, and whatever is neither GET nor HEAD. */
export function carriesOrigin({ mode, method }) {
  return mode === 'cors' || !['GET', 'HEAD'].includes(normalizeMethod(method));
}

/** The preflight request that asks for this one. */
export function preflightOf(request) {
  const names = unsafeRequestHeaders(request.headers);
  return {
    method: 'OPTIONS',
    path: request.path,
    headers: {
      'access-control-request-method': normalizeMethod(request.method),
      ...(names.length > 0 && { 'access-control-request-headers': names.join(',') }),
    },
  };
}

function valueOf(headers, name) {
  const entry = Object.entries(headers).find(([key]) => key.toLowerCase() === name);
  return entry === undefined ? undefined : [entry[1]].flat().join(', ');
}

/** The members of a header that is a list, wherever its name stands in upper or lower case. */
export function listOf(headers, name) {
  return (valueOf(headers, name) ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** "CORS check": why this answer is withheld from the page, or `undefined` where it may be read. */
function corsCheck(request, origin, { headers }) {
  const allowed = valueOf(headers, 'access-control-allow-origin');
  if (allowed === undefined) return 'the answer has no Access-Control-Allow-Origin';
  if (allowed === '*' && request.credentials !== 'include') return undefined;
  if (allowed === '*') return 'Access-Control-Allow-Origin is *, and that is not for credentials';
  if (allowed !== origin) return `Access-Control-Allow-Origin is ${allowed}`;
  if (request.credentials !== 'include') return undefined;
  return valueOf(headers, 'access-control-allow-credentials') === 'true'
    ? undefined
    : 'the page sends credentials, and Access-Control-Allow-Credentials is not true';
}

/** "CORS-preflight fetch": why the request is not sent, or `undefined` where it is. */
function preflightCheck(request, origin, decision) {
  const { headers, status = 204 } = decision;
  const withheld = corsCheck(request, origin, decision);
  if (withheld !== undefined) return withheld;
  if (status < 200 || status > 299) return `the status is ${status}`;

  const star = request.credentials !== 'include';
  const method = normalizeMethod(request.method);
  const methods = listOf(headers, 'access-control-allow-methods');
  if (
    !SAFELISTED_METHODS.includes(method) &&
    !methods.includes(method) &&
    !(star && methods.includes('*'))
  ) {
    return `${method} is not in Access-Control-Allow-Methods`;
  }

  const names = listOf(headers, 'access-control-allow-headers').map((name) => name.toLowerCase());
  const missing = unsafeRequestHeaders(request.headers).find(
    (name) => !names.includes(name) && !(star && names.includes('*') && name !== 'authorization'),
  );
  return missing === undefined ? undefined : `${missing} is not in Access-Control-Allow-Headers`;
}

/**
 * What will happen.
 *
 * @param {PageRequest} request
 * @param {string} origin the page's
 * @param {Decision | undefined} preflight the decision on the preflight, where one is needed
 * @param {Decision[]} answers the decision on the request itself, then on each request it is redirected to
 * @returns {Prediction}
 */
export function predict(request, origin, preflight, answers) {
  const [first] = answers;
  const prediction = { preflight: preflight !== undefined, arrives: true };
  if (preflight) {
    const fault = preflightCheck(request, origin, preflight);
    if (fault) {
      const reason = `stopped at the preflight: ${fault}`;
      return { ...prediction, arrives: false, sees: 'nothing', reason, decidedBy: preflight };
    }
  }
  if (!first.allowed && first.status !== undefined) prediction.refusedWith = first.status;
  if (request.mode === 'no-cors') {
    const reason = 'no-cors: sent, and the answer stays opaque';
    return { ...prediction, sees: 'opaque', reason, decidedBy: first };
  }
  for (const answer of answers) {
    const fault = corsCheck(request, origin, answer);
    if (fault) {
      const reason = `withheld from the page: ${fault}`;
      return { ...prediction, sees: 'nothing', reason, decidedBy: answer };
    }
  }
  const last = answers.at(-1);
  return { ...prediction, sees: 'readable', reason: 'readable', decidedBy: last };
}

/** Of the headers that an answer has, those that its page may read. */
export function readableHeaders(names, request, { headers }) {
  const exposed = listOf(headers, 'access-control-expose-headers').map((name) =>
    name.toLowerCase(),
  );
  const all = exposed.includes('*') && request.credentials !== 'include';
  return names
    .map((name) => name.toLowerCase())
    .filter((name) => !FORBIDDEN_RESPONSE_HEADERS.includes(name))
    .filter((name) => all || SAFELISTED_RESPONSE_HEADERS.includes(name) || exposed.includes(name))
    .sort();
}
