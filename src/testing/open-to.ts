import type { INestApplication } from '@nestjs/common';
import type { CorsRequest } from '../protocol/policy/policy-options.js';
import type { PolicyList } from '../protocol/policy/policy-list.js';
import { allMethods } from './page-methods.js';
import { requireOrigin } from './page-origin.js';
import { providerOf } from './policy-service.js';

/** Something that pages of an origin may call. */
export interface OpenResource {
  /** In upper case; of what is bound to none, each that the policy names and those that pages usually send. */
  readonly method: string;
  /** As registered with the router; of a `paths` entry its pattern; or `the defaults`. */
  readonly path: string;
  /** Controller and handler, e.g. `BooksController.update`; absent for what no controller serves. */
  readonly handler?: string;
  /** Of a `paths` entry its place, e.g. `CorsModule.forRoot() paths[0]`. */
  readonly entry?: string;
  /** The host patterns of the controller; absent where it is bound to none. */
  readonly host?: string;
  readonly version?: string;
  /** Whether cookies may go along. */
  readonly credentials: boolean;
}

/** A policy in its place. */
interface Place extends Omit<OpenResource, 'method' | 'credentials'> {
  readonly methods: readonly string[];
  readonly policies: PolicyList;
  /** An address that it holds on, for functions that look at it. */
  readonly url: string;
}

/**
 * What pages of an origin may call: every route, `paths` entry and default policy that lets them read the answer to a
 * simple request or send what a preflight asks for. Each policy is asked itself, for each method, so that nothing hangs
 * on the URL that a test would have thought of:
 *
 * `expect(await openTo(app, 'https://stranger.example')).toEqual([])`
 *
 * Functions and resolvers are asked as for a request. A policy with `enforce: false` refuses nothing that runs: it is
 * open to those who may read.
 *
 * @param app initialized; one that is not yet is initialized
 * @param origin in its serialized form, or `null` for the opaque one
 * @returns in the order in which Nest registers the routes, then the `paths` entries, then the defaults
 * @throws TypeError for what is no origin, and for an application without `CorsModule`
 * @throws Error where a function or resolver fails, since nobody knows then
 */
export async function openTo(app: INestApplication, origin: string): Promise<OpenResource[]> {
  requireOrigin(origin);
  const open: OpenResource[] = [];
  for (const { methods, policies, url, ...place } of await placesOf(app)) {
    for (const method of methods) {
      const credentials = await permission(policies, method, url, origin, place.path);
      if (credentials !== undefined) open.push({ method, ...place, credentials });
    }
  }
  return open;
}

async function placesOf(app: INestApplication): Promise<Place[]> {
  const { PoliciesInForce } = await import('../configuration/policies-in-force.js');
  const inForce = await providerOf(app, PoliciesInForce);
  if (inForce === undefined) {
    throw new TypeError(
      'This application does not import CorsModule, so it has no policies to ask.',
    );
  }
  if (!inForce.ready) await app.init();
  const { routed, paths, defaults } = inForce.policies;
  return [
    ...[...routed.values()].map(({ route, policies }): Place => {
      const { method, path, host, version } = route;
      return {
        methods: method === 'ALL' ? allMethods(policies) : [method],
        path,
        handler: `${route.controller.name}.${route.handlerName}`,
        ...(host !== undefined && { host: String(host) }),
        ...(version !== undefined && { version: String(version) }),
        policies,
        url: exampleOf(path),
      };
    }),
    ...paths.entries.map(({ pattern: { source }, payload: { where, policies } }): Place => {
      const url = exampleOf(source);
      return { methods: allMethods(policies), path: source, entry: where, policies, url };
    }),
    { methods: allMethods(defaults), path: 'the defaults', policies: defaults, url: '/' },
  ];
}

/**
 * Whether a method is open, by a simple request or by a preflight: whether with credentials; `undefined` where it is not.
 */
async function permission(
  policies: PolicyList,
  method: string,
  url: string,
  origin: string,
  path: string,
): Promise<boolean | undefined> {
  const { decideActual } = await import('../protocol/decision/actual-request.js');
  const { decidePreflight } = await import('../protocol/decision/preflight-request.js');
  const { PreflightTarget } = await import('../protocol/decision/preflight-target.js');
  // Says that it is of another origin, whatever the host is called.
  const headers = { host: 'localhost', origin, 'sec-fetch-site': 'cross-site' };
  const simple: CorsRequest = { method, url, headers };
  const asking: CorsRequest = {
    method: 'OPTIONS',
    url,
    headers: { ...headers, 'access-control-request-method': method },
  };
  const target = new PreflightTarget({
    candidates: [policies],
    served: 'yes',
    methods: new Map([[method, [policies]]]),
  });
  const isSimple = ['GET', 'HEAD', 'POST'].includes(method);
  const verdicts = [
    await decidePreflight(asking, target),
    ...(isSimple ? [await decideActual(policies, simple)] : []),
  ];
  if (verdicts.some(({ reason }) => reason === 'origin-check-failed')) {
    throw new Error(
      `Whether ${path} is open to ${origin} is not known: its origin function or resolver threw, rejected or took too long. Make it answer in this test.`,
    );
  }
  const allowed = verdicts.filter(({ reason }) => reason === undefined);
  return allowed.length === 0 ? undefined : allowed.some(({ policy }) => policy.policy.credentials);
}

/** A URL of a route, for functions that look at it: parameters are `1`. */
function exampleOf(path: string): string {
  return path.replace(/[{}]/g, '').replace(/[:*]"?[\w$]+"?(?:\([^)]*\))?/g, '1');
}
