import 'reflect-metadata';
import { Session } from 'node:inspector/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Controller, Get, Param, Put, type Type } from '@nestjs/common';
import type * as Library from '../../src/index.js';
import type { CorsOriginRule } from '../../src/index.js';
import { ADAPTERS, type AdapterName, type RunningApp, startApp } from '../harness/start-app.js';

/** The sources whose work counts: this library's, and the routers' that it asks. */
const COUNTED = /\/(?:src|node_modules\/(?:find-my-way|path-to-regexp))\//;

const ORIGIN = 'https://app.example.com';
const FEW_ORIGINS = [ORIGIN, 'https://*.preview.example.com'];
const MANY_ORIGINS = [
  ...Array.from({ length: 2_000 }, (_, index) => `https://tenant-${index}.example.com`),
  ...Array.from({ length: 300 }, (_, index) => `https://*.family-${index}.example.net`),
  ...FEW_ORIGINS,
];

const session = new Session();
let library: typeof Library;

beforeAll(async () => {
  session.connect();
  await session.post('Profiler.enable');
  // Only what is compiled from here on is counted block by block.
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  library = await import('../../src/index.js');
});

afterAll(async () => {
  await session.post('Profiler.stopPreciseCoverage');
  session.disconnect();
});

/** How often the blocks of the counted sources were run: a loop over a list shows, however fast it is. */
async function workOf(run: () => Promise<unknown>): Promise<number> {
  // Whatever is made once, on the first request.
  await run();
  await session.post('Profiler.takePreciseCoverage');
  await run();
  const { result } = await session.post('Profiler.takePreciseCoverage');
  return result
    .filter(({ url }) => COUNTED.test(url))
    .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges))
    .reduce((sum, { count }) => sum + count, 0);
}

interface Size {
  readonly origins: readonly CorsOriginRule[];
  readonly controllers: number;
}

function createController(index: number): Type {
  class ResourceController {
    find() {}
    replace() {}
  }
  const { prototype } = ResourceController;
  for (const [name, decorator] of [
    ['find', Get(':id')],
    ['replace', Put(':id')],
  ] as const) {
    Param('id')(prototype, name, 0);
    const descriptor = Object.getOwnPropertyDescriptor(prototype, name)!;
    decorator(prototype, name, descriptor);
    library.Cors({ maxAge: index })(prototype, name, descriptor);
  }
  Controller(`resources-${index}`)(ResourceController);
  return ResourceController;
}

function start(adapter: AdapterName, { origins, controllers }: Size): Promise<RunningApp> {
  return startApp({
    adapter,
    imports: [library.CorsModule.forRoot({ origin: [...origins], credentials: true })],
    controllers: Array.from({ length: controllers }, (_, index) => createController(index)),
  });
}

describe.each(ADAPTERS)('The work for one request, on %s,', (adapter) => {
  const preflight = {
    method: 'OPTIONS',
    url: '/resources-3/42',
    headers: {
      origin: ORIGIN,
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'authorization,content-type',
    },
  };
  const actual = { method: 'GET', url: '/resources-3/42', headers: { origin: ORIGIN } };
  const ofPattern = { ...actual, headers: { origin: 'https://a.preview.example.com' } };
  const few: Size = { origins: FEW_ORIGINS, controllers: 5 };

  async function workAt(size: Size): Promise<number[]> {
    const app = await start(adapter, size);
    const service = app.nest.get(library.CorsPolicyService);
    const work: number[] = [];
    for (const request of [preflight, actual, ofPattern]) {
      work.push(await workOf(() => service.evaluate(request)));
    }
    await app.close();
    return work;
  }

  test('is the same whatever the number of origins.', async () => {
    const work = await workAt(few);
    expect(Math.min(...work)).toBeGreaterThan(10);
    expect(await workAt({ ...few, origins: MANY_ORIGINS })).toEqual(work);
  });

  test('grows with the number of routes by no more than a tree gets deeper.', async () => {
    const work = await workAt(few);
    const workAmongMany = await workAt({ ...few, controllers: 500 });
    for (const [index, amount] of workAmongMany.entries()) {
      expect(amount).toBeLessThanOrEqual(work[index]! * 1.25);
    }
  });
});

test.each(ADAPTERS)(
  'The work for a start, on %s, is that for the routes and that for the origins, not for each of these times each of those.',
  async (adapter) => {
    const workFor = (size: Size) =>
      workOf(async () => {
        const app = await start(adapter, size);
        await app.close();
      });
    const origins = [
      ...MANY_ORIGINS.slice(0, 300),
      ...MANY_ORIGINS.slice(-300),
      ...Array.from({ length: 20 }, (_, index) => new RegExp(`^https://${index}\\.example\\.org$`)),
    ];
    const few = await workFor({ origins: FEW_ORIGINS, controllers: 10 });
    const moreRoutes = await workFor({ origins: FEW_ORIGINS, controllers: 110 });
    const moreOrigins = await workFor({ origins, controllers: 10 });
    const moreOfBoth = await workFor({ origins, controllers: 110 });
    const apart = moreRoutes - few + (moreOrigins - few);
    expect(moreOfBoth - few).toBeLessThan(apart * 1.1);
  },
);
