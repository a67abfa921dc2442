import type { Type } from '@nestjs/common';
import { MetadataScanner, type ModulesContainer } from '@nestjs/core';
import { hasOwnCorsDeclarations } from '../cors.decorator.js';
import type { CorsConfigurationIssue } from '../protocol/configuration-error.js';
import { collectHandlers } from '../routing/collect-handlers.js';
import { handlerFunction } from './policy-combiner.js';

/**
 * Every `@Cors()` that no route leads to, and that would protect nothing: on resolvers, gateways, message handlers,
 * other providers, and on methods of controllers that are no routes.
 *
 * It asks what the decorators say, not the route table: applications without an HTTP server have none, and may share
 * their modules with one that has.
 */
export function findCorsOnNoRoute(modules: ModulesContainer): CorsConfigurationIssue[] {
  const routed = routedTargets(modules);
  const isLost = (target: object) => hasOwnCorsDeclarations(target) && !routed.has(target);
  return [...registeredClasses(modules)].flatMap((registered) => {
    const methods = methodsOf(registered);
    return [
      ...(lineageOf(registered).some(isLost)
        ? // What a class is may be said on its methods alone: message handlers have plain controllers.
          [issueAt(registered.name, [registered, ...methods.values()])]
        : []),
      ...[...methods]
        .filter(([, method]) => isLost(method))
        .map(([name, method]) => issueAt(`${registered.name}.${name}`, [method, registered])),
    ];
  });
}

/** The controllers with routes, their base classes, and the functions that routes lead to. */
function routedTargets(modules: ModulesContainer): ReadonlySet<object> {
  const targets = new Set<object>();
  for (const handler of collectHandlers(modules)) {
    for (const each of lineageOf(handler.controller)) targets.add(each);
    targets.add(handlerFunction(handler));
  }
  return targets;
}

/** Every class that the application's modules register, however they do. */
function registeredClasses(modules: ModulesContainer): ReadonlySet<Type> {
  const classes = new Set<Type>();
  for (const { providers, controllers, injectables } of modules.values()) {
    for (const wrappers of [providers, controllers, injectables]) {
      for (const { metatype, inject, instance } of wrappers.values()) {
        // A factory's class is that of what it made.
        const registered = inject == null ? metatype : classOf(instance);
        if (isClass(registered)) classes.add(registered);
      }
    }
  }
  return classes;
}

function classOf(instance: unknown): unknown {
  return typeof instance === 'object' && instance !== null
    ? (Object.getPrototypeOf(instance) as { constructor?: unknown } | null)?.constructor
    : undefined;
}

function isClass(candidate: unknown): candidate is Type {
  return typeof candidate === 'function' && typeof candidate.prototype === 'object';
}

/** A class and its base classes. */
function lineageOf(registered: Type): readonly object[] {
  const lineage: object[] = [];
  let each: object | null = registered;
  while (each !== null && each !== Function.prototype) {
    lineage.push(each);
    each = Object.getPrototypeOf(each) as object | null;
  }
  return lineage;
}

/** The methods of a class and of its base classes, by name. */
function methodsOf({ prototype }: Type): ReadonlyMap<string, object> {
  const methods = prototype as Record<string, object>;
  const names = new MetadataScanner().getAllMethodNames(methods);
  return new Map(names.map((name) => [name, methods[name] ?? {}]));
}

/** What handles no route, by the metadata that its decorators leave, and what to do there instead. */
const KINDS = [
  {
    key: /^websockets:/,
    message: 'No route leads to a gateway, and browsers apply no CORS to WebSockets.',
    hint: 'Remove @Cors() here, and hold handshakes to a policy with CorsPolicyService.gatewayCors().',
  },
  {
    key: /^graphql:/,
    message: 'No route leads to a GraphQL resolver: all of them answer at one URL.',
    hint: "Remove @Cors() here, and give that URL a policy: paths: [{ path: '/graphql', policy: { … } }].",
  },
  {
    key: /^microservices:/,
    message: 'No route leads to a message handler, and no browser calls it.',
    hint: 'Remove @Cors() here.',
  },
] as const;

const OTHER = {
  message: 'No route leads here, so this protects nothing.',
  hint: 'Remove @Cors(), or write it on the controller, or the method with @Get(), @Post() and the like, that serves the URL.',
} as const;

/** @param targets what to tell the kind of the class from, by its metadata */
function issueAt(where: string, targets: readonly object[]): CorsConfigurationIssue {
  const keys = targets.flatMap((target) => Reflect.getMetadataKeys(target).map(String));
  const kind = KINDS.find(({ key }) => keys.some((each) => key.test(each))) ?? OTHER;
  const { message, hint } = kind;
  return { code: 'cors-on-no-route', where, field: '@Cors()', value: where, message, hint };
}
