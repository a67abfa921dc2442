import { andThen, isLater, type NowOrLater } from '../now-or-later.js';
import type { OriginAnswer } from '../origin/origin-answer.js';
import { isKnownMethod } from '../policy/methods.js';
import type { ListedPolicy } from '../policy/policy-list.js';
import type { CorsRequest } from '../policy/policy-options.js';
import { parseRequestedHeaders } from '../policy/request-headers.js';
import { allowMethods } from '../headers/allow-methods.js';
import { allowOrigin, ANY_ORIGIN } from '../headers/allow-origin.js';
import { ALLOW_PRIVATE_NETWORK, asksForPrivateNetwork } from '../headers/allow-private-network.js';
import type { HeaderField } from '../headers/header-field.js';
import { askAbout, holderFor, reasonOf } from './origin-answer.js';
import {
  grantedFields,
  listFields,
  type PreflightTarget,
  type SharedMethods,
  sharesAnswer,
} from './preflight-target.js';
import type { CorsRefusalReason, Verdict } from './verdict.js';

/** Whether a request is a preflight request (Fetch, "CORS-preflight request"). */
export function isPreflight(request: CorsRequest): boolean {
  if (request.method !== 'OPTIONS') return false;
  const { headers } = request;
  return headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
}

/** A verdict about a preflight, and which of the candidates gave it. */
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
 * Decides about a preflight: its origin first, then the method, then the headers that it asks about. Where it cannot
 * tell which route will serve the request, it is allowed if any candidate would allow it; the request itself is then
 * held to its own route.
 */
export function decidePreflight(
  request: CorsRequest,
  target: PreflightTarget,
): NowOrLater<PreflightVerdict> {
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
): NowOrLater<PreflightVerdict> {
  const policies = question.target.candidates[candidate];
  if (policies === undefined) {
    if (best === undefined) throw new RangeError('A preflight needs a candidate.');
    return best;
  }
  return andThen(decideBy(policies.first, candidate, question), (given) =>
    given.reason === undefined ? given : decideFrom(candidate + 1, question, better(best, given)),
  );
}

/** Decides by a policy of a candidate, or by those behind it where it does not allow the origin. */
function decideBy(
  policy: ListedPolicy,
  candidate: number,
  question: Question,
): NowOrLater<PreflightVerdict> {
  const { origin, request } = question;
  if (policy.origins.allows(origin)) return decideCandidate(candidate, policy, question, 'allowed');
  if (policy.next && !policy.origins.hasDeciders) return decideBy(policy.next, candidate, question);
  return andThen(askAbout(policy, origin, request), (answer) =>
    answer === 'refused' && policy.next
      ? decideBy(policy.next, candidate, question)
      : decideCandidate(candidate, policy, question, answer),
  );
}

/** Of two refusals, the one that says more: a method or header at fault before the origin. */
function better(a: PreflightVerdict | undefined, b: PreflightVerdict): PreflightVerdict {
  const weight = ({ reason }: PreflightVerdict) =>
    reason === 'origin-not-allowed' ? 0 : reason === 'origin-check-failed' ? 1 : 2;
  return a === undefined || weight(b) > weight(a) ? b : a;
}

function decideCandidate(
  candidate: number,
  policy: ListedPolicy,
  question: Question,
  answer: OriginAnswer,
): NowOrLater<PreflightVerdict> {
  const { method, target } = question;
  if (answer !== 'allowed') {
    const reason = reasonOf(answer);
    return { kind: 'preflight', policy, reason, headers: [], vary: target.vary, candidate };
  }
  const shared = target.sharedMethods(policy);
  if (shared.byOrigin.length === 0 && shared.always.has(method)) {
    return conclude(candidate, policy, question, true, shared);
  }
  return andThen(openMethods(policy, question, shared), (methods) =>
    conclude(candidate, policy, question, methods.has(method), {
      methods: allowMethods(methods),
      granted: undefined,
    }),
  );
}

/** The methods for which this origin gets the answer of this policy. */
function openMethods(
  policy: ListedPolicy,
  { method, origin, request, target }: Question,
  { always, byOrigin }: SharedMethods,
): NowOrLater<ReadonlySet<string>> {
  const methods = new Set(always);
  if (isOpen(policy, method, target)) methods.add(method);
  const pending: Promise<void>[] = [];
  for (const { name, policies } of byOrigin) {
    if (methods.has(name)) continue;
    const added = andThen(holderFor(policies, origin, request), (holder) => {
      if (holder && sharesAnswer(holder, name, policy)) methods.add(name);
    });
    if (isLater(added)) pending.push(added);
  }
  return pending.length === 0 ? methods : Promise.all(pending).then(() => methods);
}

/** Whether the policy lets the requested method through, be it one that is listed or not. */
function isOpen({ methods }: ListedPolicy, method: string, { served }: PreflightTarget): boolean {
  return (
    methods?.has(method) !== false &&
    (served === 'yes' || (served === 'unknown' && isKnownMethod(method)))
  );
}

const NO_NAMES: ReadonlySet<string> = new Set();

function conclude(
  candidate: number,
  policy: ListedPolicy,
  { request, origin, headers, target }: Question,
  isMethodAllowed: boolean,
  { methods, granted }: Pick<SharedMethods, 'methods' | 'granted'>,
): PreflightVerdict {
  const reason: CorsRefusalReason | undefined = !isMethodAllowed
    ? 'method-not-allowed'
    : headers === undefined || !policy.allowedHeaders.allows(headers)
      ? 'header-not-allowed'
      : undefined;
  const fields: HeaderField[] = [allowOrigin(policy.origins.any ? ANY_ORIGIN : origin)];
  if (reason === undefined && granted !== undefined) fields.push(...granted);
  else {
    const names = policy.allowedHeaders.fields(headers ?? NO_NAMES);
    const others = reason === undefined ? grantedFields : listFields;
    fields.push(...others(policy, methods, names));
  }
  if (reason === undefined && policy.policy.privateNetwork && asksForPrivateNetwork(request)) {
    fields.push(ALLOW_PRIVATE_NETWORK);
  }
  return { kind: 'preflight', policy, reason, headers: fields, vary: target.vary, candidate };
}
