import { expect, test } from '@jest/globals';
import { SEED, SEEDED } from '../harness/seed.js';
import { Random } from '../harness/random.js';
import { startRandomApp } from './application.js';
import type { Origins } from './places.js';
import { answerPlainly } from './plain-server.js';
import { randomApp, REQUEST_HEADERS } from './random-policies.js';
import { randomRequest } from './random-request.js';

const ORIGINS: Origins = {
  api: 'http://localhost:3000',
  mirror: 'http://localhost:3001',
  shop: 'http://localhost:4000',
  partner: 'http://localhost:4001',
  branch: 'http://shop.localhost:4000',
};

/** Among them the allowed hosts on ports of nobody. */
const STRANGERS = [
  ...['null', 'https://a.example.com', 'http://localhost:4999', 'http://shop.localhost:4999'],
  ...['http://localhost', 'https://localhost:4000', 'http://xlocalhost:4000'],
];

test(`random applications answer as the rules of the README say, read by another program ${SEEDED}`, async () => {
  const random = new Random(SEED);
  const counts = { requests: 0, granted: 0 };
  while (counts.requests < 3_000) {
    const spec = randomApp(random);
    const app = await startRandomApp(spec, ORIGINS);
    try {
      for (let count = 0; count < 100; count += 1) {
        const { method, path } = randomRequest(random, spec);
        if (/[a-z]/.test(method) || method === 'TRACE' || method === 'PROPFIND') continue;
        const isAsking = random.chance(0.5);
        const names = REQUEST_HEADERS.filter(() => random.chance(0.15)).sort();
        const headers: Record<string, string> = {
          host: 'localhost:3000',
          ...(random.chance(0.93) && {
            origin: random.pick(
              random.chance(0.2) ? STRANGERS : [ORIGINS.shop, ...Object.values(ORIGINS)],
            ),
          }),
          ...(random.chance(0.5) && {
            'sec-fetch-site': random.pick(['same-origin', 'same-site', 'cross-site']),
          }),
          ...(!isAsking && random.chance(0.2) && { cookie: 'session=1' }),
          ...(isAsking && { 'access-control-request-method': method }),
          ...(isAsking &&
            names.length > 0 && {
              'access-control-request-headers': names.join(',').toLowerCase(),
            }),
          ...(isAsking &&
            random.chance(0.2) && { 'access-control-request-private-network': 'true' }),
        };
        const request = { method: isAsking ? 'OPTIONS' : method, path, headers };
        const answer = await app.send(request);
        const told = answerPlainly(spec, ORIGINS, {
          ...request,
          url: `http://localhost:3000${path}`,
        });
        const received = { status: answer.status, cors: corsOf(answer.headers) };
        expect({ spec, request, ...received }).toStrictEqual({
          ...{ spec, request, status: told.status, cors: corsOf(Object.entries(told.headers)) },
        });
        counts.requests += 1;
        counts.granted += Number(received.cors.length > 0);
      }
    } finally {
      await app.close();
    }
  }
  expect(counts.granted / counts.requests).toBeGreaterThan(0.3);
}, 300_000);

function corsOf(headers: readonly (readonly [string, string])[]): readonly string[] {
  return headers
    .map(([name, value]) => `${name.toLowerCase()}: ${value}`)
    .filter((line) => line.startsWith('access-control-'))
    .sort();
}
