import { answerFields } from './answer-fields.js';
import type { Outcome } from './outcome.js';
import { isLeftToApplication, preflightStatus } from './preflight-status.js';
import type { CorsRoute } from '../configuration/policy-set.js';
import {
  type CorsRefusalReason,
  refusalStatus,
  type Verdict,
} from '../protocol/decision/verdict.js';
import { explain } from '../protocol/decision/message.js';
import type { CorsPolicy, CorsRequest } from '../protocol/policy/policy-options.js';
import { isSameOrigin } from '../protocol/origin/same-origin.js';
import { mergeVary } from '../protocol/headers/vary.js';

/** A policy applied to one request. */
export interface CorsDecision {
  /**
   * `not-cors`: no `Origin` header. `same-origin`: the page is of the origin it calls. `preflight`: may a
   * request be sent? `actual`: the request itself.
   */
  readonly kind: Verdict['kind'];
  readonly allowed: boolean;
  /** Why it is not allowed. */
  readonly reason?: CorsRefusalReason;
  /** The status that this module would answer with; absent where the application answers. */
  readonly status?: number;
  /**
   * Exactly the headers that the server would send because of CORS; `Cache-Control: no-store` on a refusal, and
   * `Cross-Origin-Resource-Policy` where the policy isolates.
   */
  readonly headers: Readonly<Record<string, string>>;
  /** The route that would serve the request, or the one that a preflight asks about. */
  readonly route?: CorsRoute;
  readonly policy: CorsPolicy;
  /** One sentence for a person: the rule that decided, and how to change it. */
  readonly message: string;
}

/** What was decided, for people and programs outside the request path. */
export function describeOutcome(outcome: Outcome, request: CorsRequest): CorsDecision {
  const { verdict, route } = outcome;
  const { origin } = request.headers;
  const sameOrigin =
    verdict.kind === 'actual' && origin !== undefined && isSameOrigin(request, origin);
  const status = statusOf(outcome);
  return {
    kind: sameOrigin ? 'same-origin' : verdict.kind,
    allowed: verdict.reason === undefined,
    ...(verdict.reason !== undefined && { reason: verdict.reason }),
    ...(status !== undefined && { status }),
    headers: headersOf(outcome),
    ...(route !== undefined && { route }),
    policy: verdict.policy.policy,
    message: explain(verdict, request, subjectOf(outcome)),
  };
}

function statusOf({ verdict, enforced }: Outcome): number | undefined {
  if (verdict.kind === 'preflight') {
    return isLeftToApplication(verdict) ? undefined : preflightStatus(verdict);
  }
  return verdict.reason !== undefined && enforced ? refusalStatus(verdict.reason) : undefined;
}

function headersOf(outcome: Outcome): Record<string, string> {
  const { verdict } = outcome;
  const { vary, kind } = verdict;
  const fields: Record<string, string> = Object.fromEntries(answerFields(outcome));
  if (vary.length > 0) fields['Vary'] = mergeVary(undefined, vary);
  if (kind === 'preflight' && !isLeftToApplication(verdict)) fields['Content-Length'] = '0';
  return fields;
}

function subjectOf({ route, where }: Outcome): string {
  return route === undefined
    ? (where ?? 'The default policy, which holds where no controller serves the request,')
    : `${route.controller.name}.${route.handlerName} (${route.method} ${route.path})`;
}
