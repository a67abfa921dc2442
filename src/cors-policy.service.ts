import { Injectable, type Type } from '@nestjs/common';
import type { IncomingHttpHeaders } from 'node:http';
import { preflightStatus } from './cors.middleware.js';
import { CorsPolicies, type Outcome } from './cors-policies.js';
import type { CorsRoute } from './policy-set.js';
import {
  answerTo,
  type CorsRefusalReason,
  refusalStatus,
  type Verdict,
} from './protocol/decision.js';
import { explain } from './protocol/message.js';
import { normalizeMethod } from './protocol/methods.js';
import type { CorsPolicy, CorsRequest } from './protocol/policy-options.js';
import { isSameOrigin } from './protocol/same-origin.js';
import { mergeVary } from './protocol/vary.js';

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
  /** Exactly the headers that the server would send on account of CORS. */
  readonly headers: Readonly<Record<string, string>>;
  /** The route that would serve the request, or the one that a preflight asks about. */
  readonly route?: CorsRoute;
  readonly policy: CorsPolicy;
  /** One sentence for a person: the rule that decided, and how to change it. */
  readonly message: string;
}

/** What {@link CorsPolicyService.evaluate} is asked about. */
export interface CorsQuestion {
  readonly method: string;
  /** Path and query, e.g. `/catalog/42?full=1`; or a whole URL, whose host then counts. */
  readonly url: string;
  /** In any case; a preflight is an `OPTIONS` with `Origin` and `Access-Control-Request-Method`. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/**
 * The application's CORS policies, for code of its own: what holds where, and what the server would answer.
 * It shares the implementation of the request path, so that the two cannot disagree.
 *
 * Usable once the application is initialized, i.e. from `onApplicationBootstrap()` on.
 */
@Injectable()
export class CorsPolicyService {
  constructor(private readonly policies: CorsPolicies) {}

  /** Every route, in the order in which Nest registers them, with its effective policy. */
  routes(): readonly CorsRoute[] {
    return this.policies.policies.routes;
  }

  /**
   * The effective policy of a handler.
   *
   * @throws RangeError if the application routes nothing to it
   */
  policyOf(controller: Type, handlerName: string): CorsPolicy {
    const policy = this.policies.policyOf(controller, handlerName);
    if (policy === undefined) {
      throw new RangeError(
        `No route leads to ${controller.name}.${handlerName}. Give a controller of this application and the name of one of its handlers.`,
      );
    }
    return policy.policy;
  }

  /**
   * Whether an origin is allowed, for code outside HTTP routes: gateways, mailers, redirects.
   *
   * @param origin in its serialized form, e.g. `https://app.example.com`; anything else is not allowed
   * @param policyName a named policy; the module's defaults if left out
   * @returns `false` too where an origin function or resolver fails
   * @throws RangeError if there is no such policy
   */
  async isOriginAllowed(origin: string, policyName?: string): Promise<boolean> {
    const { defaults, named } = this.policies.policies;
    const policy = policyName === undefined ? defaults : named.get(policyName);
    if (policy === undefined) {
      throw new RangeError(
        `There is no policy "${policyName ?? ''}". Use one of ${[...named.keys()].join(', ') || 'those of policies'}.`,
      );
    }
    return (await answerTo(policy, origin)) === 'allowed';
  }

  /** What the server would do with a request, without sending it. */
  async evaluate({ method, url, headers = {} }: CorsQuestion): Promise<CorsDecision> {
    const request = toRequest(method, url, headers);
    const outcome = await this.policies.decide(request);
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
      headers: headersOf(verdict),
      ...(route !== undefined && { route }),
      policy: verdict.policy.policy,
      message: explain(verdict, request, subjectOf(route)),
    };
  }
}

function statusOf(outcome: Outcome): number | undefined {
  const { verdict, enforced } = outcome;
  if (verdict.kind === 'preflight') {
    return verdict.headers.length > 0 && verdict.policy.policy.preflightContinue
      ? undefined
      : preflightStatus(outcome);
  }
  return verdict.reason !== undefined && enforced ? refusalStatus(verdict.reason) : undefined;
}

function headersOf({ headers, vary, kind, policy }: Verdict): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let index = 0; index < headers.length; index += 2) {
    fields[headers[index] ?? ''] = headers[index + 1] ?? '';
  }
  if (vary.length > 0) fields['Vary'] = mergeVary(undefined, vary);
  if (kind === 'preflight' && !(headers.length > 0 && policy.policy.preflightContinue)) {
    fields['Content-Length'] = '0';
  }
  return fields;
}

function subjectOf(route: CorsRoute | undefined): string {
  return route === undefined
    ? 'The policy of this URL, which no controller serves with that method,'
    : `${route.controller.name}.${route.handlerName} (${route.method} ${route.path})`;
}

/** The request that a question describes, as Node would present it. */
function toRequest(
  method: string,
  url: string,
  headers: NonNullable<CorsQuestion['headers']>,
): CorsRequest {
  const fields: IncomingHttpHeaders = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) fields[name.toLowerCase()] = String(value);
  }
  const absolute =
    /^[a-z][a-z0-9+.-]*:\/\//i.test(url) && URL.canParse(url) ? new URL(url) : undefined;
  if (absolute !== undefined) fields.host ??= absolute.host;
  return {
    method: normalizeMethod(method),
    url: absolute === undefined ? url : absolute.pathname + absolute.search,
    headers: fields,
  };
}
