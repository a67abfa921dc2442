import type {
  CorsDocument,
  DocumentedOrigins,
  DocumentedPolicy,
  DocumentedRoute,
} from '../cors-document.js';
import type { Needs } from './needs.js';

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
  /** The policies that are not as they were. */
  readonly changed: readonly string[];
  /** What they hold on. */
  readonly reach: { readonly routes: number; readonly paths: number };
}

/** The document of an application in which somebody has written a change; `undefined` where it cannot be written so. */
export function changeDocument(
  document: CorsDocument,
  scope: Scope,
  needs: Needs,
): ChangedDocument | undefined {
  return scope.kind === 'place'
    ? changePlace(document, scope.name, needs)
    : changeHolders(document, scope, needs);
}

function changeHolders(
  document: CorsDocument,
  { kind, name, own }: Extract<Scope, { own: boolean }>,
  needs: Needs,
): ChangedDocument | undefined {
  const named =
    kind === 'handler'
      ? document.routes.filter(({ handler }) => handler === name)
      : document.paths.filter(({ entry }) => entry === name);
  // What is written above a list refines each of its policies, to the same one.
  if (named.length === 0 || named.some(({ policies }) => policies.length > 1)) return undefined;
  const made = new Made(document);
  const change = <H extends Pick<DocumentedRoute, 'policies'>>(holder: H): H => {
    const [key] = holder.policies;
    return {
      ...holder,
      policies: own ? [made.own(key, needs), key] : [made.refined(key, needs)],
    };
  };
  const routes = document.routes.map((route) =>
    kind === 'handler' && route.handler === name ? change(route) : route,
  );
  const paths = document.paths.map((entry) =>
    kind === 'entry' && entry.entry === name ? change(entry) : entry,
  );
  return {
    document: { ...document, ...made.tables, routes, paths },
    changed: made.keys,
    reach: {
      routes: kind === 'handler' ? named.length : 0,
      paths: kind === 'entry' ? named.length : 0,
    },
  };
}

/** Fields that nobody said are those of the module. */
function changePlace(
  document: CorsDocument,
  place: string,
  needs: Needs,
): ChangedDocument | undefined {
  const made = new Made(document);
  const fields = Object.keys(needs) as (keyof Needs)[];
  const isModule = isModulePlace(place);
  const says = ({ said }: DocumentedPolicy) =>
    fields.every((field) => said[field] === place || (isModule && said[field] === undefined));
  const keys = new Map<string, string>();
  for (const [key, policy] of Object.entries(document.policies)) {
    if (says(policy)) keys.set(key, made.refined(key, needs));
  }
  if (keys.size === 0) return undefined;
  const renamed = (key: string) => keys.get(key) ?? key;
  const rename = <H extends Pick<DocumentedRoute, 'policies'>>(holder: H): H => {
    const [first, ...others] = holder.policies;
    return { ...holder, policies: [renamed(first), ...others.map(renamed)] };
  };
  const changed = (holders: readonly Pick<DocumentedRoute, 'policies'>[]) =>
    holders.filter(({ policies }) => policies.some((key) => keys.has(key))).length;
  return {
    document: {
      ...document,
      ...made.tables,
      defaults: renamed(document.defaults),
      named: Object.fromEntries(
        Object.entries(document.named).map(([name, key]) => [name, renamed(key)]),
      ),
      routes: document.routes.map(rename),
      paths: document.paths.map(rename),
    },
    changed: made.keys,
    reach: { routes: changed(document.routes), paths: changed(document.paths) },
  };
}

/** Whether a place is that of the module's defaults: the call that gave the options. */
export function isModulePlace(place: string): boolean {
  return /^[\w.]+\(\)$/.test(place);
}

/** The tables of a document, and what is added to them. */
class Made {
  readonly #policies: Record<string, DocumentedPolicy>;
  readonly #origins: Record<string, DocumentedOrigins>;
  readonly #known = new Map<string, string>();

  constructor({ policies, origins }: CorsDocument) {
    this.#policies = { ...policies };
    this.#origins = { ...origins };
  }

  get keys(): readonly string[] {
    return [...this.#known.values()];
  }

  get tables(): Pick<CorsDocument, 'policies' | 'origins'> {
    return { policies: this.#policies, origins: this.#origins };
  }

  refined(key: string, needs: Needs): string {
    return this.#add(key, needs, (origins, origin) =>
      origin === undefined ? origins : withOrigin(origins, origin),
    );
  }

  own(key: string, needs: Needs): string {
    return this.#add(key, needs, (_origins, origin) => withOrigin(NOBODY, origin ?? ''));
  }

  #add(
    key: string,
    needs: Needs,
    change: (origins: DocumentedOrigins, origin?: string) => DocumentedOrigins,
  ): string {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const policy = this.#policies[key];
    const origins = policy && this.#origins[policy.origin];
    if (policy === undefined || origins === undefined) return key;
    const name = `${key} (changed)`;
    this.#origins[name] = change(origins, needs.origin);
    this.#policies[name] = { ...policy, ...changedFields(policy, needs), origin: name };
    this.#known.set(key, name);
    return name;
  }
}

const NOBODY: DocumentedOrigins = {
  openTo: 'nobody',
  exact: [],
  patterns: [],
  expressions: [],
  functions: [],
  resolvers: [],
};

function withOrigin(origins: DocumentedOrigins, origin: string): DocumentedOrigins {
  const { openTo, exact } = origins;
  return {
    ...origins,
    openTo: openTo === 'nobody' ? 'listed' : openTo,
    exact: [...exact, origin],
  };
}

/** The fields of a policy, the origin aside, after a change. */
export function changedFields(
  policy: DocumentedPolicy,
  { credentials, methods, allowedHeaders, exposedHeaders, isolate }: Needs,
): Partial<DocumentedPolicy> {
  // With credentials, browsers take the star for a name, and the start refuses it.
  const dropsStar = credentials === true && policy.exposedHeaders === '*';
  const exposed = dropsStar || policy.exposedHeaders === '*' ? [] : policy.exposedHeaders;
  return {
    ...(credentials !== undefined && { credentials }),
    ...(methods && { methods: [...(policy.methods === '*' ? [] : policy.methods), ...methods] }),
    ...(allowedHeaders && {
      allowedHeaders: [
        ...(policy.allowedHeaders === '*' ? [] : policy.allowedHeaders),
        ...allowedHeaders,
      ],
    }),
    ...((exposedHeaders !== undefined || dropsStar) && {
      exposedHeaders: [...exposed, ...(exposedHeaders ?? [])],
    }),
    ...(isolate !== undefined && { isolate }),
  };
}
