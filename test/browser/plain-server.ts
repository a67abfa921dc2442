import { METHODS as NODE_METHODS } from 'node:http';
import type { AppSpec, CorsSpec, HandlerSpec, OriginSpec, PolicySpec } from './app-spec.js';
import { COMMON_HEADERS, HANDLER_HEADERS } from './handler-headers.js';
import { type Origins, withPorts } from './places.js';

/*
 * What a random application answers, by the README's rules, read once more and written down as plainly as can be. It
 * shares nothing with the product: neither code nor the way in which things are worked out.
 */

interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** README, "Options". */
const UNSAID = {
  origin: [false] as readonly OriginSpec[],
  methods: ['*'] as readonly string[],
  allowedHeaders: [
    ...['accept', 'authorization', 'content-type', 'user-agent'],
    ...['x-csrf-token', 'x-csrftoken', 'x-requested-with'],
  ] as readonly string[],
  exposedHeaders: [] as readonly string[],
  credentials: false,
  maxAge: 7200,
  enforce: true,
  optionsSuccessStatus: 204,
  privateNetwork: false,
  preflightContinue: false,
};
export type Policy = typeof UNSAID;

export function answerPlainly(spec: AppSpec, origins: Origins, request: Request): Response {
  const { host, pathname, searchParams } = new URL(request.url);
  const held = policiesAt(spec, pathname, methodAskedFor(request));
  const cors = isPreflight(request)
    ? answerPreflight(spec, origins, request, pathname, held)
    : answerActual(origins, request, host, held);
  // One policy for any origin says the same to everybody.
  const isForEverybody = held.policies.length === 1 && held.policies.every(allowsAny);
  const vary: Record<string, string> = isForEverybody ? {} : { vary: 'Origin' };
  const headers = { ...COMMON, ...vary, ...cors.headers };
  if (cors.status !== undefined) return { status: cors.status, headers };
  const handler = handlerAt(spec, pathname, request.method)?.handler;
  if (handler === undefined) return { status: 404, headers };
  const { answers, referrerPolicy } = handler;
  const to = searchParams.get('to');
  const isRedirect = typeof answers === 'number' && answers >= 300;
  return {
    status: typeof answers === 'number' ? answers : Number(answers.slice(-3)),
    headers: {
      ...lowerCased(HANDLER_HEADERS),
      ...(referrerPolicy !== undefined && { 'referrer-policy': referrerPolicy }),
      ...(isRedirect && to !== null && { location: to }),
      ...headers,
    },
  };
}

const COMMON = lowerCased(COMMON_HEADERS);

function isPreflight({ method, headers }: Request): boolean {
  return (
    method === 'OPTIONS' &&
    headers['origin'] !== undefined &&
    headers['access-control-request-method'] !== undefined
  );
}

function methodAskedFor(request: Request): string {
  return isPreflight(request)
    ? (request.headers['access-control-request-method'] ?? '')
    : request.method;
}

interface Answer {
  /** `undefined` where the application goes on. */
  readonly status?: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** README, "What happens to a request". */
function answerActual(
  origins: Origins,
  { method, headers }: Request,
  host: string,
  { policies, isEnforced }: Held,
): Answer {
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  const last = policies.at(-1) ?? UNSAID;
  if (origin === undefined) {
    return { headers: allowsAny(last) ? { ...allowOrigin('*'), ...given(last) } : {} };
  }
  const isSameOrigin = site === undefined ? origin === `http://${host}` : site === 'same-origin';
  const holder = holderOf(policies, origin, origins, isSameOrigin);
  if (typeof holder === 'string') {
    const policy = holder === 'failed' ? failing(policies, origin, origins) : last;
    if (isSameOrigin || !isEnforced || !policy.enforce) return { headers: {} };
    return { status: holder === 'failed' ? 503 : 403, headers: {} };
  }
  const hasMethod = holder.methods.includes('*') || allMethods(holder).includes(method);
  const hasCookie = headers['cookie'] !== undefined;
  if (!isSameOrigin && (!hasMethod || (hasCookie && !holder.credentials))) {
    return isEnforced && holder.enforce ? { status: 403, headers: {} } : { headers: {} };
  }
  return { headers: { ...allowOrigin(allowsAny(holder) ? '*' : origin), ...given(holder) } };
}

/** README, "What happens to a request"; the lists are those of the route that the method asked about leads to. */
function answerPreflight(
  spec: AppSpec,
  origins: Origins,
  { headers }: Request,
  pathname: string,
  { policies }: Held,
): Answer {
  const origin = headers['origin'] ?? '';
  const method = headers['access-control-request-method'] ?? '';
  const asked = (headers['access-control-request-headers'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  const holder = holderOf(policies, origin, origins, false);
  if (typeof holder === 'string') return { status: holder === 'failed' ? 503 : 403, headers: {} };
  const routed = METHODS.filter((each) => handlerAt(spec, pathname, each) !== undefined);
  const known = routed.length > 0 ? routed : METHODS;
  // Those for which this origin would get the same answer.
  const listed = known.filter((each) => {
    const other = holderOf(policiesAt(spec, pathname, each).policies, origin, origins, false);
    return typeof other !== 'string' && allows(other, each) && answersAlike(other, holder);
  });
  const isMethodAllowed =
    allows(holder, method) &&
    (known.includes(method) || (routed.length === 0 && SENT.includes(method)));
  const names = holder.allowedHeaders;
  const areHeadersAllowed =
    names.includes('*') || asked.every((name) => lowerCase(names).includes(name));
  const star = holder.credentials ? asked : ['*', 'authorization', ...asked];
  const isAllowed = isMethodAllowed && areHeadersAllowed;
  return {
    // Otherwise the application's own code answers.
    ...(!holder.preflightContinue && { status: holder.optionsSuccessStatus }),
    headers: {
      ...allowOrigin(allowsAny(holder) ? '*' : origin),
      ...(holder.credentials && { 'access-control-allow-credentials': 'true' }),
      // Where no route is, only a list that was written down is told.
      ...listOf(
        'methods',
        routed.length > 0 || !holder.methods.includes('*')
          ? listed
          : isMethodAllowed
            ? [method]
            : [],
      ),
      ...listOf('headers', names.includes('*') ? [...new Set(star)] : names),
      ...(isAllowed && { 'access-control-max-age': String(holder.maxAge) }),
      ...(isAllowed &&
        holder.privateNetwork &&
        headers['access-control-request-private-network'] === 'true' && {
          'access-control-allow-private-network': 'true',
        }),
    },
  };
}

/** What pages may send, and Node's parser lets in. */
const SENT = NODE_METHODS.filter((method) => !['CONNECT', 'TRACE'].includes(method));

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

function allows(policy: Policy, method: string): boolean {
  return policy.methods.includes('*') || allMethods(policy).includes(method);
}

/** `GET` includes `HEAD`. */
function allMethods({ methods }: Policy): readonly string[] {
  return methods.includes('GET') ? [...methods, 'HEAD'] : methods;
}

function answersAlike(a: Policy, b: Policy): boolean {
  const headersOf = ({ allowedHeaders }: Policy) =>
    allowedHeaders.includes('*') ? '*' : [...new Set(lowerCase(allowedHeaders))].sort().join();
  return a.credentials === b.credentials && a.maxAge === b.maxAge && headersOf(a) === headersOf(b);
}

function allowOrigin(value: string): Record<string, string> {
  return { 'access-control-allow-origin': value };
}

function listOf(name: string, items: readonly string[]): Record<string, string> {
  return items.length === 0 ? {} : { [`access-control-allow-${name}`]: items.join(',') };
}

/** What an allowed request is answered besides its origin. */
function given({ credentials, exposedHeaders }: Policy): Record<string, string> {
  const exposed = exposedHeaders.includes('*') ? '*' : exposedHeaders.join(',');
  return {
    ...(credentials && { 'access-control-allow-credentials': 'true' }),
    ...(exposed !== '' && { 'access-control-expose-headers': exposed }),
  };
}

/** README, "Several policies on one route": the first one whose origin rule allows the origin. */
function holderOf(
  policies: readonly Policy[],
  origin: string,
  origins: Origins,
  isSameOrigin: boolean,
): Policy | 'refused' | 'failed' {
  for (const policy of policies) {
    const answer = originAnswer(policy, origin, origins, isSameOrigin);
    if (answer === 'allowed') return policy;
    if (answer === 'failed') return 'failed';
    // Where code would have to be asked, a page of the same origin passes untouched.
    if (isSameOrigin && policy.origin.some(isCode)) return 'refused';
  }
  return 'refused';
}

function isCode(rule: OriginSpec): boolean {
  return typeof rule === 'object' && 'decider' in rule;
}

function failing(policies: readonly Policy[], origin: string, origins: Origins): Policy {
  const found = policies.find((each) => originAnswer(each, origin, origins, false) === 'failed');
  return found ?? UNSAID;
}

/** README, "Origin rules": strings first, then expressions, then functions and resolvers in their order. */
function originAnswer(
  { origin: rules, credentials }: Policy,
  origin: string,
  origins: Origins,
  isSameOrigin: boolean,
): 'allowed' | 'refused' | 'failed' {
  for (const rule of rules) {
    if (rule === true || rule === '*') return 'allowed';
    if (typeof rule === 'string' && matches(withPorts(rule, origins), origin)) return 'allowed';
    if (typeof rule === 'object' && 'regexp' in rule) {
      if (new RegExp(withPorts(rule.regexp, origins)).test(origin)) return 'allowed';
    }
  }
  // Nobody is asked about pages of the same origin, nor about an opaque one that could get cookies.
  if (isSameOrigin || (origin === 'null' && credentials)) return 'refused';
  for (const rule of rules) {
    if (typeof rule !== 'object' || !('decider' in rule)) continue;
    if (rule.allows.some((each) => withPorts(each, origins) === origin)) return 'allowed';
    if (rule.decider === 'failing function') return 'failed';
  }
  return 'refused';
}

/** A string of the kinds that random applications have. */
function matches(rule: string, origin: string): boolean {
  if (rule === origin) return true;
  const [, scheme = '', star, host = '', port = ''] =
    /^(\w+):\/\/(\*\.)?([^:]+)(?::(.+))?$/.exec(rule) ?? [];
  const [, ownScheme, ownHost = '', ownPort = ''] =
    /^(\w+):\/\/([^:]+)(?::(.+))?$/.exec(origin) ?? [];
  if (scheme !== ownScheme || (port !== '*' && port !== ownPort)) return false;
  return star === undefined
    ? ownHost === host
    : ownHost.endsWith(`.${host}`) && ownHost.length > host.length + 1;
}

export function allowsAny({ origin }: Policy): boolean {
  return origin.includes('*') || origin.includes(true);
}

interface Held {
  readonly policies: readonly Policy[];
  /** Whether there is anything that refuses: a guard, or an entry. */
  readonly isEnforced: boolean;
}

/** README, "How policies combine", and "GraphQL and other resources without controllers". */
function policiesAt(spec: AppSpec, pathname: string, method: string): Held {
  const defaults = defaultsOf(spec);
  const entry = spec.paths.find(({ path }) => {
    const under = path.replace(/\/\*.*$/, '');
    // A star needs something to stand for.
    return pathname.startsWith(`${under}/`) || (pathname === under && under === path);
  });
  if (entry !== undefined) {
    return { policies: combine(spec, [defaults], entry.policy), isEnforced: true };
  }
  const found = handlerAt(spec, pathname, method);
  if (found === undefined) return { policies: [defaults], isEnforced: false };
  const { controller, handler } = found;
  const inherited = controller.cors ? combine(spec, [defaults], controller.cors) : [defaults];
  return {
    policies: handler.cors ? combine(spec, inherited, handler.cors) : inherited,
    isEnforced: true,
  };
}

export function defaultsOf({ defaults }: Pick<AppSpec, 'defaults'>): Policy {
  return { ...UNSAID, ...defaults };
}

export function combine(
  spec: Pick<AppSpec, 'defaults' | 'policies'>,
  inherited: readonly Policy[],
  cors: CorsSpec,
): readonly Policy[] {
  const defaults = defaultsOf(spec);
  const named = (name: string): Policy => ({ ...defaults, ...spec.policies[name] });
  const refined = (fields: PolicySpec) => inherited.map((each) => ({ ...each, ...fields }));
  if ('startOver' in cors) return [defaults];
  if ('closed' in cors) return refined({ origin: [false] });
  if ('name' in cors) return [named(cors.name)];
  if ('refine' in cors) return refined(cors.refine);
  if ('list' in cors) {
    return cors.list.flatMap((each) =>
      'name' in each ? [named(each.name)] : refined(each.refine),
    );
  }
  const { exposedHeaders, ...others } = cors.compute;
  return inherited.map((each) => ({
    ...each,
    ...others,
    ...(exposedHeaders && { exposedHeaders: [...each.exposedHeaders, ...exposedHeaders] }),
  }));
}

interface Found {
  readonly controller: AppSpec['controllers'][number];
  readonly handler: HandlerSpec;
}

/** Express serves the first route that matches, and Fastify the one with the most literal path. */
function handlerAt(
  { adapter, controllers }: AppSpec,
  pathname: string,
  method: string,
): Found | undefined {
  const found: (Found & { readonly isLiteral: boolean; readonly isExact: boolean })[] = [];
  for (const controller of controllers) {
    for (const handler of controller.handlers) {
      const path = `/${controller.path}${handler.path === '' ? '' : `/${handler.path}`}`;
      const isExact = handler.method === method;
      const serves =
        isExact ||
        (handler.method === 'ALL' && METHODS.includes(method)) ||
        (handler.method === 'GET' && method === 'HEAD');
      if (!serves || !new RegExp(`^${path.replace(':id', '[^/]+')}$`).test(pathname)) continue;
      found.push({ controller, handler, isExact, isLiteral: !path.includes(':') });
    }
  }
  if (adapter === 'express') return found[0];
  return found.find(({ isLiteral }) => isLiteral) ?? found[0];
}

function lowerCase(names: readonly string[]): readonly string[] {
  return names.map((name) => name.toLowerCase());
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}
