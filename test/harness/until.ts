import { setTimeout as wait } from 'node:timers/promises';
import { expect } from '@jest/globals';

/** Milliseconds between two questions. */
const PAUSE = 10;

/**
 * Waits until something is so, and fails where it does not come to be. Nothing is proved by how long that takes: the
 * bound only keeps a test that fails from running on.
 */
export async function until(
  expected: unknown,
  ask: () => unknown,
  patience = 60_000,
): Promise<void> {
  const end = performance.now() + patience;
  for (;;) {
    const isLast = performance.now() > end;
    const found = await ask();
    if (found === expected) return;
    if (isLast) expect({ after: patience, found }).toEqual({ after: patience, found: expected });
    await wait(PAUSE);
  }
}
