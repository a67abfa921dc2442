import type { IncomingHttpHeaders } from 'node:http';
import type { OriginCacheOptions } from '../origin/origin-cache-options.js';

/**
 * What an origin rule may look at besides the origin: the request as it came in.
 *
 * On the wire this is Node's own request object (on Express with Express's additions, on Fastify the raw
 * one); `CorsPolicyService.evaluate()` passes what it was given.
 */
export interface CorsRequest {
  readonly method: string;
  /** Path and query, as in the request line or as rewritten since. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Host name as the adapter sees it (its trusted proxies respected); read from `Host` when absent. */
  readonly hostname?: string | undefined;
  /** The connection. Where it is TLS, an `http:` origin is never that of the server. */
  readonly socket?: { readonly encrypted?: boolean } | undefined;
}

/**
 * Decides about one origin. Only the answer `true` allows; throwing or rejecting refuses the request with 503.
 *
 * @param origin a syntactically valid serialized origin, `null` for the opaque origin, or `file://`; neither of these
 *   two under a policy with credentials
 * @param request the request that carries it; `undefined` when `CorsPolicyService.isOriginAllowed()` asks
 */
export type CorsOriginFunction = (
  origin: string,
  request?: CorsRequest,
) => boolean | Promise<boolean>;

/**
 * A provider that decides about origins, for instance from a database. Name its class as `origin` rule.
 *
 * The class is taken from the application's container, wherever it is provided; one that is provided nowhere
 * is created in the module of the controller that names it, like a guard class in `@UseGuards()`.
 */
export interface CorsOriginResolver {
  /** See {@link CorsOriginFunction}. */
  isOriginAllowed(origin: string, request?: CorsRequest): boolean | Promise<boolean>;
}

/** The class of a {@link CorsOriginResolver}; an abstract class may serve as injection token. */
export type CorsOriginResolverClass = abstract new (...args: never[]) => CorsOriginResolver;

/**
 * One rule that allows origins.
 *
 * | rule | allows |
 * | --- | --- |
 * | `'https://app.example.com'` | that origin, in its serialized form |
 * | `'https://*.example.com'` | one or more labels before `.example.com`; not `example.com` itself |
 * | `'http://localhost:*'` | that host on any port; combines with `*.` |
 * | `'*'`, `true` | every origin, whatever `Origin` says; refused together with credentials |
 * | `'null'` | the opaque origin; refused together with credentials |
 * | `'file://'` | what app shells (Electron, WebViews) send for pages from files; refused together with credentials |
 * | a regular expression | origins that the whole expression matches; must be anchored, without back references |
 * | a function | see {@link CorsOriginFunction} |
 * | a class | see {@link CorsOriginResolver} |
 * | `false` | nobody |
 */
export type CorsOriginRule =
  | string
  | boolean
  | RegExp
  | CorsOriginFunction
  | CorsOriginResolverClass;

/**
 * The rules of one policy. Every field may be left out; what a field left out means depends on the place (see
 * the README, "How policies combine"). Names are those of the `cors` package.
 */
export interface CorsPolicyOptions {
  /**
   * Who may call. One {@link CorsOriginRule} or a list of them, of which any one allows.
   *
   * Default: `false`, nobody. A string holds one origin, never a comma-separated list.
   */
  origin?: CorsOriginRule | readonly CorsOriginRule[];
  /**
   * Narrows the methods that may be used from other origins; it never opens a method that is not routed.
   * `GET` includes `HEAD`. A list or a comma-separated string, `'*'` for every routed method.
   *
   * Default: `'*'`. Refused: `CONNECT`, `TRACE`, `TRACK` (Fetch, "forbidden method") and what is no token.
   */
  methods?: string | readonly string[];
  /**
   * Request headers that a page may send, beyond the CORS-safelisted ones. A list or a comma-separated string;
   * `'*'` for any.
   *
   * Default: {@link DEFAULT_ALLOWED_HEADERS}.
   */
  allowedHeaders?: string | readonly string[];
  /**
   * Response headers that a page may read, beyond the CORS-safelisted ones. A list or a comma-separated
   * string; `'*'` for any, which is refused together with credentials, where browsers take it literally.
   *
   * Default: none.
   */
  exposedHeaders?: string | readonly string[];
  /** Whether pages may send cookies and the like, and read the answer. Default: `false`. */
  credentials?: boolean;
  /**
   * How long a browser may reuse a preflight's answer, in seconds: an integer ≥ 0; `0` = not at all.
   * Chromium caps it at 7200, Firefox at 86400.
   *
   * Default: `7200`.
   */
  maxAge?: number;
  /** Whether to answer `Access-Control-Request-Private-Network`. Default: `false`. */
  privateNetwork?: boolean;
  /** Set the preflight's headers, then let the application answer it. Default: `false`. */
  preflightContinue?: boolean;
  /** Status of a successful preflight, 200–299 (Fetch, "ok status"). Default: `204`. */
  optionsSuccessStatus?: number;
  /**
   * Refuse disallowed actual requests with 403 before the handler runs. `false`: run the handler, send no CORS
   * headers. Default: `true`.
   */
  enforce?: boolean;
  /**
   * Refuse what pages of other sites send without `Origin`, which CORS never asks about: images, scripts, `no-cors`
   * requests, GET forms, frames, prefetches. They get 403 (`not-isolated`) before the handler runs. Links that users
   * follow pass, and so does what comes from the same site, from the address bar and from clients that send no
   * `Sec-Fetch-Site`. Answers carry `Cross-Origin-Resource-Policy: same-site`; a `same-origin` that is there stays.
   *
   * Refused for policies that allow any origin. With `enforce: false` the handler runs, and the header stays.
   *
   * Default: `false`. Source: Fetch Metadata, "resource isolation policy".
   */
  isolate?: boolean;
  /**
   * Remember what origin functions and resolvers answer, see {@link OriginCacheOptions}; they are then asked
   * about the origin alone, without the request. Default: `false`, ask for every request.
   */
  originCache?: OriginCacheOptions | false;
  /**
   * Milliseconds that a request waits for an origin function or resolver, 1 to 2147483647; then it gets 503. With
   * `originCache` a later answer is still remembered, and until it comes, up to three times as long, the rule is not
   * asked again about that origin. Default: `5000`.
   */
  originTimeout?: number;
  /** Allow `http:` origins on hosts other than the loopback together with credentials. Default: `false`. */
  dangerouslyAllowInsecureOrigins?: boolean;
  /** Allow patterns such as `https://*.github.io`, and expressions for such names, with credentials. Default: `false`. */
  dangerouslyAllowPublicSuffixes?: boolean;
}

/** One resolved set of CORS rules: every field has its value, lists are lists, nothing can be changed. */
export interface CorsPolicy {
  readonly origin: CorsOriginRule | readonly CorsOriginRule[];
  readonly methods: '*' | readonly string[];
  readonly allowedHeaders: '*' | readonly string[];
  readonly exposedHeaders: '*' | readonly string[];
  readonly credentials: boolean;
  readonly maxAge: number;
  readonly privateNetwork: boolean;
  readonly preflightContinue: boolean;
  readonly optionsSuccessStatus: number;
  readonly enforce: boolean;
  readonly isolate: boolean;
  readonly originCache: OriginCacheOptions | false;
  readonly originTimeout: number;
  readonly dangerouslyAllowInsecureOrigins: boolean;
  readonly dangerouslyAllowPublicSuffixes: boolean;
}
