import {
  naming,
  originOf,
  type Reasons,
  reasonOf,
  type Said,
  type Sentence,
  TOKEN,
} from './said.js';

const by = 'Chromium';

/** Chromium, `third_party/blink/renderer/platform/loader/cors/cors_error_string.cc`, after "by CORS policy:". */
const REASONS: Reasons = [
  ["No 'Access-Control-Allow-Origin' header is present", { fault: 'no-allow-origin' }],
  [
    "The 'Access-Control-Allow-Origin' header contains multiple values",
    { fault: 'several-origins' },
  ],
  [
    "The 'Access-Control-Allow-Origin' header contains the invalid value",
    { fault: 'other-origin' },
  ],
  ["The 'Access-Control-Allow-Origin' header has a value", { fault: 'other-origin' }],
  [
    "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard",
    { fault: 'wildcard-with-credentials', credentials: 'include' },
  ],
  [
    "The value of the 'Access-Control-Allow-Credentials' header",
    { fault: 'credentials-not-allowed', credentials: 'include' },
  ],
  ['It does not have HTTP ok status', { fault: 'no-ok-status' }],
  ['Redirect is not allowed for a preflight request', { fault: 'preflight-redirected' }],
  ['Cannot parse Access-Control-Allow-', { fault: 'malformed-list', preflight: true }],
  ['Redirect location', { fault: 'redirect-with-user' }],
  ['Cross origin requests are only supported for', { fault: 'not-http' }],
  ['Cross origin requests are not allowed by request mode', { fault: 'same-origin-mode' }],
  ['Permission was denied for this request to access', { fault: 'local-network' }],
  ['The request client is not a secure context and', { fault: 'local-network' }],
  ['Request had a target IP address space', { fault: 'local-network' }],
  ['Request had no target IP address space', { fault: 'local-network' }],
];

const PREFLIGHT = "Response to preflight request doesn't pass access control check: ";
const METHOD = new RegExp(`^Method ${TOKEN} is not allowed`);
const HEADER = new RegExp(`^Request header field ${TOKEN} is not allowed`);

/** Each part is one word between blanks, so that none can be read in two ways. */
const ACCESS =
  /^Access to [\w ]{1,40} at '(\S+?)' (?:\(redirected from '(\S+?)'\) )?from origin '(\S*?)' has been blocked by CORS policy: /;

function readAccess(text: string): Said | undefined {
  const match = ACCESS.exec(text);
  if (match === null) return undefined;
  const [whole, url = '', redirectedFrom, origin = ''] = match;
  const why = readReason(text.slice(whole.length));
  return { by, mode: 'cors', url, origin, ...(redirectedFrom && { redirectedFrom }), ...why };
}

function readReason(text: string): Omit<Said, 'by'> {
  const isPreflight = text.startsWith(PREFLIGHT);
  const reason = isPreflight ? text.slice(PREFLIGHT.length) : text;
  const method = METHOD.exec(reason)?.[1];
  if (method !== undefined) return { fault: 'method-not-listed', method };
  const header = HEADER.exec(reason)?.[1];
  if (header !== undefined) return { fault: 'header-not-listed', header };
  const said = reasonOf(reason, REASONS) ?? { fault: 'blocked' };
  return { ...said, ...(isPreflight && { preflight: true }) };
}

/** Until Chromium 71: the reason, and then the origin. */
function readOldLine(text: string): Said | undefined {
  const match = /^(?:XMLHttpRequest cannot|Fetch API cannot|Failed to) load (\S+?)[.:] /.exec(text);
  if (match === null) return undefined;
  const [whole, url = ''] = match;
  const reason = text.slice(whole.length);
  const said = readReason(reason);
  const origin = /^.{0,1000}? Origin '(\S{1,500}?)' is therefore not allowed access/.exec(reason);
  if (said.fault === 'blocked' && origin === null) return undefined;
  return { by, mode: 'cors', url, ...(origin?.[1] && { origin: origin[1] }), ...said };
}

/** The page asked for what `fetch()` itself refuses. */
function readCannotLoad(text: string): Said | undefined {
  const mode =
    /^Fetch API cannot load (\S+)\. Request mode is "same-origin" but the URL's origin is not same as the request origin (\S{1,500})\./.exec(
      text,
    );
  if (mode !== null) {
    const [, url = '', origin = ''] = mode;
    return { by, fault: 'same-origin-mode', mode: 'same-origin', url, origin };
  }
  const other = /^Fetch API cannot load (\S+)\. (URL scheme|Refused to connect)/.exec(text);
  if (other === null) return readOldLine(text);
  const [, url = '', why] = other;
  return { by, fault: why === 'URL scheme' ? 'not-http' : 'content-security-policy', url };
}

function readRefusedCall(text: string): Said | undefined {
  const match = /^Failed to execute 'fetch' on '\w{1,40}': (.*)/.exec(text.slice(0, 20_000));
  if (match === null) return undefined;
  const why = match[1] ?? '';
  const method = /^'([^' ]{1,200})' (HTTP method )?is unsupported/.exec(why);
  if (method !== null) {
    return method[2] === undefined
      ? { by, fault: 'no-cors-method', method: method[1] ?? '', mode: 'no-cors' }
      : { by, fault: 'forbidden-method', method: method[1] ?? '' };
  }
  const url = /^Request cannot be constructed from a URL that includes credentials: (\S+)/.exec(
    why,
  );
  return url === null ? undefined : { by, fault: 'user-in-url', url: url[1] ?? '' };
}

function readMixedContent(text: string): Said | undefined {
  const match =
    /^Mixed Content: The page at '(\S+?)' was loaded over HTTPS, but requested an insecure [\w ]{1,40} '(\S+?)'\. /.exec(
      text,
    );
  if (match === null) return undefined;
  const origin = originOf(match[1]);
  return {
    by,
    fault: 'mixed-content',
    url: match[2] ?? '',
    ...(origin !== undefined && { origin }),
  };
}

export const CHROMIUM_SENTENCES: readonly Sentence[] = [
  { begins: 'Access to ', read: readAccess },
  { begins: 'Fetch API cannot load ', read: readCannotLoad },
  { begins: 'XMLHttpRequest cannot load ', read: readOldLine },
  { begins: 'Failed to load http', read: readOldLine },
  { begins: "Failed to execute 'fetch' on '", read: readRefusedCall },
  { begins: 'Mixed Content: ', read: readMixedContent },
  naming("Connecting to '", /^Connecting to '(\S+?)' violates /, 'url', {
    ...{ by, fault: 'content-security-policy' },
  }),
  naming("Refused to connect to '", /^Refused to connect to '(\S+?)' because /, 'url', {
    ...{ by, fault: 'content-security-policy' },
  }),
  naming('Not allowed to load local', /^Not allowed to load local resource: (\S+)/, 'url', {
    ...{ by, fault: 'not-http' },
  }),
];

/** The words before and after `net::ERR_`, as in `PUT https://… net::ERR_FAILED`, or `…:1 Failed to load resource: …`. */
export function readNetworkError(before: readonly string[], error: string): Said | undefined {
  const isLocated = before.slice(-4).join(' ') === 'Failed to load resource:';
  const words = isLocated ? before.slice(0, -4) : before;
  const last = words.at(-1) ?? '';
  const verb = words.at(-2);
  const url = isLocated ? last.replace(/:\d{1,9}$/, '') : last;
  if (!/^(?:https?|wss?):\/\//i.test(url)) return undefined;
  const method = !isLocated && /^[A-Za-z]{1,20}$/.test(verb ?? '') ? verb : undefined;
  return { by, url, ...(method !== undefined && { method }), ...networkFault(error) };
}

function networkFault(error: string): Pick<Said, 'fault' | 'mode'> {
  if (error.startsWith('BLOCKED_BY_RESPONSE') || error.startsWith('BLOCKED_BY_ORB')) {
    return { fault: 'resource-policy', mode: 'no-cors' };
  }
  return { fault: error.startsWith('FAILED') ? 'blocked' : 'network' };
}
