// @ts-check
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect } from '@jest/globals';

// Jest runs this before each test file: notes which mutants the file has run into, in its own process.
afterAll(() => {
  const folder = process.env['MUTANT_COVERAGE'];
  const file = expect.getState().testPath;
  if (folder === undefined || file === undefined) return;
  const { __stryker__: stryker } =
    /** @type {{ __stryker__?: { mutantCoverage?: { static: object } } }} */ (globalThis);
  mkdirSync(folder, { recursive: true });
  const met = Object.keys(stryker?.mutantCoverage?.static ?? {});
  writeFileSync(join(folder, `${encodeURIComponent(file)}.json`), JSON.stringify(met));
});
