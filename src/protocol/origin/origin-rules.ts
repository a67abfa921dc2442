import type { ConfigurationProblem } from '../configuration-error.js';
import type { OriginExpression } from './expression/origin-expression.js';
import { isSerializedOrigin, OPAQUE_ORIGIN, type OriginParts, splitOrigin } from './origin.js';
import { OriginCache, type OriginCacheOptions } from './origin-cache.js';
import {
  isExact,
  type OriginPattern,
  readOriginPattern,
  serializePattern,
} from './origin-pattern.js';
import type {
  CorsOriginFunction,
  CorsOriginResolverClass,
  CorsOriginRule,
  CorsRequest,
} from '../policy/policy-options.js';

/** The `origin` option sorted by kind of rule, before any of it is compiled. */
export interface OriginRules {
  readonly any: boolean;
  readonly opaque: boolean;
  readonly patterns: readonly OriginPattern[];
  readonly regexps: readonly RegExp[];
  /** Functions and resolver classes, in the order given. */
  readonly deciders: readonly (CorsOriginFunction | CorsOriginResolverClass)[];
}

/** Whether a function among the rules is a class, to be taken from the application's container. */
export function isResolverClass(
  rule: CorsOriginFunction | CorsOriginResolverClass,
): rule is CorsOriginResolverClass {
  const { prototype } = rule as { prototype?: { isOriginAllowed?: unknown } };
  return (
    typeof prototype?.isOriginAllowed === 'function' ||
    // An abstract class may declare the method and leave no trace of it.
    Function.prototype.toString.call(rule).startsWith('class')
  );
}

/** Sorts an `origin` option, with what is wrong about its parts; expressions are checked elsewhere. */
export function readOriginRules(option: unknown): {
  rules: OriginRules;
  problems: readonly ConfigurationProblem[];
} {
  const problems: ConfigurationProblem[] = [];
  const patterns: OriginPattern[] = [];
  const regexps: RegExp[] = [];
  const deciders: (CorsOriginFunction | CorsOriginResolverClass)[] = [];
  let any = false;
  let opaque = false;
  for (const rule of toRules(option)) {
    if (rule === true || rule === '*') any = true;
    else if (rule === OPAQUE_ORIGIN) opaque = true;
    else if (typeof rule === 'string') {
      const read = readOriginPattern(rule);
      if ('pattern' in read) patterns.push(read.pattern);
      else problems.push(read.problem);
    } else if (rule instanceof RegExp) {
      regexps.push(rule);
    } else if (typeof rule === 'function') {
      deciders.push(rule as CorsOriginFunction | CorsOriginResolverClass);
    } else if (rule !== false) {
      problems.push({
        code: 'invalid-origin',
        value: rule,
        message: `${rule === null ? 'null' : typeof rule} is no origin rule.`,
        hint:
          rule === null
            ? "Write 'null' (a string) for the opaque origin, or false for nobody."
            : 'Write a string, a regular expression, a function, a resolver class, true or false.',
      });
    }
  }
  return { rules: { any, opaque, patterns, regexps, deciders }, problems };
}

function toRules(option: unknown): readonly unknown[] {
  return Array.isArray(option) ? option.flat(Infinity) : [option];
}

/** What the rules say of an origin; `failed` where a function or resolver could not say anything. */
export type OriginAnswer = 'allowed' | 'refused' | 'failed';

/** A rule that has to be asked, because it is code: a function, or the method of a resolver. */
export type OriginDecider = (
  origin: string,
  request: CorsRequest | undefined,
) => OriginAnswer | Promise<OriginAnswer>;

type PatternsByHost = ReadonlyMap<string, readonly OriginPattern[]>;

const NO_PATTERNS: PatternsByHost = new Map();
const NO_LABELS: readonly boolean[] = [];

function byHost(patterns: readonly OriginPattern[], prefix: string): PatternsByHost {
  // Most policies have none, and there may be thousands of policies.
  if (patterns.length === 0) return NO_PATTERNS;
  const groups = new Map<string, OriginPattern[]>();
  for (const pattern of patterns) {
    const key = prefix + pattern.host;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [pattern]);
    else group.push(pattern);
  }
  return groups;
}

function labelsOf(families: readonly OriginPattern[]): readonly boolean[] {
  const labels: boolean[] = [];
  for (const { host } of families) labels[host.split('.').length - 1] = true;
  return Array.from(labels, Boolean);
}

/** Whether patterns for the host of an origin allow its scheme and port. */
function includesOrigin(
  patterns: readonly OriginPattern[] | undefined,
  { scheme, port }: OriginParts,
): boolean {
  if (patterns === undefined) return false;
  for (const each of patterns) {
    if (each.scheme === scheme && (each.port === '*' || each.port === port)) return true;
  }
  return false;
}

/** The origin rules of a policy, ready to be asked about one origin after the other. */
export class OriginMatcher {
  /** Whether every origin is allowed, and so `*` is the answer. */
  readonly any: boolean;
  readonly #exact: ReadonlySet<string>;
  /** The patterns for any port of a host, by that host. */
  readonly #anyPort: PatternsByHost;
  /** The patterns with a star, by what follows it: `.example.com`. */
  readonly #families: PatternsByHost;
  /** Whether there are any of both. */
  readonly #hasFamilies: boolean;
  /** Whether any `*.` pattern has one label after the star, two, and so on: nothing else need be looked up. */
  readonly #labels: readonly boolean[];
  readonly #expressions: readonly OriginExpression[];
  readonly #deciders: readonly OriginDecider[];
  readonly #cache: OriginCache | undefined;

  constructor(
    rules: OriginRules,
    /** The regular expressions of the rules, compiled. */
    expressions: readonly OriginExpression[],
    deciders: readonly OriginDecider[],
    cache: OriginCacheOptions | false = false,
  ) {
    this.any = rules.any;
    const exact = new Set(rules.patterns.filter(isExact).map(serializePattern));
    if (rules.opaque) exact.add(OPAQUE_ORIGIN);
    this.#exact = exact;
    const families = rules.patterns.filter(({ subdomains }) => subdomains);
    this.#families = byHost(families, '.');
    this.#anyPort = byHost(
      rules.patterns.filter((pattern) => !pattern.subdomains && !isExact(pattern)),
      '',
    );
    this.#hasFamilies = this.#families.size + this.#anyPort.size > 0;
    this.#labels = families.length === 0 ? NO_LABELS : labelsOf(families);
    this.#expressions = expressions;
    this.#deciders = deciders;
    this.#cache =
      cache === false || deciders.length === 0
        ? undefined
        : // An answer that is remembered must not depend on the request that asked.
          new OriginCache(cache, (origin) => this.#askFrom(0, origin, undefined));
  }

  /** Forgets what functions and resolvers said of an origin, or of all. */
  forget(origin?: string): void {
    this.#cache?.forget(origin);
  }

  /** Whether functions or resolvers have a say, so that {@link ask} may have to wait. */
  get hasDeciders(): boolean {
    return this.#deciders.length > 0;
  }

  /** Whether functions or resolvers are shown requests: their answers are remembered otherwise, for all requests. */
  get showsRequests(): boolean {
    return this.#deciders.length > 0 && this.#cache === undefined;
  }

  /** Whether {@link ask} would have to call functions or resolvers, as nothing is known of the origin. */
  wouldAsk(origin: string): boolean {
    return (
      this.#deciders.length > 0 && !this.allows(origin) && this.#cache?.recall(origin) === undefined
    );
  }

  /** Whether a string or an expression allows the origin. The cost does not grow with the number of strings. */
  allows(origin: string): boolean {
    if (this.#exact.has(origin)) return true;
    if (!this.any && !this.#hasFamilies && this.#expressions.length === 0) return false;
    if (!isSerializedOrigin(origin)) return false;
    if (this.any) return true;
    return (
      (this.#hasFamilies && this.#allowsFamilyOf(origin)) ||
      this.#expressions.some((expression) => expression.matches(origin))
    );
  }

  #allowsFamilyOf(origin: string): boolean {
    if (origin === OPAQUE_ORIGIN) return false;
    const parts = splitOrigin(origin);
    const { host } = parts;
    if (this.#anyPort.size > 0 && includesOrigin(this.#anyPort.get(host), parts)) return true;
    let dot = host.length;
    for (const isNamed of this.#labels) {
      dot = host.lastIndexOf('.', dot - 1);
      // Nothing before the dot, or between two, is no label.
      if (dot <= 0 || host.charAt(dot - 1) === '.') return false;
      if (isNamed && includesOrigin(this.#families.get(host.slice(dot)), parts)) return true;
    }
    return false;
  }

  /** Asks the functions and resolvers, one after the other, about an origin that nothing else allows. */
  ask(origin: string, request: CorsRequest | undefined): OriginAnswer | Promise<OriginAnswer> {
    if (this.#deciders.length === 0) return 'refused';
    const remembered = this.#cache?.recall(origin);
    if (remembered !== undefined) return remembered;
    if (!isSerializedOrigin(origin)) return 'refused';
    return this.#cache?.ask(origin) ?? this.#askFrom(0, origin, request);
  }

  #askFrom(
    start: number,
    origin: string,
    request: CorsRequest | undefined,
  ): OriginAnswer | Promise<OriginAnswer> {
    for (let index = start; index < this.#deciders.length; index += 1) {
      const answer = this.#deciders[index]?.(origin, request) ?? 'refused';
      if (typeof answer !== 'string') {
        return answer.then((later) =>
          later === 'refused' ? this.#askFrom(index + 1, origin, request) : later,
        );
      }
      if (answer !== 'refused') return answer;
    }
    return 'refused';
  }
}

/**
 * Turns a function or a resolver's method into a decider. Only `true` allows; a failure is reported, an answer of
 * the wrong type once.
 */
export function compileDecider(
  decide: CorsOriginFunction,
  report: (failure: { origin: string; error: unknown }) => void,
  timeout: number,
): OriginDecider {
  let mistakeReported = false;
  const judge = (answer: unknown, origin: string): OriginAnswer => {
    // It is a mistake in the code, and the code does not change from one request to the next.
    if (typeof answer !== 'boolean' && !mistakeReported) {
      mistakeReported = true;
      report({
        origin,
        error: new TypeError(`An origin rule must answer true or false, not ${describe(answer)}.`),
      });
    }
    return answer === true ? 'allowed' : 'refused';
  };
  const fail = (error: unknown, origin: string): OriginAnswer => {
    report({ origin, error });
    return 'failed';
  };
  return (origin, request) => {
    try {
      const answer: unknown = decide(origin, request);
      return isThenable(answer)
        ? withTimeout(answer, timeout).then(
            (later) => judge(later, origin),
            (error: unknown) => fail(error, origin),
          )
        : judge(answer, origin);
    } catch (error) {
      return fail(error, origin);
    }
  };
}

/** Waits for an answer, but not for ever. */
async function withTimeout(answer: PromiseLike<unknown>, milliseconds: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`An origin rule gave no answer within ${String(milliseconds)} ms.`));
    }, milliseconds);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

function describe(answer: unknown): string {
  return answer === null || answer === undefined ? String(answer) : `a ${typeof answer}`;
}

/** One rule or a list of them, as the policy holds it. */
export function freezeOriginOption(option: unknown): CorsOriginRule | readonly CorsOriginRule[] {
  return Array.isArray(option)
    ? Object.freeze([...(option as CorsOriginRule[])])
    : (option as CorsOriginRule);
}
