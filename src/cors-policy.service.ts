import { Injectable, Logger, type Type } from '@nestjs/common';
import { CorsConfiguration } from './configuration/cors-configuration.js';
import { type CorsDecision, describeOutcome } from './decision/cors-decision.js';
import type { CorsModuleOptions } from './cors-options.js';
import type { CorsPolicyName } from './cors-policy-names.js';
import type { CorsDocument } from './document/cors-document.js';
import { documentOf } from './document/document-of.js';
import { PoliciesInForce } from './configuration/policies-in-force.js';
import { handlerPolicy } from './configuration/policy-set.js';
import { type CorsQuestion, requestOf } from './decision/cors-question.js';
import { RequestDecider } from './decision/request-decider.js';
import { GatewayCheck } from './enforcement/gateway-check.js';
import { createGatewayCors, type GatewayCors } from './enforcement/gateway-cors.js';
import { Revocations } from './enforcement/revocations.js';
import type { CorsRoute } from './configuration/policy-set.js';
import { decideActual } from './protocol/decision/actual-request.js';
import { holderFor } from './protocol/decision/origin-answer.js';
import { isNonEmpty, mapEach } from './protocol/non-empty.js';
import { PolicyList } from './protocol/policy/policy-list.js';
import type { CorsPolicy } from './protocol/policy/policy-options.js';

/**
 * The application's CORS policies, for code of its own: what holds where, and what the server would answer.
 * It shares the implementation of the request path, so that the two cannot disagree.
 *
 * Usable once the application is initialized, i.e. from `onApplicationBootstrap()` on.
 */
@Injectable()
export class CorsPolicyService {
  readonly #logger = new Logger('CorsModule');

  constructor(
    private readonly inForce: PoliciesInForce,
    private readonly decider: RequestDecider,
    private readonly configuration: CorsConfiguration,
    private readonly revocations: Revocations,
    private readonly gateways: GatewayCheck,
  ) {}

  /** Every route, in the order in which Nest registers them, with its effective policy. */
  routes(): readonly CorsRoute[] {
    return this.inForce.policies.routes;
  }

  /**
   * The effective policy of a handler; of several, the first.
   *
   * @throws RangeError if the application routes nothing to it
   */
  policyOf(controller: Type, handlerName: string): CorsPolicy {
    return this.#policiesOf(controller, handlerName)[0];
  }

  /**
   * The effective policies of a handler, in order: the first one whose origin rule allows an origin holds for it.
   *
   * @throws RangeError if the application routes nothing to it
   */
  policiesOf(controller: Type, handlerName: string): readonly CorsPolicy[] {
    return this.#policiesOf(controller, handlerName);
  }

  #policiesOf(controller: Type, handlerName: string): PolicyList['policies'] {
    const handler = handlerPolicy(this.inForce.policies, controller, handlerName);
    if (handler === undefined) {
      throw new RangeError(
        `No route leads to ${controller.name}.${handlerName}. Give a controller of this application and the name of one of its handlers.`,
      );
    }
    return handler.policies.policies;
  }

  /**
   * Whether an origin is allowed, for code outside HTTP routes: gateways, mailers, redirects.
   *
   * @param origin in its serialized form, e.g. `https://app.example.com`; anything else is allowed by `'*'` only
   * @param policies a named policy, or several, of which one has to allow it; the module's defaults if left out
   * @returns `false` too where an origin function or resolver fails
   * @throws RangeError if there is no such policy
   */
  async isOriginAllowed(
    origin: string,
    policies?: CorsPolicyName | readonly CorsPolicyName[],
  ): Promise<boolean> {
    return (await holderFor(this.#policiesNamed(policies), origin)) !== undefined;
  }

  #policiesNamed(names: CorsPolicyName | readonly CorsPolicyName[] | undefined): PolicyList {
    const { defaults, named } = this.inForce.policies;
    if (names === undefined) return defaults;
    const listOf = (name: string): PolicyList => {
      const list = named.get(name);
      if (list !== undefined) return list;
      throw new RangeError(
        `There is no policy "${name}". Use one of ${[...named.keys()].join(', ') || 'those of policies'}.`,
      );
    };
    if (typeof names === 'string') return listOf(names);
    const policies = names.flatMap((name) => listOf(name).members);
    if (!isNonEmpty(policies)) throw new RangeError('An empty list names no policy.');
    return new PolicyList(policies);
  }

  /**
   * Holds the handshakes of WebSockets to a policy. What it returns is the `cors` option of socket.io; its
   * `verifyClient` is for `ws`, for Mercurius, and for `onConnect` of graphql-ws. Clients that send no `Origin` are no
   * pages, and pass. Pages of the same origin are never refused. Others may send a cookie only where the policy is with
   * credentials.
   *
   * @param policies a named policy, or several, of which the first one that allows the origin holds; the module's
   *   defaults if left out
   * @throws RangeError from the first handshake if there is no such policy
   */
  gatewayCors(policies?: CorsPolicyName | readonly CorsPolicyName[]): GatewayCors {
    this.gateways.noteAsked();
    return createGatewayCors(
      async (origin, request) => {
        const list = this.#policiesNamed(policies);
        if (origin === undefined) return list.last.policy;
        if (request === undefined) return (await holderFor(list, origin))?.policy;
        // A handshake is always a GET. The policy's methods are about HTTP requests.
        const forAnyMethod = mapEach(list.members, (each) => ({ ...each, methods: undefined }));
        const { reason, policy } = await decideActual(new PolicyList(forAnyMethod), request);
        return reason === undefined ? policy.policy : undefined;
      },
      () => this.#policiesNamed(policies).policies.every(({ credentials }) => credentials),
    );
  }

  /**
   * Checks options as the start does, and does nothing with them. Use it for what people enter while the application
   * runs, e.g. `{ origin, credentials: true }`. It leaves decorated policies out.
   *
   * @throws CorsConfigurationError with every error; it never throws for a warning
   */
  async check(options: CorsModuleOptions): Promise<void> {
    await this.configuration.check(options);
  }

  /**
   * Changes the policies of the running application: checks the options as the start does, then puts all of them
   * in force at once. Decorated policies are combined anew with them. Requests under way keep their decisions.
   *
   * Origin rules that are the same function or class as before, with the same `originCache` and `originTimeout`, keep
   * what is remembered of their answers as `forgetOrigin()` leaves it; of the others it is forgotten.
   *
   * @param options all of the options, as `CorsModule.forRoot()` takes them
   * @throws CorsConfigurationError and changes nothing, where the start would have failed
   */
  async reconfigure(options: CorsModuleOptions): Promise<void> {
    await this.configuration.change(options);
    this.revocations.review();
  }

  /**
   * Has origin functions and resolvers asked again about what is remembered of their answers (option `originCache`).
   *
   * One origin is forgotten for good: until its rule has answered, it gets nothing. Without an origin, the rules are
   * asked anew about every origin when its next request comes. What was remembered counts only where a rule fails then,
   * for as long as `ttl` and `staleWhileRevalidate` say.
   *
   * @param origin the one to forget, in its serialized form; all of them if left out
   */
  forgetOrigin(origin?: string): void {
    for (const matcher of this.inForce.policies.matchers) {
      if (origin === undefined) matcher.expire();
      else matcher.forget(origin);
    }
    this.inForce.renew();
    this.revocations.review(origin);
  }

  /**
   * Every exact origin that a policy allows with credentials, for Nest 12's
   * `app.enableCsrfProtection({ trustedOrigins })`. Nest trusts them on every route, not only where CORS allows
   * them. A warning names the rules that allow more than can be listed. Their origins are left out.
   *
   * Usable before the application is initialized, since `enableCsrfProtection()` has to come before that.
   *
   * @see {@link https://docs.nestjs.com/security/csrf}
   */
  trustedOrigins(): string[] {
    const { origins, unlisted } = this.configuration.trustedOrigins();
    if (unlisted.length > 0) {
      this.#logger.warn(
        `trustedOrigins() cannot list what these rules allow with credentials: ${unlisted.join(', ')}; name the origins that CSRF protection should trust yourself.`,
      );
    }
    return [...origins];
  }

  /**
   * Everything that is known of the policies in force, as plain JSON: to be reviewed, compared, and checked against
   * what a deployed server answers. The same application gives the same text, byte for byte.
   */
  document(): CorsDocument {
    return documentOf(this.inForce.policies, this.configuration.describeRouter());
  }

  /** What the server would do with a request, without sending it. */
  async evaluate(question: CorsQuestion): Promise<CorsDecision> {
    const asked = requestOf(question);
    const { hostname = this.configuration.hostname(asked.headers) } = asked;
    const request = { ...asked, hostname };
    return describeOutcome(await this.decider.decide(request), request);
  }
}
