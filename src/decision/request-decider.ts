import { Injectable } from '@nestjs/common';
import { PoliciesInForce } from '../configuration/policies-in-force.js';
import type {
  CorsRoute,
  HandlerPolicy,
  PathPolicy,
  PolicySet,
} from '../configuration/policy-set.js';
import { decideActual } from '../protocol/decision/actual-request.js';
import { decidePreflight, isPreflight } from '../protocol/decision/preflight-request.js';
import { PreflightTarget } from '../protocol/decision/preflight-target.js';
import { andThen, type NowOrLater } from '../protocol/now-or-later.js';
import { FORBIDDEN_METHODS } from '../protocol/policy/methods.js';
import type { CompiledPolicy } from '../protocol/policy/policy.js';
import type { CorsRequest } from '../protocol/policy/policy-options.js';
import { pathnameOf } from '../routing/pathname.js';
import type { UrlRoutes } from '../routing/route-table.js';
import type { Route } from '../routing/route.js';
import { type CalledHandler, policiesInDoubt } from './called-handler.js';
import type { Outcome } from './outcome.js';

/**
 * Decides about requests by the policies in force: the one place where that is done. What stands in the way of a
 * request and `CorsPolicyService` all ask here, so that they cannot disagree.
 */
@Injectable()
export class RequestDecider {
  /** What preflights ask about, by the routes that they meet. */
  readonly #targets = new WeakMap<PolicySet, WeakMap<UrlRoutes, PreflightTarget>>();

  constructor(private readonly inForce: PoliciesInForce) {}

  /**
   * Whether a request has to be decided about before anything else sees it, and not only once its handler is
   * known: preflights; all of them for `paths`, where no guard runs; and where functions or resolvers have to be
   * asked, as no answer can be held back until they have spoken.
   */
  decidesEarly(request: CorsRequest): boolean {
    const { paths, asking } = this.inForce.policies;
    return (
      paths.length > 0 ||
      isPreflight(request) ||
      (asking.length > 0 && request.headers.origin !== undefined)
    );
  }

  /** Decides about a request, as the one that would serve it. */
  decide(request: CorsRequest): NowOrLater<Outcome> {
    return isPreflight(request) ? this.#decidePreflight(request) : this.#decideActual(request);
  }

  #decideActual(request: CorsRequest): NowOrLater<Outcome> {
    const { policies, table, revision } = this.inForce.current;
    const found = table.find(request);
    const routed = found === undefined ? undefined : policies.routed.get(found);
    const entry = routed === undefined ? this.#pathPolicyOf(request) : undefined;
    const policy = routed?.policy ?? entry?.policy ?? policies.defaults;
    return andThen(decideActual(policy, request), (verdict) => ({
      verdict,
      route: routed?.route,
      where: entry?.where,
      enforced: (routed !== undefined || entry !== undefined) && policy.policy.enforce,
      policies,
      revision,
    }));
  }

  /**
   * Decides about a request that Nest gives to a handler.
   *
   * @param policies those that the handler's policy is of
   */
  decideFor(
    { policy, routes }: HandlerPolicy,
    request: CorsRequest,
    policies: PolicySet,
  ): NowOrLater<Outcome> {
    const { revision } = this.inForce.current;
    const route = routes.length > 1 ? this.#routeAmong(routes, request, policies) : routes[0];
    return andThen(decideActual(policy, request), (verdict) => ({
      verdict,
      route,
      enforced: policy.policy.enforce,
      policies,
      revision,
    }));
  }

  /**
   * Decides about a request that Nest gives to a handler that is not known: by the policy of its URL, and by every
   * other one that may be the handler's. Where one of them refuses it, it is refused.
   *
   * @param policies those that were in force when the request came in
   */
  async decideInDoubt(
    called: CalledHandler,
    request: CorsRequest,
    policies: PolicySet,
  ): Promise<Outcome> {
    const byUrl = await this.decide(request);
    if (byUrl.verdict.reason !== undefined) return byUrl;
    const isRouted = byUrl.route?.controller === called.controller;
    let last = byUrl;
    for (const handler of policiesInDoubt(policies, called, isRouted)) {
      last = await this.decideFor(handler, request, policies);
      if (last.verdict.reason !== undefined) return last;
    }
    return isRouted ? byUrl : last;
  }

  #routeAmong(
    routes: readonly CorsRoute[],
    request: CorsRequest,
    { routed }: PolicySet,
  ): CorsRoute | undefined {
    const found = this.inForce.current.table.find(request);
    const route = found && routed.get(found)?.route;
    // Something may have rewritten the request before it was routed.
    return route !== undefined && routes.includes(route) ? route : routes[0];
  }

  #decidePreflight(request: CorsRequest): NowOrLater<Outcome> {
    const { policies, table, revision } = this.inForce.current;
    const requested = request.headers['access-control-request-method'] ?? '';
    const here = table.at(request, FORBIDDEN_METHODS.has(requested) ? '' : requested);
    const entry = here.candidates.length === 0 ? this.#pathPolicyOf(request) : undefined;
    return andThen(decidePreflight(request, this.#targetOf(here, entry)), (verdict) => {
      const route = here.candidates[verdict.candidate];
      return {
        verdict,
        route: route === undefined ? undefined : policies.routed.get(route)?.route,
        where: entry?.where,
        enforced: true,
        policies,
        revision,
      };
    });
  }

  #targetOf(here: UrlRoutes, entry: PathPolicy | undefined): PreflightTarget {
    const { policies } = this.inForce;
    const methods = () =>
      new Map([...here.methods].map(([method, routes]) => [method, policiesOf(policies, routes)]));
    if (entry !== undefined) {
      return new PreflightTarget({
        candidates: [entry.policy],
        served: 'unknown',
        methods: methods(),
      });
    }
    const targets = this.#targetsOf(policies);
    let target = targets.get(here);
    if (target === undefined) {
      const isServed = here.candidates.length > 0;
      target = new PreflightTarget({
        candidates: isServed ? policiesOf(policies, here.candidates) : [policies.defaults],
        served: isServed ? 'yes' : here.methods.size > 0 ? 'no' : 'unknown',
        methods: methods(),
      });
      targets.set(here, target);
    }
    return target;
  }

  #targetsOf(policies: PolicySet): WeakMap<UrlRoutes, PreflightTarget> {
    let targets = this.#targets.get(policies);
    if (targets === undefined) {
      targets = new WeakMap();
      this.#targets.set(policies, targets);
    }
    return targets;
  }

  #pathPolicyOf({ url }: CorsRequest): PathPolicy | undefined {
    const { paths } = this.inForce.policies;
    if (paths.length === 0) return undefined;
    const pathname = pathnameOf(url);
    if (pathname === undefined) return undefined;
    const spellings = [pathname, plainSpelling(pathname)];
    return paths.find((entry) => spellings.some((spelling) => entry.matches(spelling)));
  }
}

function policiesOf(policies: PolicySet, routes: readonly Route[]): readonly CompiledPolicy[] {
  return routes.map((route) => policies.routed.get(route)?.policy ?? policies.defaults);
}

/** A path as a server may read it that decodes escapes and folds slashes: no other spelling is a way round. */
function plainSpelling(pathname: string): string {
  const folded = pathname.replace(/\/{2,}/g, '/');
  try {
    return decodeURIComponent(folded);
  } catch {
    return folded;
  }
}
