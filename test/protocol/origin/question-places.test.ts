import { describe, expect, test } from '@jest/globals';
import { isLater } from '../../../src/protocol/now-or-later.js';
import { QuestionPlaces } from '../../../src/protocol/origin/question-places.js';

describe('The places for questions', () => {
  test.each([1, 2, 100])('are %p at once, and no more', (count) => {
    const places = new QuestionPlaces(count);
    const taken = Array.from({ length: count + 5 }, () => places.takeIfFree());
    expect(taken.filter(Boolean)).toHaveLength(count);
    expect(taken.slice(0, count).every(Boolean)).toBe(true);
  });

  test('are free again once they are given back', () => {
    const places = new QuestionPlaces(1);
    expect(places.takeIfFree()).toBe(true);
    places.giveBack();
    expect(places.takeIfFree()).toBe(true);
    expect(places.takeIfFree()).toBe(false);
  });

  test('are had at once while there is one, also by those who would wait', () => {
    const places = new QuestionPlaces(1);
    expect(isLater(places.take())).toBe(false);
    expect(isLater(places.take())).toBe(true);
  });

  test('go to those who wait, in their order, before anybody else', async () => {
    const places = new QuestionPlaces(1);
    expect(places.takeIfFree()).toBe(true);
    const order: string[] = [];
    for (const name of ['first', 'second']) {
      void Promise.resolve(places.take()).then(() => order.push(name));
    }
    for (const expected of [['first'], ['first', 'second']]) {
      places.giveBack();
      expect(places.takeIfFree()).toBe(false);
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
      expect(order).toStrictEqual(expected);
    }
    places.giveBack();
    expect(places.takeIfFree()).toBe(true);
  });
});
