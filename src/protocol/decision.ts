import { isKnownMethod, serializeMethods } from './methods.js';
import { OPAQUE_ORIGIN } from './origin.js';
import type { OriginAnswer } from './origin-rules.js';
import type { CompiledPolicy } from './policy.js';
import type { CorsRequest } from './policy-options.js';
import { parseRequestedHeaders } from './request-headers.js';
import { isSameOrigin } from './same-origin.js';
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

/** Whether a request is a preflight request (Fetch, "CORS-preflight request"). */
export function isPreflight({ method, headers }: CorsRequest): boolean {
  return (
    method === 'OPTIONS' &&
    headers.origin !== undefined &&
    headers['access-control-request-method'] !== undefined
  );
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
    : refused('actual', policy, originReason(answer));
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
    : refused('actual', policy, reason);
}

function allowed(kind: Verdict['kind'], policy: CompiledPolicy, origin: string): Verdict {
  return {
    kind,
    policy,
    reason: undefined,
    headers: ['Access-Control-Allow-Origin', origin, ...policy.actualHeaders],
    vary: origin === '*' ? NONE : VARY_ORIGIN,
  };
}

function refused(
  kind: 'preflight' | 'actual',
  policy: CompiledPolicy,
  reason: CorsRefusalReason,
): Verdict {
  return {
    kind,
    policy,
    reason,
    headers: NONE,
    vary: kind === 'preflight' ? VARY_PREFLIGHT : VARY_ORIGIN,
  };
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
  // Any site can make its pages send `null`; no function may hand cookies to all of them.
  return origin === OPAQUE_ORIGIN && policy.policy.credentials
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

/** What a preflight asks about. */
export interface PreflightTarget {
  /**
   * The policies of the routes that may serve the requested method; several where the preflight cannot tell
   * which, one where no route does: that of the `paths` entry or the defaults.
   */
  readonly candidates: readonly CompiledPolicy[];
  /** Whether the requested method exists at the URL: `unknown` where no route serves the URL at all. */
  readonly served: 'yes' | 'no' | 'unknown';
  /** For each method routed at the URL, the policies of the routes that may serve it. */
  readonly methods: ReadonlyMap<string, readonly CompiledPolicy[]>;
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
  const next = (verdict: PreflightVerdict) =>
    verdict.reason === undefined
      ? verdict
      : decideFrom(candidate + 1, question, better(best, verdict));
  const answer = answerTo(policy, question.origin, question.request);
  if (typeof answer !== 'string') {
    return answer.then(async (later) =>
      next(await decideCandidate(candidate, policy, question, later)),
    );
  }
  const verdict = decideCandidate(candidate, policy, question, answer);
  return verdict instanceof Promise ? verdict.then(next) : next(verdict);
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
    return { ...refused('preflight', policy, originReason(answer)), candidate };
  }
  const methods = methodsWithSameAnswer(policy, question);
  return methods instanceof Promise
    ? methods.then((later) => conclude(candidate, policy, question, later))
    : conclude(candidate, policy, question, methods);
}

function conclude(
  candidate: number,
  policy: CompiledPolicy,
  { request, origin, method, headers }: Question,
  methods: ReadonlySet<string>,
): PreflightVerdict {
  const reason: CorsRefusalReason | undefined = !methods.has(method)
    ? 'method-not-allowed'
    : headers === undefined || !policy.allowedHeaders.allows(headers)
      ? 'header-not-allowed'
      : undefined;
  const allowedHeaders = policy.allowedHeaders.serialize(headers ?? new Set());
  const fields = ['Access-Control-Allow-Origin', policy.origins.any ? '*' : origin];
  if (policy.policy.credentials) fields.push('Access-Control-Allow-Credentials', 'true');
  if (methods.size > 0) fields.push('Access-Control-Allow-Methods', serializeMethods(methods));
  if (allowedHeaders !== '') fields.push('Access-Control-Allow-Headers', allowedHeaders);
  if (reason === undefined) {
    fields.push('Access-Control-Max-Age', policy.maxAge);
    if (
      policy.policy.privateNetwork &&
      request.headers['access-control-request-private-network'] === 'true'
    ) {
      fields.push('Access-Control-Allow-Private-Network', 'true');
    }
  }
  return { kind: 'preflight', policy, reason, headers: fields, vary: VARY_PREFLIGHT, candidate };
}

/** The methods at the URL for which the origin would get this policy's answer, which spares later preflights. */
function methodsWithSameAnswer(
  policy: CompiledPolicy,
  { origin, method, request, target }: Question,
): ReadonlySet<string> | Promise<ReadonlySet<string>> {
  const same = new Set<string>();
  const pending: Promise<void>[] = [];
  const add = (name: string, answer: OriginAnswer) => {
    if (answer === 'allowed') same.add(name);
  };
  if (target.served !== 'no' && policy.methods?.has(method) !== false) {
    if (target.served === 'yes' || isKnownMethod(method)) same.add(method);
  }
  if (target.served === 'unknown') {
    for (const name of policy.methods ?? []) same.add(name);
  }
  for (const [name, others] of target.methods) {
    for (const other of others) {
      if (same.has(name) || other.methods?.has(name) === false || other.answer !== policy.answer) {
        continue;
      }
      const answer =
        other.origins === policy.origins ? 'allowed' : answerTo(other, origin, request);
      if (typeof answer === 'string') add(name, answer);
      else
        pending.push(
          answer.then((later) => {
            add(name, later);
          }),
        );
    }
  }
  return pending.length === 0 ? same : Promise.all(pending).then(() => same);
}
