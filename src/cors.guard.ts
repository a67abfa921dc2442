import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { CorsInterceptor } from './cors.interceptor.js';
import { refusal } from './cors.middleware.js';
import { CorsPolicies, decideBy, type Outcome, policyOf } from './cors-policies.js';
import { decided, outcomeOf, type RawRequest, type RawResponse } from './decided-request.js';
import { publishDecision } from './decision-channel.js';
import { RefusalLog } from './refusal-log.js';
import type { PolicySet } from './policy-set.js';
import type { CorsRefusalReason } from './protocol/decision.js';
import type { CompiledPolicy } from './protocol/policy.js';

/**
 * ENFORCE: refuses the actual requests that the policy of their handler does not allow, with 403, or with 503
 * where an origin function or resolver failed. What is no HTTP request passes.
 *
 * Registered for the whole application. It reads the decision of the middleware, and decides anew where Nest
 * chose another handler than the URL suggested, because something in between rewrote the request.
 */
@Injectable()
export class CorsGuard implements CanActivate {
  constructor(
    private readonly policies: CorsPolicies,
    private readonly interceptor: CorsInterceptor,
    private readonly refusals: RefusalLog,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const http = context.switchToHttp();
    const request = raw(http.getRequest<RawRequest>());
    // Some libraries run their own handlers, of messages or commands, in contexts that they call HTTP.
    if (!isRequest(request)) return true;
    const known = outcomeOf(request);
    if (known?.verdict.kind === 'preflight') return true;

    const policies = known?.policies ?? this.policies.policies;
    const policy = policyOfHandler(policies, context);
    if (known !== undefined && (policy === undefined || policy === known.verdict.policy)) {
      return enforce(known);
    }
    if (known === undefined) {
      this.interceptor.protect(request, raw(http.getResponse<RawResponse>()));
    }
    const outcome =
      policy === undefined
        ? this.policies.decide(request)
        : decideBy(policy, request, {
            route: undefined,
            enforced: policy.policy.enforce,
            policies,
          });
    const conclude = (later: Outcome) => {
      decided(request, later);
      publishDecision(later, request);
      this.refusals.note(later, request);
      return enforce(later);
    };
    return outcome instanceof Promise ? outcome.then(conclude) : conclude(outcome);
  }
}

function policyOfHandler(
  policies: PolicySet,
  context: ExecutionContext,
): CompiledPolicy | undefined {
  const controller = context.getClass();
  const handler = context.getHandler();
  return (
    policyOf(policies, controller, handler) ??
    // Something wrapped the handler of this instance; its name is what is left.
    policyOf(policies, controller, handler.name)
  );
}

function enforce({ verdict }: Outcome): boolean | Promise<never> {
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

/** Node's own object: Fastify's requests and replies hold it, Express's are it. */
function raw<T extends object>(wrapped: T | { readonly raw: T }): T {
  // Whatever libraries pass in contexts of their own may be no object at all.
  return (Object(wrapped) as { readonly raw?: T }).raw ?? (wrapped as T);
}
