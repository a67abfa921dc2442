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
import { allOf, andThen, type NowOrLater } from '../protocol/now-or-later.js';
import { FORBIDDEN_METHODS } from '../protocol/policy/methods.js';
import type { PolicyList } from '../protocol/policy/policy-list.js';
import type { CorsRequest } from '../protocol/policy/policy-options.js';
import type { PathHolders } from '../routing/path-entries.js';
import type { UrlRoutes } from '../routing/route-table.js';
import type { Route } from '../routing/route.js';
import { type CalledHandler, policiesInDoubt } from './called-handler.js';
import type { Outcome } from './outcome.js';
import { strictest } from './strictest.js';

/**
 * Decides about requests by the policies in force. Nothing else does: middleware, guard, response head and
 * `CorsPolicyService` all ask here, so that they cannot disagree.
 */
export class RequestDecider {
  /** What preflights ask about, by the routes that they meet. */
  readonly #targets = new WeakMap<PolicySet, WeakMap<UrlRoutes, PreflightTarget>>();

  constructor(private readonly inForce: PoliciesInForce) {}

  /**
   * Whether a request has to be decided about before anything else sees it, instead of in the guard. That is so for
   * preflights, where there are `paths`, since no guard runs there, and where functions or resolvers may have to be
   * asked, since a response cannot wait for their answer.
   */
  decidesEarly(request: CorsRequest): boolean {
    const { paths, asking } = this.inForce.policies;
    return (
      paths.entries.length > 0 ||
      isPreflight(request) ||
      (asking.length > 0 && request.headers.origin !== undefined)
    );
  }

  /** Decides about a request by its URL: by the `paths` entries there, and by the route that would serve it. */
  decide(request: CorsRequest): NowOrLater<Outcome> {
    return isPreflight(request) ? this.#decidePreflight(request) : this.#decideActual(request);
  }

  #decideActual(request: CorsRequest): NowOrLater<Outcome> {
    const { policies, table, revision } = this.inForce.current;
    const found = table.find(request);
    const routed = found === undefined ? undefined : policies.routed.get(found);
    const holders = holdersAt(policies, request.url, found);
    if (holders.entries.length > 0) {
      return this.#decideUnderEntries(holders, routed, request, policies);
    }
    return andThen(decideActual(routed?.policies ?? policies.defaults, request), (verdict) => ({
      verdict,
      route: routed?.route,
      enforced: routed !== undefined && verdict.policy.policy.enforce,
      isEarly: verdict.reason !== undefined && holdersAt(policies, request.url).entries.length > 0,
      policies,
      revision,
    }));
  }

  /** Every reading of the URL has to allow the request: all of the entries, and the route where it holds beside them. */
  #decideUnderEntries(
    { entries, routeHolds }: PathHolders<PathPolicy>,
    routed: { readonly route: CorsRoute | undefined; readonly policies: PolicyList } | undefined,
    request: CorsRequest,
    policies: PolicySet,
  ): NowOrLater<Outcome> {
    const { revision } = this.inForce.current;
    const holders = entries.map(({ payload }): Holder => payload);
    if (routed !== undefined && routeHolds) holders.push({ policies: routed.policies });
    const outcomes = holders.map(({ policies: held, where }) =>
      andThen(decideActual(held, request), (verdict): Outcome => ({
        verdict,
        route: routed?.route,
        where,
        enforced: verdict.policy.policy.enforce,
        isEarly: true,
        isRouteSettled: true,
        policies,
        revision,
      })),
    );
    return andThen(allOf(outcomes), strictest);
  }

  /**
   * Decides about a request that Nest gives to a handler: by the handler's policy, and by the `paths` entries at the URL
   * that the request has now, whatever it had when it came in.
   *
   * @param policies the set to which the handler's policy belongs
   */
  decideFor(
    { policies: held, routes }: HandlerPolicy,
    request: CorsRequest,
    policies: PolicySet,
  ): NowOrLater<Outcome> {
    const { table, revision } = this.inForce.current;
    const isLookedUp = routes.length > 1 || policies.paths.entries.length > 0;
    const found = isLookedUp ? table.find(request) : undefined;
    const routed = found && policies.routed.get(found)?.route;
    // Something may have rewritten the request after it was routed.
    const isRouted = routed !== undefined && routes.includes(routed);
    const route = isRouted ? routed : routes[0];
    const holders = holdersAt(policies, request.url, found);
    if (holders.entries.length > 0) {
      const { entries, routeHolds } = holders;
      const both = { entries, routeHolds: routeHolds || !isRouted };
      return this.#decideUnderEntries(both, { route, policies: held }, request, policies);
    }
    return andThen(decideActual(held, request), (verdict) => ({
      verdict,
      route,
      enforced: verdict.policy.policy.enforce,
      isEarly: false,
      policies,
      revision,
    }));
  }

  /**
   * Decides about a request that Nest gives to a handler that is not known: by the policy of its URL, and by every
   * other one that may be the handler's. Where one of them refuses it, it is refused.
   *
   * @param policies those that were in force when the request came in
   * @param arrived the URL as the request came in
   */
  async decideInDoubt(
    called: CalledHandler,
    request: CorsRequest,
    policies: PolicySet,
    arrived: string | undefined,
  ): Promise<Outcome> {
    const byUrl = await this.decide(request);
    // A URL that was rewritten says nothing of the handler, which may have been chosen before.
    const isRouted =
      byUrl.route?.controller === called.controller && (arrived ?? request.url) === request.url;
    // A handler runs, so that its policy is held against the request even where the URL leads to none.
    const outcomes = [{ ...byUrl, enforced: byUrl.verdict.policy.policy.enforce }];
    for (const handler of policiesInDoubt(policies, called, isRouted)) {
      outcomes.push(await this.decideFor(handler, request, policies));
    }
    return strictest(outcomes);
  }

  #decidePreflight(request: CorsRequest): NowOrLater<Outcome> {
    const { policies, table, revision } = this.inForce.current;
    const requested = request.headers['access-control-request-method'] ?? '';
    const here = table.at(request, FORBIDDEN_METHODS.has(requested) ? '' : requested);
    // Even where a route is more exact than they are, other methods of the URL may be theirs.
    if (holdersAt(policies, request.url).entries.length > 0) {
      const routes = here.candidates.length > 0 ? here.candidates : [undefined];
      const candidates = routes.map((route) => ({
        route,
        ...holdersAt(policies, request.url, route),
      }));
      return this.#decidePreflightUnderEntries(candidates, here, request);
    }
    return andThen(decidePreflight(request, this.#targetOf(here)), (verdict) => {
      const route = here.candidates[verdict.candidate];
      return {
        verdict,
        route: route === undefined ? undefined : policies.routed.get(route)?.route,
        enforced: true,
        isEarly: true,
        policies,
        revision,
      };
    });
  }

  /** The first of the routes that may serve the request whose holders all allow it; or why not. */
  async #decidePreflightUnderEntries(
    candidates: readonly (PathHolders<PathPolicy> & { readonly route: Route | undefined })[],
    here: UrlRoutes,
    request: CorsRequest,
  ): Promise<Outcome> {
    const { policies, revision } = this.inForce.current;
    const methods = policiesByMethod(policies, here, request.url);
    let refused: Outcome | undefined;
    for (const { entries, routeHolds, route } of candidates) {
      const routed = route && policies.routed.get(route);
      const holders = entries.map(({ payload }): Holder => payload);
      if (holders.length === 0 || routeHolds) {
        holders.push({ policies: routed?.policies ?? policies.defaults });
      }
      const outcomes = holders.map(async ({ policies: held, where }): Promise<Outcome> => {
        const served = where === undefined && routed !== undefined ? 'yes' : 'unknown';
        const target = new PreflightTarget({ candidates: [held], served, methods });
        return {
          verdict: await decidePreflight(request, target),
          route: routed?.route,
          where,
          enforced: true,
          isEarly: true,
          policies,
          revision,
        };
      });
      const outcome = strictest(await Promise.all(outcomes));
      if (outcome.verdict.reason === undefined) return outcome;
      refused ??= outcome;
    }
    if (refused === undefined) throw new RangeError('A preflight needs a candidate.');
    return refused;
  }

  #targetOf(here: UrlRoutes): PreflightTarget {
    const { policies } = this.inForce;
    const targets = this.#targetsOf(policies);
    let target = targets.get(here);
    if (target === undefined) {
      const isServed = here.candidates.length > 0;
      target = new PreflightTarget({
        candidates: isServed ? policiesOf(policies, here.candidates) : [policies.defaults],
        served: isServed ? 'yes' : here.methods.size > 0 ? 'no' : 'unknown',
        methods: new Map(
          [...here.methods].map(([method, routes]) => [method, policiesOf(policies, routes)]),
        ),
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
}

/** Policies that hold on a URL, and the `paths` entry that says so. */
interface Holder {
  readonly policies: PolicyList;
  readonly where?: string;
}

const NO_ENTRIES: PathHolders<PathPolicy> = { entries: [], routeHolds: true };

function holdersAt(
  { paths }: PolicySet,
  url: string,
  route?: Pick<Route, 'path'>,
): PathHolders<PathPolicy> {
  return paths.entries.length === 0 ? NO_ENTRIES : paths.holdersAt(url, route?.path);
}

function policiesOf(policies: PolicySet, routes: readonly Route[]): readonly PolicyList[] {
  return routes.map((route) => policies.routed.get(route)?.policies ?? policies.defaults);
}

/** What holds on each method that is routed at a URL under entries; methods that several policies hold on are left out. */
function policiesByMethod(
  policies: PolicySet,
  here: UrlRoutes,
  url: string,
): ReadonlyMap<string, readonly PolicyList[]> {
  const byMethod = new Map<string, readonly PolicyList[]>();
  for (const [method, routes] of here.methods) {
    const held = routes.map((route) => {
      const { entries, routeHolds } = holdersAt(policies, url, route);
      const own = routeHolds ? policiesOf(policies, [route]) : [];
      return [...entries.map(({ payload }) => payload.policies), ...own];
    });
    if (held.every(({ length }) => length === 1)) byMethod.set(method, held.flat());
  }
  return byMethod;
}
