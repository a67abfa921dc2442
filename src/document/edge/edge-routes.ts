import { isReported, methodsToReport } from '../../routing/routed-methods.js';
import type { CorsDocument, DocumentedRoute } from '../cors-document.js';
import type { RouterDescription } from '../../routing/router-description.js';
import { closeUnderMeets } from './shape-tree.js';
import {
  compareShapes,
  keyOf,
  LONGEST_SEGMENT,
  mountOf,
  readPath,
  type UrlShape,
} from './url-shape.js';

/** Plain URLs of one shape that no more exact shape has, and the routes there. */
export interface EdgePlace {
  readonly shape: UrlShape;
  /** The route that serves each method; `undefined` where only Node can tell. */
  readonly served: ReadonlyMap<string, DocumentedRoute> | undefined;
}

export interface EdgeRoutes {
  /** In the order in which a URL is to be compared with them: the first one that it matches counts. */
  readonly places: readonly EdgePlace[];
  /** Why a route is left to Node. */
  readonly left: ReadonlyMap<DocumentedRoute, string>;
}

/** What registers at a shape: a route, and why only Node can tell about it, if that is so. */
interface Registered {
  readonly order: number;
  readonly route: DocumentedRoute | undefined;
  readonly doubt: string | undefined;
}

const METHOD = /^[A-Z-]+$/;

/** Which plain URLs have which routes, as the application's router finds them. */
export function edgeRoutes(document: CorsDocument): EdgeRoutes {
  const { router, routes, paths } = document;
  const left = new Map<DocumentedRoute, string>();
  const takesParameters = (router?.maxParamLength ?? LONGEST_SEGMENT) >= 1;
  if (router === null || !takesParameters) return { places: [], left };
  const shapes = new Map<string, { shape: UrlShape; registered: Registered[] }>();
  const register = (shape: UrlShape, each: Registered): void => {
    const key = keyOf(shape);
    const known = shapes.get(key);
    if (known === undefined) shapes.set(key, { shape, registered: [each] });
    else known.registered.push(each);
  };
  const within = (segments: UrlShape['segments'], each: Registered): void => {
    register({ segments, open: false }, each);
    register({ segments, open: true }, each);
  };

  for (const { path, entry } of paths) {
    const doubt = `what holds there also depends on ${entry}`;
    within(mountOf(path), { order: -1, route: undefined, doubt });
  }
  const own = new Map<DocumentedRoute, UrlShape>();
  for (const [order, route] of routes.entries()) {
    const reading = readPath(route.path, router);
    const doubt = doubtAbout(route, router);
    if (reading.kind === 'none') {
      left.set(route, 'no URL of it is plain segments alone');
    } else if (reading.kind === 'within') {
      const odd = `${route.path} is more than segments and whole parameters`;
      left.set(route, odd);
      within(reading.segments, { order, route, doubt: odd });
    } else {
      const { shape } = reading;
      own.set(route, shape);
      register(shape, { order, route, doubt });
      // Newer adapters ask for a wildcard that is not empty.
      if (shape.open && router.type === 'fastify') {
        const empty = { segments: shape.segments, open: false };
        register(empty, { order, route, doubt: `${route.path} may hold there` });
      }
    }
  }

  const closed = closeUnderMeets([...shapes.values()].map(({ shape }) => shape));
  if (closed === undefined) {
    for (const route of routes) left.set(route, 'the paths overlap in too many ways');
    return { places: [], left };
  }
  const reported = methodsToReport(routes);
  const isExpress = router.type === 'express';
  const doubts = new Map<string, string>();
  const places = closed.inOrder.flatMap((shape): EdgePlace[] => {
    const around = closed.tree.around(shape);
    const here = around.flatMap((each) => shapes.get(keyOf(each))?.registered ?? []);
    const doubtful = here.find(({ doubt }) => doubt !== undefined);
    if (doubtful?.doubt !== undefined) {
      doubts.set(keyOf(shape), doubtful.doubt);
      // Where nothing less exact is answered, what matches nothing is left to Node anyway.
      return around.length > 1 ? [{ shape, served: undefined }] : [];
    }
    // Express takes the first one; of those at `around`, Fastify takes the most exact that has the method.
    if (isExpress) here.sort((a, b) => a.order - b.order);
    const candidates = here.flatMap(({ route }) => route ?? []);
    return [{ shape, served: servedMethods(candidates, reported, router) }];
  });
  for (const [route, shape] of own) {
    const doubt = doubts.get(keyOf(shape));
    if (doubt !== undefined) left.set(route, doubt);
  }
  return { places: places.sort((a, b) => compareShapes(a.shape, b.shape)), left };
}

function doubtAbout(
  { method, hosts, versions, constraints }: DocumentedRoute,
  { versioning }: RouterDescription,
): string | undefined {
  if (hosts !== undefined) return 'it is bound to hosts';
  if (constraints !== undefined) return 'it has constraints';
  const isNeutral = versions?.every((version) => version === 'neutral') ?? true;
  if (versioning !== null && versioning.type !== 'uri' && !isNeutral) {
    return 'a preflight does not carry its version';
  }
  return METHOD.test(method) ? undefined : `its method is ${method}`;
}

function servedMethods(
  candidates: readonly DocumentedRoute[],
  reported: readonly string[],
  { type, servesHead }: RouterDescription,
): ReadonlyMap<string, DocumentedRoute> {
  const getIsHead = type === 'express' || servesHead;
  const served = new Map<string, DocumentedRoute>();
  for (const name of reported) {
    const route = candidates.find(
      ({ method }) =>
        method === name || method === 'ALL' || (name === 'HEAD' && method === 'GET' && getIsHead),
    );
    if (route !== undefined && isReported(name, [route])) served.set(name, route);
  }
  return served;
}
