import { Controller, Delete, Get } from '@nestjs/common';
import { describe, expect, test } from '@jest/globals';
import { CorsModule, type CorsModuleOptions, DEFAULT_ALLOWED_HEADERS } from '../../src/index.js';
import { openPage } from '../../src/testing/index.js';
import { startApp } from '../harness/start-app.js';
import { codeIn, list, README } from './documentation.js';

/* The errors of the README: the sentence comes of the cause, and goes with the line. */

const SHOP = 'https://shop.example.com';

@Controller('books')
class BooksController {
  @Get() list() {
    return ['Momo'];
  }
  @Delete() clear() {
    return [];
  }
}

const CASES: readonly {
  readonly line: string;
  readonly before: CorsModuleOptions;
  /** The options with the line. */
  readonly after: CorsModuleOptions;
  readonly init: Parameters<Awaited<ReturnType<typeof openPage>>['fetch']>[1];
}[] = [
  {
    line: "origin: 'https://shop.example.com'",
    before: { origin: 'https://app.example.com' },
    after: { origin: SHOP },
    init: { method: 'DELETE' },
  },
  {
    line: "allowedHeaders: [...DEFAULT_ALLOWED_HEADERS, 'X-Trace-Id']",
    before: { origin: SHOP },
    after: { origin: SHOP, allowedHeaders: [...DEFAULT_ALLOWED_HEADERS, 'X-Trace-Id'] },
    init: { headers: { 'x-trace-id': '7' } },
  },
  {
    line: "methods: ['GET', 'DELETE']",
    before: { origin: SHOP, methods: ['GET'] },
    after: { origin: SHOP, methods: ['GET', 'DELETE'] },
    init: { method: 'DELETE' },
  },
  {
    line: "origin: 'https://shop.example.com', credentials: true",
    before: { origin: '*' },
    after: { origin: SHOP, credentials: true },
    init: { credentials: 'include' },
  },
  {
    line: 'credentials: true',
    before: { origin: SHOP },
    after: { origin: SHOP, credentials: true },
    init: { credentials: 'include' },
  },
];

const told = list(README, 'errors').map((error) => codeIn(error));

test('The README tells five errors.', () => {
  expect(told.map((code) => code.at(-1))).toEqual(CASES.map(({ line }) => line));
});

describe.each(CASES.map((row, index) => ({ ...row, sentence: told[index]?.[0] ?? '' })))(
  '$sentence',
  ({ before, after, init, sentence }) => {
    const ask = async (options: CorsModuleOptions) => {
      const app = await startApp({
        adapter: 'express',
        imports: [CorsModule.forRoot(options)],
        controllers: [BooksController],
      });
      try {
        const page = await openPage(app.nest, SHOP, { url: 'https://api.example.com' });
        return await page.fetch('/books', init).then(
          ({ status }) => String(status),
          (error: unknown) => String(error),
        );
      } finally {
        await app.close();
      }
    };

    test('is what the console says.', async () => {
      expect(await ask(before)).toContain(`blocked by CORS policy: ${sentence}`);
    });

    test('goes with the line.', async () => {
      expect(await ask(after)).toBe('200');
    });
  },
);
