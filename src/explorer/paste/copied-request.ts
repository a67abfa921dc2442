import { isSerializedOrigin } from '../../protocol/origin/origin.js';
import type { PageQuestion } from '../../document/explanation/cors-explanation.js';
import { isForbiddenRequestHeader } from '../../fetch/request-headers.js';
import { missingFields, missingRemark } from './missing-fields.js';
import type { PastedQuestion, QuestionField } from './paste-reading.js';
import { originOf } from './said.js';

export type Header = readonly [name: string, value: string];

/** A request as developer tools copy it: with all that the browser added. */
export interface CopiedRequest {
  readonly from: string;
  readonly url: string;
  /** Default: `GET`, as for whoever reads such a copy. */
  readonly method?: string | undefined;
  readonly headers: readonly Header[];
  readonly referrer?: string | undefined;
  readonly credentials?: string | undefined;
  readonly mode?: string | undefined;
  /** What stands there, and cannot be read. Default: none. */
  readonly untold?: readonly QuestionField[];
  readonly remarks?: readonly string[];
}

/** What browsers add where their caches are passed by, or ask again; a page may set it as well. */
const CACHING = ['cache-control', 'pragma', 'if-none-match', 'if-modified-since'];

/** What browsers add besides these and the forbidden ones. */
const ADDED_BY_BROWSERS = new Set([
  ...['user-agent', 'priority', 'upgrade-insecure-requests', 'accept', 'accept-language'],
  ...CACHING,
]);

/** Those whose values a browser looks at before it asks for permission (Fetch, "CORS-safelisted request-header"). */
const VALUE_COUNTS = new Set(['content-type', 'content-language', 'range']);

export function copiedQuestion(copied: CopiedRequest): PastedQuestion {
  const { from, url, headers, untold = [], remarks = [] } = copied;
  const sent = new Map(headers.map(([name, value]) => [name.toLowerCase(), value]));
  const asked = preflightedRequest(copied, sent);
  const origin = pageOrigin(copied, sent);
  const mode = modeOf(copied.mode ?? sent.get('sec-fetch-mode'));
  const credentials = credentialsOf(copied, sent, origin);
  const told: Partial<PageQuestion> = {
    ...(origin !== undefined && { origin }),
    url,
    method: asked.method,
    headers: Object.fromEntries(asked.headers.map(shownHeader)),
    ...(credentials !== undefined && { credentials }),
    ...(mode !== undefined && { mode }),
  };
  const question: Partial<PageQuestion> = Object.fromEntries(
    Object.entries(told).filter(([field]) => !(untold as readonly string[]).includes(field)),
  );
  const missing = missingFields(question);
  return {
    kind: 'question',
    question,
    from,
    missing,
    remarks: [
      ...remarks,
      ...(asked.isPreflight
        ? ['This is a preflight: the request that it asks for was taken instead.']
        : []),
      ...((copied.mode ?? sent.get('sec-fetch-mode')) === 'navigate'
        ? ['The browser went to this address itself, which CORS does not concern.']
        : []),
      ...leftOutRemark(sent),
      ...(copied.referrer === undefined && sent.get('origin') === undefined && origin !== undefined
        ? ['The page’s origin was taken from the Referer header.']
        : []),
      ...missingRemark('The request', missing),
    ],
  };
}

function isBrowsers(name: string): boolean {
  const lower = name.toLowerCase();
  return lower.startsWith(':') || ADDED_BY_BROWSERS.has(lower) || isForbiddenRequestHeader(lower);
}

/** A preflight stands for the request that it asks for. */
function preflightedRequest(
  { method = 'GET', headers }: CopiedRequest,
  sent: ReadonlyMap<string, string>,
): { method: string; headers: readonly Header[]; isPreflight: boolean } {
  const wanted = sent.get('access-control-request-method');
  if (method.toUpperCase() === 'OPTIONS' && wanted !== undefined) {
    const names = (sent.get('access-control-request-headers') ?? '').split(',');
    return {
      method: wanted.trim(),
      headers: names
        .map((name) => name.trim())
        .filter((name) => name !== '')
        .map((name) => [name, '']),
      isPreflight: true,
    };
  }
  return { method, headers: headers.filter(([name]) => !isBrowsers(name)), isPreflight: false };
}

function shownHeader([name, value]: Header): Header {
  const lower = name.toLowerCase();
  // Of the others only the name counts, and the value may be a secret.
  const isShown = VALUE_COUNTS.has(lower) && value.length <= 1000;
  return [lower, isShown ? value : ''];
}

function leftOutRemark(sent: ReadonlyMap<string, string>): readonly string[] {
  const left = CACHING.filter((name) => sent.has(name));
  if (left.length === 0) return [];
  return [
    `${left.join(', ')}: left out, as the browser adds it by itself; add it where the page sets it.`,
  ];
}

function pageOrigin(
  { referrer }: CopiedRequest,
  sent: ReadonlyMap<string, string>,
): string | undefined {
  const origin = sent.get('origin')?.trim();
  if (origin !== undefined && isSerializedOrigin(origin)) return origin;
  return originOf(referrer) ?? originOf(sent.get('referer'));
}

function modeOf(mode: string | undefined): PageQuestion['mode'] | undefined {
  return mode === 'cors' || mode === 'no-cors' || mode === 'same-origin' ? mode : undefined;
}

function credentialsOf(
  { credentials, url }: CopiedRequest,
  sent: ReadonlyMap<string, string>,
  origin: string | undefined,
): PageQuestion['credentials'] | undefined {
  if (credentials === 'include' || credentials === 'omit' || credentials === 'same-origin') {
    return credentials;
  }
  if (!sent.has('cookie')) return undefined;
  return origin !== undefined && originOf(url) === origin ? 'same-origin' : 'include';
}
