import { isLater } from '../../protocol/now-or-later.js';
import { decidePreflight } from '../../protocol/decision/preflight-request.js';
import { PreflightTarget } from '../../protocol/decision/preflight-target.js';
import { METHODS_OF_ALL } from '../../routing/routed-methods.js';
import type { CorsDocument, DocumentedRoute } from '../cors-document.js';
import { EdgePolicies, UntoldOrigin } from './edge-policies.js';
import { type EdgeAnswer, type HeaderRule, HeaderRules, readAnswer } from './edge-answer.js';
import { edgeRoutes } from './edge-routes.js';
import { type EdgeOrigin, EdgeOrigins } from './edge-origins.js';
import { LONGEST_SEGMENT, type UrlShape } from './url-shape.js';

/**
 * The preflights that any server in front of the application can answer just as Node would, since they are allowed
 * whatever else the request says; nothing in it is particular to one server. A preflight that is not among them is Node's
 * to answer.
 */
export interface EdgePreflights {
  /** Whether the router tells upper from lower case. */
  readonly caseSensitive: boolean;
  /** The characters of a plain segment, as in an expression, and how many there may be. */
  readonly segment: { readonly characters: string; readonly longest: number };
  /** The first one that a URL matches counts; no `behavior`: Node's. */
  readonly places: readonly {
    readonly shape: UrlShape;
    readonly behavior: string | undefined;
  }[];
  /** The first one that holds an origin counts. */
  readonly origins: readonly EdgeOrigin[];
  readonly methods: readonly string[];
  /** Which answer a behavior has for a method and an origin: by answer, `behavior:method:origin`. */
  readonly cases: ReadonlyMap<EdgeAnswer, readonly string[]>;
  readonly headerRules: readonly HeaderRule[];
  /** What is left to Node, and why. */
  readonly left: ReadonlyMap<DocumentedRoute, string>;
  readonly routes: number;
}

/** What a place is decided by: places with the same are one behavior. */
function behaviorKey(served: ReadonlyMap<string, DocumentedRoute>): string {
  return JSON.stringify([...served].map(([method, { policies }]) => [method, policies]));
}

/** Works out of a document what can be answered before Node. The same document gives the same. */
export function edgePreflights(document: CorsDocument): EdgePreflights {
  const { places, left: leftOut } = edgeRoutes(document);
  const left = new Map(leftOut);
  const policies = new EdgePolicies(document);
  const origins = new EdgeOrigins(document);
  const rules = new HeaderRules();
  const answers = new Map<string, EdgeAnswer>();
  const cases = new Map<EdgeAnswer, string[]>();
  const behaviors = new Map<string, string | undefined>();
  const methods = new Set<string>();
  const answeredRoutes = new Set<DocumentedRoute>();

  const behaviorOf = (served: ReadonlyMap<string, DocumentedRoute>): string | undefined => {
    const name = `b${String(behaviors.size + 1)}`;
    const lists = new Map([...served].map(([method, route]) => [method, [policies.listOf(route)]]));
    let isAnswered = false;
    for (const [method, candidates] of lists) {
      if (!METHODS_OF_ALL.includes(method)) continue;
      const target = new PreflightTarget({ candidates, served: 'yes', methods: lists });
      for (const origin of origins.of(served.values())) {
        const given = decide(target, method, origin, rules);
        if (given === undefined) continue;
        const key = JSON.stringify(given);
        let answer = answers.get(key);
        if (answer === undefined) {
          answer = { ...given, name: `a${String(answers.size + 1)}` };
          answers.set(key, answer);
          cases.set(answer, []);
        }
        cases.get(answer)?.push(`${name}:${method}:${origin.name}`);
        methods.add(method);
        isAnswered = true;
      }
    }
    return isAnswered ? name : undefined;
  };

  const named = places.map(({ shape, served }) => {
    if (served === undefined) return { shape, behavior: undefined };
    const key = behaviorKey(served);
    if (!behaviors.has(key)) behaviors.set(key, behaviorOf(served));
    const behavior = behaviors.get(key);
    if (behavior !== undefined) for (const route of served.values()) answeredRoutes.add(route);
    return { shape, behavior };
  });
  for (const route of document.routes) {
    if (!answeredRoutes.has(route) && !left.has(route)) left.set(route, whyNot(document, route));
  }
  const { router, paths } = document;
  const caseSensitive = router?.caseSensitive ?? true;
  return {
    caseSensitive,
    segment: {
      // `paths` entries hold whatever the case is.
      characters: caseSensitive && paths.length > 0 ? 'a-z0-9_~-' : 'A-Za-z0-9_~-',
      // Where it would be none, there are no places either.
      longest: Math.max(
        1,
        Math.floor(Math.min(router?.maxParamLength ?? LONGEST_SEGMENT, LONGEST_SEGMENT)),
      ),
    },
    places: named,
    origins: origins.all,
    methods: METHODS_OF_ALL.filter((method) => methods.has(method)),
    cases,
    headerRules: rules.all,
    left,
    routes: document.routes.length,
  };
}

function decide(
  target: PreflightTarget,
  method: string,
  origin: EdgeOrigin,
  rules: HeaderRules,
): Omit<EdgeAnswer, 'name'> | undefined {
  if (origin.example === undefined) return undefined;
  const headers = { origin: origin.example, 'access-control-request-method': method };
  try {
    const verdict = decidePreflight({ method: 'OPTIONS', url: '/', headers }, target);
    return isLater(verdict) ? undefined : readAnswer(verdict, rules);
  } catch (error) {
    if (error instanceof UntoldOrigin) return undefined;
    throw error;
  }
}

function whyNot({ policies, origins }: CorsDocument, route: DocumentedRoute): string {
  const held = route.policies.flatMap((name) => policies[name] ?? []);
  const rules = held.flatMap(({ origin }) => origins[origin] ?? []);
  if (held.some(({ preflightContinue }) => preflightContinue)) {
    return 'the application answers its preflights (preflightContinue)';
  }
  const asked = rules.flatMap(({ functions, resolvers }) => [...functions, ...resolvers]);
  if (asked.length > 0) return `its origins are asked of ${asked.join(', ')}`;
  if (rules.some(({ expressions }) => expressions.length > 0)) {
    return 'its origins are regular expressions';
  }
  if (rules.every(({ openTo }) => openTo === 'nobody')) return 'it is open to nobody';
  return 'it has no plain URL of its own, or nothing that a configuration can spell';
}
