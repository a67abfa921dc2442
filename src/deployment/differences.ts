import type { CorsDecision } from '../decision/cors-decision.js';
import { REFUSAL_MESSAGES } from '../protocol/decision/message.js';
import type { DifferenceKind } from './culprits.js';
import {
  type DeployedAnswer,
  isAnswer,
  membersOf,
  type NoAnswer,
  valuesOf,
} from './deployed-server.js';
import type { PromisedRequest } from './promised-requests.js';

/** What the application alone would answer. */
export type Promised = Pick<CorsDecision, 'allowed' | 'reason' | 'status' | 'headers'>;

/** One difference between what was promised and what came. */
export interface Difference {
  readonly kind: DifferenceKind;
  /** What came, and what should have come; not yet escaped. */
  readonly seen: string;
}

const ALLOW_ORIGIN = 'access-control-allow-origin';

/** Headers whose members are a set. */
const LISTS = [
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-expose-headers',
];

const PREFLIGHT_VARY = ['access-control-request-method', 'access-control-request-headers'];

/** Every way in which what came differs from what was promised; the cause alone, where one hides all others. */
export function differencesOf(
  request: PromisedRequest,
  promised: Promised,
  outcome: DeployedAnswer | NoAnswer,
): Difference[] {
  if (!isAnswer(outcome)) return [lackOfAnswer(outcome)];
  const replaced =
    request.method === 'OPTIONS'
      ? replacedPreflight(request, promised, outcome)
      : replacedRead(request, promised, outcome);
  return replaced === undefined ? changedHeaders(request, promised, outcome) : [replaced];
}

function lackOfAnswer({ code, message }: NoAnswer): Difference {
  const seen = `${code}: ${message}`;
  if (code.startsWith('HPE_')) return { kind: 'broken-answer', seen };
  return /CERT|TLS|SSL|EPROTO|SELF_SIGNED|VERIFY/.test(code)
    ? { kind: 'tls-failed', seen }
    : { kind: 'unreachable', seen };
}

/** Why an answer to a preflight is not the application's at all. */
function replacedPreflight(
  request: PromisedRequest,
  promised: Promised,
  answer: DeployedAnswer,
): Difference | undefined {
  const { status } = answer;
  // The application answers by itself, in its own way (`preflightContinue`).
  if (promised.status === undefined) return undefined;
  const seen = `status ${status} instead of ${promised.status}`;
  if (status >= 300 && status < 400) return redirect(request, answer);
  if (status === 401 || status === 407 || status === 511) {
    return { kind: 'preflight-needs-authentication', seen };
  }
  if (gotNoPreflight(answer)) return { kind: 'preflight-headers-removed', seen };
  if (status === 404) return { kind: 'not-routed', seen };
  if (status === 429) return { kind: 'rate-limited', seen };
  if (status >= 500 && status !== 501) return { kind: 'gateway-failed', seen };
  if (status === 403 && !(isOwnRefusal(answer) && answer.body === '')) {
    return { kind: 'refused-by-firewall', seen: `${seen}, ${bodyOf(answer)}` };
  }
  if (status === 403) {
    return promised.status === 403 ? undefined : { kind: 'another-policy', seen };
  }
  if (status >= 400) return { kind: 'method-filtered', seen };
  const vary = membersOf(answer, 'vary');
  const lacksVary = !vary.includes('*') && !PREFLIGHT_VARY.some((name) => vary.includes(name));
  const [changed] = changedHeaders(request, promised, answer).filter(
    ({ kind }) => kind !== 'vary-stripped' && kind !== 'doubled-header',
  );
  if (lacksVary && (status !== promised.status || changed !== undefined)) {
    return { kind: 'answered-by-the-proxy', seen: `${seen}; ${changed?.seen ?? 'no Vary'}` };
  }
  if (promised.status === 403) return { kind: 'another-policy', seen };
  return status === promised.status ? undefined : { kind: 'status-changed', seen };
}

/** Why an answer to a `GET` or `HEAD` is not the application's at all. */
function replacedRead(
  request: PromisedRequest,
  promised: Promised,
  answer: DeployedAnswer,
): Difference | undefined {
  const { status } = answer;
  if (status === 429) return { kind: 'rate-limited', seen: 'status 429' };
  const changed = changedHeaders(request, promised, answer);
  if (promised.status === undefined && status === 403 && saysWhyItRefuses(answer)) {
    return { kind: 'another-policy', seen: 'status 403, though the policy allows it' };
  }
  const own = changed.length === 0;
  if (own && (promised.status === undefined || status >= 400)) return undefined;
  const lost = changed.some(
    ({ kind }) => kind === 'vary-stripped' || kind === 'cors-headers-stripped',
  );
  const seen = `status ${status}, ${changed[0]?.seen ?? 'though the policy refuses it'}`;
  if (status >= 300 && status < 400 && status !== 304 && lost) return redirect(request, answer);
  if (status >= 502 && status <= 504 && lost) return { kind: 'gateway-failed', seen };
  if (status >= 400 && lost && !isOwnRefusal(answer)) return { kind: 'answers-in-its-place', seen };
  return own ? { kind: 'another-policy', seen } : undefined;
}

/** Only what the application alone would add or leave out of the headers. */
function changedHeaders(
  request: PromisedRequest,
  promised: Promised,
  answer: DeployedAnswer,
): Difference[] {
  const expected = new Map(
    Object.entries(promised.headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const names = new Set([...expected.keys(), ...answer.headers.map(([name]) => name)]);
  const found: Difference[] = [];
  for (const name of [...names].filter((each) => each.startsWith('access-control-')).sort()) {
    const difference = differenceOf(name, expected.get(name), request, answer);
    if (difference !== undefined) found.push(difference);
  }
  const stripped = found.filter(({ kind }) => kind === 'header-stripped');
  const isAllStripped =
    stripped.length > 0 && !answer.headers.some(([name]) => name.startsWith('access-control-'));
  const headers: Difference[] = isAllStripped
    ? [{ kind: 'cors-headers-stripped', seen: stripped.map(({ seen }) => seen).join('; ') }]
    : found;

  const vary = membersOf(answer, 'vary');
  const lacking = (expected.get('vary') ?? '')
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '' && !vary.includes(member.toLowerCase()));
  if (lacking.length > 0 && !vary.includes('*')) {
    headers.push({
      kind: 'vary-stripped',
      seen: `Vary: ${vary.join(', ') || '(none)'}, without ${lacking.join(', ')}`,
    });
  }
  const isCacheable =
    expected.get('cache-control') === 'no-store' &&
    !membersOf(answer, 'cache-control').includes('no-store');
  if (isCacheable && headers.length === 0) {
    const given = valuesOf(answer, 'cache-control').join(', ');
    headers.push({ kind: 'refusal-cacheable', seen: `Cache-Control: ${given || '(none)'}` });
  }
  return headers;
}

function differenceOf(
  name: string,
  expected: string | undefined,
  request: PromisedRequest,
  answer: DeployedAnswer,
): Difference | undefined {
  const values = valuesOf(answer, name);
  const [value] = values;
  const seen = `${name}: ${values.map((each) => each || '(empty)').join(' and ') || '(none)'} instead of ${expected ?? '(none)'}`;
  if (value === undefined) return { kind: 'header-stripped', seen };
  const isList = LISTS.includes(name);
  // Lists of names may be sent in pieces; whoever sends the same piece twice wrote it in two places.
  const isDoubled = isList ? new Set(values).size < values.length : values.join(',').includes(',');
  if (isDoubled) return { kind: 'doubled-header', seen };
  if (name === ALLOW_ORIGIN && value !== expected) {
    if (value === '*') return { kind: 'wildcard-added', seen };
    if (value === request.headers['origin']) {
      return { kind: expected === '*' ? 'header-changed' : 'origin-reflected', seen };
    }
    return { kind: 'fixed-origin', seen };
  }
  if (expected === undefined) return { kind: 'header-added', seen };
  if (isList)
    return sameMembers(name, expected, request, answer)
      ? undefined
      : { kind: 'header-changed', seen };
  if (value === expected) return undefined;
  return { kind: name === 'access-control-max-age' ? 'max-age-changed' : 'header-changed', seen };
}

function sameMembers(
  name: string,
  expected: string,
  { headers, promisesMethods }: PromisedRequest,
  answer: DeployedAnswer,
): boolean {
  const given = new Set(membersOf(answer, name));
  const wanted = new Set(membersOf({ headers: [[name, expected]] }, name));
  if (name === 'access-control-allow-methods' && !promisesMethods) {
    const asked = (headers['access-control-request-method'] ?? '').toLowerCase();
    return given.has(asked) === wanted.has(asked);
  }
  return given.size === wanted.size && [...given].every((member) => wanted.has(member));
}

/** What frameworks answer to an `OPTIONS` that is no preflight. */
function gotNoPreflight(answer: DeployedAnswer): boolean {
  if (answer.status !== 404 && answer.status !== 200) return false;
  const vary = membersOf(answer, 'vary');
  return (
    valuesOf(answer, ALLOW_ORIGIN).length === 0 &&
    !PREFLIGHT_VARY.some((name) => vary.includes(name)) &&
    (valuesOf(answer, 'allow').length > 0 || /Cannot OPTIONS|Route OPTIONS:/.test(answer.body))
  );
}

/** Whether a 403 has what nestjs-cors puts on its refusals, or as much of it as a proxy left. */
function isOwnRefusal(answer: DeployedAnswer): boolean {
  return (
    membersOf(answer, 'vary').includes('origin') ||
    membersOf(answer, 'cache-control').includes('no-store')
  );
}

/** Whether it is a refusal of a request by nestjs-cors: the application may answer 403, too. */
function saysWhyItRefuses(answer: DeployedAnswer): boolean {
  return (
    isOwnRefusal(answer) &&
    Object.values(REFUSAL_MESSAGES).some((message) => answer.body.includes(message))
  );
}

function redirect({ path }: PromisedRequest, answer: DeployedAnswer): Difference {
  const [location = ''] = valuesOf(answer, 'location');
  const seen = `status ${answer.status} to ${location || '(nowhere)'}`;
  if (/^https:\/\//i.test(location) && URL.canParse(location)) {
    const to = new URL(location);
    if (to.pathname.endsWith(path)) return { kind: 'redirected-to-https', seen };
  }
  const withoutSlash = (text: string) => text.replace(/[?#].*$/, '').replace(/\/+$/, '');
  return withoutSlash(location).endsWith(withoutSlash(path)) && location !== path
    ? { kind: 'redirected-for-a-slash', seen }
    : { kind: 'redirected', seen };
}

function bodyOf({ body }: DeployedAnswer): string {
  return body === '' ? 'without a body' : `with the body ${JSON.stringify(body.slice(0, 60))}`;
}
