import type { Type } from '@nestjs/common';
import { MetadataScanner, type ModulesContainer } from '@nestjs/core';
import { PathsExplorer } from '@nestjs/core/router/paths-explorer.js';

/** A handler of a controller, by the name of its method. */
export interface Handler {
  readonly controller: Type;
  readonly handlerName: string;
}

/** A handler as Nest finds it in one instance of its controller. */
export interface FoundHandler extends Handler {
  /** What Nest calls: the instance's own function where it has one, e.g. one that a constructor has bound. */
  readonly callback: object;
}

/** Every handler of the application's controllers; known as soon as the application has been created. */
export function collectHandlers(modules: ModulesContainer): readonly FoundHandler[] {
  const pathsExplorer = new PathsExplorer(new MetadataScanner());
  return [...modules.values()].flatMap((module) =>
    [...module.controllers.values()].flatMap(({ metatype, instance }) =>
      pathsExplorer.scanForPaths(instance).map(({ methodName, targetCallback }) => ({
        controller: metatype as Type,
        handlerName: methodName,
        callback: targetCallback,
      })),
    ),
  );
}
