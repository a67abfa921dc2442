import type { RouterAdapter } from '../router-adapter.js';

/** How Express's router compares paths. */
export interface RouterSettings {
  readonly caseSensitive: boolean;
  /** Whether `/a` and `/a/` are different paths. */
  readonly strict: boolean;
}

/** The settings of an adapter's router. */
export function routerSettings(httpAdapter: RouterAdapter): RouterSettings {
  // Absent in early versions of Nest 11, and in adapters that are not Nest's own.
  const options = httpAdapter.getRouteMatchingOptions?.();
  if (options) {
    return { caseSensitive: options.caseSensitive, strict: !options.ignoreTrailingSlash };
  }
  // The router takes Express's settings when it is made and keeps them.
  // Express is an optional peer, so its type is written down here.
  const { router } = httpAdapter.getInstance() as { router?: Partial<RouterSettings> };
  return { caseSensitive: router?.caseSensitive ?? false, strict: router?.strict ?? false };
}
