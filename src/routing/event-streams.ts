import { SSE_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, type ModulesContainer } from '@nestjs/core';

/** Whether a handler is decorated with `@Sse()`, and so streams events. */
export function isEventStreamHandler(handler: object): boolean {
  return Reflect.getMetadata(SSE_METADATA, handler) === true;
}

/** Whether any controller has such a handler; known as soon as the modules are scanned. */
export function hasEventStreams(modules: ModulesContainer): boolean {
  const scanner = new MetadataScanner();
  return [...modules.values()].some(({ controllers }) =>
    [...controllers.values()].some(({ metatype }) => {
      const prototype = metatype?.prototype as Record<string, object> | undefined;
      return (
        prototype !== undefined &&
        scanner
          .getAllMethodNames(prototype)
          .some((name) => isEventStreamHandler(prototype[name] ?? {}))
      );
    }),
  );
}
