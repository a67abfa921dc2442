import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { matcherOf } from '../compiled-policy.js';

/** Enough to tell: 200,000 of them are 12 MB as strings alone, of which 5 may stay. `ORIGINS=1000000` for long. */
const ORIGINS = Number(process.env['ORIGINS'] ?? 200_000);

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
  `${ORIGINS} distinct hostile origins leave less than 5 MiB on the heap, remembering $remembered`,
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
    const end = 10_000 + ORIGINS;
    await attack(10_000, end);
    expect(heapUsed() - before).toBeLessThan(5 * 1024 * 1024);
    expect({ refused, asked }).toEqual({ refused: end, asked: end + 1 });

    // Without a cache nothing is remembered, with one the latest are.
    await attack(end - 100, end);
    expect(asked).toBe(end + (originCache ? 1 : 101));
    await attack(0, 100);
    expect(asked).toBe(end + (originCache ? 101 : 201));
  },
  600_000,
);
