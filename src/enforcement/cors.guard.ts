import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { IncomingMessage, ServerResponse } from 'node:http';
import { CorsInterceptor } from './response-head.js';
import { refusal } from './cors.middleware.js';
import { CorsPolicies, handlerPolicy, type Outcome } from '../decision/request-decider.js';
import type { RawRequest, RawResponse } from './exchange.js';
import type { HandlerPolicy, PolicySet } from '../configuration/policy-set.js';
import type { CorsRefusalReason } from '../protocol/decision/decision.js';

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
    private readonly policies: CorsPolicies,
    private readonly interceptor: CorsInterceptor,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const request = raw(context.getArgByIndex<RawRequest>(0));
    // Some libraries run their own handlers, of messages or commands, in contexts that they call HTTP.
    if (!isRequest(request)) return true;
    const response = raw(context.getArgByIndex<RawResponse>(1));
    const seen = this.interceptor.seen(response);
    const known = seen?.outcome;
    if (known?.verdict.kind === 'preflight') return true;

    const policies = known?.policies ?? this.policies.policies;
    const handler = policyOfHandler(policies, context);
    if (known !== undefined && seen?.method === request.method) {
      if (!handler || handler.policy === known.verdict.policy) return enforce(known);
    }
    const outcome =
      handler === undefined
        ? this.policies.decide(request)
        : this.policies.decideFor(handler, request, policies);
    if (!(outcome instanceof Promise)) return this.#conclude(outcome, request, response);
    return outcome.then((later) => this.#conclude(later, request, response));
  }

  #conclude(
    outcome: Outcome,
    request: RawRequest,
    response: RawResponse,
  ): boolean | Promise<never> {
    this.interceptor.settle(outcome, request, response);
    return enforce(outcome);
  }
}

function policyOfHandler(
  policies: PolicySet,
  context: ExecutionContext,
): HandlerPolicy | undefined {
  const controller = context.getClass();
  const handler = context.getHandler();
  return (
    handlerPolicy(policies, controller, handler) ??
    // Something wrapped the handler of this instance; its name is what is left.
    handlerPolicy(policies, controller, handler.name)
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
  // Looking for what is not there takes long with Express.
  if (wrapped instanceof IncomingMessage || wrapped instanceof ServerResponse) return wrapped as T;
  // Whatever libraries pass in contexts of their own may be no object at all.
  return (Object(wrapped) as { readonly raw?: T }).raw ?? (wrapped as T);
}
