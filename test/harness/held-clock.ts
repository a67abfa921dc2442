import { setTimeout as wait } from 'node:timers/promises';
import { jest } from '@jest/globals';

let now = 0;

/**
 * Holds the clock by which answers are remembered, until `jest.restoreAllMocks()`, and lets so many milliseconds pass.
 */
export async function pass(milliseconds: number): Promise<void> {
  if (!jest.isMockFunction(performance.now)) {
    now = performance.now();
    jest.spyOn(performance, 'now').mockImplementation(() => now);
  }
  now += milliseconds;
  // `lru-cache` looks at the clock once in a millisecond; timers of the same length end in their order.
  await wait(1);
}
