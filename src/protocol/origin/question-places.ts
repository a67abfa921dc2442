import type { NowOrLater } from '../now-or-later.js';

/** The places for questions that a rule is asked at the same time. */
export class QuestionPlaces {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(count: number) {
    this.#free = count;
  }

  /** Takes a place, if there is one. Nobody waits while there is one. */
  takeIfFree(): boolean {
    if (this.#free === 0) return false;
    this.#free -= 1;
    return true;
  }

  /** Takes a place as soon as there is one, before anybody who does not wait. */
  take(): NowOrLater<void> {
    if (!this.takeIfFree()) return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Gives a place back: to whoever waits longest, if anybody does. */
  giveBack(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
