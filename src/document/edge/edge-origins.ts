import type { CorsDocument, DocumentedRoute } from '../cors-document.js';
import {
  closeFamilies,
  familyExpression,
  familyKey,
  isPlainOrigin,
  memberOf,
  type OriginFamily,
  readFamily,
} from './origin-families.js';

/** Origins that every policy answers alike. */
export interface EdgeOrigin {
  readonly name: string;
  /** Every one of them, where they are known one by one. */
  readonly exact?: readonly string[];
  /** Otherwise an expression for them; absent for all the rest. */
  readonly expression?: string;
  /** One of them; absent where none is known, so that Node has to answer. */
  readonly example?: string;
}

/** Nobody lists it. */
const SOMEBODY = 'https://somebody.invalid';

/** The origins of a document, sorted by which rules name them. */
export class EdgeOrigins {
  readonly all: readonly EdgeOrigin[];
  readonly #byRule = new Map<string, EdgeOrigin[]>();
  readonly #rest: EdgeOrigin;

  constructor(private readonly document: CorsDocument) {
    const named = Object.entries(document.origins);
    const families = closeFamilies(
      new Map(
        named.flatMap(([, { patterns }]) =>
          patterns.flatMap((pattern) => {
            const family = readFamily(pattern);
            return family === undefined ? [] : [[familyKey(family), family] as const];
          }),
        ),
      ).values(),
    );
    const all: EdgeOrigin[] = [];
    const byRule = this.#byRule;
    const add = (origin: Omit<EdgeOrigin, 'name'>, rules: Iterable<string>): void => {
      const named = { ...origin, name: `o${String(all.length + 1)}` };
      all.push(named);
      for (const rule of rules) {
        const known = byRule.get(rule);
        if (known === undefined) byRule.set(rule, [named]);
        else known.push(named);
      }
    };
    this.#rest = { name: 'o0', example: SOMEBODY };

    this.all = all;
    // Without an order, nothing that a pattern may allow can be told.
    if (families === undefined) return;
    const told = families;
    const matchers = told.map((family) => new RegExp(familyExpression(family)));
    const rulesOf = told.map((family) => rulesAround(family, named));
    const groups = new Map<string, { origins: string[]; rules: Set<string> }>();
    for (const [origin, rules] of rulesByOrigin(named)) {
      const index = matchers.findIndex((matcher) => matcher.test(origin));
      const held = new Set([...rules, ...(rulesOf[index] ?? [])]);
      const key = JSON.stringify([...held].sort());
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { origins: [origin], rules: held });
      else group.origins.push(origin);
    }
    for (const { origins, rules } of groups.values()) {
      const [example = ''] = origins;
      add({ exact: origins, example }, rules);
    }
    for (const [index, family] of told.entries()) {
      const example = memberOf(family);
      const isIts = matchers.findIndex((matcher) => matcher.test(example)) === index;
      const isListed = all.some(({ exact }) => exact?.includes(example));
      const known = isIts && !isListed ? { example } : {};
      add({ expression: familyExpression(family), ...known }, rulesOf[index] ?? []);
    }
    all.push(this.#rest);
  }

  /** The origins about which the policies of these routes may say something. */
  of(routes: Iterable<DocumentedRoute>): Iterable<EdgeOrigin> {
    const { policies, origins } = this.document;
    const rules = new Set<string>();
    for (const route of routes) {
      for (const name of route.policies) {
        const rule = policies[name]?.origin;
        if (rule !== undefined) rules.add(rule);
      }
    }
    if ([...rules].some((rule) => origins[rule]?.openTo === 'any')) return this.all;
    return new Set([...rules].flatMap((rule) => this.#byRule.get(rule) ?? []));
  }
}

type NamedOrigins = readonly (readonly [name: string, origins: CorsDocument['origins'][string]])[];

/** The exact origins that can be spelled, and the rules that list them. */
function rulesByOrigin(named: NamedOrigins): ReadonlyMap<string, readonly string[]> {
  const byOrigin = new Map<string, string[]>();
  for (const [rule, { exact }] of named) {
    for (const origin of exact) {
      if (!isPlainOrigin(origin)) continue;
      const rules = byOrigin.get(origin);
      if (rules === undefined) byOrigin.set(origin, [rule]);
      else rules.push(rule);
    }
  }
  return byOrigin;
}

/** The rules with a pattern that allows the whole family. */
function rulesAround(family: OriginFamily, named: NamedOrigins): readonly string[] {
  const members = [family, ...(family.port === '*' ? [{ ...family, port: '4' }] : [])].map(
    memberOf,
  );
  return named
    .filter(([, { patterns }]) =>
      patterns.some((pattern) => {
        const other = readFamily(pattern);
        if (other === undefined) return false;
        const matcher = new RegExp(familyExpression(other));
        return members.every((member) => matcher.test(member));
      }),
    )
    .map(([rule]) => rule);
}
