import { isForbiddenMethod } from '../../fetch/request.js';
import {
  naming,
  originOf,
  type Reasons,
  reasonOf,
  type Said,
  type Sentence,
  TOKEN,
} from './said.js';

const by = 'Firefox';

/** Firefox, `dom/locales/en-US/chrome/security/security.properties`, after "Reason:"; quotes are plain here. */
const REASONS: Reasons = [
  ["CORS header 'Access-Control-Allow-Origin' missing", { fault: 'no-allow-origin' }],
  ["CORS header 'Access-Control-Allow-Origin' does not match", { fault: 'other-origin' }],
  ["Multiple CORS header 'Access-Control-Allow-Origin'", { fault: 'several-origins' }],
  [
    'Credential is not supported if the CORS header',
    { fault: 'wildcard-with-credentials', credentials: 'include' },
  ],
  [
    "expected 'true' in CORS header 'Access-Control-Allow-Credentials'",
    { fault: 'credentials-not-allowed', credentials: 'include' },
  ],
  ['Did not find method in CORS header', { fault: 'method-not-listed', preflight: true }],
  ['CORS preflight response did not succeed', { fault: 'no-ok-status', preflight: true }],
  ['CORS preflight channel did not succeed', { fault: 'no-ok-status', preflight: true }],
  ['invalid token', { fault: 'malformed-list', preflight: true }],
  [
    'CORS request external redirect not allowed',
    { fault: 'preflight-redirected', preflight: true },
  ],
  ['CORS request not http', { fault: 'not-http' }],
  ['CORS request did not succeed', { fault: 'network' }],
];

const BLOCKED =
  /^Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at '?(\S+?)'?\. \(Reason: /;
const HEADER = new RegExp(`^(?:header|missing token) '${TOKEN}' `);

function readBlocked(text: string): Said | undefined {
  const match = BLOCKED.exec(text);
  if (match === null) return undefined;
  const [whole, url = ''] = match;
  const reason = text.slice(whole.length);
  const header = HEADER.exec(reason)?.[1];
  return {
    by,
    url,
    mode: 'cors',
    ...(header === undefined
      ? (reasonOf(reason, REASONS) ?? { fault: 'blocked' })
      : { fault: 'header-not-listed', header }),
  };
}

function readSecurityError(text: string): Said | undefined {
  const match =
    /^Security Error: Content at (\S+) may not load (data from|or link to) (\S+)\./.exec(text);
  if (match === null) return undefined;
  const [, page, what, url = ''] = match;
  const origin = originOf(page);
  return {
    by,
    url,
    ...(origin !== undefined && { origin }),
    ...(what === 'data from'
      ? { fault: 'same-origin-mode', mode: 'same-origin' }
      : { fault: 'not-http' }),
  };
}

function readRefusedCall(text: string): Said | undefined {
  const method = new RegExp(`^Window\\.fetch: Invalid request method ${TOKEN}`)
    .exec(text)?.[1]
    ?.replace(/\.$/, '');
  if (method !== undefined) {
    return isForbiddenMethod(method)
      ? { by, fault: 'forbidden-method', method }
      : { by, fault: 'no-cors-method', method, mode: 'no-cors' };
  }
  const url = /^Window\.fetch: (\S+) is an url with embedded credentials/.exec(text)?.[1];
  return url === undefined ? undefined : { by, fault: 'user-in-url', url };
}

export const FIREFOX_SENTENCES: readonly Sentence[] = [
  { begins: 'Cross-Origin Request Blocked: ', read: readBlocked },
  // The page gets its answer still.
  naming(
    'Cross-Origin Request Warning: ',
    /^Cross-Origin Request Warning: The Same Origin Policy will disallow reading the remote resource at (\S+) soon\. /,
    'url',
    { by, fault: 'header-not-listed', mode: 'cors', header: 'authorization' },
  ),
  { begins: 'Security Error: Content at ', read: readSecurityError },
  { begins: 'Window.fetch: ', read: readRefusedCall },
  naming('Blocked loading mixed', /^Blocked loading mixed active content "(\S+?)"/, 'url', {
    ...{ by, fault: 'mixed-content' },
  }),
  naming(
    'The resource at "',
    /^The resource at "(\S+?)" was blocked due to its Cross-Origin-Resource-Policy header/,
    'url',
    { by, fault: 'resource-policy', mode: 'no-cors' },
  ),
  naming(
    'settings blocked the loading of a resource',
    /^settings blocked the loading of a resource \(connect-src\) at (\S+)/,
    'url',
    { by, fault: 'content-security-policy' },
  ),
];
