import { Injectable, type Type } from '@nestjs/common';
import type {
  CorsRoute,
  HandlerPolicy,
  PathPolicy,
  PolicySet,
} from '../configuration/policy-set.js';
import {
  decideActual,
  decidePreflight,
  isPreflight,
  type PreflightVerdict,
  type Verdict,
} from '../protocol/decision/decision.js';
import { FORBIDDEN_METHODS } from '../protocol/policy/methods.js';
import type { CompiledPolicy } from '../protocol/policy/policy.js';
import type { CorsRequest } from '../protocol/policy/policy-options.js';
import { PreflightTarget } from '../protocol/decision/preflight-target.js';
import { pathnameOf } from '../routing/pathname.js';
import type { RouteTable, UrlRoutes } from '../routing/route-table.js';
import type { Route } from '../routing/route.js';

/** A decision as the request path needs it. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly route: CorsRoute | undefined;
  /** The `paths` entry that holds where no route does, by its place in the configuration. */
  readonly where?: string | undefined;
  /** Whether a refusal is held against the request: by the guard on a route, by the middleware elsewhere. */
  readonly enforced: boolean;
  /** The policies that were in force, and that the request is held to until it ends. */
  readonly policies: PolicySet;
}

/** So many origin rules are looked through before a request is routed; with more of them, it is looked up at once. */
const FEW = 4;

interface State {
  readonly policies: PolicySet;
  readonly table: RouteTable;
  /** What preflights ask about, by the routes that they meet. */
  readonly targets: WeakMap<UrlRoutes, PreflightTarget>;
}

/**
 * The policies of one application and the routes they hold on, and so the one place where a request is
 * decided about. The middleware, the guard and `CorsPolicyService` all ask here.
 */
@Injectable()
export class CorsPolicies {
  #current: State | undefined;

  /** Puts policies in force, in place of those there were. */
  use(policies: PolicySet, table: RouteTable): void {
    this.#current = { policies, table, targets: new WeakMap() };
  }

  /**
   * Puts the policies in force once more, so that what was decided before is told from what is decided from now
   * on: an answer that is forgotten while a request waits for it still reaches that request.
   */
  renew(): void {
    const { policies, ...state } = this.#state;
    this.#current = { ...state, policies: { ...policies } };
  }

  /** Whether the application has started far enough to decide about requests. */
  get ready(): boolean {
    return this.#current !== undefined;
  }

  /** The policies in force. */
  get policies(): PolicySet {
    return this.#state.policies;
  }

  get #state(): State {
    if (this.#current === undefined) {
      throw new Error(
        'The CORS policies are not known before the application has been initialized.',
      );
    }
    return this.#current;
  }

  /**
   * Whether a request has to be decided about before anything else sees it, and not only once its handler is
   * known: preflights; all of them for `paths`, where no guard runs; and where functions or resolvers have to be
   * asked, as no answer can be held back until they have spoken.
   */
  decidesEarly(request: CorsRequest): boolean {
    const { paths, asking } = this.policies;
    if (paths.length > 0 || isPreflight(request)) return true;
    if (asking.length === 0) return false;
    const { origin } = request.headers;
    if (origin === undefined) return false;
    return asking.length > FEW || asking.some((matcher) => matcher.wouldAsk(origin));
  }

  /** Decides about a request, as the one that would serve it. */
  decide(request: CorsRequest): Outcome | Promise<Outcome> {
    return isPreflight(request) ? this.#decidePreflight(request) : this.#decideActual(request);
  }

  #decideActual(request: CorsRequest): Outcome | Promise<Outcome> {
    const { policies, table } = this.#state;
    const found = table.find(request);
    const routed = found === undefined ? undefined : policies.routed.get(found);
    const entry = routed === undefined ? this.#pathPolicyOf(request) : undefined;
    const policy = routed?.policy ?? entry?.policy ?? policies.defaults;
    return decideBy(policy, request, {
      route: routed?.route,
      where: entry?.where,
      enforced: (routed !== undefined || entry !== undefined) && policy.policy.enforce,
      policies,
    });
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
  ): Outcome | Promise<Outcome> {
    const route = routes.length > 1 ? this.#routeAmong(routes, request, policies) : routes[0];
    return decideBy(policy, request, { route, enforced: policy.policy.enforce, policies });
  }

  #routeAmong(
    routes: readonly CorsRoute[],
    request: CorsRequest,
    { routed }: PolicySet,
  ): CorsRoute | undefined {
    const found = this.#state.table.find(request);
    const route = found && routed.get(found)?.route;
    // Something may have rewritten the request before it was routed.
    return route !== undefined && routes.includes(route) ? route : routes[0];
  }

  #decidePreflight(request: CorsRequest): Outcome | Promise<Outcome> {
    const { policies, table } = this.#state;
    const requested = request.headers['access-control-request-method'] ?? '';
    const here = table.at(request, FORBIDDEN_METHODS.has(requested) ? '' : requested);
    const entry = here.candidates.length === 0 ? this.#pathPolicyOf(request) : undefined;
    const conclude = (verdict: PreflightVerdict): Outcome => {
      const route = here.candidates[verdict.candidate];
      return {
        verdict,
        route: route === undefined ? undefined : policies.routed.get(route)?.route,
        where: entry?.where,
        enforced: true,
        policies,
      };
    };
    const verdict = decidePreflight(request, this.#targetOf(here, entry));
    return verdict instanceof Promise ? verdict.then(conclude) : conclude(verdict);
  }

  #targetOf(here: UrlRoutes, entry: PathPolicy | undefined): PreflightTarget {
    const { policies, targets } = this.#state;
    const methods = () =>
      new Map([...here.methods].map(([method, routes]) => [method, policiesOf(policies, routes)]));
    if (entry !== undefined) {
      return new PreflightTarget({
        candidates: [entry.policy],
        served: 'unknown',
        methods: methods(),
      });
    }
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

  #pathPolicyOf({ url }: CorsRequest): PathPolicy | undefined {
    const { paths } = this.#state.policies;
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

function decideBy(
  policy: CompiledPolicy,
  request: CorsRequest,
  rest: Omit<Outcome, 'verdict'>,
): Outcome | Promise<Outcome> {
  const verdict = decideActual(policy, request);
  return verdict instanceof Promise
    ? verdict.then((later) => ({ verdict: later, ...rest }))
    : { verdict, ...rest };
}

/** What holds on a controller's handler, given as function or by name; `undefined` where none is routed. */
export function handlerPolicy(
  { handlers }: PolicySet,
  controller: Type,
  handler: unknown,
): HandlerPolicy | undefined {
  return handlers.get(controller)?.get(handler);
}
