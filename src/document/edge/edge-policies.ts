import { OriginMatcher } from '../../protocol/origin/origin-matcher.js';
import { type OriginRules, readOriginRules } from '../../protocol/origin/origin-rules.js';
import { mapEach } from '../../protocol/non-empty.js';
import {
  BUILT_IN_POLICY,
  type CompiledPolicy,
  compilePolicy,
} from '../../protocol/policy/policy.js';
import { PolicyList } from '../../protocol/policy/policy-list.js';
import type { CorsDocument, DocumentedOrigins, DocumentedRoute } from '../cors-document.js';
import { hasUntold } from './origin-families.js';

/** An origin about which only Node can tell. */
export class UntoldOrigin extends Error {}

/** The policies of a document, ready to decide about origins that strings and patterns allow. */
export class EdgePolicies {
  readonly #matchers = new Map<string, OriginMatcher>();
  readonly #policies = new Map<string, CompiledPolicy>();
  readonly #lists = new Map<string, PolicyList>();

  constructor(private readonly document: CorsDocument) {}

  /** What holds on a route. Asked about an origin that only Node can tell about, it throws {@link UntoldOrigin}. */
  listOf({ policies }: DocumentedRoute): PolicyList {
    const key = JSON.stringify(policies);
    let list = this.#lists.get(key);
    if (list === undefined) {
      list = new PolicyList(mapEach(policies, (name) => this.#policy(name)));
      this.#lists.set(key, list);
    }
    return list;
  }

  #policy(name: string): CompiledPolicy {
    const known = this.#policies.get(name);
    if (known !== undefined) return known;
    const documented = this.document.policies[name];
    if (documented === undefined) throw new RangeError(`There is no policy "${name}".`);
    const { said: _said, origin, ...fields } = documented;
    const policy = { ...fields, origin: false };
    const compiled = compilePolicy({ ...BUILT_IN_POLICY, policy }, this.#matcher(origin));
    this.#policies.set(name, compiled);
    return compiled;
  }

  #matcher(name: string): OriginMatcher {
    const known = this.#matchers.get(name);
    if (known !== undefined) return known;
    const origins = this.document.origins[name];
    if (origins === undefined) throw new RangeError(`There is no origin rule "${name}".`);
    const matcher = matcherOf(origins);
    this.#matchers.set(name, matcher);
    return matcher;
  }
}

function matcherOf(origins: DocumentedOrigins): OriginMatcher {
  const { rules } = readOriginRules([
    ...(origins.openTo === 'any' ? ['*'] : []),
    ...origins.patterns,
  ]);
  return new ToldMatcher(rules, new Set(origins.exact), hasUntold(origins));
}

/** Knows what strings and patterns allow. Where there are other rules, it never answers that an origin is refused. */
class ToldMatcher extends OriginMatcher {
  constructor(
    rules: OriginRules,
    // There may be ten thousand, which nobody has to take apart here.
    private readonly exact: ReadonlySet<string>,
    private readonly isPartlyTold: boolean,
  ) {
    super(rules);
  }

  override allows(origin: string): boolean {
    if (this.exact.has(origin) || super.allows(origin)) return true;
    if (this.isPartlyTold) throw new UntoldOrigin();
    return false;
  }
}
