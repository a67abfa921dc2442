import type { ReferrerPolicy } from '../../src/fetch/referrer.js';
import type { AdapterName } from '../harness/start-app.js';

/** A random application, as data: it can be printed, made smaller and built for any ports. */
export interface AppSpec {
  readonly adapter: AdapterName;
  readonly defaults: PolicySpec;
  readonly policies: Readonly<Record<string, PolicySpec>>;
  readonly paths: readonly { readonly path: string; readonly policy: CorsSpec }[];
  readonly controllers: readonly ControllerSpec[];
}

export interface ControllerSpec {
  readonly path: string;
  readonly cors?: CorsSpec;
  readonly handlers: readonly HandlerSpec[];
}

export interface HandlerSpec {
  readonly method: HandlerMethod;
  readonly path: string;
  readonly cors?: CorsSpec;
  /** The status of what the handler returns; with a redirect it goes to the URL in the request's `to`. */
  readonly answers: 200 | 201 | 301 | 302 | 303 | 307 | 308 | 'throws 418' | 'throws 500';
  /** What it sends as `Referrer-Policy`. */
  readonly referrerPolicy?: ReferrerPolicy;
}

export type HandlerMethod =
  | 'GET'
  | 'HEAD'
  | 'POST'
  | 'PUT'
  | 'PATCH'
  | 'DELETE'
  | 'OPTIONS'
  | 'ALL';

/** What `@Cors()` is given. */
export type CorsSpec =
  | { readonly refine: PolicySpec }
  | { readonly name: string }
  | { readonly startOver: true }
  | { readonly closed: true }
  | { readonly compute: PolicySpec }
  | { readonly list: readonly ListedSpec[] };

/** One of several policies. */
export type ListedSpec = { readonly refine: PolicySpec } | { readonly name: string };

export interface PolicySpec {
  readonly origin?: readonly OriginSpec[];
  readonly methods?: readonly string[];
  readonly allowedHeaders?: readonly string[];
  readonly exposedHeaders?: readonly string[];
  readonly credentials?: boolean;
  readonly maxAge?: number;
  readonly enforce?: boolean;
  readonly optionsSuccessStatus?: number;
  readonly privateNetwork?: boolean;
  readonly preflightContinue?: boolean;
}

/** An origin rule; `{shop}` stands for a port. */
export type OriginSpec =
  | string
  | boolean
  | { readonly regexp: string }
  | {
      readonly decider: 'function' | 'async function' | 'resolver' | 'failing function';
      readonly allows: readonly string[];
    };
