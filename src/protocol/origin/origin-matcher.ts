import { andThen, type NowOrLater } from '../now-or-later.js';
import type { CorsRequest } from '../policy/policy-options.js';
import {
  FILE_ORIGIN,
  isSerializedOrigin,
  OPAQUE_ORIGIN,
  type OriginParts,
  splitOrigin,
} from './origin.js';
import type { OriginAnswer } from './origin-answer.js';
import { OriginCache } from './origin-cache.js';
import type { OriginDecider } from './origin-decider.js';
import { isExact, type OriginPattern, serializePattern } from './origin-pattern.js';
import type { OriginExpression } from './expression/origin-expression.js';
import type { OriginRules } from './origin-rules.js';

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
  /** Functions and resolvers, in the order given; those whose answers are remembered behind their memories. */
  readonly #asked: readonly (OriginDecider | OriginCache)[];
  readonly #caches: readonly OriginCache[];

  /**
   * @param expressions the regular expressions of the rules, compiled
   * @param asked its functions and resolvers
   */
  constructor(
    rules: OriginRules,
    expressions: readonly OriginExpression[] = [],
    asked: readonly (OriginDecider | OriginCache)[] = [],
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
    this.#asked = asked;
    this.#caches = asked.filter((each) => each instanceof OriginCache);
  }

  /** Forgets for good what functions and resolvers said of an origin. */
  forget(origin: string): void {
    for (const cache of this.#caches) cache.forget(origin);
  }

  /** Has functions and resolvers asked anew about every origin; what they said before counts only where that fails. */
  expire(): void {
    for (const cache of this.#caches) cache.expire();
  }

  /** Whether functions or resolvers have a say, so that {@link ask} may have to wait. */
  get hasDeciders(): boolean {
    return this.#asked.length > 0;
  }

  /** Whether functions or resolvers are shown requests: their answers are remembered otherwise, for all requests. */
  get showsRequests(): boolean {
    return this.#asked.length > this.#caches.length;
  }

  /** Whether a string or an expression allows the origin. The cost does not grow with the number of strings. */
  allows(origin: string): boolean {
    // Any origin is whatever `Origin` says: there is nothing to compare.
    if (this.any || this.#exact.has(origin)) return true;
    if (!this.#hasFamilies && this.#expressions.length === 0) return false;
    if (!isSerializedOrigin(origin)) return false;
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
  ask(origin: string, request: CorsRequest | undefined): NowOrLater<OriginAnswer> {
    if (this.#asked.length === 0) return 'refused';
    const remembered = this.#recall(origin);
    if (remembered !== undefined) return remembered;
    return origin === FILE_ORIGIN || isSerializedOrigin(origin)
      ? this.#askFrom(0, origin, request, 'refused')
      : 'refused';
  }

  /** What is remembered, if that is enough to know the answer. */
  #recall(origin: string): OriginAnswer | undefined {
    let refusals = 0;
    for (const cache of this.#caches) {
      const answer = cache.recall(origin);
      if (answer === 'allowed') return answer;
      if (answer === 'refused') refusals += 1;
    }
    return refusals > 0 && refusals === this.#asked.length ? 'refused' : undefined;
  }

  #askFrom(
    index: number,
    origin: string,
    request: CorsRequest | undefined,
    soFar: OriginAnswer,
  ): NowOrLater<OriginAnswer> {
    const asked = this.#asked[index];
    if (asked === undefined) return soFar;
    return andThen(askOne(asked, origin, request, soFar), (answer) =>
      answer === 'allowed' ? answer : this.#askFrom(index + 1, origin, request, answer),
    );
  }
}

/** Asks one of the functions and resolvers, where those before it said this much. */
function askOne(
  asked: OriginDecider | OriginCache,
  origin: string,
  request: CorsRequest | undefined,
  soFar: OriginAnswer,
): NowOrLater<OriginAnswer> {
  const isRemembered = asked instanceof OriginCache;
  if (soFar === 'failed') {
    // Nobody is asked after a failure, but who allowed the origin before: its answer may still count.
    if (!isRemembered || !asked.isAllowedMeanwhile(origin)) return soFar;
    return andThen(asked.ask(origin), (answer) => (answer === 'refused' ? soFar : answer));
  }
  return isRemembered
    ? (asked.recall(origin) ?? asked.ask(origin))
    : asked.askInTime(origin, request);
}
