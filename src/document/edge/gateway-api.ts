import type { CorsDocument, DocumentedPolicy, DocumentedRoute } from '../cors-document.js';
import { commentText } from './configuration-text.js';

/** Bounds of `HTTPCORSFilter` (Gateway API v1.5, `allowOrigins`, `allowHeaders`, `exposeHeaders`, `maxAge`). */
const MOST_ORIGINS = 64;
const MOST_HEADERS = 64;
const LEAST_MAX_AGE = 1;

const FILTER_METHODS: ReadonlySet<string> = new Set([
  ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'ALL'],
]);

/**
 * What the `cors` filter of a Kubernetes HTTPRoute could say of each route, and why not of the others.
 *
 * @see {@link https://gateway-api.sigs.k8s.io/geps/gep-1767/}
 */
export function gatewayApiReport(document: CorsDocument): string {
  const { routes, paths } = document;
  const byPath = new Map<string, DocumentedRoute[]>();
  for (const route of routes) {
    const known = byPath.get(route.path);
    if (known === undefined) byPath.set(route.path, [route]);
    else known.push(route);
  }
  const lines = routes.map((route) => {
    const faults = faultsOf(document, route, byPath.get(route.path) ?? []);
    const name = `${route.method} ${route.path} (${route.handler})`;
    return { name, faults };
  });
  const sayable = lines.filter(({ faults }) => faults.length === 0);
  return [
    `The cors filter of an HTTPRoute (Gateway API, standard channel since v1.5) could say the policies of ${String(sayable.length)} of ${String(routes.length)} routes.`,
    'Of none of them could it refuse a request, as the application does: it adds headers, and answers preflights alone.',
    'What it answers for methods that are not routed, and its status and Vary, differ from implementation to implementation.',
    '',
    ...section(
      'It could say',
      sayable.map(({ name }) => name),
    ),
    ...section(
      'It could not say',
      lines.flatMap(({ name, faults }) =>
        faults.length === 0 ? [] : [`${name}: ${faults.join('; ')}`],
      ),
    ),
    ...section(
      'Entries of paths, each for everything under it; the same bounds hold',
      paths.map(({ path, entry }) => `${path} (${entry})`),
    ),
  ]
    .join('\n')
    .trimEnd();
}

function section(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  return [`${title}:`, ...lines.map((line) => `  ${commentText(line)}`), ''];
}

function faultsOf(
  document: CorsDocument,
  { method, path, policies, versions, constraints }: DocumentedRoute,
  beside: readonly DocumentedRoute[],
): readonly string[] {
  const faults: string[] = [];
  const say = (isFault: boolean, text: string): void => {
    if (isFault) faults.push(text);
  };
  say(policies.length > 1, 'a filter holds one policy, and several hold here');
  const key = JSON.stringify(policies);
  say(
    beside.some((other) => JSON.stringify(other.policies) !== key),
    'other methods of the URL have another policy, and a preflight is matched as OPTIONS',
  );
  say(
    /[:*{(]/.test(path),
    'a path with parameters takes a RegularExpression match, which not all have',
  );
  say(!FILTER_METHODS.has(method), `the method ${method} is not among those that it takes`);
  say(
    versions !== undefined || constraints !== undefined,
    'versions and constraints are not matched',
  );
  for (const name of policies) {
    const policy = document.policies[name];
    if (policy !== undefined) faults.push(...faultsOfPolicy(document, policy));
  }
  return [...new Set(faults)];
}

function faultsOfPolicy(document: CorsDocument, policy: DocumentedPolicy): readonly string[] {
  const origins = document.origins[policy.origin];
  const {
    exact = [],
    patterns = [],
    expressions = [],
    functions = [],
    resolvers = [],
  } = origins ?? {};
  const all = [...exact, ...patterns];
  const { allowedHeaders, exposedHeaders, maxAge } = policy;
  const faults: readonly (readonly [boolean, string])[] = [
    [origins?.openTo === 'nobody', 'a filter that allows nobody is none'],
    [functions.length + resolvers.length > 0, 'functions and resolvers cannot be asked'],
    [expressions.length > 0, 'origins are not regular expressions there'],
    [all.length > MOST_ORIGINS, `more than ${String(MOST_ORIGINS)} origins`],
    [origins?.openTo === 'any' && all.length > 0, 'the star stands beside no other origin'],
    [all.some((origin) => origin.endsWith(':*')), 'a port is one, and cannot be any'],
    [
      all.some((origin) => !/^https?:/.test(origin)),
      'origins have the scheme http or https: neither null nor app shells',
    ],
    [
      [allowedHeaders, exposedHeaders].some((names) => names.length > MOST_HEADERS),
      `more than ${String(MOST_HEADERS)} headers`,
    ],
    [
      policy.credentials && allowedHeaders === '*',
      'with credentials, a star for headers is answered as implementations like',
    ],
    [maxAge < LEAST_MAX_AGE, `maxAge is ${String(LEAST_MAX_AGE)} or more`],
    [policy.privateNetwork, 'private networks are unknown'],
    [policy.preflightContinue, 'preflights are not passed on (preflightContinue)'],
    [policy.isolate, 'isolation is unknown'],
  ];
  return faults.flatMap(([isFault, text]) => (isFault ? [text] : []));
}
