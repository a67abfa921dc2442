import type { CorsFault } from './cors-check.js';
import type { FetchStep } from './fetch-step.js';
import type { UrlFault } from './blocked-url.js';
import { isRedirectStatus, type RedirectFault } from './redirect.js';
import type { WireResponse } from './request.js';

/**
 * What Chromium's console says of the step that did not pass, in its own words, observed in Chromium 156; `undefined`
 * where the step has no fault. Of several headers that are not listed it names one, here the first by name. Which one that
 * is in Chromium goes by a hash table of all that the request sends (`HTTPHeaderMap`,
 * third_party/blink/renderer/platform/network/http_header_map.h).
 *
 * @param pageOrigin serialized
 * @param urls each URL in turn that the fetch was directed to. Default: the step's own alone.
 */
export function consoleMessage(
  step: FetchStep,
  pageOrigin: string,
  urls: readonly string[] = [],
): string | undefined {
  if (!('fault' in step)) return undefined;
  const refused = (url: string, reason: string) => blocked(urls[0] ?? url, url, pageOrigin, reason);
  switch (step.name) {
    case 'call':
      return step.fault === 'no-cors-method'
        ? `Failed to execute 'fetch' on 'Window': '${step.method}' is unsupported in no-cors mode.`
        : `Failed to execute 'fetch' on 'Window': '${step.method}' HTTP method is unsupported.`;
    case 'tainting':
      return urlSentence(step.fault, step.url, pageOrigin);
    case 'preflight':
      return refused(step.question.url, preflightSentence(step));
    case 'cors-check':
      return refused(step.url, corsSentence(step.fault, step.response));
    case 'redirect':
      return step.fault === 'user-info'
        ? refused(
            urls.at(-1) ?? '',
            "Redirect location '' contains a username and password, which is disallowed for cross-origin requests.",
          )
        : redirectSentence(step.fault);
  }
}

const FAILED = 'Failed to fetch';

function blocked(first: string, url: string, origin: string, reason: string): string {
  const resource = first === url ? `'${url}'` : `'${url}' (redirected from '${first}')`;
  return `Access to fetch at ${resource} from origin '${origin}' has been blocked by CORS policy: ${reason}`;
}

function urlSentence(
  fault: UrlFault | 'same-origin-mode' | 'no-cors-redirect',
  url: string,
  origin: string,
): string {
  switch (fault) {
    case 'same-origin-mode':
      return `Fetch API cannot load ${url}. Request mode is "same-origin" but the URL's origin is not same as the request origin ${origin}.`;
    case 'no-cors-redirect':
      return `Fetch API cannot load ${url}. Request mode is "no-cors" but the redirect mode is not "follow".`;
    case 'unsupported-scheme':
      return `Fetch API cannot load ${url}. URL scheme "${new URL(url).protocol.slice(0, -1)}" is not supported.`;
    case 'bad-port':
      return `${FAILED}: net::ERR_UNSAFE_PORT at ${url}`;
    case 'mixed-content':
      return `Mixed Content: The page at '${origin}/' was loaded over HTTPS, but requested an insecure resource '${url}'. This request has been blocked; the content must be served over HTTPS.`;
  }
}

function preflightSentence(step: Extract<FetchStep, { name: 'preflight' }>): string {
  const { fault, response, question, unlisted: [unlisted = ''] = [] } = step;
  const prefix = "Response to preflight request doesn't pass access control check: ";
  // Chromium looks for a redirect before anything else.
  if (isRedirectStatus(response.status) && response.headers['location'] !== undefined) {
    return `${prefix}Redirect is not allowed for a preflight request.`;
  }
  switch (fault) {
    case 'no-ok-status':
      return `${prefix}It does not have HTTP ok status.`;
    case 'private-network-not-allowed':
      return `${prefix}No 'Access-Control-Allow-Private-Network' header was present in the preflight response for this private network request targeting the \`local\` address space.`;
    case 'method-not-listed':
      return isList(response.headers['access-control-allow-methods'])
        ? `Method ${question.method} is not allowed by Access-Control-Allow-Methods in preflight response.`
        : unreadable('Access-Control-Allow-Methods');
    case 'header-not-listed':
      return isList(response.headers['access-control-allow-headers'])
        ? `Request header field ${unlisted} is not allowed by Access-Control-Allow-Headers in preflight response.`
        : unreadable('Access-Control-Allow-Headers');
    case undefined:
      return FAILED;
    default:
      return prefix + corsSentence(fault, response);
  }
}

function unreadable(name: string): string {
  return `Cannot parse ${name} response header field in preflight response.`;
}

/** Whether a header is a list of names (RFC 9110, section 5.6.2). */
function isList(value = ''): boolean {
  return value.split(',').every((member) => /^[\w!#$%&'*+.^`|~-]*$/.test(member.trim()));
}

function corsSentence(fault: CorsFault, { headers }: WireResponse): string {
  const allowed = headers['access-control-allow-origin'] ?? '';
  switch (fault) {
    case 'no-allow-origin':
      return "No 'Access-Control-Allow-Origin' header is present on the requested resource.";
    case 'wildcard-with-credentials':
      return "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'.";
    case 'credentials-not-allowed':
      return `The value of the 'Access-Control-Allow-Credentials' header in the response is '${headers['access-control-allow-credentials'] ?? ''}' which must be 'true' when the request's credentials mode is 'include'.`;
    case 'other-origin':
      return `The 'Access-Control-Allow-Origin' header ${valueSentence(allowed)} Have the server send the header with a valid value.`;
  }
}

function valueSentence(allowed: string): string {
  if (/[ ,]/.test(allowed)) {
    return `contains multiple values '${allowed}', but only one is allowed.`;
  }
  return allowed === 'null' || URL.canParse(allowed)
    ? `has a value '${allowed}' that is not equal to the supplied origin.`
    : `contains the invalid value '${allowed}'.`;
}

function redirectSentence(fault: RedirectFault): string {
  switch (fault) {
    case 'unsupported-scheme':
      return `${FAILED}: net::ERR_UNSAFE_REDIRECT`;
    case 'too-many-redirects':
      return `${FAILED}: net::ERR_TOO_MANY_REDIRECTS`;
    default:
      return `${FAILED}: net::ERR_FAILED`;
  }
}
