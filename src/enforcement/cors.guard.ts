import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { PoliciesInForce } from '../configuration/policies-in-force.js';
import type { HandlerPolicy } from '../configuration/policy-set.js';
import { type CalledHandler, policyOfCalled } from '../decision/called-handler.js';
import type { Outcome } from '../decision/outcome.js';
import { RequestDecider } from '../decision/request-decider.js';
import type { CorsRefusalReason } from '../protocol/decision/verdict.js';
import { andThen, type NowOrLater } from '../protocol/now-or-later.js';
import { rawRequest, rawResponse } from './raw-message.js';
import { refusal } from './refusal.js';
import { ResponseHead } from './response-head.js';

/**
 * ENFORCE: refuses the requests that the policy of their handler does not allow, with 403, or with 503
 * where an origin function or resolver failed. What is no HTTP request passes.
 *
 * The module registers it for the whole application. Nest tells the guard which handler it calls, and so which policy
 * holds: the guard need not look at the URL. A decision of the middleware counts, unless something in between rewrote
 * the request's method, or its URL so that Nest chose another handler. Then `paths` hold as if the request had come in
 * as it is now.
 */
@Injectable()
export class CorsGuard implements CanActivate {
  constructor(
    private readonly inForce: PoliciesInForce,
    private readonly decider: RequestDecider,
    private readonly head: ResponseHead,
  ) {}

  canActivate(context: ExecutionContext): NowOrLater<boolean> {
    if (context.getType() !== 'http') return true;
    const request = rawRequest(context);
    // Some libraries run their own handlers, of messages or commands, in contexts that they call HTTP.
    if (!isRequest(request)) return true;
    const response = rawResponse(context);
    const exchange = this.head.exchange(response);
    const known = exchange?.outcome;
    const isSameMethod = exchange?.method === request.method;
    if (known?.verdict.kind === 'preflight' && isSameMethod) return true;

    const policies = known?.policies ?? this.inForce.policies;
    const called: CalledHandler = {
      controller: context.getClass(),
      handler: context.getHandler(),
    };
    const handler = policyOfCalled(policies, called);
    if (known !== undefined && exchange !== undefined && isSameMethod) {
      exchange.called = called;
      const isSameUrl = exchange.url === request.url;
      if (handler && isSettled(known, handler, isSameUrl)) return enforce(known);
    }
    const outcome =
      handler === undefined
        ? this.decider.decideInDoubt(called, request, policies, exchange?.url)
        : this.decider.decideFor(handler, request, policies);
    return andThen(outcome, (decided) => {
      this.head.settle(decided, request, response).called = called;
      return enforce(decided);
    });
  }
}

/** Whether an earlier decision has taken the policies of the handler into account. */
function isSettled(
  { verdict, route, isRouteSettled = false, policies: { paths, readsRequests } }: Outcome,
  { policies, routes }: HandlerPolicy,
  isSameUrl: boolean,
): boolean {
  // Other entries may hold at another URL, and functions that see requests may answer otherwise.
  if (!isSameUrl && (paths.entries.length > 0 || readsRequests)) return false;
  return (
    policies === verdict.policy.list ||
    (isRouteSettled && route !== undefined && routes.includes(route))
  );
}

function enforce({ verdict }: Outcome): NowOrLater<boolean> {
  if (verdict.reason !== undefined && verdict.policy.policy.enforce) {
    return refuse(verdict.reason);
  }
  return true;
}

async function refuse(reason: CorsRefusalReason): Promise<never> {
  // Without this, the promise rejects before Nest awaits it. Node keeps track of such rejections, which takes time.
  await Promise.resolve();
  throw refusal(reason);
}

function isRequest(request: unknown): boolean {
  return typeof request === 'object' && request !== null && 'headers' in request;
}
