import 'reflect-metadata';
import { Controller, Get, Injectable, Module, Param, Post, Put, Sse } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Cors, CorsModule } from '../../dist/esm/index.js';
import { of } from 'rxjs';
import { ALLOWED_ORIGIN } from './cases.js';
import { ORIGIN_LISTS } from './origin-lists.js';

/**
 * What an application under test is made of.
 *
 * @typedef {object} ApplicationSetup
 * @property {'express' | 'fastify'} adapter
 * @property {'none' | 'enableCors' | 'module'} cors who answers for CORS
 * @property {number} routes how many, four to a controller
 * @property {boolean} [streams] whether it has an `@Sse()` handler besides, so that the module registers its interceptor
 * @property {'few' | 'many' | 'resolver'} [origins] one policy with this list, or with a resolver that allows the few;
 *   otherwise every route has a policy of its own
 * @property {boolean} [isOpenToo] whether a second policy, for any origin, stands behind that one
 */

/** The options of `enableCors()`: what a user gives up for this module. */
const ENABLE_CORS_OPTIONS = {
  origin: [ALLOWED_ORIGIN, 'https://admin.example.com'],
  credentials: true,
  // What `cors` has by default. `@fastify/cors` leaves out PUT, so that no PUT would ever succeed.
  methods: 'GET,HEAD,PUT,PATCH,POST,DELETE',
};

/**
 * Makes the application and starts it on a free port of the loopback.
 *
 * @param {ApplicationSetup} setup
 */
export async function startApplication(setup) {
  const { adapter, cors } = setup;
  const imports = cors === 'module' ? [CorsModule.forRoot(optionsFor(setup))] : [];
  class AppModule {}
  const controllers = [
    ...createControllers(setup),
    ...(setup.streams ? [createStreamController()] : []),
  ];
  Module({ imports, controllers })(AppModule);

  const application = await NestFactory.create(
    AppModule,
    adapter === 'express' ? new ExpressAdapter() : new FastifyAdapter(),
    { logger: false, abortOnError: false, forceCloseConnections: true },
  );
  if (cors === 'enableCors') application.enableCors(ENABLE_CORS_OPTIONS);
  await application.listen(0, '127.0.0.1');
  // Connections wait while it is another server's turn.
  application.getHttpServer().keepAliveTimeout = 300_000;
  return application;
}

/** What is asked once and remembered for as long as is measured. */
class KnownOrigins {
  /** @param {string} origin */
  async isOriginAllowed(origin) {
    return ORIGIN_LISTS.few.includes(origin);
  }
}
Injectable()(KnownOrigins);

/** @param {ApplicationSetup} setup */
function optionsFor({ origins }) {
  if (origins === undefined) return { origin: false, credentials: true };
  if (origins !== 'resolver') return { origin: ORIGIN_LISTS[origins], credentials: true };
  return { origin: KnownOrigins, credentials: true, originCache: { ttl: 3_600_000 } };
}

/** @param {ApplicationSetup} setup */
function createControllers({ cors, routes, origins, isOpenToo }) {
  const hasOwnPolicies = cors === 'module' && origins === undefined;
  let route = 0;
  return Array.from({ length: routes / 4 }, (_, index) => {
    class ResourceController {
      list() {
        return { resource: index, items: [{ id: 'a' }, { id: 'b' }] };
      }
      create() {
        return { resource: index, id: 'c' };
      }
      /** @param {string} id */
      find(id) {
        return { resource: index, id };
      }
      /** @param {string} id */
      replace(id) {
        return { resource: index, id };
      }
    }
    decorate(ResourceController, 'list', Get());
    decorate(ResourceController, 'create', Post());
    decorate(ResourceController, 'find', Get(':id'), true);
    decorate(ResourceController, 'replace', Put(':id'), true);
    for (const name of ['list', 'create', 'find', 'replace']) {
      route += 1;
      if (hasOwnPolicies) {
        const own = `https://tenant-${route}.example.com`;
        const policy = { origin: [ALLOWED_ORIGIN, own], maxAge: 600 + route };
        decorate(ResourceController, name, Cors(policy));
      }
    }
    if (isOpenToo) Cors([{}, { origin: '*', credentials: false }])(ResourceController);
    Controller(`resources-${index}`)(ResourceController);
    return ResourceController;
  });
}

function createStreamController() {
  class StreamController {
    live() {
      return of({ data: 'tick' });
    }
  }
  decorate(StreamController, 'live', Sse('live'));
  Controller('streams')(StreamController);
  return StreamController;
}

/**
 * Does what decorator syntax would.
 *
 * @param {import('@nestjs/common').Type} controller
 * @param {string} name of the handler
 * @param {MethodDecorator} decorator
 * @param {boolean} [takesId]
 */
function decorate({ prototype }, name, decorator, takesId = false) {
  Reflect.decorate([decorator], prototype, name, Object.getOwnPropertyDescriptor(prototype, name));
  if (takesId) Param('id')(prototype, name, 0);
}
