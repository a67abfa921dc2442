import { VARY_NOTHING, VARY_ORIGIN } from '../headers/vary.js';
import { isNonEmpty, mapEach, type NonEmpty } from '../non-empty.js';
import type { CompiledPolicy } from './policy.js';
import type { CorsPolicy } from './policy-options.js';

/** A policy in its place. */
export interface ListedPolicy extends CompiledPolicy {
  readonly list: PolicyList;
  /** The one to ask where this one does not allow the origin. */
  readonly next: ListedPolicy | undefined;
}

/**
 * The policies of one place, in order. The first one whose origin rule allows an origin holds for it, with all its
 * fields; where none does, the last one says how a request is refused.
 */
export class PolicyList {
  readonly first: ListedPolicy;
  readonly last: ListedPolicy;
  /** As users see them. */
  readonly policies: NonEmpty<CorsPolicy>;
  /** What the answer to an actual request depends on: which policy holds does on the origin, even where it is any. */
  readonly vary: readonly string[];
  /** Whether one of them keeps other sites out. */
  readonly isolates: boolean;

  constructor(policies: NonEmpty<CompiledPolicy>) {
    this.first = linked(policies, this);
    this.last = this.members.at(-1) ?? this.first;
    this.policies = Object.freeze(mapEach(policies, ({ policy }) => policy));
    this.isolates = policies.some(({ policy }) => policy.isolate);
    this.vary = this.first === this.last && this.last.origins.any ? VARY_NOTHING : VARY_ORIGIN;
  }

  /** Made anew each time: there may be thousands of lists, and nearly all of them hold one. */
  get members(): NonEmpty<ListedPolicy> {
    const behind: ListedPolicy[] = [];
    for (let { next } = this.first; next !== undefined; { next } = next) behind.push(next);
    return [this.first, ...behind];
  }
}

function linked([policy, ...others]: NonEmpty<CompiledPolicy>, list: PolicyList): ListedPolicy {
  return { ...policy, list, next: isNonEmpty(others) ? linked(others, list) : undefined };
}
