import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';

import {
  Controller,
  type INestApplication,
  Inject,
  Module,
  RequestMapping,
  RequestMethod,
  Scope,
  type Type,
  Version,
  VERSION_NEUTRAL,
  VersioningType,
  type VersioningOptions,
} from '@nestjs/common';
import { REQUEST, RouterModule } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, RouteConstraints } from '@nestjs/platform-fastify';
import express from 'express';
import serveStatic from 'serve-static';

import type { RouteVersion } from '../../src/routing/route.js';
import type { Random } from '../harness/random.js';
import { SECRET_CONSTRAINT } from './secret-constraint.js';
import type { AppSetup } from './routed-app.js';

/*
 * Random applications as plain data, so that a failing one can be printed and made smaller.
 */

export interface HandlerSpec {
  readonly method: RequestMethod;
  readonly paths: readonly string[];
  readonly version?: RouteVersion;
  /** Value of a `secret` constraint, on Fastify. */
  readonly secret?: string;
  /** Value of Fastify's own `host` constraint. */
  readonly hostConstraint?: string;
}

export interface ControllerSpec {
  readonly paths: readonly string[];
  readonly host?: string | RegExp | (string | RegExp)[];
  readonly version?: RouteVersion;
  readonly modulePath?: string;
  readonly requestScoped: boolean;
  readonly inherits: boolean;
  readonly handlers: readonly HandlerSpec[];
}

/** What answers without any controller. It says its place in the header `x-served`. */
export interface OtherSpec {
  /** `app.use()`, a plain route of the adapter, or a folder of files; all but plain routes pass on what has no `x-other`. */
  readonly kind: 'mount' | 'plain' | 'files';
  /** Where it is mounted; a pattern. */
  readonly path: string;
}

export interface AppSpec {
  readonly adapter: 'express' | 'fastify';
  readonly settings: Readonly<Record<string, unknown>>;
  readonly specificity: boolean;
  readonly prefix?: string;
  readonly exclude: readonly string[];
  readonly versioning: 'none' | 'uri' | 'header' | 'media-type' | 'custom';
  readonly defaultVersion?: RouteVersion;
  readonly controllers: readonly ControllerSpec[];
  readonly others: readonly OtherSpec[];
}

const STATIC = ['a', 'b', 'Ab', 'items', 'special', 'v1', 'caf\u00e9', 'x.y', 'a;b', 'k', 'api'];
const EXPRESS_SEGMENTS = [
  ':id',
  ':id',
  ':name',
  ':id.json',
  ':a-:b',
  'pre:id',
  ':id{.:ext}',
  'a{b}',
  '{:maybe}',
  '*rest',
  'f*rest',
  '{*rest}',
];
const EXPRESS_ENDS = ['{/:tail}', '{/tail}', '/*rest', '{/*rest}', '{/b{/c}}', '/', '//'];
const FASTIFY_SEGMENTS = [
  ':id',
  ':id',
  ':name',
  ':id.json',
  ':a-:b',
  ':a.:b',
  ':lat,:lng',
  'pre:id',
  ':id(^\\d+$)',
  'at::colon',
];
const FASTIFY_ENDS = ['/*', '/*', '/:tail?', '/'];
const METHODS = [
  RequestMethod.GET,
  RequestMethod.GET,
  RequestMethod.GET,
  RequestMethod.POST,
  RequestMethod.PUT,
  RequestMethod.HEAD,
  RequestMethod.ALL,
  RequestMethod.OPTIONS,
  RequestMethod.PROPFIND,
];
const HOSTS = ['api.example.com', ':tenant.example.com', /^x\d+\.test$/, /^Y/gi];
const VERSIONS: RouteVersion[] = [
  '1',
  '2',
  ['1', '2'],
  ['2', '3'],
  VERSION_NEUTRAL,
  [VERSION_NEUTRAL, '1'],
  [],
];

export function randomApp(random: Random, adapter: AppSpec['adapter']): AppSpec {
  const flag = (): boolean => random.chance(0.5);
  const versioning = random.pick([
    'none',
    'none',
    'uri',
    'header',
    'media-type',
    'custom',
  ] as const);
  const version = (likely: number): { version?: RouteVersion } =>
    versioning !== 'none' && random.chance(likely) ? { version: random.pick(VERSIONS) } : {};
  const taken = new Set<string>();

  const segments = adapter === 'express' ? EXPRESS_SEGMENTS : FASTIFY_SEGMENTS;
  const ends = adapter === 'express' ? EXPRESS_ENDS : FASTIFY_ENDS;
  const path = (max: number): string => {
    const parts = random.many(0, max, () => random.pick(random.chance(0.6) ? STATIC : segments));
    return parts.join('/') + (random.chance(0.25) ? random.pick(ends) : '');
  };
  // The only dynamic part a Fastify path may have after a wildcard is none.
  const leading = (max: number): string =>
    random
      .many(0, max, () => random.pick(random.chance(0.8) ? STATIC : [':id', ':name']))
      .join('/');

  const handler = (): HandlerSpec => ({
    method: random.pick(METHODS),
    paths: random.many(1, random.chance(0.2) ? 2 : 1, () => path(3)),
    ...version(0.5),
    ...(adapter === 'fastify' && random.chance(0.1) && { secret: random.pick(['s', 't']) }),
    ...(adapter === 'fastify' && random.chance(0.1) && { hostConstraint: 'api.example.com' }),
  });
  const controller = (): ControllerSpec => ({
    paths: random.many(1, random.chance(0.2) ? 2 : 1, () => leading(1)),
    ...(random.chance(adapter === 'express' ? 0.25 : 0.1) && {
      host: random.chance(0.3) ? [random.pick(HOSTS), random.pick(HOSTS)] : random.pick(HOSTS),
    }),
    ...version(0.4),
    ...(random.chance(0.2) && { modulePath: leading(1) || 'mod' }),
    requestScoped: random.chance(0.15),
    inherits: random.chance(0.2),
    handlers: random.many(1, 4, handler),
  });

  const prefix = random.chance(0.35)
    ? random.pick(['api', '/api/', 'api/v1', ':tenant/api'])
    : undefined;
  return {
    adapter,
    settings:
      adapter === 'express'
        ? { 'case sensitive routing': flag(), 'strict routing': flag() }
        : {
            caseSensitive: flag(),
            ignoreTrailingSlash: flag(),
            ignoreDuplicateSlashes: flag(),
            useSemicolonDelimiter: flag(),
            exposeHeadRoutes: random.chance(0.8),
            ...(flag() && { maxParamLength: 12 }),
          },
    specificity: adapter === 'express' && random.chance(0.3),
    ...(prefix !== undefined && { prefix }),
    exclude:
      prefix === undefined
        ? []
        : random.many(0, 2, () => random.pick(STATIC) + random.pick(['', '/{*rest}'])),
    versioning,
    ...(versioning !== 'none' && random.chance(0.3) && { defaultVersion: random.pick(VERSIONS) }),
    others: [
      ...random.many(1, 3, () => ({ kind: 'mount' as const, path: `/${leading(2) || 'a'}` })),
      ...random.many(1, 2, () => ({
        kind: 'files' as const,
        path: random.chance(0.5) ? '/' : `/${random.pick(['a', 'items', 'k'])}`,
      })),
      { kind: 'plain', path: `/plain${random.pick(['', '/a', '/k', '/x.y'])}` },
    ],
    controllers: random.many(4, 12, controller).map((spec) => ({
      ...spec,
      handlers: spec.handlers.filter((one) => adapter === 'express' || isFree(taken, spec, one)),
    })),
  };
}

/** Fastify starts with no two routes alike; this leaves out most that would be. */
function isFree(taken: Set<string>, controller: ControllerSpec, handler: HandlerSpec): boolean {
  const methods =
    handler.method === RequestMethod.ALL
      ? Object.values(RequestMethod).filter((method) => typeof method === 'number')
      : handler.method === RequestMethod.GET
        ? [RequestMethod.GET, RequestMethod.HEAD]
        : [handler.method];
  const shapes = controller.paths.flatMap((base) =>
    handler.paths.flatMap((path) => {
      const shape = `${controller.modulePath ?? ''}/${base}/${path}`
        .replaceAll(/:[a-z]+/g, ':')
        .replaceAll(/\/+/g, '/')
        .replace(/\/$/, '')
        .toLowerCase();
      return shape.endsWith('?') ? [shape.slice(0, -1), shape.replace(/\/:\?$/, '')] : [shape];
    }),
  );
  const keys = shapes.flatMap((shape) => methods.map((method) => `${method} ${shape}`));
  if (keys.some((key) => taken.has(key))) {
    // A route of its own version is a route of its own.
    return (
      handler.version !== undefined &&
      typeof handler.version === 'string' &&
      !taken.has(`${keys[0]} ${handler.version}`) &&
      taken.add(`${keys[0]} ${handler.version}`).size > 0
    );
  }
  for (const key of keys) taken.add(key);
  return true;
}

const VERSIONING: Readonly<Record<string, VersioningOptions>> = {
  uri: { type: VersioningType.URI },
  header: { type: VersioningType.HEADER, header: 'X-Version' },
  'media-type': { type: VersioningType.MEDIA_TYPE, key: 'v=' },
  custom: { type: VersioningType.CUSTOM, extractor: extractVersion },
};

/** One version, a list of them in order of preference, or an exception. */
function extractVersion(request: unknown): string | string[] {
  const { headers } = request as { headers: Record<string, string | undefined> };
  const value = headers['x-version'] ?? '';
  if (value === 'throw') throw new Error('No version for you.');
  return value.includes(',') ? value.split(',') : value;
}

/** The application that a spec describes. Handlers are named by their place in it: `C3.h1`. */
export function setupOf(spec: AppSpec): AppSetup {
  const controllers: Type[] = [];
  const imports = [];
  for (const [index, controller] of spec.controllers.entries()) {
    const type = controllerOf(controller, index);
    if (controller.modulePath === undefined) {
      controllers.push(type);
    } else {
      class FeatureModule {}
      Module({ controllers: [type] })(FeatureModule);
      imports.push(
        FeatureModule,
        RouterModule.register([{ path: controller.modulePath, module: FeatureModule }]),
      );
    }
  }
  return {
    httpAdapter: adapterOf(spec),
    controllers,
    imports,
    nest: {
      // On Fastify, Nest would leave out routes that differ in their constraints alone.
      ...(spec.adapter === 'express' && {
        routeConflictPolicy: { duplicate: 'warn' as const, shadow: 'off' as const },
      }),
      ...(spec.specificity && { routeResolutionStrategy: 'specificity' as const }),
    },
    configure(app: INestApplication) {
      if (spec.prefix !== undefined)
        app.setGlobalPrefix(spec.prefix, { exclude: [...spec.exclude] });
      for (const other of spec.others) addOther(app, other, spec);
      const versioning = VERSIONING[spec.versioning];
      if (versioning) {
        app.enableVersioning({
          ...versioning,
          ...(spec.defaultVersion !== undefined && { defaultVersion: spec.defaultVersion }),
        });
      }
    },
  };
}

/** The files that folders serve, below the temporary folder of `filesRoot`. */
export const FILES = [
  'a/x.json',
  'items/a/x.json',
  'x.y/k/x.json',
  'caf\u00e9/x.json',
  'a b/x.json',
];

type Passing = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

function addOther(
  app: INestApplication,
  { kind, path }: OtherSpec,
  { adapter, settings }: AppSpec,
): void {
  if (kind === 'plain') {
    // Untyped; the same words to both adapters.
    const instance = app.getHttpAdapter().getInstance() as {
      get(path: string, handler: (request: unknown, reply: Reply) => void): void;
    };
    for (const each of [path, `${path}/:more`]) {
      instance.get(each, (_request, reply) => {
        reply.header('x-served', encodeURI(path)).send('plain');
      });
    }
    return;
  }
  const answer: Passing =
    kind === 'mount'
      ? (_request, response) => {
          response.setHeader('x-served', encodeURI(path));
          response.end();
        }
      : serveStatic(filesRoot(), {
          redirect: false,
          setHeaders: (response, file) => {
            const within = relative(filesRoot(), file).split(sep).join('/');
            response.setHeader('x-served', encodeURI(`${path === '/' ? '' : path}/${within}`));
          },
        });
  const onlyIfMeant =
    (handler: Passing): Passing =>
    (request, response, next) => {
      if (request.headers['x-other'] === undefined) next();
      else handler(request, response, next);
    };
  if (adapter === 'fastify') {
    app.use(path, onlyIfMeant(answer));
    return;
  }
  // A mount of Express that passes on leaves `/a#b` as `/a/#b`, so requests for routes must not get into it.
  const router = express.Router({ caseSensitive: settings['case sensitive routing'] === true });
  router.use(path, answer);
  app.use(
    onlyIfMeant((request, response, next) => {
      router(request as express.Request, response as express.Response, next);
    }),
  );
}

interface Reply {
  header(name: string, value: string): Reply;
  send(body: string): unknown;
}

let filesFolder: string | undefined;

/** A temporary folder with `FILES` in it, made when it is asked for first. */
function filesRoot(): string {
  if (filesFolder !== undefined) return filesFolder;
  filesFolder = mkdtempSync(join(tmpdir(), 'random-routes-'));
  for (const file of FILES) {
    mkdirSync(dirname(join(filesFolder, file)), { recursive: true });
    writeFileSync(join(filesFolder, file), '{}');
  }
  return filesFolder;
}

export function removeFiles(): void {
  if (filesFolder !== undefined) rmSync(filesFolder, { recursive: true });
  filesFolder = undefined;
}

function adapterOf({ adapter, settings }: AppSpec): ExpressAdapter | FastifyAdapter {
  if (adapter === 'fastify') {
    const { exposeHeadRoutes, ...routerOptions } = settings;
    return new FastifyAdapter({
      exposeHeadRoutes: exposeHeadRoutes as boolean,
      routerOptions: {
        ...routerOptions,
        constraints: { secret: SECRET_CONSTRAINT },
      },
    });
  }
  const instance = express();
  for (const [name, value] of Object.entries(settings)) instance.set(name, value);
  return new ExpressAdapter(instance);
}

function controllerOf(spec: ControllerSpec, index: number): Type {
  class Base {}
  const Declaring = spec.inherits ? Base : class {};
  class Inheriting extends Base {}
  const type: Type = spec.inherits ? Inheriting : Declaring;
  Object.defineProperty(type, 'name', { value: `C${index}` });

  for (const [number, handler] of spec.handlers.entries()) {
    const name = `h${number}`;
    const descriptor = { value: () => name, configurable: true, enumerable: false, writable: true };
    Object.defineProperty(descriptor.value, 'name', { value: name });
    Object.defineProperty(Declaring.prototype, name, descriptor);
    const decorators = [
      RequestMapping({ method: handler.method, path: [...handler.paths] }),
      ...(handler.version === undefined ? [] : [Version(handler.version)]),
      ...(handler.secret === undefined && handler.hostConstraint === undefined
        ? []
        : [
            RouteConstraints({
              ...(handler.secret !== undefined && { secret: handler.secret }),
              ...(handler.hostConstraint !== undefined && { host: handler.hostConstraint }),
            }),
          ]),
    ];
    for (const decorate of decorators) decorate(Declaring.prototype, name, descriptor);
  }
  if (spec.requestScoped) {
    Inject(REQUEST)(type, undefined, 0);
  }
  Controller({
    path: [...spec.paths],
    ...(spec.host !== undefined && { host: spec.host }),
    ...(spec.version !== undefined && { version: spec.version }),
    ...(spec.requestScoped && { scope: Scope.REQUEST }),
  })(type);
  return type;
}
