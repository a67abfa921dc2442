import { setTimeout as wait } from 'node:timers/promises';
import { expect } from '@jest/globals';

/** Milliseconds between two looks. */
const PAUSE = 10;

/** Milliseconds of a claim that users read. */
export const SECOND = 1_000;

/**
 * Waits until something is so; tells the milliseconds that took, and fails where it takes longer than it may.
 *
 * Only the pauses count, and of each no more than it was to take: while other processes have the processor, this clock
 * stands still, as what is waited for does.
 *
 * @param within where no claim is made, so much that only what never comes to be takes it
 */
export async function until(
  expected: unknown,
  ask: () => unknown,
  within = 60_000,
): Promise<number> {
  for (let waited = 0; ; waited += PAUSE) {
    const found = await ask();
    if (found === expected) return waited;
    if (waited > within)
      expect({ after: within, found }).toEqual({ after: within, found: expected });
    await wait(PAUSE);
  }
}

/** What comes of something, and the milliseconds it took by the same clock. */
export async function timed<T>(doing: Promise<T>): Promise<{ result: T; took: number }> {
  const over = doing.then(() => true);
  let took = 0;
  while (!(await Promise.race([over, wait(PAUSE, false)]))) took += PAUSE;
  return { result: await doing, took };
}
