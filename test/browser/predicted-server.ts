import { CorsPolicyService } from '../../src/index.js';
import type { RunningApp } from '../harness/start-app.js';
import type { AppSpec, HandlerSpec } from './app-spec.js';
import { isRedirect, statusOf } from './application.js';
import type { WireRequest, WireResponse } from '../../src/fetch/request.js';
import { COMMON_HEADERS, HANDLER_HEADERS } from './handler-headers.js';

/** What the server answers, by the word of `evaluate()`; and, where that lets a request through, of the handlers. */
export async function predictAnswer(
  spec: AppSpec,
  app: RunningApp,
  { method, url, headers }: WireRequest,
): Promise<WireResponse> {
  const { host, pathname, search, searchParams } = new URL(url);
  const decision = await app.nest
    .get(CorsPolicyService)
    .evaluate({ method, url: pathname + search, headers: { host, ...headers } });
  const cors = lowerCased({ ...COMMON_HEADERS, ...decision.headers });
  if (decision.status !== undefined) return { status: decision.status, headers: cors };
  const { route } = decision;
  const handler =
    route === undefined ? undefined : handlerOf(spec, route.controller.name, route.handlerName);
  if (handler === undefined) return { status: 404, headers: cors };
  const to = searchParams.get('to');
  return {
    status: statusOf(handler.answers),
    headers: {
      ...lowerCased(HANDLER_HEADERS),
      ...(isRedirect(handler.answers) && to !== null && { location: to }),
      ...cors,
    },
  };
}

function handlerOf(
  { controllers }: AppSpec,
  name: string,
  handlerName: string,
): HandlerSpec | undefined {
  const controller = controllers.find(({ path }) => name.toLowerCase() === `${path}controller`);
  return controller?.handlers[Number(handlerName.replace('handler', ''))];
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
}
