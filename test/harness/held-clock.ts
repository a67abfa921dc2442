import { setTimeout as wait } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { until } from './until.js';

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

/** Holds the timers that this library sets from here on, until `jest.useRealTimers()`; Node's connections have others. */
export function holdTimers(): void {
  jest.useFakeTimers({
    doNotFake: [
      ...(['Date', 'hrtime', 'performance', 'nextTick', 'queueMicrotask'] as const),
      ...(['setImmediate', 'clearImmediate', 'setInterval', 'clearInterval'] as const),
    ],
  });
}

/** Waits until so many timers are set, and lets so many milliseconds pass for them. */
export async function passOnceSet(timers: number, milliseconds: number): Promise<void> {
  await until(timers, () => jest.getTimerCount());
  await jest.advanceTimersByTimeAsync(milliseconds);
}
