import { expect, test } from '@jest/globals';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { matcherOf } from '../compiled-policy.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapUsed(): number {
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

test('A million distinct hostile origins leave less than 5 MiB on the heap', () => {
  const matcher = matcherOf([
    'https://app.example.com',
    'https://*.preview.example.com',
    'http://localhost:*',
    /^https:\/\/pr-\d+\.example\.com$/,
    (origin: string) => origin === 'https://partner.example.com',
  ]);
  let refused = 0;
  const attack = (from: number, to: number) => {
    for (let index = from; index < to; index += 1) {
      const origin = `https://evil-${index}.preview.example.com.evil.example`;
      if (!matcher.allows(origin) && matcher.ask(origin, undefined) === 'refused') refused += 1;
    }
  };
  attack(0, 10_000);
  const before = heapUsed();
  attack(10_000, 1_010_000);
  expect(heapUsed() - before).toBeLessThan(5 * 1024 * 1024);
  expect(refused).toBe(1_010_000);
}, 60_000);
