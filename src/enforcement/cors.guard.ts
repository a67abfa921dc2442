import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { PoliciesInForce } from '../configuration/policies-in-force.js';
import { type CalledHandler, policyOfCalled } from '../decision/called-handler.js';
import type { Outcome } from '../decision/outcome.js';
import { RequestDecider } from '../decision/request-decider.js';
import type { CorsRefusalReason } from '../protocol/decision/verdict.js';
import { andThen, type NowOrLater } from '../protocol/now-or-later.js';
import type { PolicyList } from '../protocol/policy/policy-list.js';
import { rawRequest, rawResponse } from './raw-message.js';
import { refusal } from './refusal.js';
import { ResponseHead } from './response-head.js';

/**
 * ENFORCE: refuses the actual requests that the policy of their handler does not allow, with 403, or with 503
 * where an origin function or resolver failed. What is no HTTP request passes.
 *
 * Registered for the whole application. Here the handler is known, and so the policy, without any look at the URL.
 * Where the middleware has decided already, its decision counts, unless something in between rewrote the request:
 * its URL, so that Nest chose another handler, or its method.
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
    if (known?.verdict.kind === 'preflight') return true;

    const policies = known?.policies ?? this.inForce.policies;
    const called: CalledHandler = {
      controller: context.getClass(),
      handler: context.getHandler(),
    };
    const handler = policyOfCalled(policies, called);
    if (known !== undefined && exchange?.method === request.method) {
      exchange.called = called;
      if (handler && isSettled(known, handler.policies)) return enforce(known);
    }
    const outcome =
      handler === undefined
        ? this.decider.decideInDoubt(called, request, policies)
        : this.decider.decideFor(handler, request, policies);
    return andThen(outcome, (decided) => {
      this.head.settle(decided, request, response).called = called;
      return enforce(decided);
    });
  }
}

/** Whether an earlier decision has taken the policies of the handler into account. */
function isSettled({ verdict, settled }: Outcome, policies: PolicyList): boolean {
  return policies === verdict.policy.list || settled?.includes(policies) === true;
}

function enforce({ verdict }: Outcome): NowOrLater<boolean> {
  if (verdict.kind === 'actual' && verdict.reason !== undefined && verdict.policy.policy.enforce) {
    return refuse(verdict.reason);
  }
  return true;
}

async function refuse(reason: CorsRefusalReason): Promise<never> {
  // Thrown at once, it would reject before Nest awaits it, and Node goes to some length over such rejections.
  await Promise.resolve();
  throw refusal(reason);
}

function isRequest(request: unknown): boolean {
  return typeof request === 'object' && request !== null && 'headers' in request;
}
