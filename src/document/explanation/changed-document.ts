import type {
  CorsDocument,
  DocumentedOrigins,
  DocumentedPolicy,
  DocumentedRoute,
} from '../cors-document.js';
import type { Needs } from './needs.js';
import {
  changedFields,
  changedOrigins,
  changeOf,
  describedPolicy,
  ownChange,
  type PolicyChange,
} from './policy-change.js';

/**
 * Where a change is written.
 *
 * `handler`, `entry`: for the routes of a handler, or for one `paths` entry. `own` gives the origin a policy of its own
 * there, in front of the one that holds. `place`: where fields were said; whoever inherits them gets the change.
 */
export type Scope =
  | { readonly kind: 'handler' | 'entry'; readonly name: string; readonly own: boolean }
  | { readonly kind: 'place'; readonly name: string };

/** A document as it would be after a change. */
export interface ChangedDocument {
  readonly document: CorsDocument;
  readonly change: PolicyChange;
  /** The policy that was there before. */
  readonly key: string;
  /** The policies that are not as they were. */
  readonly changed: readonly string[];
  /** What they hold on. */
  readonly reach: { readonly routes: number; readonly paths: number };
}

/**
 * The document of an application in which somebody has written a change; `undefined` where it cannot be written so.
 *
 * @param keys the policies that have a say about the request
 */
export function changeDocument(
  document: CorsDocument,
  scope: Scope,
  needs: Needs,
  keys: readonly string[],
): ChangedDocument | undefined {
  return scope.kind === 'place'
    ? changePlace(document, scope.name, needs, keys)
    : changeHolders(document, scope, needs);
}

function changeHolders(
  document: CorsDocument,
  { kind, name, own }: Extract<Scope, { own: boolean }>,
  needs: Needs,
): ChangedDocument | undefined {
  const isRoutes = kind === 'handler';
  const named: readonly Held[] = isRoutes
    ? document.routes.filter(({ handler }) => handler === name)
    : document.paths.filter(({ entry }) => entry === name);
  const [key, ...others] = new Set(named.flatMap(({ policies }) => policies));
  // What is written above a list refines each of its policies, to the same one; handlers of one name may have two.
  if (key === undefined || others.length > 0) return undefined;
  // A list in the place of an entry's policy goes on from the defaults.
  const inherited = own && !isRoutes ? document.defaults : key;
  const described = describedPolicy(document, inherited);
  const change = described && (own ? ownChange(described, needs) : changeOf(described, needs));
  if (change === undefined) return undefined;
  const tables = new ChangedTables(document, change);
  const made = tables.change(inherited, changedFields(change));
  const give = <H extends Held>(holder: H): H =>
    named.includes(holder) ? { ...holder, policies: own ? [made, key] : [made] } : holder;
  return {
    document: {
      ...document,
      ...tables.tables,
      routes: document.routes.map(give),
      paths: document.paths.map(give),
    },
    ...{ change, key, changed: tables.changed },
    reach: { routes: isRoutes ? named.length : 0, paths: isRoutes ? 0 : named.length },
  };
}

type Held = Pick<DocumentedRoute, 'policies'>;

function changePlace(
  document: CorsDocument,
  place: string,
  needs: Needs,
  keys: readonly string[],
): ChangedDocument | undefined {
  const inherits = (key: string, field: keyof Needs): boolean => {
    const said = document.policies[key]?.said[field];
    // Fields that nobody said are those of the module.
    return said === place || (said === undefined && isModulePlace(place));
  };
  const key = keys.find((each) =>
    (Object.keys(needs) as (keyof Needs)[]).every((field) => inherits(each, field)),
  );
  const described = key === undefined ? undefined : describedPolicy(document, key);
  const change = described && changeOf(described, needs);
  if (key === undefined || change === undefined) return undefined;
  const fields = changedFields(change);
  // A field that the policy has from elsewhere cannot be changed from here.
  if (!fields.every((field) => inherits(key, field))) return undefined;
  const tables = new ChangedTables(document, change);
  const renamed = new Map<string, string>();
  for (const each of Object.keys(document.policies)) {
    // Who says one of the fields elsewhere still gets the others.
    const inherited = fields.filter((field) => inherits(each, field));
    if (inherited.length > 0) renamed.set(each, tables.change(each, inherited));
  }
  const nameOf = (each: string): string => renamed.get(each) ?? each;
  const rename = <H extends Held>(holder: H): H => {
    const [first, ...others] = holder.policies;
    return { ...holder, policies: [nameOf(first), ...others.map(nameOf)] };
  };
  const reached = (holders: readonly Held[]): number =>
    holders.filter(({ policies }) => policies.some((each) => renamed.has(each))).length;
  return {
    document: {
      ...document,
      ...tables.tables,
      defaults: nameOf(document.defaults),
      named: Object.fromEntries(
        Object.entries(document.named).map(([name, each]) => [name, nameOf(each)]),
      ),
      routes: document.routes.map(rename),
      paths: document.paths.map(rename),
    },
    ...{ change, key, changed: tables.changed },
    reach: { routes: reached(document.routes), paths: reached(document.paths) },
  };
}

/** Whether a place is that of the module's defaults: the call that gave the options. */
export function isModulePlace(place: string): boolean {
  return /^[\w.]+\(\)$/.test(place);
}

/** The tables of a document, and what a change adds to them. */
class ChangedTables {
  readonly changed: string[] = [];
  readonly #policies: Map<string, DocumentedPolicy>;
  readonly #origins: Map<string, DocumentedOrigins>;
  /** The changed origin rule is the same for all that inherit it. */
  readonly #origin: string;
  readonly #values: PolicyChange['values'];

  constructor({ policies, origins }: CorsDocument, { origin, values }: PolicyChange) {
    this.#values = values;
    this.#policies = new Map(Object.entries(policies));
    this.#origins = new Map(Object.entries(origins));
    this.#origin = unused('changed', this.#origins);
    if (origin !== undefined) this.#origins.set(this.#origin, changedOrigins(origin));
  }

  get tables(): Pick<CorsDocument, 'policies' | 'origins'> {
    return {
      policies: Object.fromEntries(this.#policies),
      origins: Object.fromEntries(this.#origins),
    };
  }

  /** Adds a policy that has some fields of the change, and returns its key. */
  change(key: string, fields: readonly (keyof Needs)[]): string {
    const policy = this.#policies.get(key);
    if (policy === undefined) return key;
    const name = unused(`${key} (changed)`, this.#policies);
    const values = Object.entries(this.#values).filter(([field]) =>
      fields.some((each) => each === field),
    );
    this.#policies.set(name, {
      ...policy,
      ...Object.fromEntries(values),
      ...(fields.includes('origin') && { origin: this.#origin }),
    });
    this.changed.push(name);
    return name;
  }
}

/** A name like the one proposed that nothing has yet. */
function unused(proposed: string, known: ReadonlyMap<string, unknown>): string {
  return known.has(proposed) ? unused(`${proposed}'`, known) : proposed;
}
