import { setTimeout as sleep } from 'node:timers/promises';

/** What a pace reads the time from. */
export interface Clock {
  /** Milliseconds; never goes back. */
  now(): number;
  sleep(milliseconds: number): Promise<unknown>;
}

const SYSTEM_CLOCK: Clock = { now: () => performance.now(), sleep };

/** At most so many turns a second, each at least its share of a second after the one before. */
export class Pace {
  #next = 0;

  /** @param rate turns a second, more than 0 */
  constructor(
    private readonly rate: number,
    private readonly clock: Clock = SYSTEM_CLOCK,
  ) {}

  /** Resolves when it is the caller's turn; callers take turns in the order in which they ask. */
  async turn(): Promise<void> {
    const now = this.clock.now();
    const at = Math.max(now, this.#next);
    this.#next = at + 1000 / this.rate;
    if (at > now) await this.clock.sleep(at - now);
  }
}
