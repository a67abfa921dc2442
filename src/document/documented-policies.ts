import type { PathPolicy, PolicySet, RoutedPolicy } from '../configuration/policy-set.js';
import {
  compileOriginExpression,
  type OriginExpression,
} from '../protocol/origin/expression/origin-expression.js';
import { OriginDecider, ruleName } from '../protocol/origin/origin-decider.js';
import { OriginMatcher } from '../protocol/origin/origin-matcher.js';
import { OriginMemories } from '../protocol/origin/origin-memories.js';
import { OPAQUE_ORIGIN } from '../protocol/origin/origin.js';
import { type OriginPattern, readOriginPattern } from '../protocol/origin/origin-pattern.js';
import type { OriginRules } from '../protocol/origin/origin-rules.js';
import type { NonEmpty } from '../protocol/non-empty.js';
import {
  BUILT_IN_POLICY,
  type CompiledPolicy,
  compilePolicy,
  place,
} from '../protocol/policy/policy.js';
import { PolicyList } from '../protocol/policy/policy-list.js';
import type {
  CorsOriginFunction,
  CorsOriginRule,
  CorsRequest,
} from '../protocol/policy/policy-options.js';
import { PathEntries, type PathEntry } from '../routing/path-entries.js';
import { PathPattern } from '../routing/path-pattern.js';
import type { Route } from '../routing/route.js';
import type { CorsDocument, DocumentedOrigins, DocumentedPolicy } from './cors-document.js';
import { DocumentError, readExpression } from './read-document.js';

/** A function or a resolver class of the application, of which a document holds the name alone. */
export interface AskedRule {
  readonly kind: 'function' | 'resolver';
  readonly name: string;
}

/** Answers in the place of a function or resolver. It may throw, as those may. */
export type AskRule = (
  rule: AskedRule,
  origin: string,
  request: CorsRequest | undefined,
) => boolean | Promise<boolean>;

/** An origin rule, as an option says it, and compiled. */
export interface ReadOrigins {
  readonly option: CorsOriginRule | readonly CorsOriginRule[];
  readonly rules: OriginRules;
  readonly expressions: readonly OriginExpression[];
  readonly matcher: OriginMatcher;
}

/** What has been compiled, by what describes it: documents that differ in little share the rest. */
export class CompiledDescriptions {
  readonly #expressions = new Map<string, OriginExpression>();
  readonly #patterns = new Map<string, OriginPattern>();
  readonly #origins = new WeakMap<DocumentedOrigins, ReadOrigins>();
  readonly #policies = new WeakMap<DocumentedPolicy, CompiledPolicy>();
  readonly #lists = new WeakMap<CompiledPolicy, PolicyList>();

  constructor(private readonly ask: AskRule) {}

  /**
   * Compiles the expressions of a document, which is all of it that cannot be done when it is needed.
   *
   * @throws DocumentError where one cannot be read
   */
  async prepare({ origins }: CorsDocument): Promise<void> {
    for (const [name, { expressions }] of Object.entries(origins)) {
      for (const written of expressions) {
        if (this.#expressions.has(written)) continue;
        const regexp = readExpression(written);
        if (regexp === undefined) continue;
        const result = await compileOriginExpression(regexp);
        if ('reason' in result) {
          throw new DocumentError(`The origins of ${name}: ${written}: ${result.reason}.`);
        }
        this.#expressions.set(written, result.expression);
      }
    }
  }

  /** @throws DocumentError where an origin cannot be read */
  origins(name: string, described: DocumentedOrigins): ReadOrigins {
    let read = this.#origins.get(described);
    if (read === undefined) {
      read = this.#readOrigins(name, described);
      this.#origins.set(described, read);
    }
    return read;
  }

  /** @throws DocumentError where its origins cannot be read */
  policy({ policies, origins }: CorsDocument, key: string): CompiledPolicy {
    const described = policies[key];
    const rule = described && origins[described.origin];
    if (described === undefined || rule === undefined) {
      throw new DocumentError(`${key} is no policy of the document.`);
    }
    let compiled = this.#policies.get(described);
    if (compiled === undefined) {
      compiled = readPolicy(described, this.origins(described.origin, rule));
      this.#policies.set(described, compiled);
    }
    return compiled;
  }

  /** Nearly every list is of one policy. */
  list(policies: NonEmpty<CompiledPolicy>): PolicyList {
    const [only, ...others] = policies;
    const known = others.length === 0 ? this.#lists.get(only) : undefined;
    const list = known ?? new PolicyList(policies);
    if (others.length === 0) this.#lists.set(only, list);
    return list;
  }

  #readOrigins(name: string, described: DocumentedOrigins): ReadOrigins {
    const { openTo, exact, patterns, expressions, functions, resolvers } = described;
    const asked = [
      ...functions.map((each) => asker({ kind: 'function', name: each }, this.ask)),
      ...resolvers.map((each) => asker({ kind: 'resolver', name: each }, this.ask)),
    ];
    const compiled = expressions.flatMap((written) => this.#expressions.get(written) ?? []);
    const regexps = compiled.map(({ regexp }) => regexp);
    const strings = [...exact, ...patterns];
    const all: readonly CorsOriginRule[] = [
      ...(openTo === 'any' ? ['*'] : []),
      ...strings,
      ...regexps,
      ...asked,
    ];
    const rules: OriginRules = {
      any: openTo === 'any',
      opaque: strings.includes(OPAQUE_ORIGIN),
      patterns: strings
        .filter((text) => text !== OPAQUE_ORIGIN)
        .map((text) => this.#readPattern(name, text)),
      regexps,
      deciders: asked,
    };
    const deciders = asked.map(
      (rule) => new OriginDecider(ruleName(rule), rule, LONGEST_WAIT, () => undefined),
    );
    const [first = false, ...others] = all;
    return {
      option: others.length === 0 ? first : all,
      rules,
      expressions: compiled,
      matcher: new OriginMatcher(rules, compiled, deciders),
    };
  }

  #readPattern(name: string, text: string): OriginPattern {
    let pattern = this.#patterns.get(text);
    if (pattern === undefined) {
      const read = readOriginPattern(text);
      if ('problem' in read) {
        throw new DocumentError(`The origins of ${name}: ${read.problem.message}`);
      }
      ({ pattern } = read);
      this.#patterns.set(text, pattern);
    }
    return pattern;
  }
}

/** What holds on the routes of a document: worked out when somebody asks, since there may be thousands. */
class RoutedWhenAsked extends Map<Route, RoutedPolicy> {
  readonly #places: ReadonlyMap<Route, number>;

  constructor(
    routes: readonly Route[],
    private readonly listAt: (place: number) => PolicyList,
  ) {
    super();
    this.#places = new Map(routes.map((route, place) => [route, place]));
  }

  override get(route: Route): RoutedPolicy | undefined {
    const known = super.get(route);
    const place = this.#places.get(route);
    if (known !== undefined || place === undefined) return known;
    const list = this.listAt(place);
    const { policies } = list;
    const routed = { route: { ...route, policy: policies[0], policies }, policies: list };
    this.set(route, routed);
    return routed;
  }
}

/**
 * Makes the policies that a document describes ready to decide by.
 *
 * @param routes those of the document, in its order
 * @throws DocumentError where it holds a path or an expression that cannot be read; an origin that cannot be read is
 *   found when its policy is needed
 */
export async function compileDocument(
  document: CorsDocument,
  routes: readonly Route[],
  known: CompiledDescriptions,
): Promise<PolicySet> {
  await known.prepare(document);
  const listOf = ([first, ...others]: NonEmpty<string>) =>
    known.list([
      known.policy(document, first),
      ...others.map((each) => known.policy(document, each)),
    ]);
  return {
    // Decisions ask for one route at a time.
    routes: [],
    defaults: listOf([document.defaults]),
    named: new Map(),
    paths: new PathEntries(
      document.paths.map((entry) => readPath(entry, listOf)),
      document.router?.type === 'fastify' ? 'find-my-way' : 'path-to-regexp',
    ),
    // Nobody calls a handler here.
    handlers: new Map(),
    routed: new RoutedWhenAsked(routes, (place) =>
      listOf(document.routes[place]?.policies ?? [document.defaults]),
    ),
    // Nothing is remembered, and nothing decided early.
    matchers: [],
    asking: [],
    memories: new OriginMemories(),
    readsRequests: true,
  };
}

function readPolicy(
  { origin: _key, said, ...values }: DocumentedPolicy,
  { option, rules, matcher }: ReadOrigins,
): CompiledPolicy {
  const places = Object.entries(said).map(([field, where]) => [field, place(where, 1)] as const);
  const resolved = {
    policy: { ...values, origin: option },
    originRules: rules,
    places: { ...BUILT_IN_POLICY.places, ...Object.fromEntries(places) },
  };
  return compilePolicy(resolved, matcher);
}

function readPath(
  { path, entry, policies }: CorsDocument['paths'][number],
  listOf: (names: NonEmpty<string>) => PolicyList,
): PathEntry<PathPolicy> {
  const payload = { where: `${entry} (${path})`, entry, policies: listOf(policies) };
  try {
    return { pattern: new PathPattern(path), payload };
  } catch (error) {
    throw new DocumentError(
      `The path ${JSON.stringify(path)} of ${entry} cannot be read: ${String(error)}`,
    );
  }
}

/** Milliseconds. Whoever answers in the place of code may be a person. */
const LONGEST_WAIT = 2 ** 31 - 1;

/** A function of the same name, so that messages say it. */
function asker(rule: AskedRule, ask: AskRule): CorsOriginFunction {
  const decide: CorsOriginFunction = (origin, request) => ask(rule, origin, request);
  return Object.defineProperty(decide, 'name', { value: rule.name });
}
