import type { CorsDecision } from '../../decision/cors-decision.js';
import { normalizeMethod } from '../../fetch/request.js';
import { isSameSite } from '../../fetch/site.js';
import { type FetchTrace, lowerCased, type TracedStep } from './fetch-trace.js';
import type { ReadQuestion } from './page-question.js';

/** Why a browser does not even ask the server. */
type CallFault =
  | 'forbidden-method'
  | 'no-cors-method'
  | 'same-origin-mode'
  | 'mixed-content'
  | 'bad-port';

/** Why a page does not get what it asks for. */
export type Fault =
  | { readonly kind: CallFault | 'opaque' }
  /** `failed`: a function or resolver could not answer. */
  | { readonly kind: 'origin'; readonly failed: boolean }
  | { readonly kind: 'credentials' | 'not-isolated' | 'unknown' }
  /** `narrowed`: the policy leaves the method out; otherwise no route serves it. */
  | { readonly kind: 'method'; readonly method: string; readonly narrowed: boolean }
  | { readonly kind: 'headers'; readonly names: readonly string[] }
  | { readonly kind: 'not-exposed'; readonly names: readonly string[] };

/** What keeps a page from what it asks for; `undefined` where it gets it. */
export function faultOf(trace: FetchTrace, question: ReadQuestion): Fault | undefined {
  const last = trace.steps.at(-1);
  if (last === undefined) return { kind: 'unknown' };
  if (trace.response === undefined) return faultOfStep(last, question);
  const { decision } = trace;
  const { type, headers } = trace.response;
  const { reads = [] } = question.asked;
  if (type === 'opaque') {
    if (decision !== undefined && isKeptBack(decision, question)) return { kind: 'not-isolated' };
    // What is not enforced reaches the application.
    if (decision?.reason !== undefined && decision.status !== undefined) {
      return byReason(decision, question);
    }
    return reads.length > 0 ? { kind: 'opaque' } : undefined;
  }
  const names = reads.filter((name) => !headers.includes(name.toLowerCase()));
  return names.length > 0 ? { kind: 'not-exposed', names } : undefined;
}

/** Fetch, "cross-origin resource policy check": whether the browser keeps an opaque answer back. */
export function isKeptBack(
  { headers }: CorsDecision,
  { origin, request, knowsServer }: ReadQuestion,
): boolean {
  const isolates = lowerCased(headers)['cross-origin-resource-policy'] !== undefined;
  return isolates && !(knowsServer && isSameSite(origin, request.url));
}

function faultOfStep({ step, decision }: TracedStep, question: ReadQuestion): Fault {
  const fault = 'fault' in step ? step.fault : undefined;
  switch (fault) {
    case 'forbidden-method':
    case 'no-cors-method':
    case 'same-origin-mode':
    case 'mixed-content':
    case 'bad-port':
      return { kind: fault };
    case 'no-allow-origin':
    case 'other-origin':
      return decision === undefined ? { kind: 'unknown' } : byReason(decision, question);
    case 'wildcard-with-credentials':
    case 'credentials-not-allowed':
      return { kind: 'credentials' };
    case 'method-not-listed':
      return decision === undefined ? { kind: 'unknown' } : methodFault(decision, question);
    case 'header-not-listed':
      return step.name === 'preflight' && decision !== undefined
        ? { kind: 'headers', names: unlisted(step.question.unsafeNames, decision) }
        : { kind: 'unknown' };
    default:
      return { kind: 'unknown' };
  }
}

/** By what the server says: it sends no CORS header with its refusals. */
function byReason(decision: CorsDecision, question: ReadQuestion): Fault {
  switch (decision.reason) {
    case 'origin-not-allowed':
      return { kind: 'origin', failed: false };
    case 'origin-check-failed':
      return { kind: 'origin', failed: true };
    case 'credentials-not-allowed':
      return { kind: 'credentials' };
    case 'not-isolated':
      return { kind: 'not-isolated' };
    case 'method-not-allowed':
      return methodFault(decision, question);
    default:
      return { kind: 'unknown' };
  }
}

function methodFault({ policy: { methods } }: CorsDecision, { request }: ReadQuestion): Fault {
  const method = normalizeMethod(request.method);
  const narrowed =
    methods !== '*' &&
    !methods.includes(method) &&
    // `GET` includes `HEAD`.
    !(method === 'HEAD' && methods.includes('GET'));
  return { kind: 'method', method, narrowed };
}

function unlisted(names: readonly string[], { policy }: CorsDecision): string[] {
  if (policy.allowedHeaders === '*') return [];
  const allowed = new Set(policy.allowedHeaders.map((name) => name.toLowerCase()));
  return names.filter((name) => !allowed.has(name));
}
