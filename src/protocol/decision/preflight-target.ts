import { allowCredentials } from '../headers/allow-credentials.js';
import { allowMethods } from '../headers/allow-methods.js';
import type { HeaderField } from '../headers/header-field.js';
import { preflightMaxAge } from '../headers/preflight-max-age.js';
import { VARY_PREFLIGHT, VARY_PRIVATE_PREFLIGHT } from '../headers/vary.js';
import { answerAlike, type CompiledPolicy } from '../policy/policy.js';
import type { ListedPolicy, PolicyList } from '../policy/policy-list.js';

/** The policies that a preflight meets. */
export interface PreflightPolicies {
  /**
   * The policies of the routes that may serve the requested method; several where the preflight cannot tell
   * which, one where no route does: that of the `paths` entry or the defaults.
   */
  readonly candidates: readonly PolicyList[];
  /** Whether the requested method exists at the URL: `unknown` where no route serves the URL at all. */
  readonly served: 'yes' | 'no' | 'unknown';
  /** For each method routed at the URL, the policies of the routes that may serve it. */
  readonly methods: ReadonlyMap<string, readonly PolicyList[]>;
}

/** The methods at a URL that share the answer of one policy, which spares later preflights. */
export interface SharedMethods {
  /** Those that share it whatever the origin is. */
  readonly always: ReadonlySet<string>;
  /** The same, as `Access-Control-Allow-Methods` says it. */
  readonly methods: readonly HeaderField[];
  /**
   * The headers of an answer that names them and allows the request, but for its origin; `undefined` where they
   * depend on the headers that are asked about.
   */
  readonly granted: readonly HeaderField[] | undefined;
  /** Those whose own policies have to allow the origin too. */
  readonly byOrigin: readonly { readonly name: string; readonly policies: PolicyList }[];
}

/** What a preflight asks about. The same for every preflight for one method at one URL, and worked out once. */
export class PreflightTarget implements PreflightPolicies {
  readonly candidates: PreflightPolicies['candidates'];
  readonly served: PreflightPolicies['served'];
  readonly methods: PreflightPolicies['methods'];
  /** What the answer depends on. */
  readonly vary: readonly string[];
  readonly #shared = new Map<ListedPolicy, SharedMethods>();

  constructor({ candidates, served, methods }: PreflightPolicies) {
    this.candidates = candidates;
    this.served = served;
    this.methods = methods;
    this.vary = candidates.some(({ policies }) =>
      policies.some(({ privateNetwork }) => privateNetwork),
    )
      ? VARY_PRIVATE_PREFLIGHT
      : VARY_PREFLIGHT;
  }

  /** The methods that share the answer of a policy of a candidate. */
  sharedMethods(candidate: ListedPolicy): SharedMethods {
    let shared = this.#shared.get(candidate);
    if (shared === undefined) {
      shared = shareMethods(this, candidate);
      this.#shared.set(candidate, shared);
    }
    return shared;
  }
}

/** Whether a policy lets a method through, with the answer of another one. */
export function sharesAnswer(
  policy: CompiledPolicy,
  method: string,
  other: CompiledPolicy,
): boolean {
  return policy.methods?.has(method) !== false && answerAlike(policy, other);
}

function shareMethods({ served, methods }: PreflightPolicies, policy: ListedPolicy): SharedMethods {
  const always = new Set(served === 'unknown' ? policy.methods : []);
  const open: { name: string; policies: PolicyList }[] = [];
  for (const [name, lists] of methods) {
    for (const policies of lists) {
      if (!policies.members.some((each) => sharesAnswer(each, name, policy))) continue;
      const holder = holderBeside(policy, policies);
      if (holder === 'unknown') open.push({ name, policies });
      else if (holder && sharesAnswer(holder, name, policy)) always.add(name);
    }
  }
  const byOrigin = open.filter(({ name }) => !always.has(name));
  const fields = allowMethods(always);
  const { constant } = policy.allowedHeaders;
  return {
    always,
    methods: fields,
    granted: constant === undefined ? undefined : grantedFields(policy, fields, constant),
    byOrigin,
  };
}

/** Which policy of a list holds for every origin that another one holds for, where that is known without asking. */
function holderBeside(
  policy: ListedPolicy,
  policies: PolicyList,
): ListedPolicy | 'unknown' | undefined {
  const { members } = policy.list;
  const refusing = members.slice(0, members.indexOf(policy));
  for (const each of policies.members) {
    const { origins } = each;
    if (origins === policy.origins || origins.any) return each;
    // What functions are asked about depends on credentials.
    const { credentials } = each.policy;
    const isRefusing = refusing.some(
      (own) => own.origins === origins && own.policy.credentials === credentials,
    );
    if (!isRefusing) return 'unknown';
  }
  return undefined;
}

/** What a preflight is told besides the origin that is allowed: credentials, and the lists of what may be sent. */
export function listFields(
  { policy }: CompiledPolicy,
  methods: readonly HeaderField[],
  names: readonly HeaderField[],
): readonly HeaderField[] {
  return [...allowCredentials(policy.credentials), ...methods, ...names];
}

/** The same where the request is allowed, which a browser may remember for some time. */
export function grantedFields(
  policy: CompiledPolicy,
  methods: readonly HeaderField[],
  names: readonly HeaderField[],
): readonly HeaderField[] {
  return [...listFields(policy, methods, names), preflightMaxAge(policy.policy.maxAge)];
}
