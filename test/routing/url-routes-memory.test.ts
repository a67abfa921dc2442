import { describe, expect, jest, test } from '@jest/globals';

import type { Route } from '../../src/routing/route.js';
import { type Combination, UrlRoutesMemory } from '../../src/routing/url-routes-memory.js';

const METHODS = ['GET', 'HEAD', 'PUT', 'DELETE'];

class Cats {}
const GET: Route = { method: 'GET', path: '/cats', controller: Cats, handlerName: 'list' };
const PUT: Route = { method: 'PUT', path: '/cats', controller: Cats, handlerName: 'update' };

/** A memory, and what is asked where it does not remember: a combination of its own for each URL, or one for all. */
function memoryOf({ shared = true } = {}) {
  const memory = new UrlRoutesMemory(METHODS);
  const find = jest.fn((url: string | undefined): Combination => ({
    key: shared ? '0,1' : String(url),
    candidates: (method) =>
      method === 'PUT' ? [PUT] : method === 'GET' || method === 'HEAD' ? [GET] : [],
  }));
  const recall = (url: string | undefined, method = 'GET') =>
    memory.recall(method, url, () => find(url));
  return { recall, find };
}

describe('The routes of a URL', () => {
  test('are those for the method asked about, and those for every method that is routed', () => {
    const { recall } = memoryOf();
    const methods = new Map([
      ['GET', [GET]],
      ['HEAD', [GET]],
      ['PUT', [PUT]],
    ]);
    expect(recall('/cats', 'PUT')).toStrictEqual({ candidates: [PUT], methods });
    expect(recall('/cats', 'GET')).toStrictEqual({ candidates: [GET], methods });
    expect(recall('/cats', '')).toStrictEqual({ candidates: [], methods });
  });

  test('are found out once for each method asked about', () => {
    const { recall, find } = memoryOf();
    expect(recall('/cats')).toBe(recall('/cats'));
    expect(find).toHaveBeenCalledTimes(1);
    recall('/cats', 'PUT');
    recall('/cats', 'PUT');
    expect(find).toHaveBeenCalledTimes(2);
  });

  test('are the same object wherever the same routes serve', () => {
    const same = memoryOf();
    expect(same.recall('/cats')).toBe(same.recall('/cats?page=2'));
    expect(same.recall('/cats', 'PUT')).not.toBe(same.recall('/cats'));
    const others = memoryOf({ shared: false });
    expect(others.recall('/cats')).not.toBe(others.recall('/dogs'));
  });

  test('are found out each time where they depend on more than the URL', () => {
    const { recall, find } = memoryOf();
    expect(recall(undefined)).toBe(recall(undefined));
    expect(find).toHaveBeenCalledTimes(2);
  });
});

test('A memory that nobody has asked yet takes less than 6 kB.', () => {
  const before = process.memoryUsage();
  const memories = Array.from({ length: 500 }, () => new UrlRoutesMemory(METHODS));
  const after = process.memoryUsage();
  const taken = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  expect(taken / memories.length).toBeLessThan(6_000);
});

describe('Clients cannot fill the memory', () => {
  test.each([
    { length: 256, asked: 1 },
    { length: 257, asked: 2 },
  ])('with long URLs: one of $length characters is found out $asked times', ({ length, asked }) => {
    const { recall, find } = memoryOf();
    const url = '/'.padEnd(length, 'x');
    expect(recall(url)).toBe(recall(url));
    expect(find).toHaveBeenCalledTimes(asked);
  });

  test('with many URLs: the ones asked about least lately are forgotten after five thousand', () => {
    const { recall, find } = memoryOf();
    const ask = (from: number, to: number) => {
      for (let number = from; number < to; number += 1) recall(`/${number}`);
    };
    ask(0, 5000);
    ask(0, 5000);
    expect(find).toHaveBeenCalledTimes(5000);
    // One too many takes the place of the first.
    ask(5000, 5001);
    ask(1, 5001);
    expect(find).toHaveBeenCalledTimes(5001);
    ask(0, 1);
    expect(find).toHaveBeenCalledTimes(5002);
  });

  test('with made-up URLs: those that pages ask about are remembered all along', () => {
    const { recall, find } = memoryOf();
    for (let number = 0; number < 20_000; number += 1) {
      recall('/cats');
      recall(`/${number}`);
    }
    expect(find).toHaveBeenCalledTimes(1 + 20_000);
  });

  test('with many methods: a URL takes one place, whatever is asked about it', () => {
    const { recall, find } = memoryOf();
    for (const method of ['GET', 'PUT']) {
      for (let number = 0; number < 5000; number += 1) recall(`/${number}`, method);
    }
    for (let number = 0; number < 5000; number += 1) recall(`/${number}`, 'GET');
    expect(find).toHaveBeenCalledTimes(10_000);
  });

  test('with many combinations of routes: the ones met least lately are forgotten after ten thousand', () => {
    const { recall } = memoryOf({ shared: false });
    const long = (number: number) => `/${number}`.padEnd(300, 'x');
    const first = recall(long(0));
    const second = recall(long(1));
    for (let number = 2; number < 10_000; number += 1) recall(long(number));
    expect(recall(long(0))).toBe(first);
    recall(long(10_000));
    expect(recall(long(0))).toBe(first);
    expect(recall(long(1))).not.toBe(second);
  });
});
