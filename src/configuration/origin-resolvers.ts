import type { Type } from '@nestjs/common';
import { ModuleRef, type ModulesContainer } from '@nestjs/core';
import type { ConfigurationProblem } from '../protocol/configuration-error.js';
import type {
  CorsOriginResolver,
  CorsOriginResolverClass,
} from '../protocol/policy/policy-options.js';

/** What is wrong with a resolver class that Nest cannot create, and what to change. */
export function unresolvable(
  resolver: CorsOriginResolverClass,
  error: unknown,
): ConfigurationProblem {
  const { name } = resolver;
  const what = error instanceof Error ? error.message : String(error);
  return {
    code: 'unresolvable-origin-resolver',
    value: resolver,
    // Nest adds paragraphs of advice about modules that this class need not be in.
    message: `${name} cannot answer for origins: ${what.split('\n', 1)[0] ?? ''}`,
    hint: what.startsWith("Nest can't resolve dependencies")
      ? `Provide what is missing, or add ${name} to the providers of a module where it is.`
      : 'Let it implement CorsOriginResolver and provide it, with default scope, in any module.',
  };
}

/**
 * Takes the provider of a resolver class from the application's container, whichever module provides it. Where none does,
 * it makes one, once, in the module of the controller that names the class, as Nest does for a guard class in
 * `@UseGuards()`.
 */
export class OriginResolvers {
  readonly #made = new Map<CorsOriginResolverClass, Promise<CorsOriginResolver>>();

  constructor(
    private readonly moduleRef: ModuleRef,
    private readonly modules: ModulesContainer,
  ) {}

  /** @throws where the class can neither be found nor made, or is not of default scope */
  async resolve(
    resolver: CorsOriginResolverClass,
    controller: Type | undefined,
  ): Promise<CorsOriginResolver> {
    if (this.#isProvided(resolver)) {
      return this.moduleRef.get<CorsOriginResolver>(resolver, {
        strict: false,
      });
    }
    let made = this.#made.get(resolver);
    if (made === undefined) {
      made = this.#moduleOf(controller).create(resolver as Type<CorsOriginResolver>);
      this.#made.set(resolver, made);
    }
    return made;
  }

  #isProvided(resolver: CorsOriginResolverClass): boolean {
    for (const module of this.modules.values()) {
      if (module.providers.has(resolver as Type) || module.injectables.has(resolver as Type)) {
        return true;
      }
    }
    return false;
  }

  #moduleOf(controller: Type | undefined): ModuleRef {
    for (const module of this.modules.values()) {
      if (controller !== undefined && module.controllers.has(controller)) {
        const moduleRef: unknown = module.getProviderByKey(ModuleRef).instance;
        if (moduleRef instanceof ModuleRef) return moduleRef;
      }
    }
    return this.moduleRef;
  }
}
