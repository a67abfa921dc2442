import type {
  CorsRoute,
  PathPolicy,
  PolicySet,
  RoutedPolicy,
} from '../configuration/policy-set.js';
import {
  compileOriginExpression,
  type OriginExpression,
} from '../protocol/origin/expression/origin-expression.js';
import { OriginDecider, ruleName } from '../protocol/origin/origin-decider.js';
import { OriginMatcher } from '../protocol/origin/origin-matcher.js';
import { OriginMemories } from '../protocol/origin/origin-memories.js';
import { type OriginRules, readOriginRules } from '../protocol/origin/origin-rules.js';
import { isNonEmpty, type NonEmpty } from '../protocol/non-empty.js';
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
  readonly #origins = new WeakMap<DocumentedOrigins, ReadOrigins>();
  readonly #policies = new WeakMap<DocumentedPolicy, CompiledPolicy>();
  readonly #lists = new WeakMap<CompiledPolicy, PolicyList>();
  readonly #routed = new WeakMap<Route, RoutedPolicy>();

  constructor(private readonly ask: AskRule) {}

  /** @throws DocumentError where an origin or an expression cannot be read */
  async origins(name: string, described: DocumentedOrigins): Promise<ReadOrigins> {
    let read = this.#origins.get(described);
    if (read === undefined) {
      read = await readOrigins(name, described, this.ask);
      this.#origins.set(described, read);
    }
    return read;
  }

  policy(described: DocumentedPolicy, origins: ReadOrigins): CompiledPolicy {
    let compiled = this.#policies.get(described);
    if (compiled === undefined) {
      compiled = readPolicy(described, origins);
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

  /** A route as it is told of, under the policies that hold on it. */
  routed(route: Route, list: PolicyList): RoutedPolicy {
    const routed = this.#routed.get(route);
    if (routed?.policies === list) return routed;
    const { policies } = list;
    const told: CorsRoute = { ...route, policy: policies[0], policies };
    const made = { route: told, policies: list };
    this.#routed.set(route, made);
    return made;
  }
}

/**
 * Compiles the policies that a document describes.
 *
 * @param routes those of the document, in its order
 * @throws DocumentError where it holds a path, an origin or an expression that cannot be read
 */
export async function compileDocument(
  document: CorsDocument,
  routes: readonly Route[],
  known: CompiledDescriptions,
): Promise<PolicySet> {
  const origins = new Map<string, ReadOrigins>();
  for (const [name, each] of Object.entries(document.origins)) {
    origins.set(name, await known.origins(name, each));
  }
  const compiled = new Map<string, CompiledPolicy>();
  for (const [name, described] of Object.entries(document.policies)) {
    const read = origins.get(described.origin);
    if (read === undefined) {
      throw new DocumentError(`${described.origin} is no origin rule of the document.`);
    }
    compiled.set(name, known.policy(described, read));
  }
  const listOf = listReader(compiled, known);
  const routed = new Map<Route, RoutedPolicy>();
  for (const [index, route] of routes.entries()) {
    const list = listOf(document.routes[index]?.policies ?? [document.defaults]);
    routed.set(route, known.routed(route, list));
  }
  const matchers = [...origins.values()].map(({ matcher }) => matcher);
  const asking = matchers.filter(({ hasDeciders }) => hasDeciders);
  return {
    routes: [...routed.values()].map(({ route }) => route),
    defaults: listOf([document.defaults]),
    named: new Map(Object.entries(document.named).map(([name, key]) => [name, listOf([key])])),
    paths: new PathEntries(
      document.paths.map((entry) => readPath(entry, listOf)),
      document.router?.type === 'fastify' ? 'find-my-way' : 'path-to-regexp',
    ),
    // Nobody calls a handler here.
    handlers: new Map(),
    routed,
    matchers,
    asking,
    memories: new OriginMemories(),
    readsHostname: true,
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

/** Policies of the same names are one list. */
function listReader(
  compiled: ReadonlyMap<string, CompiledPolicy>,
  known: CompiledDescriptions,
): (names: NonEmpty<string>) => PolicyList {
  const lists = new Map<string, PolicyList>();
  return (names) => {
    const key = JSON.stringify(names);
    let list = lists.get(key);
    if (list === undefined) {
      const policies = names.flatMap((name) => compiled.get(name) ?? []);
      if (!isNonEmpty(policies)) throw new DocumentError(`${key} are no policies of the document.`);
      list = known.list(policies);
      lists.set(key, list);
    }
    return list;
  };
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

async function readOrigins(
  name: string,
  { openTo, exact, patterns, expressions, functions, resolvers }: DocumentedOrigins,
  ask: AskRule,
): Promise<ReadOrigins> {
  const asked = [
    ...functions.map((each) => asker({ kind: 'function', name: each }, ask)),
    ...resolvers.map((each) => asker({ kind: 'resolver', name: each }, ask)),
  ];
  const all: readonly CorsOriginRule[] = [
    ...(openTo === 'any' ? ['*'] : []),
    ...exact,
    ...patterns,
    ...expressions.flatMap((each) => readExpression(each) ?? []),
    ...asked,
  ];
  const { rules, problems } = readOriginRules(all);
  for (const { message } of problems) throw new DocumentError(`The origins of ${name}: ${message}`);
  const compiled: OriginExpression[] = [];
  for (const regexp of rules.regexps) {
    const result = await compileOriginExpression(regexp);
    if ('reason' in result) {
      throw new DocumentError(`The origins of ${name}: ${String(regexp)}: ${result.reason}.`);
    }
    compiled.push(result.expression);
  }
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

/** Milliseconds. Whoever answers in the place of code may be a person. */
const LONGEST_WAIT = 2 ** 31 - 1;

/** A function of the same name, so that messages say it. */
function asker(rule: AskedRule, ask: AskRule): CorsOriginFunction {
  const decide: CorsOriginFunction = (origin, request) => ask(rule, origin, request);
  return Object.defineProperty(decide, 'name', { value: rule.name });
}
