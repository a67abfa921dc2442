import type { AppSpec, ControllerSpec, CorsSpec, PolicySpec } from './app-spec.js';
import type { RequestSpec } from './random-request.js';

/** A random application and the one request to it that shows a disagreement. */
export interface Case {
  readonly app: AppSpec;
  readonly request: RequestSpec;
}

/** Leaves away and simplifies, one thing after the other, as long as the case still shows what it showed. */
export async function smallestCase(
  start: Case,
  stillShows: (smaller: Case) => Promise<boolean>,
  milliseconds: number,
): Promise<Case> {
  const end = Date.now() + milliseconds;
  let smallest = start;
  let shrunk = true;
  while (shrunk) {
    shrunk = false;
    for (const candidate of simplerCases(smallest)) {
      if (Date.now() > end) return smallest;
      if (await stillShows(candidate)) {
        smallest = candidate;
        shrunk = true;
        break;
      }
    }
  }
  return smallest;
}

function* simplerCases({ app, request }: Case): Generator<Case> {
  for (const smaller of simplerApps(app)) yield { app: smaller, request };
  for (const smaller of simplerRequests(request)) yield { app, request: smaller };
}

function* simplerRequests(request: RequestSpec): Generator<RequestSpec> {
  for (const headers of withoutEach(request.headers)) yield { ...request, headers };
  if (request.body !== undefined) {
    const { body: _, ...bodiless } = request;
    yield bodiless;
  }
  if (request.referrerPolicy !== undefined) {
    const { referrerPolicy: _, ...usual } = request;
    yield usual;
  }
  if (request.times > 1) yield { ...request, times: 1 };
  if (request.to !== 'api') yield { ...request, to: 'api' };
  if (request.redirect !== 'follow') yield { ...request, redirect: 'follow' };
  if (request.credentials !== 'omit') yield { ...request, credentials: 'omit' };
  if (request.mode !== 'cors') yield { ...request, mode: 'cors' };
  if (request.method !== 'GET' && request.body === undefined) yield { ...request, method: 'GET' };
  if (request.from !== 'shop') yield { ...request, from: 'shop' };
}

function* simplerApps(app: AppSpec): Generator<AppSpec> {
  for (const controllers of withoutEach(app.controllers)) yield { ...app, controllers };
  for (const paths of withoutEach(app.paths)) yield { ...app, paths };
  for (const [index, controller] of app.controllers.entries()) {
    for (const smaller of simplerControllers(controller)) {
      yield { ...app, controllers: app.controllers.with(index, smaller) };
    }
  }
  for (const defaults of simplerPolicies(app.defaults)) yield { ...app, defaults };
  for (const name of Object.keys(app.policies)) {
    yield {
      ...app,
      policies: Object.fromEntries(Object.entries(app.policies).filter(([key]) => key !== name)),
    };
  }
  if (app.adapter === 'fastify') yield { ...app, adapter: 'express' };
}

function* simplerControllers(controller: ControllerSpec): Generator<ControllerSpec> {
  const { cors, ...rest } = controller;
  if (cors !== undefined) yield rest;
  for (const handlers of withoutEach(controller.handlers)) yield { ...controller, handlers };
  for (const simpler of simplerCors(cors)) yield { ...controller, cors: simpler };
  for (const [index, handler] of controller.handlers.entries()) {
    const { referrerPolicy, ...untold } = handler;
    if (referrerPolicy !== undefined) {
      yield { ...controller, handlers: controller.handlers.with(index, untold) };
    }
    const { cors: own, ...bare } = handler;
    if (own !== undefined) yield { ...controller, handlers: controller.handlers.with(index, bare) };
    for (const simpler of simplerCors(own)) {
      yield {
        ...controller,
        handlers: controller.handlers.with(index, { ...handler, cors: simpler }),
      };
    }
  }
}

function* simplerCors(cors: CorsSpec | undefined): Generator<CorsSpec> {
  if (cors === undefined) return;
  if ('refine' in cors) for (const refine of simplerPolicies(cors.refine)) yield { refine };
  if ('list' in cors) {
    for (const list of withoutEach(cors.list)) if (list.length > 0) yield { list };
  }
  if ('compute' in cors) {
    yield { refine: cors.compute };
    for (const compute of simplerPolicies(cors.compute)) yield { compute };
  }
}

function* simplerPolicies(policy: PolicySpec): Generator<PolicySpec> {
  for (const field of Object.keys(policy)) {
    yield Object.fromEntries(Object.entries(policy).filter(([key]) => key !== field));
  }
  if (policy.origin !== undefined && policy.origin.length > 1) {
    for (const origin of withoutEach(policy.origin)) yield { ...policy, origin };
  }
}

function withoutEach<T>(items: readonly T[]): T[][] {
  return items.map((_, index) => items.toSpliced(index, 1));
}
