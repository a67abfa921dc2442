import type { DynamicModule } from '@nestjs/common';

/** The token of the call that gave the module its options, in the words of the file that holds it. */
export const CONFIGURED_BY = Symbol('nestjs-cors:configured-by');

/** Which of the module's two methods was called. */
export type ConfiguredBy = 'CorsModule.forRoot()' | 'CorsModule.forRootAsync()';

/** Adds to a dynamic module which method made it, so that messages can name that one. */
export function configuredBy(method: ConfiguredBy, definition: DynamicModule): DynamicModule {
  return {
    ...definition,
    providers: [...(definition.providers ?? []), { provide: CONFIGURED_BY, useValue: method }],
  };
}
