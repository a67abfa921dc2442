import { METHODS } from 'node:http';
import { pathToRegexp } from 'path-to-regexp';
import { VERSION_NEUTRAL, VersioningType, type VersioningOptions } from '@nestjs/common';
import type { FastifyAdapter, FastifyInstance } from './fastify/fastify-instance.js';
import { decodeEscapes } from './escapes.js';
import { pathnameOf } from './pathname.js';
import type { Route } from './route.js';
import type { RouteTable, RoutedRequest } from './route-table.js';
import type { RouterAdapter } from './router-adapter.js';
import type { RouterDescription, VersioningDescription } from './router-description.js';
import { ExpressRouteTable } from './express/express-route-table.js';

/** The route table of an application that is not there: of its routes, and of what it said of its router. */
export async function createDescribedTable(
  routes: readonly Route[],
  description: RouterDescription,
): Promise<RouteTable> {
  const adapter = describedAdapter(description);
  const options = versioningOptions(description.versioning);
  if (description.type === 'express') return new ExpressRouteTable(routes, adapter, options);
  const { FastifyRouteTable } = await import('./fastify/fastify-route-table.js');
  return new FastifyRouteTable(routes, adapter, options);
}

/** Says of a router what the description says, in the words of both adapters. */
function describedAdapter(description: RouterDescription): RouterAdapter & FastifyAdapter {
  const { caseSensitive, ignoreTrailingSlash, maxParamLength, servesHead } = description;
  const version = {
    ...{ name: 'version', mustMatchWhenDerived: false },
    storage: versionStorage,
    deriveConstraint: (request: RoutedRequest) => {
      return versionOf(request, description.versioning) ?? VERSION_NEUTRAL;
    },
  };
  const instance: FastifyInstance = {
    initialConfig: {
      caseSensitive,
      ignoreTrailingSlash,
      ignoreDuplicateSlashes: description.ignoreDuplicateSlashes,
      useSemicolonDelimiter: description.useSemicolonDelimiter,
      ...(maxParamLength !== null && { maxParamLength }),
      // The application started with its expressions.
      allowUnsafeRegex: true,
      constraints: { version },
      exposeHeadRoutes: servesHead,
    },
    supportedMethods: METHODS.filter((method) => method !== 'CONNECT'),
    // What is described is registered.
    hasRoute: () => true,
  };
  return {
    // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- it is Nest's signature
    getInstance: <T>() => instance as T,
    getRouteMatchingOptions: () => ({ caseSensitive, ignoreTrailingSlash }),
    applyVersionFilter: (handler, served) => {
      // Nest types them by what they are for. What they hand back is what the table looks at.
      const serve = handler as unknown as Filter;
      const filter: Filter = (request, response, next) => {
        const asked = versionOf(request, description.versioning) ?? VERSION_NEUTRAL;
        return [served].flat().includes(asked) ? serve(request, response, next) : next();
      };
      return filter as unknown as () => () => void;
    },
    requireNonEmptyParams: (path, handler) => {
      if (!path.includes(':')) return handler;
      const readsAlike = parametersReader(path, description);
      return ({ params, raw }) =>
        Object.entries(params).every(([name, value]) => value !== '' || name === '*') &&
        readsAlike(raw.url) &&
        handler();
    },
    isRoutableRequestTarget: (url) => /^(?:\/|https?:\/\/)/i.test(url),
  };
}

/** A parameter's name goes on to one of these for find-my-way; a name of path-to-regexp is an identifier. */
const PARAMETERS = /:([^:(\-./]+(?::[^:(\-./]*)*)/g;

/**
 * Nest's adapter holds a request to the path as path-to-regexp reads it, where find-my-way reads other parameters in
 * it (`:lat,:lng` is one to it), or keeps one value for two of the same name.
 */
function parametersReader(
  path: string,
  { caseSensitive, ignoreTrailingSlash, ignoreDuplicateSlashes }: RouterDescription,
): (target: string) => boolean {
  const names = [...path.matchAll(PARAMETERS)].map(([, name = '']) => name);
  const isReadAlike = names.every((name) => /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name));
  if (isReadAlike && new Set(names).size === names.length) return () => true;
  try {
    // As Nest writes the wildcard of find-my-way.
    const { regexp } = pathToRegexp(path.replace(/\/\*$/, '/{*path}'), {
      sensitive: caseSensitive,
      trailing: ignoreTrailingSlash,
    });
    return (target) => {
      const path = pathnameOf(target.replace(/^https?:\/\/[^/?]*/i, '')) ?? '';
      const folded = ignoreDuplicateSlashes ? path.replace(/\/{2,}/g, '/') : path;
      return regexp.test(folded) || regexp.test(decodeEscapes(folded));
    };
  } catch {
    return () => true;
  }
}

type Filter = (request: RoutedRequest, response: unknown, next: () => unknown) => unknown;

function versionStorage(): ReturnType<
  NonNullable<NonNullable<FastifyInstance['initialConfig']['constraints']>[string]>['storage']
> {
  const handlers = new Map<unknown, unknown>();
  return {
    get: (asked) => handlers.get(asked) ?? null,
    set: (served, handler) => {
      for (const version of [served].flat()) handlers.set(version, handler);
    },
  };
}

/** `undefined` where the request names none, or where only the application knows. */
function versionOf(
  { headers }: RoutedRequest,
  versioning: VersioningDescription | null,
): string | undefined {
  if (versioning?.type === 'header') {
    const value = headers[versioning.header.toLowerCase()];
    return value === undefined ? undefined : String(value);
  }
  if (versioning?.type !== 'media-type') return undefined;
  const { key } = versioning;
  const parameters = (headers.accept ?? '').split(/[;,]/).map((parameter) => parameter.trim());
  const named = parameters.find((parameter) => parameter.startsWith(key));
  return named?.slice(key.length).replace(/^"(.*)"$/, '$1');
}

/** Tables look no further than whether URLs tell the version. Otherwise they ask the adapter. */
function versioningOptions(
  versioning: VersioningDescription | null,
): VersioningOptions | undefined {
  if (versioning === null) return undefined;
  return versioning.type === 'uri'
    ? { type: VersioningType.URI }
    : { type: VersioningType.HEADER, header: '' };
}
