import { expect, test } from '@jest/globals';
import { EdgeOrigins } from '../../../src/document/edge/edge-origins.js';
import { written } from '../written-document.js';

/** Rules that stand in each other's way: one for everything below a name, for a part of it, and for single pages. */
const DOCUMENT = written({
  routes: {
    'PUT /family': { origin: 'https://*.example.com' },
    'PUT /branch': { origin: 'https://*.shop.example.com' },
    'PUT /one': { origin: ['https://app.example.com', 'https://other.example'] },
    'PUT /any-port': { origin: 'http://localhost:*' },
    'PUT /port': { origin: 'http://localhost:3000' },
    'PUT /any': { origin: '*' },
  },
});

const ORIGINS = new EdgeOrigins(DOCUMENT);

/** Whether what is told apart in front of these routes holds the origin: the lists first, then the first expression. */
function isTold(path: string, origin: string): boolean {
  const route = DOCUMENT.routes.find((each) => each.path === path);
  const place =
    ORIGINS.all.find(({ exact }) => exact?.includes(origin)) ??
    ORIGINS.all.find(
      ({ expression }) => expression !== undefined && new RegExp(expression).test(origin),
    ) ??
    ORIGINS.all.at(-1);
  return [...ORIGINS.of(route === undefined ? [] : [route])].some((each) => each === place);
}

test.each(
  Object.entries({
    '/family': {
      told: [
        ...['https://a.example.com', 'https://a.b.example.com', 'https://a.shop.example.com'],
        'https://app.example.com',
      ],
      others: ['https://example.com', 'https://other.example', 'http://localhost:3000'],
    },
    '/branch': {
      told: ['https://a.shop.example.com'],
      others: ['https://a.example.com', 'https://shop.example.com', 'https://app.example.com'],
    },
    '/one': {
      told: ['https://app.example.com', 'https://other.example'],
      others: ['https://a.example.com', 'http://localhost:3000'],
    },
    '/any-port': {
      told: ['http://localhost', 'http://localhost:3000', 'http://localhost:4000'],
      others: ['https://localhost', 'https://a.example.com'],
    },
    '/port': {
      told: ['http://localhost:3000'],
      others: ['http://localhost', 'http://localhost:4000'],
    },
    '/any': {
      told: ['https://a.example.com', 'http://localhost:4000', 'https://stranger.example'],
      others: [],
    },
  }).flatMap(([path, { told, others }]) => [
    ...told.map((origin) => ({ path, origin, what: 'is told from others', isOne: true })),
    ...others.map((origin) => ({ path, origin, what: 'is nobody in particular', isOne: false })),
  ]),
)('In front of PUT $path, $origin $what.', ({ path, origin, isOne }) => {
  expect(isTold(path, origin)).toBe(isOne);
});

test('The example of origins that are told is one of them.', () => {
  const examples = ORIGINS.all.flatMap(({ exact, expression, example }) =>
    example === undefined ? [] : [{ exact, expression, example }],
  );
  expect(examples.map(({ example }) => example)).toEqual(
    expect.arrayContaining(['https://some-page-of.example.com', 'http://localhost']),
  );
  for (const { exact, expression, example } of examples) {
    if (exact !== undefined) expect(exact).toContain(example);
    if (expression !== undefined) expect(example).toMatch(new RegExp(expression));
  }
});
