import { serializeMethods } from '../policy/methods.js';
import { answerAlike, type CompiledPolicy } from '../policy/policy.js';

/** The policies that a preflight meets. */
export interface PreflightPolicies {
  /**
   * The policies of the routes that may serve the requested method; several where the preflight cannot tell
   * which, one where no route does: that of the `paths` entry or the defaults.
   */
  readonly candidates: readonly CompiledPolicy[];
  /** Whether the requested method exists at the URL: `unknown` where no route serves the URL at all. */
  readonly served: 'yes' | 'no' | 'unknown';
  /** For each method routed at the URL, the policies of the routes that may serve it. */
  readonly methods: ReadonlyMap<string, readonly CompiledPolicy[]>;
}

/** The methods at a URL that share the answer of one policy, which spares later preflights. */
export interface SharedMethods {
  /** Those that share it whatever the origin is. */
  readonly always: ReadonlySet<string>;
  /** The same, as the value of `Access-Control-Allow-Methods`. */
  readonly text: string;
  /**
   * The headers of an answer that names them and allows the request, but for its origin; `undefined` where they
   * depend on the headers that are asked about.
   */
  readonly granted: readonly string[] | undefined;
  /** Those whose own policies have to allow the origin too. */
  readonly byOrigin: readonly { readonly name: string; readonly policy: CompiledPolicy }[];
}

/** What a preflight asks about. The same for every preflight for one method at one URL, and worked out once. */
export class PreflightTarget implements PreflightPolicies {
  readonly candidates: PreflightPolicies['candidates'];
  readonly served: PreflightPolicies['served'];
  readonly methods: PreflightPolicies['methods'];
  readonly #shared = new Map<CompiledPolicy, SharedMethods>();

  constructor({ candidates, served, methods }: PreflightPolicies) {
    this.candidates = candidates;
    this.served = served;
    this.methods = methods;
  }

  /** The methods that share the answer of a candidate. */
  sharedMethods(candidate: CompiledPolicy): SharedMethods {
    let shared = this.#shared.get(candidate);
    if (shared === undefined) {
      shared = shareMethods(this, candidate);
      this.#shared.set(candidate, shared);
    }
    return shared;
  }
}

function shareMethods(
  { served, methods }: PreflightPolicies,
  policy: CompiledPolicy,
): SharedMethods {
  const sharing = [...methods].flatMap(([name, others]) =>
    others
      .filter((other) => other.methods?.has(name) !== false && answerAlike(other, policy))
      .map((other) => ({ name, policy: other })),
  );
  const always = new Set(served === 'unknown' ? policy.methods : []);
  for (const { name, policy: other } of sharing) {
    if (other.origins === policy.origins) always.add(name);
  }
  const byOrigin = sharing.filter(({ name }) => !always.has(name));
  const text = serializeMethods(always);
  const { constant } = policy.allowedHeaders;
  return {
    always,
    text,
    granted: constant === undefined ? undefined : grantedHeaders(policy, text, constant),
    byOrigin,
  };
}

/** What a preflight is told besides the origin that is allowed: names and values in turn. */
export function answerHeaders(
  { policy }: CompiledPolicy,
  methods: string,
  allowedHeaders: string,
): string[] {
  return [
    ...(policy.credentials ? ['Access-Control-Allow-Credentials', 'true'] : []),
    ...(methods === '' ? [] : ['Access-Control-Allow-Methods', methods]),
    ...(allowedHeaders === '' ? [] : ['Access-Control-Allow-Headers', allowedHeaders]),
  ];
}

/** The same where the request is allowed. */
export function grantedHeaders(
  policy: CompiledPolicy,
  methods: string,
  allowedHeaders: string,
): readonly string[] {
  return [
    ...answerHeaders(policy, methods, allowedHeaders),
    'Access-Control-Max-Age',
    policy.maxAge,
  ];
}
