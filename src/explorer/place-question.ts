import type { CorsDocument, DocumentedRoute } from '../document/cors-document.js';
import { examplePath } from '../deployment/example-path.js';
import type { PageQuestion } from '../document/explanation/cors-explanation.js';

/** What a page would ask of a place, and who answers. */
export interface AskedPlace {
  readonly question: Omit<PageQuestion, 'origin'>;
  /** Controller and handler; `undefined` for a `paths` entry. */
  readonly handler: string | undefined;
}

const WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/**
 * A plain request for a place: its method, parameters filled in, and JSON where the method has a body.
 *
 * @param place as in `MatrixLine`
 * @returns `undefined` where nobody can tell what to ask for
 */
export async function placeQuestion(
  { routes, paths, router }: CorsDocument,
  place: number,
  server: string,
): Promise<AskedPlace | undefined> {
  const route = routes[place];
  const path = route?.path ?? paths[place - routes.length]?.path;
  if (path === undefined || router === null) return undefined;
  const example = await examplePath(path, route === undefined ? 'express' : router.type);
  const base = route === undefined ? server : serverOf(route, server);
  const version = route === undefined ? {} : versionHeader(route, router.versioning);
  if (example === undefined || base === undefined || version === undefined) return undefined;
  const method = route === undefined || route.method === 'ALL' ? 'GET' : route.method;
  return {
    question: {
      url: new URL(example, base).href,
      method,
      headers: { ...(WITH_BODY.has(method) && { 'content-type': 'application/json' }), ...version },
    },
    handler: route?.handler,
  };
}

/** Where the route is bound to hosts, one of them; an expression or a pattern names none. */
function serverOf({ hosts }: DocumentedRoute, server: string): string | undefined {
  if (hosts === undefined) return server;
  const host = hosts.find((each) => /^[\w.-]+$/.test(each));
  if (host === undefined) return undefined;
  const url = new URL(server);
  url.hostname = host;
  return url.origin;
}

/** The header that says which version; `undefined` where only code of the application knows. */
function versionHeader(
  { versions }: DocumentedRoute,
  versioning: NonNullable<CorsDocument['router']>['versioning'],
): Record<string, string> | undefined {
  const [version] = versions ?? [];
  if (version === undefined || version === 'neutral' || versioning === null) return {};
  switch (versioning.type) {
    case 'uri':
      return {};
    case 'header':
      return { [versioning.header.toLowerCase()]: version };
    case 'media-type':
      return { accept: `application/json;${versioning.key}${version}` };
    case 'custom':
      return undefined;
  }
}
