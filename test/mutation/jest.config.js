// The tests that judge mutants: all that start no browser, no other server's package and no load.
import { join } from 'node:path';
import config from '../../jest.config.js';

const rest = { ...config };
delete rest.globalSetup;

/** @type {import('jest').Config} */
export default {
  ...rest,
  // The pages are built once, before the first mutant.
  rootDir: join(import.meta.dirname, '../..'),
  // In every run, since Jest compiles everything anew for another configuration.
  setupFilesAfterEnv: ['<rootDir>/test/mutation/met.js'],
  testPathIgnorePatterns: [
    '/node_modules/',
    '/test/(?:bench|browser|compat|hostile|mutation|release|sample-app|soak)/',
    '/test/explorer/paste/live-console\\.test\\.ts$',
    // It reads what Git keeps, and no source runs in it.
    '/test/readme/english\\.test\\.ts$',
    '\\.memory\\.test\\.ts$',
  ],
};
