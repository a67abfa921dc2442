import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { ExplainedApplication } from '../../src/explorer/explained-application.js';
import { LiveDecisions } from '../../src/explorer/live-decisions.js';

/** A response to a page that watches, and what is written to it. */
class Watching extends ServerResponse {
  readonly texts: unknown[] = [];
  readonly heads: unknown[] = [];

  /** @param unread bytes that wait for the page to read them */
  constructor(unread = 2 ** 20) {
    super(new IncomingMessage(new Socket()));
    Object.defineProperty(this, 'writableLength', { value: unread });
  }

  override writeHead(...head: unknown[]): this {
    this.heads.push(head);
    return this;
  }

  override write(text: unknown): boolean {
    this.texts.push(text);
    return true;
  }
}

let live: LiveDecisions;
beforeEach(() => {
  jest.useFakeTimers();
  // Of it, only the decisions of its own are told apart, and here are none.
  live = new LiveDecisions({ policiesInForce: {} } as unknown as ExplainedApplication);
});
afterEach(() => {
  jest.useRealTimers();
});

function watching(unread?: number): Watching {
  const response = new Watching(unread);
  expect(live.watch(response)).toBe(true);
  return response;
}

test('A page that watches gets a stream that nobody on the way holds back', () => {
  expect(watching().heads).toEqual([
    [
      200,
      {
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-store, no-transform',
        'X-Accel-Buffering': 'no',
        'X-Content-Type-Options': 'nosniff',
      },
    ],
  ]);
});

test('A stream gives a sign of life each twenty seconds in which nothing is decided', () => {
  const response = watching();
  expect(response.texts).toEqual(['retry: 2000\n\n']);
  jest.advanceTimersByTime(19_999);
  expect(response.texts).toHaveLength(1);
  jest.advanceTimersByTime(1);
  expect(response.texts.slice(1)).toEqual([':\n\n']);
  jest.advanceTimersByTime(19_999);
  expect(response.texts).toHaveLength(2);
  jest.advanceTimersByTime(1);
  expect(response.texts.slice(2)).toEqual([':\n\n']);
});

test('A page that does not read is cut off as soon as more than a megabyte waits for it', () => {
  const [slow, stuck] = [watching(), watching(2 ** 20 + 1)];
  jest.advanceTimersByTime(20_000);
  expect([slow.destroyed, stuck.destroyed]).toEqual([false, true]);
  expect([slow.texts.length, stuck.texts.length]).toEqual([2, 1]);
});

test('As long as anybody watches there is one timer, and none afterward', () => {
  const [first, second] = [watching(), watching()];
  expect(jest.getTimerCount()).toBe(1);
  first.emit('close');
  expect(jest.getTimerCount()).toBe(1);
  second.emit('close');
  expect(jest.getTimerCount()).toBe(0);
  const third = watching();
  expect(jest.getTimerCount()).toBe(1);
  third.emit('close');
});

test('Sixteen pages may watch, and another one as soon as one of them is closed', () => {
  const first = watching();
  for (let others = 0; others < 15; others += 1) watching();
  const late = new Watching();
  expect(live.watch(late)).toBe(false);
  expect([late.heads, late.texts]).toEqual([[], []]);
  first.emit('close');
  watching();
});

test('Streams end before the application is closed', () => {
  const response = watching();
  live.beforeApplicationShutdown();
  expect(response.writableEnded).toBe(true);
});
