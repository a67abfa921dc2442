import { VERSION_NEUTRAL } from '@nestjs/common';
import type { PolicySet } from '../configuration/policy-set.js';
import { ruleName } from '../protocol/origin/origin-decider.js';
import { isExact, serializePattern } from '../protocol/origin/origin-pattern.js';
import { isResolverClass, type OriginRules } from '../protocol/origin/origin-rules.js';
import type { ResolvedPolicy } from '../protocol/policy/policy.js';
import type { PolicyField } from '../protocol/policy/policy-fields.js';
import type { PolicyList } from '../protocol/policy/policy-list.js';
import type { Route } from '../routing/route.js';
import type { RouterDescription } from '../routing/router-description.js';
import {
  type CorsDocument,
  DOCUMENT_FORMAT,
  type DocumentedOrigins,
  type DocumentedPolicy,
  type DocumentedRoute,
} from './cors-document.js';

/** What is written once, under a name of its own, and what it says in JSON. */
class Shelf<Item> {
  readonly #items = new Map<string, Item>();
  readonly #names = new Map<string, string>();

  /** @returns the name under which the item is found: the one proposed, or one like it where that is taken */
  put(proposed: string, item: Item, text = JSON.stringify(item)): string {
    const known = this.#names.get(text);
    if (known !== undefined) return known;
    let name = proposed;
    for (let count = 2; this.#items.has(name); count += 1) name = `${proposed} (${String(count)})`;
    this.#items.set(name, item);
    this.#names.set(text, name);
    return name;
  }

  /** An object whose keys are their own, whatever they are called. */
  get items(): Readonly<Record<string, Item>> {
    return Object.fromEntries(this.#items);
  }
}

/** Writes down the policies of an application. */
export function documentOf(
  policies: PolicySet,
  router: RouterDescription | undefined,
): CorsDocument {
  return new DocumentWriter().write(policies, router);
}

class DocumentWriter {
  readonly #policies = new Shelf<DocumentedPolicy>();
  readonly #origins = new Shelf<DocumentedOrigins>();
  /** Thousands of routes may share one policy, and thousands of policies one list. */
  readonly #policyNames = new Map<ResolvedPolicy, string>();
  readonly #originNames = new Map<OriginRules, string>();

  write(
    { defaults, named, paths, routed }: PolicySet,
    router: RouterDescription | undefined,
  ): CorsDocument {
    const document = {
      format: DOCUMENT_FORMAT,
      router: router ?? null,
      defaults: this.#only(defaults),
      named: Object.fromEntries([...named].map(([name, list]) => [name, this.#only(list)])),
      paths: paths.entries.map(({ pattern, payload }) => ({
        path: pattern.source,
        entry: payload.entry,
        policies: this.#all(payload.policies),
      })),
      routes: [...routed].map(([route, { policies }]) => ({
        ...describeRoute(route),
        policies: this.#all(policies),
      })),
    } satisfies Partial<CorsDocument>;
    return { ...document, policies: this.#policies.items, origins: this.#origins.items };
  }

  #all(list: PolicyList): readonly [string, ...string[]] {
    const [first, ...others] = list.members;
    return [this.#nameOf(first.resolved), ...others.map(({ resolved }) => this.#nameOf(resolved))];
  }

  #only({ first }: PolicyList): string {
    return this.#nameOf(first.resolved);
  }

  #nameOf(resolved: ResolvedPolicy): string {
    let name = this.#policyNames.get(resolved);
    if (name === undefined) {
      const { places } = resolved;
      const [deepest] = Object.values(places).sort((a, b) => b.depth - a.depth);
      name = this.#policies.put(deepest?.name ?? '', this.#describe(resolved));
      this.#policyNames.set(resolved, name);
    }
    return name;
  }

  #describe({ policy, originRules, places }: ResolvedPolicy): DocumentedPolicy {
    let origin = this.#originNames.get(originRules);
    if (origin === undefined) {
      origin = this.#origins.put(places.origin.name, describeOrigins(originRules));
      this.#originNames.set(originRules, origin);
    }
    const said: Partial<Record<PolicyField, string>> = {};
    for (const [field, { name, depth }] of Object.entries(places) as [
      PolicyField,
      ResolvedPolicy['places'][PolicyField],
    ][]) {
      if (depth > 0) said[field] = name;
    }
    return { ...policy, origin, said };
  }
}

function describeOrigins({
  any,
  opaque,
  patterns,
  regexps,
  deciders,
}: OriginRules): DocumentedOrigins {
  const told = patterns.map((pattern) => [isExact(pattern), serializePattern(pattern)] as const);
  const listed = Number(opaque) + patterns.length + regexps.length;
  return {
    openTo: any ? 'any' : deciders.length > 0 ? 'asked' : listed > 0 ? 'listed' : 'nobody',
    exact: [
      ...(opaque ? ['null'] : []),
      ...told.filter(([exact]) => exact).map(([, text]) => text),
    ],
    patterns: told.filter(([exact]) => !exact).map(([, text]) => text),
    expressions: regexps.map(String),
    functions: deciders.filter((rule) => !isResolverClass(rule)).map(ruleName),
    resolvers: deciders.filter(isResolverClass).map(ruleName),
  };
}

function describeRoute(route: Route): Omit<DocumentedRoute, 'policies'> {
  const { method, path, host, version, constraints, controller, handlerName } = route;
  return {
    method,
    path,
    ...(host !== undefined && { hosts: [host].flat().map(String) }),
    ...(version !== undefined && {
      versions: [version]
        .flat()
        .map((each) => (each === VERSION_NEUTRAL ? 'neutral' : String(each))),
    }),
    ...(constraints !== undefined && {
      constraints: Object.fromEntries(
        Object.entries(constraints).map(([name, value]) => [name, String(value)]),
      ),
    }),
    handler: `${controller.name}.${handlerName}`,
  };
}
