import type { CorsRoute, PolicySet } from '../configuration/policy-set.js';
import type { Verdict } from '../protocol/decision/verdict.js';

/** What was decided about one request, as middleware, guard and response head need it. */
export interface Outcome {
  readonly verdict: Verdict;
  /** The route that would serve the request, or the one that a preflight asks about. */
  readonly route: CorsRoute | undefined;
  /** The `paths` entry that holds, by its place in the configuration. */
  readonly where?: string | undefined;
  /** Whether the server refuses a request that is not allowed, or only leaves the CORS headers out. */
  readonly enforced: boolean;
  /** Whether a refusal comes before anything else runs, and not from the guard. */
  readonly isEarly: boolean;
  /**
   * Whether the guard need not ask the policies of the route's own handler: they have been asked, or a `paths` entry has
   * taken their place. Says nothing of another handler, even of one with the same policies.
   */
  readonly isRouteSettled?: boolean;
  /** The policies that were in force, and that the request is held to until it ends. */
  readonly policies: PolicySet;
  /** The revision of the policies in force, see `InForce`. */
  readonly revision: number;
}
