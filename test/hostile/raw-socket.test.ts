import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openBookshop, type Bookshop } from '../../sample-app/bookshop.js';
import { SEED, SEEDED } from '../harness/seed.js';
import { Random } from '../harness/random.js';
import { type RawAnswer, transmit } from '../harness/raw-client.js';
import { ALLOWED_ORIGINS, randomTransmission } from './random-transmission.js';

/*
 * Bytes as no browser and few clients would send them, against the running bookshop. `SEED=… npm test -- hostile/raw`
 * repeats a run. What is thrown, or rejected, and that nobody handles, fails the test by itself.
 */

const TRANSMISSIONS = Number(process.env['TRANSMISSIONS'] ?? 2_000);
const AT_ONCE = 8;

describe.each(['express', 'fastify'])('the bookshop on %s', (adapter) => {
  let bookshop: Bookshop;
  let port: number;
  const logged: string[] = [];
  beforeAll(async () => {
    const keep = (message: unknown, ...rest: unknown[]) => {
      logged.push([message, ...rest].map(String).join(' '));
    };
    bookshop = await openBookshop(
      {
        ...{ PORT: '0', SHOP_PORT: '0', PARTNER_PORT: '0', STRANGER_PORT: '0' },
        ...{ ADAPTER: adapter, SHOP_ORIGINS: 'https://shop.example.com' },
        PARTNER_ORIGINS: 'https://partner.example.com',
      },
      { logger: { log: () => undefined, warn: () => undefined, error: keep, fatal: keep } },
    );
    port = Number(new URL(bookshop.api).port);
  });
  afterAll(async () => {
    await bookshop.close();
  });

  test(`answers ${TRANSMISSIONS} hostile transmissions without a fault, and allows nobody who is not allowed ${SEEDED}`, async () => {
    const random = new Random(SEED + (adapter === 'express' ? 0 : 1));
    const waiting = random.many(TRANSMISSIONS, TRANSMISSIONS, () => randomTransmission(random));
    const statuses = new Map<number, number>();
    const work = async () => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        for (const reply of await transmit(port, next)) {
          statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1);
          const fault = faultOf(reply, next.chunks.join(''));
          if (fault === undefined) continue;
          const sent = JSON.stringify(
            next.chunks.map((chunk) => chunk.slice(0, 600)),
            null,
            1,
          );
          throw new Error(`SEED=${SEED}: ${fault} in\n${reply.head}\nto\n${sent}`);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));

    const answers = [...statuses.values()].reduce((sum, count) => sum + count, 0);
    console.log(
      `${adapter}: ${TRANSMISSIONS} transmissions, ${answers} answers, SEED=${SEED}: ` +
        [...statuses]
          .map(([status, count]) => `${status}×${count}`)
          .sort()
          .join(' '),
    );
    // Bytes that never get past Node's parser would prove nothing about the module.
    expect((statuses.get(200) ?? 0) + (statuses.get(204) ?? 0)).toBeGreaterThan(answers / 20);
    expect(statuses.get(403) ?? 0).toBeGreaterThan(answers / 50);
    // What Fastify's body parser says of a body that was cut off; there is nobody left to answer.
    expect(logged.filter((line) => !line.startsWith('Error: aborted'))).toEqual([]);
  }, 600_000);

  test('still answers afterward, and still tells which origins it allows', async () => {
    const origin = 'https://shop.example.com';
    const answer = await fetch(`${bookshop.api}/account`, { headers: { origin } });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    const refused = await fetch(`${bookshop.api}/account`, {
      headers: { origin: 'https://evil.example' },
    });
    expect(refused.status).toBe(403);
    expect(refused.headers.get('access-control-allow-origin')).toBeNull();
  });
});

/** What must never be in an answer. */
function faultOf({ status, headers, head }: RawAnswer, sent: string): string | undefined {
  if (!/^HTTP\/1\.1 \d{3} /.test(head)) return 'no status line';
  if (status >= 500) return `status ${status}`;
  const cors = headers.filter(([name]) => name.startsWith('access-control-'));
  const names = cors.map(([name]) => name);
  if (new Set(names).size < names.length) return 'a CORS header twice';
  const origin = cors.find(([name]) => name === 'access-control-allow-origin')?.[1];
  if (origin === undefined) return cors.length > 0 ? 'CORS headers for nobody' : undefined;
  const isAllowed = origin === '*' || (ALLOWED_ORIGINS.includes(origin) && sent.includes(origin));
  if (!isAllowed) return `Access-Control-Allow-Origin: ${origin}`;
  if (origin === '*' && names.includes('access-control-allow-credentials')) {
    return 'any origin with credentials';
  }
  return undefined;
}
