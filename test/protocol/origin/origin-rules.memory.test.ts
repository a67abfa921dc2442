import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { matcherOf } from '../compiled-policy.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapUsed(): number {
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

test.each([
  { remembered: 'no answer', originCache: undefined },
  { remembered: 'the answers that originCache keeps', originCache: { ttl: 3_600_000 } },
])(
  'A million distinct hostile origins leave less than 5 MiB on the heap, remembering $remembered',
  async ({ originCache }) => {
    const partner = 'https://partner.example.com';
    let asked = 0;
    const decide = (origin: string) => {
      asked += 1;
      return Promise.resolve(origin === partner);
    };
    const matcher = matcherOf(
      [
        'https://app.example.com',
        'https://*.preview.example.com',
        'http://localhost:*',
        /^https:\/\/pr-\d+\.example\.com$/,
        decide,
      ],
      originCache && { originCache },
    );
    let refused = 0;
    const attack = async (from: number, to: number) => {
      for (let index = from; index < to; index += 1) {
        const origin = `https://evil-${index}.preview.example.com.evil.example`;
        if (matcher.allows(origin)) continue;
        if ((await matcher.ask(origin, undefined)) === 'refused') refused += 1;
      }
    };
    expect(await matcher.ask(partner, undefined)).toBe('allowed');
    await attack(0, 10_000);
    const before = heapUsed();
    await attack(10_000, 1_010_000);
    expect(heapUsed() - before).toBeLessThan(5 * 1024 * 1024);
    expect({ refused, asked }).toEqual({ refused: 1_010_000, asked: 1_010_001 });

    // Without a cache nothing is remembered, with one the latest are.
    await attack(1_009_900, 1_010_000);
    expect(asked).toBe(originCache ? 1_010_001 : 1_010_101);
    await attack(0, 100);
    expect(asked).toBe(originCache ? 1_010_101 : 1_010_201);
  },
  600_000,
);
