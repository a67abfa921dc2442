import { type HttpServer, VersioningType, type VersioningOptions } from '@nestjs/common';
import { routerSettings } from './express/router-settings.js';
import { type FastifyInstance, routerOptions } from './fastify/fastify-instance.js';

/** How an application finds the route of a URL, as plain data. */
export interface RouterDescription {
  /** `express`: the first registered route that matches. `fastify`: the most specific one. */
  readonly type: 'express' | 'fastify';
  readonly caseSensitive: boolean;
  /** Whether `/a` and `/a/` are the same path. */
  readonly ignoreTrailingSlash: boolean;
  /** Of Fastify: whether `//a` is `/a`. */
  readonly ignoreDuplicateSlashes: boolean;
  /** Of Fastify: whether a query begins at `;`, too. */
  readonly useSemicolonDelimiter: boolean;
  /** Of Fastify: the longest parameter, in characters; `null` where there is no bound. */
  readonly maxParamLength: number | null;
  /** Whether GET routes serve HEAD. */
  readonly servesHead: boolean;
  /** `null` where routes have no versions. */
  readonly versioning: VersioningDescription | null;
}

/** What tells the version of a request. `custom` is code, so that nobody but the application can say. */
export type VersioningDescription =
  | { readonly type: 'uri' | 'custom' }
  | { readonly type: 'header'; readonly header: string }
  | { readonly type: 'media-type'; readonly key: string };

/** What there is to know of an application's router besides its routes. */
export function describeRouter(
  httpAdapter: HttpServer,
  versioning: VersioningOptions | undefined,
): RouterDescription {
  const described = {
    versioning: versioning === undefined ? null : describeVersioning(versioning),
  };
  if (httpAdapter.getType() !== 'fastify') {
    const { caseSensitive, strict } = routerSettings(httpAdapter);
    return {
      type: 'express',
      caseSensitive,
      ignoreTrailingSlash: !strict,
      ignoreDuplicateSlashes: false,
      useSemicolonDelimiter: false,
      maxParamLength: null,
      servesHead: true,
      ...described,
    };
  }
  // Its package is an optional peer, whose types may be missing.
  const instance = httpAdapter.getInstance() as FastifyInstance;
  const options = routerOptions(instance);
  return {
    type: 'fastify',
    caseSensitive: options.caseSensitive ?? true,
    ignoreTrailingSlash: options.ignoreTrailingSlash ?? false,
    ignoreDuplicateSlashes: options.ignoreDuplicateSlashes ?? false,
    useSemicolonDelimiter: options.useSemicolonDelimiter ?? false,
    maxParamLength: options.maxParamLength ?? null,
    servesHead: instance.initialConfig.exposeHeadRoutes !== false,
    ...described,
  };
}

function describeVersioning(versioning: VersioningOptions): VersioningDescription {
  switch (versioning.type) {
    case VersioningType.URI:
      return { type: 'uri' };
    case VersioningType.HEADER:
      return { type: 'header', header: versioning.header };
    case VersioningType.MEDIA_TYPE:
      return { type: 'media-type', key: versioning.key };
    case VersioningType.CUSTOM:
      return { type: 'custom' };
  }
}
