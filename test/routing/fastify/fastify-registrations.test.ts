import { VERSION_NEUTRAL, type VersioningOptions, VersioningType } from '@nestjs/common';
import { expect, test } from '@jest/globals';

import type { FastifyInstance } from '../../../src/routing/fastify/fastify-instance.js';
import { registrationOf } from '../../../src/routing/fastify/fastify-registrations.js';
import type { Route } from '../../../src/routing/route.js';

const HEADER: VersioningOptions = { type: VersioningType.HEADER, header: 'x-version' };

/** An instance that has the routes of one path, all under the same constraints. */
function instanceWith(methods: readonly string[], constraints: object): FastifyInstance {
  return {
    initialConfig: {},
    supportedMethods: ['GET', 'HEAD', 'POST', 'SEARCH'],
    hasRoute: (route) =>
      route.url === '/cats' &&
      methods.includes(route.method) &&
      JSON.stringify(route.constraints) === JSON.stringify(constraints),
  };
}

test.each([
  {
    what: 'GET comes with HEAD',
    method: 'GET',
    instance: instanceWith(['GET', 'HEAD'], { version: '1' }),
    registered: { methods: ['GET', 'HEAD'], constraints: { version: '1' } },
  },
  {
    what: '@All() stands for every method that Fastify knew',
    method: 'ALL',
    instance: instanceWith(['GET', 'POST'], { version: '1' }),
    registered: { methods: ['GET', 'POST'], constraints: { version: '1' } },
  },
  {
    what: '@All() has no constraints on Nest 11',
    method: 'ALL',
    instance: instanceWith(['GET', 'POST'], {}),
    registered: { methods: ['GET', 'POST'], constraints: {} },
  },
  {
    what: 'another method has those of its route',
    method: 'POST',
    instance: instanceWith(['POST'], {}),
    registered: { methods: [], constraints: { version: '1' } },
  },
])('A route that Fastify holds: $what', ({ method, instance, registered }) => {
  class Cats {}
  const route: Route = { method, path: '/cats', version: '1', controller: Cats, handlerName: 'a' };
  expect(registrationOf(route, '/cats', instance, HEADER)).toStrictEqual({ route, ...registered });
});

test.each<{ what: string; version: Route['version']; versioning: VersioningOptions | undefined }>([
  { what: 'nothing is versioned', version: '1', versioning: undefined },
  { what: 'the URL says the version', version: '1', versioning: { type: VersioningType.URI } },
  { what: 'it has no version', version: undefined, versioning: HEADER },
  { what: 'it serves every version', version: VERSION_NEUTRAL, versioning: HEADER },
])('A route has no constraint of its version where $what', ({ version, versioning }) => {
  class Cats {}
  const route: Route = {
    method: 'POST',
    path: '/cats',
    version,
    controller: Cats,
    handlerName: 'a',
  };
  expect(registrationOf(route, '/cats', instanceWith(['POST'], {}), versioning)).toStrictEqual({
    route,
    methods: ['POST'],
    constraints: {},
  });
});
