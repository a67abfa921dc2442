import type { PageQuestion } from '../document/explanation/cors-explanation.js';
import type { CorsDecisionEvent, DecisionSource } from '../observation/decision-channel.js';

/** A decision as the explorer's page shows it. */
export interface LiveDecision {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly kind: CorsDecisionEvent['kind'];
  readonly allowed: boolean;
  readonly reason?: CorsDecisionEvent['reason'];
  readonly status?: number;
  /** Of the request; of a preflight, the method that it asks about. */
  readonly method: string;
  readonly url: string;
  readonly origin?: string;
  readonly handler?: string;
  readonly message: string;
  /** What the page asked for, as far as its server can tell. */
  readonly question?: PageQuestion;
}

/** As many characters of each text are shown. */
const LONGEST = 2_000;

/** Request headers that browsers, proxies and clients set, and no page. */
const NOT_OF_PAGES =
  /^(?:accept|accept-(?:charset|encoding|language)|access-control-.*|cache-control|connection|content-(?:length|type)|cookie2?|date|dnt|expect|forwarded|host|if-.*|keep-alive|origin|pragma|priority|proxy-.*|referer|sec-.*|te|trailer|transfer-encoding|upgrade|upgrade-insecure-requests|user-agent|via|x-forwarded-.*|x-real-ip)$/;

/** Whether people are told of a decision: what no page of another origin causes is of interest where it is refused. */
export function isTold({ kind, allowed }: CorsDecisionEvent): boolean {
  return !allowed || (kind !== 'not-cors' && kind !== 'same-origin');
}

/** What people are told of a decision. */
export function describeLive(event: CorsDecisionEvent, { request }: DecisionSource): LiveDecision {
  const { kind, allowed, reason, status, url, origin, route, message } = event;
  const asked = request.headers['access-control-request-method'];
  const method = kind === 'preflight' && asked !== undefined ? asked : event.method;
  const question = questionOf({ method, url, origin, headers: request.headers, kind });
  return {
    at: Date.now(),
    kind,
    allowed,
    ...(reason !== undefined && { reason }),
    ...(status !== undefined && { status }),
    method: cut(method),
    url: cut(url),
    ...(origin !== undefined && { origin: cut(origin) }),
    ...(route !== undefined && { handler: `${route.controller.name}.${route.handlerName}` }),
    message: cut(message),
    ...(question !== undefined && { question }),
  };
}

interface Seen extends Pick<CorsDecisionEvent, 'method' | 'url' | 'origin' | 'kind'> {
  readonly headers: DecisionSource['request']['headers'];
}

function questionOf({ method, url, origin, headers, kind }: Seen): PageQuestion | undefined {
  if (origin === undefined || url.length > LONGEST || origin.length > LONGEST) return undefined;
  return {
    origin,
    url,
    method,
    headers:
      kind === 'preflight'
        ? askedHeaders(headers['access-control-request-headers'])
        : sentHeaders(headers),
    ...(headers.cookie !== undefined && { credentials: 'include' }),
  };
}

/** A preflight tells names alone, and of `content-type` that its value is not CORS-safelisted. */
function askedHeaders(list = ''): Record<string, string> {
  const names = list
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => /^[\w!#$%&'*+.^`|~-]{1,100}$/.test(name));
  return Object.fromEntries(
    names
      .slice(0, 50)
      .map((name) => [name, name === 'content-type' ? 'application/json' : ''] as const),
  );
}

/** Names alone, for values may be secrets; of `content-type` the value, on which it depends. */
function sentHeaders(headers: Seen['headers']): Record<string, string> {
  const names = Object.keys(headers).filter((name) => !NOT_OF_PAGES.test(name));
  const type = headers['content-type'];
  return {
    ...Object.fromEntries(names.slice(0, 50).map((name) => [name, ''] as const)),
    ...(type !== undefined && type.length <= LONGEST && { 'content-type': type }),
  };
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
