import type { Type } from '@nestjs/common';
import { MetadataScanner, type ModulesContainer } from '@nestjs/core';
import { PathsExplorer } from '@nestjs/core/router/paths-explorer.js';

/** Every handler of the application's controllers; known as soon as the application has been created. */
export function collectHandlers(
  modules: ModulesContainer,
): { readonly controller: Type; readonly handlerName: string }[] {
  const pathsExplorer = new PathsExplorer(new MetadataScanner());
  return [...modules.values()].flatMap((module) =>
    [...module.controllers.values()].flatMap(({ metatype, instance }) =>
      pathsExplorer
        .scanForPaths(instance)
        .map(({ methodName }) => ({ controller: metatype as Type, handlerName: methodName })),
    ),
  );
}
