import { Injectable, type Type } from '@nestjs/common';
import type { PathPolicy, PolicySet, CorsRoute } from './policy-set.js';
import {
  decideActual,
  decidePreflight,
  isPreflight,
  type PreflightTarget,
  type Verdict,
} from './protocol/decision.js';
import { FORBIDDEN_METHODS } from './protocol/methods.js';
import type { CompiledPolicy } from './protocol/policy.js';
import type { CorsRequest } from './protocol/policy-options.js';
import { pathnameOf } from './routing/pathname.js';
import type { RouteTable } from './routing/route-table.js';
import type { Route } from './routing/route.js';

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

/**
 * The policies of one application and the routes they hold on, and so the one place where a request is
 * decided about. The middleware, the guard and `CorsPolicyService` all ask here.
 */
@Injectable()
export class CorsPolicies {
  #current: { readonly policies: PolicySet; readonly table: RouteTable } | undefined;

  /** Puts policies in force, in place of those there were. */
  use(policies: PolicySet, table: RouteTable): void {
    this.#current = { policies, table };
  }

  /**
   * Puts the policies in force once more, so that what was decided before is told from what is decided from now
   * on: an answer that is forgotten while a request waits for it still reaches that request.
   */
  renew(): void {
    const { policies, table } = this.#state;
    this.#current = { policies: { ...policies }, table };
  }

  /** Whether the application has started far enough to decide about requests. */
  get ready(): boolean {
    return this.#current !== undefined;
  }

  /** The policies in force. */
  get policies(): PolicySet {
    return this.#state.policies;
  }

  get #state(): { readonly policies: PolicySet; readonly table: RouteTable } {
    if (this.#current === undefined) {
      throw new Error(
        'The CORS policies are not known before the application has been initialized.',
      );
    }
    return this.#current;
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

  #decidePreflight(request: CorsRequest): Outcome | Promise<Outcome> {
    const { policies, table } = this.#state;
    const requested = request.headers['access-control-request-method'] ?? '';
    const here = table.at(request);
    const candidates = FORBIDDEN_METHODS.has(requested) ? [] : here.candidates(requested);
    const methods = new Map<string, readonly CompiledPolicy[]>();
    for (const method of here.methods()) {
      methods.set(method, this.#policiesOf(here.candidates(method)));
    }
    const entry = candidates.length === 0 ? this.#pathPolicyOf(request) : undefined;
    const target: PreflightTarget =
      candidates.length > 0
        ? { candidates: this.#policiesOf(candidates), served: 'yes', methods }
        : {
            candidates: [entry?.policy ?? policies.defaults],
            served: entry === undefined && methods.size > 0 ? 'no' : 'unknown',
            methods,
          };
    const conclude = (verdict: Verdict & { candidate: number }): Outcome => {
      const route = candidates[verdict.candidate];
      return {
        verdict,
        route: route === undefined ? undefined : policies.routed.get(route)?.route,
        where: entry?.where,
        enforced: true,
        policies,
      };
    };
    const verdict = decidePreflight(request, target);
    return verdict instanceof Promise ? verdict.then(conclude) : conclude(verdict);
  }

  #policiesOf(routes: readonly Route[]): readonly CompiledPolicy[] {
    const { policies } = this.#state;
    return routes.map((route) => policies.routed.get(route)?.policy ?? policies.defaults);
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

/** A path as a server may read it that decodes escapes and folds slashes: no other spelling is a way round. */
function plainSpelling(pathname: string): string {
  const folded = pathname.replace(/\/{2,}/g, '/');
  try {
    return decodeURIComponent(folded);
  } catch {
    return folded;
  }
}

/** Decides about a request that is no preflight by a given policy. */
export function decideBy(
  policy: CompiledPolicy,
  request: CorsRequest,
  rest: Omit<Outcome, 'verdict'>,
): Outcome | Promise<Outcome> {
  const verdict = decideActual(policy, request);
  return verdict instanceof Promise
    ? verdict.then((later) => ({ verdict: later, ...rest }))
    : { verdict, ...rest };
}

/** The policy of a controller's handler, given as function or by name; `undefined` where none is routed. */
export function policyOf(
  { handlers }: PolicySet,
  controller: Type,
  handler: unknown,
): CompiledPolicy | undefined {
  return handlers.get(controller)?.get(handler);
}
