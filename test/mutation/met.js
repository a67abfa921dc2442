import { writeFileSync } from 'node:fs';
import { afterAll } from '@jest/globals';

// Jest runs this before each test file. It notes which mutants the file has met, for the recorder.
afterAll(() => {
  const file = process.env['MUTANTS_MET'];
  if (file === undefined) return;
  const { __stryker__: stryker } =
    /** @type {{ __stryker__?: { mutantCoverage?: { static: object } } }} */ (globalThis);
  const met = Object.keys(stryker?.mutantCoverage?.static ?? {});
  writeFileSync(file, JSON.stringify(met));
});
