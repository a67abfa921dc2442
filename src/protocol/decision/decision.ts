import { isKnownMethod, serializeMethods } from '../policy/methods.js';
import { isSharedOrigin } from '../origin/origin.js';
import type { OriginAnswer } from '../origin/origin-answer.js';
import type { CompiledPolicy } from '../policy/policy.js';
import type { CorsRequest } from '../policy/policy-options.js';
import {
  answerHeaders,
  grantedHeaders,
  type PreflightTarget,
  type SharedMethods,
} from './preflight-target.js';
import { parseRequestedHeaders } from '../policy/request-headers.js';
import { isSameOrigin } from '../origin/same-origin.js';
import { VARY_ORIGIN, VARY_PREFLIGHT } from './vary.js';

/** Why a request was refused. */
export type CorsRefusalReason =
  | 'origin-not-allowed'
  | 'method-not-allowed'
  | 'header-not-allowed'
  | 'credentials-not-allowed'
  | 'origin-check-failed';

/** What was decided about one request: the headers of its answer, and whether it is refused. */
export interface Verdict {
  readonly kind: 'not-cors' | 'same-origin' | 'preflight' | 'actual';
  readonly policy: CompiledPolicy;
  readonly reason: CorsRefusalReason | undefined;
  /** Every `Access-Control-*` header of the answer: names and values in turn. */
  readonly headers: readonly string[];
  /** Names that `Vary` has to hold. */
  readonly vary: readonly string[];
}

const NONE: readonly string[] = Object.freeze([]);
const NO_NAMES: ReadonlySet<string> = new Set();

/** Whether a request is a preflight request (Fetch, "CORS-preflight request"). */
export function isPreflight(request: CorsRequest): boolean {
  if (request.method !== 'OPTIONS') return false;
  const { headers } = request;
  return headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
}

/** The status with which a refused request is answered. */
export function refusalStatus(reason: CorsRefusalReason): 403 | 503 {
  return reason === 'origin-check-failed' ? 503 : 403;
}

/** Decides about a request that is no preflight. */
export function decideActual(
  policy: CompiledPolicy,
  request: CorsRequest,
): Verdict | Promise<Verdict> {
  const { origin } = request.headers;
  if (origin === undefined) {
    return policy.origins.any
      ? // A shared cache may hand this answer to a CORS request.
        allowed('not-cors', policy, '*')
      : { kind: 'not-cors', policy, reason: undefined, headers: NONE, vary: VARY_ORIGIN };
  }
  if (policy.origins.allows(origin)) return decideAllowedOrigin(policy, request, origin);
  if (isSameOrigin(request, origin)) {
    return { kind: 'same-origin', policy, reason: undefined, headers: NONE, vary: VARY_ORIGIN };
  }
  const answer = ask(policy, origin, request);
  return typeof answer === 'string'
    ? decideAsked(policy, request, origin, answer)
    : answer.then((later) => decideAsked(policy, request, origin, later));
}

function decideAsked(
  policy: CompiledPolicy,
  request: CorsRequest,
  origin: string,
  answer: OriginAnswer,
): Verdict {
  return answer === 'allowed'
    ? decideAllowedOrigin(policy, request, origin)
    : refused(policy, originReason(answer));
}

/** What is left to check once the origin is allowed. */
function decideAllowedOrigin(
  policy: CompiledPolicy,
  request: CorsRequest,
  origin: string,
): Verdict {
  const reason =
    policy.methods?.has(request.method) === false
      ? 'method-not-allowed'
      : request.headers.cookie !== undefined && !policy.policy.credentials
        ? 'credentials-not-allowed'
        : undefined;
  return reason === undefined || isSameOrigin(request, origin)
    ? allowed('actual', policy, policy.origins.any ? '*' : origin)
    : refused(policy, reason);
}

function allowed(kind: Verdict['kind'], policy: CompiledPolicy, origin: string): Verdict {
  return {
    kind,
    policy,
    reason: undefined,
    headers: withOrigin(origin, policy.actualHeaders),
    vary: origin === '*' ? NONE : VARY_ORIGIN,
  };
}

function withOrigin(origin: string, others: readonly string[]): readonly string[] {
  const { length } = others;
  // Made in its final size: a list that grows takes room for many more.
  const fields = new Array<string>(length + 2);
  fields[0] = 'Access-Control-Allow-Origin';
  fields[1] = origin;
  for (let index = 0; index < length; index += 1) fields[index + 2] = others[index] ?? '';
  return fields;
}

function refused(policy: CompiledPolicy, reason: CorsRefusalReason): Verdict {
  return { kind: 'actual', policy, reason, headers: NONE, vary: VARY_ORIGIN };
}

function originReason(answer: OriginAnswer): CorsRefusalReason {
  return answer === 'failed' ? 'origin-check-failed' : 'origin-not-allowed';
}

/** Asks the policy's functions and resolvers about an origin that no string or expression allows. */
function ask(
  policy: CompiledPolicy,
  origin: string,
  request: CorsRequest | undefined,
): OriginAnswer | Promise<OriginAnswer> {
  // Any site can make its pages send `null`, any app `file://`; no function may hand cookies to all of them.
  return isSharedOrigin(origin) && policy.policy.credentials
    ? 'refused'
    : policy.origins.ask(origin, request);
}

/** What the policy says of an origin, whatever the request. */
export function answerTo(
  policy: CompiledPolicy,
  origin: string,
  request?: CorsRequest,
): OriginAnswer | Promise<OriginAnswer> {
  return policy.origins.allows(origin) ? 'allowed' : ask(policy, origin, request);
}

/** A decision about a preflight, and which of the candidates made it. */
export interface PreflightVerdict extends Verdict {
  readonly candidate: number;
}

interface Question {
  readonly request: CorsRequest;
  readonly origin: string;
  readonly method: string;
  readonly headers: ReadonlySet<string> | undefined;
  readonly target: PreflightTarget;
}

/**
 * Decides about a preflight. Where it cannot tell which route will serve the request, it is allowed if any
 * candidate would allow it; the request itself is then held to its own route.
 */
export function decidePreflight(
  request: CorsRequest,
  target: PreflightTarget,
): PreflightVerdict | Promise<PreflightVerdict> {
  const { headers } = request;
  const question: Question = {
    request,
    origin: headers.origin ?? '',
    method: headers['access-control-request-method'] ?? '',
    headers: parseRequestedHeaders(headers['access-control-request-headers'] ?? ''),
    target,
  };
  return decideFrom(0, question, undefined);
}

function decideFrom(
  candidate: number,
  question: Question,
  best: PreflightVerdict | undefined,
): PreflightVerdict | Promise<PreflightVerdict> {
  const policy = question.target.candidates[candidate];
  if (policy === undefined) {
    if (best === undefined) throw new RangeError('A preflight needs a candidate.');
    return best;
  }
  const answer = answerTo(policy, question.origin, question.request);
  const verdict =
    typeof answer === 'string'
      ? decideCandidate(candidate, policy, question, answer)
      : answer.then((later) => decideCandidate(candidate, policy, question, later));
  return verdict instanceof Promise
    ? verdict.then((later) => unlessRefused(later, question, best))
    : unlessRefused(verdict, question, best);
}

function unlessRefused(
  verdict: PreflightVerdict,
  question: Question,
  best: PreflightVerdict | undefined,
): PreflightVerdict | Promise<PreflightVerdict> {
  return verdict.reason === undefined
    ? verdict
    : decideFrom(verdict.candidate + 1, question, better(best, verdict));
}

/** Of two refusals, the one that says more: a method or header at fault before the origin. */
function better(a: PreflightVerdict | undefined, b: PreflightVerdict): PreflightVerdict {
  const weight = ({ reason }: PreflightVerdict) =>
    reason === 'origin-not-allowed' ? 0 : reason === 'origin-check-failed' ? 1 : 2;
  return a === undefined || weight(b) > weight(a) ? b : a;
}

function decideCandidate(
  candidate: number,
  policy: CompiledPolicy,
  question: Question,
  answer: OriginAnswer,
): PreflightVerdict | Promise<PreflightVerdict> {
  if (answer !== 'allowed') {
    const reason = originReason(answer);
    return { kind: 'preflight', policy, reason, headers: NONE, vary: VARY_PREFLIGHT, candidate };
  }
  const { method, origin, request, target } = question;
  const shared = target.sharedMethods(policy);
  const { always, byOrigin } = shared;
  if (byOrigin.length === 0 && always.has(method)) {
    return conclude(candidate, policy, question, true, shared);
  }
  const methods = new Set(always);
  if (isOpen(policy, method, target)) methods.add(method);
  const pending: Promise<void>[] = [];
  for (const { name, policy: other } of byOrigin) {
    if (methods.has(name)) continue;
    const theirs = answerTo(other, origin, request);
    if (theirs === 'allowed') methods.add(name);
    else if (typeof theirs !== 'string') {
      pending.push(
        theirs.then((later) => {
          if (later === 'allowed') methods.add(name);
        }),
      );
    }
  }
  const all = () =>
    conclude(candidate, policy, question, methods.has(method), {
      text: serializeMethods(methods),
      granted: undefined,
    });
  return pending.length === 0 ? all() : Promise.all(pending).then(all);
}

/** Whether the policy lets the requested method through, be it one that is listed or not. */
function isOpen({ methods }: CompiledPolicy, method: string, { served }: PreflightTarget): boolean {
  return (
    methods?.has(method) !== false &&
    (served === 'yes' || (served === 'unknown' && isKnownMethod(method)))
  );
}

function conclude(
  candidate: number,
  policy: CompiledPolicy,
  { request, origin, headers }: Question,
  isMethodAllowed: boolean,
  { text, granted }: Pick<SharedMethods, 'text' | 'granted'>,
): PreflightVerdict {
  const reason: CorsRefusalReason | undefined = !isMethodAllowed
    ? 'method-not-allowed'
    : headers === undefined || !policy.allowedHeaders.allows(headers)
      ? 'header-not-allowed'
      : undefined;
  let others = granted;
  if (reason !== undefined || others === undefined) {
    const allowedHeaders = policy.allowedHeaders.serialize(headers ?? NO_NAMES);
    others = (reason === undefined ? grantedHeaders : answerHeaders)(policy, text, allowedHeaders);
  }
  if (
    reason === undefined &&
    policy.policy.privateNetwork &&
    request.headers['access-control-request-private-network'] === 'true'
  ) {
    others = [...others, 'Access-Control-Allow-Private-Network', 'true'];
  }
  return {
    kind: 'preflight',
    policy,
    reason,
    headers: withOrigin(policy.origins.any ? '*' : origin, others),
    vary: VARY_PREFLIGHT,
    candidate,
  };
}
