import type { LRUCache } from 'lru-cache';
import { latelyUsed } from '../lately-used.js';
import { andThen, isLater, type NowOrLater } from '../now-or-later.js';
import type { OriginAnswer } from './origin-answer.js';
import { completeOriginCache, type OriginCacheOptions } from './origin-cache-options.js';
import type { OriginDecider } from './origin-decider.js';
import { inTime, LONGEST_TIMEOUT } from './origin-timeout.js';
import { QuestionPlaces } from './question-places.js';

/** A refusal is asked about again sooner, so that an origin that was just added need not wait. */
const REFUSAL_SHARE = 0.1;

/** So many times its timeout may a question hold its place; then its answer is not waited for any more. */
const PATIENCE = 3;

/** For `lru-cache`, which reads it once in a millisecond; a time of 0 would mean none to it. */
const CLOCK = { now: () => performance.now() + 1 };

/** Milliseconds for which nothing more is said about questions that found no place. */
const SILENCE = 60_000;

interface Remembered {
  /** Which question it answers. */
  readonly begun: number;
}

interface Permission extends Remembered {
  /** When it stops being good even while its rule is asked again. */
  readonly staleUntil: number;
}

interface Question {
  /** Its number, so that questions are told apart by age. */
  readonly begun: number;
  /** Whether somebody has waited for the answer in vain. */
  isOverdue: boolean;
  /** Settles once the rule has answered, or is not waited for any more; never rejects. */
  readonly answer: Promise<OriginAnswer>;
}

/**
 * Remembers what a function or a resolver says of origins. However many requests ask about an origin at once, its
 * rule is asked once; failures are not remembered; both memory and the questions under way are bounded.
 */
export class OriginCache {
  readonly #ttl: number;
  readonly #staleWhileRevalidate: number;
  readonly #concurrency: number;
  /** Of its own, so that refused origins cannot make allowed ones be forgotten. */
  readonly #allowed: LRUCache<string, Permission>;
  readonly #refused: LRUCache<string, Remembered>;
  /** The question under way about an origin. */
  readonly #questions = new Map<string, Question>();
  readonly #places: QuestionPlaces;
  /** How many questions were begun. */
  #begun = 0;
  /** How many there were when anything was last forgotten. */
  #begunWhenForgotten = 0;
  /** How many there were when everything last was to be asked about anew. */
  #begunWhenExpired = 0;
  /** When the next word may be said about questions that found no place. */
  #silentUntil = -Infinity;

  constructor(
    options: OriginCacheOptions,
    private readonly decider: OriginDecider,
  ) {
    const { max, ttl, staleWhileRevalidate, concurrency } = completeOriginCache(options);
    this.#ttl = ttl;
    this.#staleWhileRevalidate = staleWhileRevalidate;
    this.#concurrency = concurrency;
    // A stale permission stays until the rule has said something else.
    this.#allowed = latelyUsed(max, { ttl, noDeleteOnStaleGet: true, perf: CLOCK });
    const refusalTtl = Math.max(1, Math.round(ttl * REFUSAL_SHARE));
    this.#refused = latelyUsed(max, { ttl: refusalTtl, perf: CLOCK });
    this.#places = new QuestionPlaces(concurrency);
  }

  /** The remembered answer, if it still counts; where it only just does, its rule is asked in the background. */
  recall(origin: string): OriginAnswer | undefined {
    const fresh = this.#allowed.get(origin);
    if (fresh !== undefined && fresh.begun > this.#begunWhenExpired) return 'allowed';
    if (this.#refused.get(origin) !== undefined) return 'refused';
    return this.#recallStale(origin);
  }

  #recallStale(origin: string): OriginAnswer | undefined {
    const permission = this.#permissionOf(origin);
    if (permission === undefined || performance.now() >= permission.staleUntil) return undefined;
    const question = this.#questions.get(origin);
    // What was expired counts only once its rule has failed to answer in time.
    const isExpired = permission.begun <= this.#begunWhenExpired;
    if (isExpired && question?.isOverdue !== true) return undefined;
    if (question === undefined) void this.ask(origin);
    return 'allowed';
  }

  /** What is remembered of an origin that was allowed, be its time over or not. */
  #permissionOf(origin: string): Permission | undefined {
    return this.#allowed.peek(origin, { allowStale: true });
  }

  /** Whether the origin was allowed, and may stay so while its rule fails. */
  isAllowedMeanwhile(origin: string): boolean {
    const permission = this.#permissionOf(origin);
    return permission !== undefined && performance.now() < permission.staleUntil;
  }

  /**
   * Has the rule asked, unless it is being asked about the origin already. Where it fails, what is remembered counts,
   * as long as it may.
   */
  ask(origin: string): NowOrLater<OriginAnswer> {
    const asked = this.#questions.get(origin) ?? this.#begin(origin);
    if (typeof asked === 'string') return this.#orMeanwhile(origin, asked);
    const answer = inTime(asked.answer, this.decider.timeout, () => this.#beOverdue(origin, asked));
    return answer.then((each) => this.#orMeanwhile(origin, each));
  }

  /** Forgets an origin for good. An answer that is under way reaches who waits for it, and is not remembered. */
  forget(origin: string): void {
    this.#begunWhenForgotten = this.#begun;
    this.#questions.delete(origin);
    this.#allowed.delete(origin);
    this.#refused.delete(origin);
  }

  /**
   * Has every origin asked about anew. What is remembered counts where that fails, as long as it may; answers under way
   * reach who waits for them, and are not remembered.
   */
  expire(): void {
    this.#begunWhenForgotten = this.#begun;
    this.#begunWhenExpired = this.#begun;
    this.#questions.clear();
    this.#refused.clear();
  }

  #begin(origin: string): Question | OriginAnswer {
    // One whose time is over is no stranger either.
    if (this.#permissionOf(origin) !== undefined) return this.#put(origin, this.#places.take());
    if (this.#places.takeIfFree()) return this.#put(origin, undefined);
    this.#tellOfBound(origin);
    return 'failed';
  }

  /** Puts a question to the rule, as soon as it has its place. */
  #put(origin: string, place: NowOrLater<void>): Question | OriginAnswer {
    this.#begun += 1;
    const begun = this.#begun;
    const answer = andThen(place, () => this.#answerTo(origin, begun));
    if (!isLater(answer)) return answer;
    const question = { begun, answer, isOverdue: false };
    this.#questions.set(origin, question);
    return question;
  }

  #answerTo(origin: string, begun: number): NowOrLater<OriginAnswer> {
    const leave = (): void => {
      this.#places.giveBack();
      if (this.#questions.get(origin)?.begun === begun) this.#questions.delete(origin);
    };
    // An answer that is remembered must not depend on the request that asked.
    const answer = this.decider.ask(origin, undefined);
    if (!isLater(answer)) {
      this.#remember(origin, begun, answer);
      leave();
      return answer;
    }
    return new Promise((resolve) => {
      const settle = (settled: OriginAnswer): void => {
        clearTimeout(timer);
        leave();
        resolve(settled);
      };
      const patience = Math.min(PATIENCE * this.decider.timeout, LONGEST_TIMEOUT);
      let isGivenUp = false;
      const timer = setTimeout(() => {
        isGivenUp = true;
        settle('failed');
      }, patience);
      timer.unref();
      void answer.then((late) => {
        this.#remember(origin, begun, late);
        if (!isGivenUp) settle(late);
      });
    });
  }

  #remember(origin: string, begun: number, answer: OriginAnswer): void {
    if (answer === 'failed' || !this.#counts(origin, begun)) return;
    if (answer === 'refused') {
      this.#allowed.delete(origin);
      this.#refused.set(origin, { begun });
    } else {
      this.#refused.delete(origin);
      const staleUntil = performance.now() + this.#ttl + this.#staleWhileRevalidate;
      this.#allowed.set(origin, { begun, staleUntil });
    }
  }

  /** Whether the answer to a question may be remembered: nothing was forgotten since, and no later one was answered. */
  #counts(origin: string, begun: number): boolean {
    if (this.#questions.get(origin)?.begun === begun) return true;
    // Nobody waits for it any more: it has taken too long, or its origin was forgotten.
    const known = this.#permissionOf(origin) ?? this.#refused.peek(origin, { allowStale: true });
    return begun > this.#begunWhenForgotten && (known === undefined || begun > known.begun);
  }

  #beOverdue(origin: string, question: Question): OriginAnswer {
    if (question.isOverdue) return 'failed';
    question.isOverdue = true;
    return this.decider.failLate(origin);
  }

  #orMeanwhile(origin: string, answer: OriginAnswer): OriginAnswer {
    return answer === 'failed' && this.isAllowedMeanwhile(origin) ? 'allowed' : answer;
  }

  #tellOfBound(origin: string): void {
    const now = performance.now();
    if (now < this.#silentUntil) return;
    this.#silentUntil = now + SILENCE;
    const { rule } = this.decider;
    this.decider.fail(
      origin,
      new Error(
        `The origin rule ${rule} is answering all the questions that originCache.concurrency (${String(this.#concurrency)}) allows at once. Origins that were never allowed get 503 without asking it.`,
      ),
    );
  }
}
