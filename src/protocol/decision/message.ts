import type { CorsRefusalReason, Verdict } from './verdict.js';
import { isLoopbackHost } from '../origin/origin.js';
import { isExact } from '../origin/origin-pattern.js';
import { readOriginRules } from '../origin/origin-rules.js';
import type { ListedPolicy } from '../policy/policy-list.js';
import type { CorsPolicy, CorsRequest } from '../policy/policy-options.js';

/**
 * What a refused client is told: why, and nothing about the policy or the request that another site could
 * learn from.
 */
export const REFUSAL_MESSAGES: Readonly<Record<CorsRefusalReason, string>> = {
  'origin-not-allowed':
    'Pages of this origin may not call this resource (CORS: origin-not-allowed).',
  'method-not-allowed':
    'Pages of this origin may not use this method here (CORS: method-not-allowed).',
  'header-not-allowed':
    'Pages of this origin may not send these headers here (CORS: header-not-allowed).',
  'credentials-not-allowed':
    'Pages of other origins may not send cookies here (CORS: credentials-not-allowed).',
  'origin-check-failed':
    'The server could not check whether this origin may call this resource (CORS: origin-check-failed).',
  'not-isolated':
    'Pages of other sites may not embed, preload or submit this resource (CORS: not-isolated).',
};

/** One sentence for the developer: which rule decided, and how to change it. */
export function explain(verdict: Verdict, request: CorsRequest, place: string): string {
  const { policy, list } = verdict.policy;
  const subject = list.members.length === 1 ? place : `${place}, ${whichOf(verdict.policy)},`;
  const { headers } = request;
  const origin = quote(headers.origin ?? '');
  const method = headers['access-control-request-method'] ?? request.method;
  if (verdict.kind === 'actual' && verdict.reason !== undefined && !policy.enforce) {
    return `${subject} answers the origin ${origin} without CORS headers, since enforce is false, and would refuse it otherwise: ${whyNot(verdict.reason, policy)}.`;
  }
  switch (verdict.reason) {
    case 'origin-not-allowed':
      return list.members.length === 1
        ? `${subject} does not allow the origin ${origin}: its origin rule is ${describeOrigin(policy.origin)}; add the origin there if its pages may call this.`
        : `${place} does not allow the origin ${origin}: the origin rules of its policies are, in order, ${list.policies.map((each) => describeOrigin(each.origin)).join('; ')}; add the origin to one of them if its pages may call this.`;
    case 'origin-check-failed':
      return `${subject} could not find out whether the origin ${origin} is allowed: its origin function or resolver threw or rejected; see its error in the log.`;
    case 'method-not-allowed':
      return policy.methods === '*' || policy.methods.includes(method)
        ? `No route serves ${quote(method)} at this URL; add one, or correct the method in the page (methods are case-sensitive).`
        : `${subject} does not allow the method ${quote(method)} from other origins: its methods are ${policy.methods.join(', ')}; add it there if pages may use it.`;
    case 'header-not-allowed':
      return `${subject} does not allow all of the request headers ${quote(headers['access-control-request-headers'] ?? '')}: its allowedHeaders are ${describeList(policy.allowedHeaders)}; add what pages may send.`;
    case 'credentials-not-allowed':
      return `${subject} does not take cookies from other origins: ${takesCookiesBefore(verdict.policy) ? `add ${origin} to a policy before it that has credentials: true, or let the page leave them out (credentials: 'omit')` : adviceOnCookies(policy)}.`;
    case 'not-isolated':
      return `${subject} is isolated from other sites, and a page of one of them asks without Origin (${describeFetch(headers)}), as for an image, a form or a frame: let pages of allowed origins ask with CORS (fetch(), crossorigin="use-credentials"), or set isolate: false for it if every site may embed it.`;
    case undefined:
      return explainAllowed(verdict, origin, verdict.kind === 'not-cors' ? place : subject);
  }
}

/** Why a request that runs all the same (`enforce: false`) is not allowed. */
function whyNot(reason: CorsRefusalReason, policy: CorsPolicy): string {
  switch (reason) {
    case 'origin-not-allowed':
      return `its origin rule is ${describeOrigin(policy.origin)}`;
    case 'origin-check-failed':
      return 'its origin function or resolver threw or rejected';
    case 'method-not-allowed':
      return `its methods are ${describeList(policy.methods)}`;
    case 'header-not-allowed':
      return `its allowedHeaders are ${describeList(policy.allowedHeaders)}`;
    case 'credentials-not-allowed':
      return 'it does not take cookies from other origins';
    case 'not-isolated':
      return 'it is isolated from other sites';
  }
}

/** What to do about a cookie: `credentials: true` alone must not lead into what does not start. */
function adviceOnCookies({ origin }: CorsPolicy): string {
  const { any, opaque, patterns, regexps } = readOriginRules(origin).rules;
  const mayHaveThem =
    !any &&
    !opaque &&
    regexps.length === 0 &&
    patterns.every(
      (each) => isExact(each) && (each.scheme !== 'http' || isLoopbackHost(each.host)),
    );
  return mayHaveThem
    ? "set credentials: true for it, or let the page leave them out (credentials: 'omit')"
    : "let the page leave them out (credentials: 'omit'), or list the origins that may send them in a policy with credentials: true";
}

/** Whether one that is asked before a policy takes cookies. */
function takesCookiesBefore(policy: ListedPolicy): boolean {
  const { members } = policy.list;
  return members.slice(0, members.indexOf(policy)).some((each) => each.policy.credentials);
}

/** Which policy of several has spoken. */
function whichOf(policy: ListedPolicy): string {
  const { members } = policy.list;
  return `by policy ${String(members.indexOf(policy) + 1)} of ${String(members.length)}`;
}

function explainAllowed({ kind, policy }: Verdict, origin: string, subject: string): string {
  switch (kind) {
    case 'not-cors':
      return `The request has no Origin header, so CORS does not apply; ${subject} applies once a page of another origin asks.`;
    case 'same-origin':
      return 'The request comes from a page of the same origin, so CORS does not apply.';
    case 'preflight':
      return `${subject} allows pages of ${origin} to send the request that they ask about.`;
    case 'actual':
      return `${subject} allows the origin ${origin}${policy.policy.credentials ? ', with credentials' : ''}.`;
  }
}

/** What a browser says of the use of a request (Fetch Metadata). */
function describeFetch(headers: CorsRequest['headers']): string {
  return ['Sec-Fetch-Mode', 'Sec-Fetch-Dest', 'Sec-Purpose']
    .map((name) => [name, headers[name.toLowerCase()]] as const)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${quote(String(value))}`)
    .join(', ');
}

/** Text of the request on one line, cut where it is longer than any sensible one. */
function quote(text: string): string {
  const short = text.length > 200 ? `${text.slice(0, 200)}…` : text;
  return JSON.stringify(short);
}

function describeList(list: '*' | readonly string[]): string {
  if (list === '*') return '*';
  return list.length === 0 ? 'none' : list.join(', ');
}

const MOST_RULES = 5;

function describeOrigin(option: CorsPolicy['origin']): string {
  if (!Array.isArray(option)) return describeRule(option);
  if (option.length === 0) return 'empty (nobody)';
  const rules = option.slice(0, MOST_RULES).map(describeRule).join(', ');
  const more = option.length - MOST_RULES;
  return more > 0 ? `${rules} and ${String(more)} more` : rules;
}

function describeRule(rule: unknown): string {
  if (rule === false) return 'false (nobody)';
  if (typeof rule === 'string') return `'${rule}'`;
  return typeof rule === 'function' ? rule.name || 'a function' : String(rule);
}
