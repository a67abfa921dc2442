import type { CorsRefusalReason } from '../../protocol/decision/verdict.js';

/** What somebody wants to know: what becomes of a page's request. */
export interface PageQuestion {
  /** The page's origin in its serialized form, e.g. `https://shop.example.com`; `null` for the opaque one. */
  readonly origin: string;
  /** Absolute, or path and query. Of a path the server is not known: it is taken for another site than the page's. */
  readonly url: string;
  /** As the page writes it; `fetch()` itself makes some of them upper case. Default: `GET`. */
  readonly method?: string;
  /** What the page sets. A value may be left empty where only the name counts. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: `same-origin`, as for `fetch()`. */
  readonly credentials?: 'omit' | 'same-origin' | 'include';
  /** Default: `cors`, as for `fetch()`. */
  readonly mode?: 'cors' | 'no-cors' | 'same-origin';
  /** Whether the page listens to the upload of an `XMLHttpRequest`, or sends a stream. Default: `false`. */
  readonly useCorsPreflight?: boolean;
  /** Names of response headers that the page means to read. Default: none. */
  readonly reads?: readonly string[];
  /**
   * What code is taken to answer, where a document is asked, which holds none: functions and resolvers, and what chooses
   * a route by custom versioning or by constraints of Fastify. If left out, the explanation says what depends on it.
   */
  readonly assume?: 'yes' | 'no';
}

/** A step of a browser, in the words of the standard. */
export type CorsStepName =
  | 'call'
  | 'cors-request'
  | 'preflight-need'
  | 'preflight'
  | 'allow-origin'
  | 'allow-credentials'
  | 'ok-status'
  | 'allow-methods'
  | 'allow-headers'
  | 'max-age'
  | 'cookies'
  | 'request'
  | 'response'
  | 'expose-headers';

/** One step of a browser. */
export interface CorsStep {
  readonly name: CorsStepName;
  /** Whether things go on after it. */
  readonly passed: boolean;
  /** For a person. */
  readonly sentence: string;
  /** Where the standard says so. */
  readonly section: string;
  readonly sent?: SentRequest;
  readonly received?: ReceivedResponse;
}

export interface SentRequest {
  readonly method: string;
  readonly url: string;
  /** What the server decides by; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface ReceivedResponse {
  /** `null` where the application answers, and only it knows. */
  readonly status: number | null;
  /** What this module adds; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The rule that decided. */
export interface DecidingRule {
  /** The option, e.g. `origin`. */
  readonly field: string;
  /** Its value, as it would be written. */
  readonly value: string;
  /** The place that said it, e.g. `BooksController.update`; absent for a built-in default. */
  readonly said?: string;
  /** Controller and handler of the route, e.g. `BooksController.update`. */
  readonly handler?: string;
  /** Method and path of the route. */
  readonly route?: string;
  /** The place of the `paths` entry, where one decided. */
  readonly entry?: string;
}

/** A change after which the page gets its answer. Each has been tried: the application starts, and the page can read. */
export interface CorsFix {
  readonly side: 'server' | 'page';
  /**
   * `decorator`: a line above the handler, and above any `@Cors()` that it has. `option`: a field of the object that
   * stands at the place, instead of the one it has. `member`: to be added to the list that the field holds there.
   * `call`: the page's call of `fetch()`.
   */
  readonly kind: 'decorator' | 'option' | 'member' | 'call';
  /** E.g. `BooksController.update` or `CorsModule.forRoot() policies.public`; the page's origin. */
  readonly place: string;
  /** The option, for `option` and `member`. */
  readonly field?: string;
  /** TypeScript. */
  readonly code: string;
  /** How many routes and `paths` entries it changes. */
  readonly reach: number;
  readonly sentence: string;
}

/** Why a browser does what it does with a request, and what would change it. Plain data, fit for JSON. */
export interface CorsExplanation {
  readonly question: PageQuestion;
  /**
   * `readable`: the page gets its answer. `opaque`: the server is asked, and the page sees nothing of the answer.
   * `refused`: neither. `depends`: on code, which a document does not hold; the steps are those of
   * the answer no.
   */
  readonly outcome: 'readable' | 'opaque' | 'refused' | 'depends';
  /** Whether the page gets its answer, or the server is asked where the page does not want to see one. */
  readonly allowed: boolean;
  /** One sentence. */
  readonly summary: string;
  readonly steps: readonly CorsStep[];
  readonly reason?: CorsRefusalReason;
  /** What the server says of its decision. */
  readonly message?: string;
  readonly rule?: DecidingRule;
  /** What the console of a browser says, in Chromium's words. */
  readonly console?: string;
  /** Functions, resolvers and choices of routes that the answer depends on. */
  readonly dependsOn: readonly string[];
  /** The one that opens least comes first. */
  readonly fixes: readonly CorsFix[];
  /** What to know where no fix is safe, or none can be written down. */
  readonly advice: readonly string[];
}
