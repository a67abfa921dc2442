import { inspect } from 'node:util';
import type { CanActivate, DynamicModule, ModuleMetadata, Type } from '@nestjs/common';

/** Options of `CorsExplorerModule.forRoot()`. */
export interface CorsExplorerOptions {
  /**
   * Where the page is, below the application's global prefix. Letters, digits, `-`, `.`, `_`, `~` and `/`; no parameters.
   *
   * Default: `cors`.
   */
  path?: string;
  /**
   * Whether there is an explorer. Default: `true`, unless `NODE_ENV` is `production` when `forRoot()` is called: it tells
   * who may call what, the lists of origins included.
   */
  enabled?: boolean;
  /**
   * Guards that everything of the explorer is behind, as for `@UseGuards()`. A browser that opens the page sends
   * cookies, and no `Authorization` of its own. Default: none but the application's own.
   */
  guards?: readonly (CanActivate | Type<CanActivate>)[];
  /** Modules whose providers the guards ask for. Default: none. */
  imports?: ModuleMetadata['imports'];
}

/** Options with their defaults. */
export interface ReadExplorerOptions {
  readonly path: string;
  /** Why there is no explorer; `undefined` where there is one. */
  readonly offBecause: string | undefined;
  readonly guards: NonNullable<CorsExplorerOptions['guards']>;
  readonly imports: NonNullable<DynamicModule['imports']>;
}

/** @throws TypeError where an option cannot be what it is; the message says what to write */
export function readExplorerOptions(
  options: CorsExplorerOptions,
  environment: string | undefined,
): ReadExplorerOptions {
  const { path = 'cors', enabled, guards = [], imports = [] } = options;
  if (typeof path !== 'string' || !/^[\w\-.~/]*$/.test(path)) {
    throw fault('path', path, "the path of a page without parameters, e.g. 'tools/cors'");
  }
  if (enabled !== undefined && typeof enabled !== 'boolean') {
    throw fault('enabled', enabled, 'true or false');
  }
  if (!Array.isArray(guards)) throw fault('guards', guards, 'a list, e.g. [AdminGuard]');
  return { path, offBecause: reasonToBeOff(enabled, environment), guards, imports };
}

function reasonToBeOff(
  enabled: boolean | undefined,
  environment: string | undefined,
): string | undefined {
  if (enabled === false) return 'enabled is false';
  if (enabled === undefined && environment === 'production') {
    return 'NODE_ENV is production; enabled: true turns it on, and guards keep strangers away from it';
  }
  return undefined;
}

function fault(field: string, value: unknown, expected: string): TypeError {
  return new TypeError(
    `CorsExplorerModule.forRoot(): ${field} has to be ${expected}, and is ${inspect(value, { depth: 0, maxStringLength: 100 })}.`,
  );
}
