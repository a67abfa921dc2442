import { type INestApplication, Module, RequestMethod, type Type } from '@nestjs/common';
import { MODULE_METADATA } from '@nestjs/common/constants.js';
import { NestFactory } from '@nestjs/core';
import {
  Cors,
  CorsModule,
  CorsPolicyService,
  type CorsOriginRule,
  type CorsPolicyOptions,
} from '../../../src/index.js';
import type { CorsDocument } from '../../../src/document/cors-document.js';
import type { Random } from '../../harness/random.js';
import { type AppSpec, randomApp, setupOf } from '../../routing/random-routes.js';

/** Origins that pages of the tests come from; some policy lists most of them. */
export const ORIGINS = [
  'https://shop.example.com',
  'https://www.shop.example.com',
  'https://a.b.shop.example.com',
  'https://shop.example.com:8443',
  'https://partner.example',
  'https://evil-shop.example.com',
  'https://shop.example.com.evil.net',
  'http://shop.example.com',
  'http://localhost:3000',
  'http://localhost:4200',
  'http://localhost',
  'http://[::1]:3000',
  'http://127.0.0.1:5173',
  'https://stranger.example',
  'app://shell',
  'null',
];

const RULES: readonly CorsOriginRule[] = [
  ...['https://shop.example.com', 'https://shop.example.com', 'https://www.shop.example.com'],
  ...['https://partner.example', 'http://localhost:3000', 'http://[::1]:3000', 'app://shell'],
  ...['https://*.example.com', 'https://*.shop.example.com', 'https://*.shop.example.com:*'],
  ...[
    'https://shop.example.com:*',
    'http://localhost:*',
    'http://127.0.0.1:*',
    'https://*.example.com:8443',
  ],
];

/** Rules that only Node can tell about, or that go without cookies. */
function otherRule(random: Random): CorsOriginRule {
  return random.pick<CorsOriginRule>([
    '*',
    '*',
    'null',
    false,
    /^https:\/\/[a-z]+\.example\.com$/,
    function partners(origin: string) {
      return origin.endsWith('.example');
    },
    async (origin: string) => origin.includes('shop'),
  ]);
}

export const REQUEST_HEADERS = [
  ...['authorization', 'content-type', 'x-requested-with', 'x-csrf-token', 'accept'],
  ...['x-custom', 'X-Mixed-Case', 'x-unlisted'],
];

function randomPolicy(random: Random): CorsPolicyOptions {
  const isOpen = random.chance(0.3);
  const origin = random.many<CorsOriginRule>(1, 4, () => random.pick(RULES));
  if (isOpen) origin.push(otherRule(random));
  const some = <T>(items: readonly T[]) => items.filter(() => random.chance(0.5));
  return {
    ...(random.chance(0.85) && { origin }),
    ...(random.chance(0.2) && {
      methods: random.chance(0.3) ? '*' : some(['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS']),
    }),
    ...(random.chance(0.4) && {
      allowedHeaders: random.chance(0.4) ? '*' : some(REQUEST_HEADERS),
    }),
    credentials: !isOpen && random.chance(0.6),
    ...(random.chance(0.4) && { maxAge: random.pick([0, 60, 600]) }),
    ...(random.chance(0.15) && { optionsSuccessStatus: random.pick([200, 204, 299]) }),
    ...(random.chance(0.1) && !isOpen && { privateNetwork: true }),
    ...(random.chance(0.05) && { preflightContinue: true }),
    dangerouslyAllowInsecureOrigins: true,
    dangerouslyAllowPublicSuffixes: true,
  };
}

export interface StartedApplication {
  readonly app: INestApplication;
  readonly port: number;
  readonly document: CorsDocument;
  readonly spec: AppSpec | undefined;
}

/** An application with random routes and a random policy on most of them. */
export async function startRandomApplication(
  random: Random,
  adapter: AppSpec['adapter'],
): Promise<StartedApplication> {
  const wild = randomApp(random, adapter);
  const spec = random.chance(0.25) ? wild : withPlainRoutes(random, wild);
  const setup = setupOf(spec);
  for (const controller of controllersOf(setup)) decorate(random, controller);
  class AppModule {}
  Module({
    controllers: [...(setup.controllers ?? [])],
    imports: [
      CorsModule.forRoot({
        ...randomPolicy(random),
        origin: ['https://shop.example.com', 'http://localhost:*'],
        credentials: true,
        paths: random.chance(0.3)
          ? [
              {
                path: random.pick(['/plain', '/items', '/files/*rest', '/a/:id']),
                policy: randomPolicy(random),
              },
            ]
          : [],
      }),
      ...(setup.imports ?? []),
    ],
  })(AppModule);
  const app = await NestFactory.create(AppModule, setup.httpAdapter, {
    logger: false,
    abortOnError: false,
    forceCloseConnections: true,
    ...setup.nest,
  });
  try {
    setup.configure?.(app);
    await app.listen(0, '127.0.0.1');
  } catch (error) {
    await app.close().catch(() => undefined);
    throw error;
  }
  const port = Number(new URL(await app.getUrl()).port);
  return { app, port, document: app.get(CorsPolicyService).document(), spec };
}

function controllersOf({
  controllers = [],
  imports = [],
}: ReturnType<typeof setupOf>): readonly Type[] {
  return [
    ...controllers,
    ...imports.flatMap((each) =>
      typeof each === 'function'
        ? ((Reflect.getMetadata(MODULE_METADATA.CONTROLLERS, each) as Type[] | undefined) ?? [])
        : [],
    ),
  ];
}

function decorate(random: Random, controller: Type): void {
  const input = () => {
    const policy = randomPolicy(random);
    return random.chance(0.25)
      ? Cors([policy, { origin: '*', credentials: false, privateNetwork: false }])
      : random.chance(0.1)
        ? Cors(false)
        : Cors(policy);
  };
  // A handler may be inherited.
  let owner = controller.prototype as object;
  while (owner !== Object.prototype && !Object.hasOwn(owner, 'h0')) {
    owner = Object.getPrototypeOf(owner) as object;
  }
  if (owner === Object.prototype) return;
  if (random.chance(0.5)) input()(controller);
  for (const name of Object.getOwnPropertyNames(owner)) {
    const descriptor = Object.getOwnPropertyDescriptor(owner, name);
    if (name === 'constructor' || descriptor === undefined || !random.chance(0.4)) continue;
    input()(owner, name, descriptor);
  }
}

const METHODS = [
  ...[RequestMethod.GET, RequestMethod.GET, RequestMethod.POST, RequestMethod.PUT],
  ...[RequestMethod.DELETE, RequestMethod.PATCH, RequestMethod.ALL, RequestMethod.OPTIONS],
];

/** The same application with routes as most people write them, of which many overlap. */
function withPlainRoutes(random: Random, spec: AppSpec): AppSpec {
  const taken = new Set<string>();
  const wildcard = spec.adapter === 'express' ? '*rest' : '*';
  const handler = (base: string) => {
    const method = random.pick(METHODS);
    const path = random.pick([
      ...['', '', ':id', ':id', 'a', 'special', 'Ab', ':id/b', 'a/:id', ':id/:name'],
      ...(random.chance(0.1) ? [wildcard, 'x.y', ':id.json'] : []),
    ]);
    const shape = `${base}/${path}`.replaceAll(/:\w+/g, ':').toLowerCase();
    const name = RequestMethod[method];
    const isTaken =
      taken.has(`${name} ${shape}`) ||
      taken.has(`ALL ${shape}`) ||
      (name === 'ALL' && [...taken].some((key) => key.endsWith(` ${shape}`)));
    taken.add(`${name} ${shape}`);
    return isTaken ? [] : [{ method, paths: [path] }];
  };
  const bases = ['a', 'items', 'special', 'shop/items', ':tenant'].filter(() => random.chance(0.6));
  return {
    ...spec,
    ...(spec.versioning === 'none' ? {} : { versioning: 'uri' as const }),
    controllers: bases.map((base) => ({
      paths: [base],
      requestScoped: false,
      inherits: random.chance(0.2),
      ...(random.chance(0.05) && { host: 'api.example.com' }),
      handlers: random.many(2, 5, () => handler(base)).flat(),
    })),
  };
}
