import type { IncomingHttpHeaders } from 'node:http';

import {
  Controller,
  Get,
  Version,
  VERSION_NEUTRAL,
  VersioningType,
  type VersioningOptions,
} from '@nestjs/common';
import { FastifyAdapter, RouteConstraints } from '@nestjs/platform-fastify';
import { fastify } from 'fastify';

import { routingTable } from './routing-table.js';
import { SECRET_CONSTRAINT } from './secret-constraint.js';

@Controller({ path: 'cats', version: '1' })
class CatsV1 {
  @Get() list() {}
}
@Controller({ path: 'cats', version: ['2', VERSION_NEUTRAL] })
class CatsV2 {
  @Get() list() {}
  @Version('3') @Get() listV3() {}
}
@Controller({ path: 'dogs', version: VERSION_NEUTRAL })
class Dogs {
  @Get() list() {}
}
@Controller('birds')
class Birds {
  @Get() list() {}
}

const controllers = [CatsV1, CatsV2, Dogs, Birds];
const versioned = (options: VersioningOptions) => ({
  controllers,
  configure: (app: { enableVersioning(options: VersioningOptions): unknown }) =>
    void app.enableVersioning(options),
});
const ALL_CATS = ['CatsV1.list', 'CatsV2.list', 'CatsV2.listV3'];
const all = { candidates: ALL_CATS };

routingTable('URI versioning', versioned({ type: VersioningType.URI, defaultVersion: '4' }), [
  { request: 'GET /v1/cats', serves: 'CatsV1.list' },
  { request: 'GET /v2/cats', serves: 'CatsV2.list' },
  { request: 'GET /cats', serves: 'CatsV2.list' },
  { request: 'GET /v3/cats', serves: 'CatsV2.listV3' },
  { request: 'GET /dogs', serves: 'Dogs.list' },
  { request: 'GET /v4/birds', serves: 'Birds.list' },
  { request: 'GET /birds', serves: 'none' },
]);

routingTable('header versioning', versioned({ type: VersioningType.HEADER, header: 'X-Version' }), [
  {
    request: 'GET /cats',
    headers: { 'x-version': '1' },
    serves: 'CatsV1.list',
    methods: 'GET HEAD',
    ...all,
  },
  { request: 'GET /cats', headers: { 'X-Version': '2' }, serves: 'CatsV2.list', ...all },
  { request: 'HEAD /cats', headers: { 'x-version': '3' }, serves: 'CatsV2.listV3', ...all },
  { request: 'GET /cats', serves: 'CatsV2.list', ...all },
  { request: 'GET /cats', headers: { 'x-version': '9' }, serves: 'none', ...all },
  { request: 'GET /dogs', headers: { 'x-version': '9' }, serves: 'Dogs.list' },
  { request: 'GET /birds', headers: { 'x-version': '9' }, serves: 'Birds.list' },
]);

routingTable('media-type versioning', versioned({ type: VersioningType.MEDIA_TYPE, key: 'v=' }), [
  {
    request: 'GET /cats',
    headers: { accept: 'application/json;v=1' },
    serves: 'CatsV1.list',
    ...all,
  },
  {
    request: 'GET /cats',
    headers: { accept: 'text/html, application/json;q=1;v=2' },
    serves: 'CatsV2.list',
    ...all,
  },
  { request: 'GET /cats', headers: { accept: '*/*' }, serves: 'CatsV2.list', ...all },
]);

const extractor = (request: unknown): string | string[] => {
  const value = (request as { headers: Record<string, string> }).headers['x-version'] ?? '';
  if (value === 'throw') throw new Error('No version for you.');
  return value.includes(',') ? value.split(',') : value;
};
/** What serves `/cats` where a request names no version. */
const WITHOUT_VERSION = 'CatsV2.list';
routingTable('custom versioning', versioned({ type: VersioningType.CUSTOM, extractor }), [
  {
    request: 'GET /cats',
    headers: { 'x-version': '1' },
    serves: 'CatsV1.list',
    described: WITHOUT_VERSION,
    ...all,
  },
  {
    request: 'GET /cats',
    headers: { 'x-version': '3,1' },
    serves: { express: 'CatsV1.list', fastify: 'CatsV2.listV3' },
    described: WITHOUT_VERSION,
    ...all,
  },
  {
    request: 'GET /cats',
    headers: { 'x-version': 'throw' },
    serves: 'none',
    described: WITHOUT_VERSION,
    ...all,
  },
  {
    request: 'GET /dogs',
    headers: { 'x-version': 'throw' },
    serves: { express: 'Dogs.list', fastify: 'none' },
    described: 'Dogs.list',
    candidates: ['Dogs.list'],
  },
]);

@Controller({ path: 'cats', version: ['1', '2'] })
class Shadowing {
  @Get() list() {}
}
@Controller({ path: 'cats', version: ['2', '3'] })
class Overlapping {
  @Get() list() {}
}
@Controller({ path: 'dogs', version: '1' })
class DogsV1 {
  @Get() list() {}
}
routingTable(
  'a version that an earlier route takes',
  {
    ...versioned({ type: VersioningType.HEADER, header: 'x-version' }),
    controllers: [Shadowing, CatsV1, Overlapping, Dogs, DogsV1, Birds],
  },
  [
    {
      on: 'express',
      request: 'GET /cats',
      headers: { 'x-version': '3' },
      serves: 'Overlapping.list',
      candidates: ['Shadowing.list', 'Overlapping.list'],
    },
    {
      on: 'express',
      request: 'GET /dogs',
      headers: { 'x-version': '1' },
      serves: 'Dogs.list',
    },
    {
      on: 'express',
      request: 'GET /cats',
      headers: { 'x-version': '1' },
      serves: 'Shadowing.list',
      candidates: ['Shadowing.list', 'Overlapping.list'],
    },
  ],
);

@Controller('secrets')
class Secrets {
  @RouteConstraints({ secret: 'a' }) @Get() a() {}
  @RouteConstraints({ secret: 'b' }) @Get() b() {}
  @Get() open() {}
}
const constraints = { secret: SECRET_CONSTRAINT };
for (const [place, options] of [
  ["the router's options", { routerOptions: { constraints } }],
  ["the instance's options, as in Fastify 4", { constraints }],
] as const) {
  routingTable(
    `Fastify's custom constraints in ${place}`,
    () => ({ controllers: [Secrets], httpAdapter: new FastifyAdapter(options) }),
    [undefined, 'a', 'b', 'c'].map((secret) => ({
      on: 'fastify',
      request: 'GET /secrets',
      ...(secret !== undefined && { headers: { 'x-secret': secret } }),
      serves: secret === 'a' ? 'Secrets.a' : secret === 'b' ? 'Secrets.b' : 'Secrets.open',
      described: 'Secrets.a',
      candidates: ['Secrets.open', 'Secrets.a', 'Secrets.b'],
      methods: 'GET HEAD',
    })),
  );
}

@Controller('vault')
class Vault {
  @RouteConstraints({ secret: 'a' }) @Get() open() {}
}
const deriveLater = (
  { headers }: { headers: IncomingHttpHeaders },
  _context: unknown,
  done: (error: Error | null, value: string) => void,
): void => {
  done(null, String(headers['x-secret']));
};
// Missing from its type.
const deriveConstraint = deriveLater as unknown as typeof SECRET_CONSTRAINT.deriveConstraint;
for (const [how, makeAdapter] of [
  [
    'that answers through a callback',
    () =>
      new FastifyAdapter({
        routerOptions: { constraints: { secret: { ...SECRET_CONSTRAINT, deriveConstraint } } },
      }),
  ],
  [
    'that the instance was told of later',
    () => {
      const httpAdapter = new FastifyAdapter();
      httpAdapter.getInstance().addConstraintStrategy(SECRET_CONSTRAINT);
      return httpAdapter;
    },
  ],
] as const) {
  routingTable(
    `a route with a constraint ${how}`,
    () => ({ controllers: [Vault], httpAdapter: makeAdapter() }),
    [
      {
        on: 'fastify',
        request: 'GET /vault',
        headers: { 'x-secret': 'a' },
        serves: 'Vault.open',
        methods: 'GET HEAD',
      },
    ],
  );
}

const LIST = ['a', 'b'];
@Controller('vault')
class ListVault {
  @RouteConstraints({ secret: LIST }) @Get() open() {}
}
routingTable(
  'a route with a list for a constraint',
  () => ({
    controllers: [ListVault],
    httpAdapter: new FastifyAdapter({
      routerOptions: {
        constraints: {
          secret: {
            ...SECRET_CONSTRAINT,
            storage() {
              const handlers = new Map<unknown, unknown>();
              return {
                get: (value: unknown) => (handlers.get(value) ?? null) as null,
                set(values: unknown, handler: unknown) {
                  for (const value of values as string[]) handlers.set(value, handler);
                },
              };
            },
          },
        },
      },
    }),
  }),
  [
    { secret: 'a', serves: 'ListVault.open' },
    { secret: 'b', serves: 'ListVault.open' },
    { secret: 'a,b', serves: 'none' },
  ].map(({ secret, serves }) => ({
    on: 'fastify',
    request: 'GET /vault',
    headers: { 'x-secret': secret },
    serves,
    described: 'ListVault.open',
    candidates: ['ListVault.open'],
  })),
);

@Controller('shelf')
class Shelf {
  @RouteConstraints({ version: '1.2.0' }) @Get() first() {}
  @RouteConstraints({ version: '2.0.0' }) @Get() second() {}
}
routingTable(
  "Fastify's own version constraint, on an instance that was made without Nest",
  () => ({ controllers: [Shelf], httpAdapter: new FastifyAdapter(fastify()) }),
  [
    { version: '1.x', serves: 'Shelf.first' },
    { version: '2.0.0', serves: 'Shelf.second' },
    { version: '3.x', serves: 'none' },
  ].map(({ version, serves }) => ({
    on: 'fastify',
    request: 'GET /shelf',
    headers: { 'accept-version': version },
    serves,
    described: 'none',
    candidates: ['Shelf.first', 'Shelf.second'],
  })),
);
