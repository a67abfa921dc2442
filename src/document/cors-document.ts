import type { RouterDescription } from '../routing/router-description.js';
import type { CorsPolicy } from '../protocol/policy/policy-options.js';

/** What a document says of itself in `format`. Another number means that what was written before reads differently. */
export const DOCUMENT_FORMAT = 'nestjs-cors/1';

/**
 * The CORS policies of an application as plain JSON: what `CorsPolicyService.document()` answers, what the command
 * `nestjs-cors` reads, and what its JSON Schema (`nestjs-cors/document.schema.json`) describes.
 *
 * The same application gives the same text, byte for byte. Nothing in it is secret that headers do not tell, except
 * the lists of origins.
 */
export interface CorsDocument {
  readonly format: typeof DOCUMENT_FORMAT;
  /** How the application finds the route of a URL; `null` where it serves no HTTP. */
  readonly router: RouterDescription | null;
  /** The policy of URLs that nothing else holds on. */
  readonly defaults: string;
  /** The named policies: for each name, its key in `policies`. */
  readonly named: Readonly<Record<string, string>>;
  /** What no controller serves, in the order in which entries are asked. */
  readonly paths: readonly DocumentedPath[];
  /** Every route, in the order in which Nest registers them. */
  readonly routes: readonly DocumentedRoute[];
  /** Every policy that holds somewhere, once, by the place that said most of it. */
  readonly policies: Readonly<Record<string, DocumentedPolicy>>;
  /** Every origin rule, once, by the first place that gave it. */
  readonly origins: Readonly<Record<string, DocumentedOrigins>>;
}

/** One route and its policies. */
export interface DocumentedRoute {
  /** Upper case; `ALL` for `@All()`. */
  readonly method: string;
  /** As registered with the router: prefixes, module path and URI version included. */
  readonly path: string;
  /** Host patterns of the controller, strings and expressions (`/…/`); absent where it is bound to none. */
  readonly hosts?: readonly string[];
  /** `neutral` for `VERSION_NEUTRAL`; absent where the application has no versions. */
  readonly versions?: readonly string[];
  /** What `@RouteConstraints()` asks for, on Fastify. */
  readonly constraints?: Readonly<Record<string, string>>;
  /** Controller and handler, e.g. `BooksController.update`. */
  readonly handler: string;
  /** Keys of `policies`, in order: the first one whose origin rule allows an origin holds for it. */
  readonly policies: readonly [string, ...string[]];
}

/** One `paths` entry, which holds on its URL and on everything under it. */
export interface DocumentedPath {
  readonly path: string;
  /** Its place in the configuration, e.g. `CorsModule.forRoot() paths[0]`. */
  readonly entry: string;
  /** As those of a route. */
  readonly policies: readonly [string, ...string[]];
}

/** A policy: the effective value of every option, and who said so. */
export interface DocumentedPolicy extends Omit<CorsPolicy, 'origin'> {
  /** A key of `origins`. */
  readonly origin: string;
  /** For each option the place that said it, e.g. `BooksController.update`; the others are built-in defaults. */
  readonly said: Readonly<Partial<Record<keyof CorsPolicy, string>>>;
}

/** Who an origin rule is open to: any origin, those that it lists, those that code says yes to, or nobody. */
export type OpenTo = 'any' | 'listed' | 'asked' | 'nobody';

/** An origin rule as data. An origin that any of its parts allows is allowed. */
export interface DocumentedOrigins {
  readonly openTo: OpenTo;
  /** Exact origins; `null` is the opaque one. */
  readonly exact: readonly string[];
  /** Patterns with `*`. */
  readonly patterns: readonly string[];
  /** Regular expressions, as JavaScript writes them: `/^https:…$/i`. */
  readonly expressions: readonly string[];
  /** Names of functions; `(a function)` where it has none. */
  readonly functions: readonly string[];
  /** Names of resolver classes. */
  readonly resolvers: readonly string[];
}
