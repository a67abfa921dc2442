import type { RouteTable } from '../routing/route-table.js';
import type { PolicySet } from './policy-set.js';

/** The policies that hold at one moment, and the routes that they hold on. */
export interface InForce {
  readonly policies: PolicySet;
  readonly table: RouteTable;
  /** Grows whenever something changes that may change a decision. */
  readonly revision: number;
}

/** The policies of one application and the routes they hold on, from its start until it ends. */
export class PoliciesInForce {
  #current: InForce | undefined;

  /** Puts policies in force, in place of those there were. */
  use(policies: PolicySet, table: RouteTable): void {
    this.#current = { policies, table, revision: (this.#current?.revision ?? 0) + 1 };
  }

  /**
   * Starts a new revision with the same policies. A request that is waiting for an answer while that is forgotten still
   * gets it, and its decision bears the old revision.
   */
  renew(): void {
    const { policies, table } = this.current;
    this.use(policies, table);
  }

  /** Whether the application has started far enough to decide about requests. */
  get ready(): boolean {
    return this.#current !== undefined;
  }

  /** @throws Error before the application is initialized */
  get current(): InForce {
    if (this.#current === undefined) {
      throw new Error(
        'The CORS policies are not known before the application has been initialized. Ask from onApplicationBootstrap() on, or after app.init() or app.listen().',
      );
    }
    return this.#current;
  }

  get policies(): PolicySet {
    return this.current.policies;
  }
}
