import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { CorsPolicyName } from './cors-policy-names.js';
import type { CorsPolicy, CorsPolicyOptions } from './protocol/policy/policy-options.js';

/**
 * What `@Cors()` and `paths[].policy` take.
 *
 * | argument | meaning |
 * | --- | --- |
 * | an object | refines what is inherited, field by field |
 * | a name | starts over from the module's defaults, plus that named policy's fields |
 * | nothing | starts over from the module's defaults |
 * | `false` | `{ origin: false }` |
 * | a function | receives what is inherited, returns the fields to change |
 * | a list of names and objects | several policies, of which the first one whose origin rule allows the origin holds |
 *
 * In a list, each name and each object means what it does alone. What refines an inherited list refines each of its
 * policies; a function is called for each.
 */
export type CorsPolicyInput =
  | CorsPolicyName
  | false
  | CorsPolicyOptions
  | ((inherited: CorsPolicy) => CorsPolicyOptions)
  | readonly (CorsPolicyName | CorsPolicyOptions)[];

/**
 * A policy for resources that no controller serves: GraphQL, static files, an upload server. It holds for a path and
 * for everything under it, as a mount does, and is enforced before anything else runs.
 *
 * Where an entry and a route match the same URL, the more exact pattern holds: a literal segment before a parameter
 * before a wildcard; in a tie, the route. Where a URL can be read in several ways (escapes, doubled slashes, letters'
 * case, `;`, backslashes), every reading has to allow the request.
 */
export interface CorsPathOptions {
  /** A path-to-regexp (version 8) pattern of the URL's path, e.g. `/graphql` or `/files/:user`. */
  path: string | readonly string[];
  /** The policy there, or several; refines the module's defaults. */
  policy: CorsPolicyInput;
  /** Where `policy` is a name: fields that replace those of that policy, as in `@Cors('public', { maxAge: 60 })`. */
  options?: CorsPolicyOptions;
}

/** Options of `CorsModule`: the defaults of every route, named policies, and policies of other paths. */
export interface CorsModuleOptions extends CorsPolicyOptions {
  /**
   * Policies to be used by name, `@Cors('partners')`. Each refines the module's defaults. Where names are declared
   * ({@link CorsPolicyNames}), all of them have to be there, and no others.
   */
  policies?: Readonly<Record<CorsPolicyName, CorsPolicyOptions>>;
  /** Policies of resources that no controller serves. Of entries that are equally exact, the first one holds. */
  paths?: readonly CorsPathOptions[];
  /**
   * Whether event streams end when the page that reads them loses its permission. Read when the application starts.
   *
   * `'auto'`: streams that handlers or middleware write by hand are cut off; streams of `@Sse()` handlers end by an
   * interceptor, which is registered where the application has such a handler. An interceptor costs every route:
   * register none by `false`, and no stream ends; register it by `true` even where no `@Sse()` handler is found.
   *
   * Default: `'auto'`.
   */
  revokeStreams?: 'auto' | boolean;
}

/** A provider that makes the module's options, for `CorsModule.forRootAsync({ useClass | useExisting })`. */
export interface CorsOptionsFactory {
  createCorsOptions(): CorsModuleOptions | Promise<CorsModuleOptions>;
}

/** The class that gives `CorsModule` its `forRoot()` and `forRootAsync()`, the token of its options, and a type. */
export const { ASYNC_OPTIONS_TYPE, ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } =
  new ConfigurableModuleBuilder<CorsModuleOptions>()
    .setClassMethodName('forRoot')
    .setFactoryMethodName('createCorsOptions' satisfies keyof CorsOptionsFactory)
    .setExtras({}, (definition) => ({ ...definition, global: true }))
    .build();
