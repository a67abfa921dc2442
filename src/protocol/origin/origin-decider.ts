import { isLater, type NowOrLater } from '../now-or-later.js';
import type {
  CorsOriginFunction,
  CorsOriginResolverClass,
  CorsRequest,
} from '../policy/policy-options.js';
import type { OriginAnswer } from './origin-answer.js';
import { inTime } from './origin-timeout.js';

/** An origin rule that could not answer, or answered what is no answer. */
export interface OriginRuleFailure {
  /** The name of the function or of the resolver class. */
  readonly rule: string;
  readonly origin: string;
  /** What the rule threw or rejected with, untouched, so that its `cause` is there. */
  readonly error: unknown;
}

/** What a rule is called in messages. An arrow function that stands in the option itself has no name of its own. */
export function ruleName({ name }: CorsOriginFunction | CorsOriginResolverClass): string {
  return name === '' || name === 'origin' ? '(a function)' : name;
}

/** A rule that has to be asked, because it is code: a function, or the method of a resolver. */
export class OriginDecider {
  #mistakeReported = false;

  /**
   * @param rule its name
   * @param decide the function, or the resolver's method
   * @param timeout milliseconds that a request waits for its answer
   * @param report told about failures, and once about an answer of the wrong type
   */
  constructor(
    readonly rule: string,
    private readonly decide: CorsOriginFunction,
    readonly timeout: number,
    private readonly report: (failure: OriginRuleFailure) => void,
  ) {}

  /** Asks the rule, however long it takes. Only `true` allows; a failure is reported, and is an answer. */
  ask(origin: string, request: CorsRequest | undefined): NowOrLater<OriginAnswer> {
    try {
      const answer: unknown = this.decide(origin, request);
      if (!isThenable(answer)) return this.#judge(answer, origin);
      return Promise.resolve(answer).then(
        (later) => this.#judge(later, origin),
        (error: unknown) => this.fail(origin, error),
      );
    } catch (error) {
      return this.fail(origin, error);
    }
  }

  /** Asks the rule; it has failed where its answer takes longer than `timeout`. */
  askInTime(origin: string, request: CorsRequest | undefined): NowOrLater<OriginAnswer> {
    const answer = this.ask(origin, request);
    return isLater(answer) ? inTime(answer, this.timeout, () => this.failLate(origin)) : answer;
  }

  /** Reports that there was no answer within `timeout`. */
  failLate(origin: string): OriginAnswer {
    const waited = `${String(this.timeout)} ms (originTimeout)`;
    return this.fail(
      origin,
      new Error(`The origin rule ${this.rule} gave no answer within ${waited}.`),
    );
  }

  /** Reports a failure. */
  fail(origin: string, error: unknown): OriginAnswer {
    this.report({ rule: this.rule, origin, error });
    return 'failed';
  }

  #judge(answer: unknown, origin: string): OriginAnswer {
    // It is a mistake in the code, and the code does not change from one request to the next.
    if (typeof answer !== 'boolean' && !this.#mistakeReported) {
      this.#mistakeReported = true;
      const mistake = `The origin rule ${this.rule} must answer true or false; it answered ${describe(answer)}.`;
      this.fail(
        origin,
        new TypeError(`${mistake} Only true allows: write e.g. return found !== undefined.`),
      );
    }
    return answer === true ? 'allowed' : 'refused';
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

function describe(answer: unknown): string {
  if (answer === null || answer === undefined) return String(answer);
  if (Array.isArray(answer)) return 'an array';
  if (typeof answer !== 'object') return `a ${typeof answer}`;
  const { name } = (answer as { constructor?: { name?: unknown } }).constructor ?? {};
  return typeof name === 'string' && name !== '' && name !== 'Object'
    ? `an object (${name})`
    : 'an object';
}
