import eslint from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import { folderOrder } from './scripts/folder-order.js';
import { seededTests } from './scripts/seeded-tests.js';

const house = { rules: { 'folder-order': folderOrder, 'seeded-tests': seededTests } };

/** What `test/` may not draw with. */
const OTHER_SEEDS = [
  {
    selector: 'MemberExpression[object.name="Math"][property.name="random"]',
    message: 'Draw with `Random` of test/harness/random.ts, which starts from SEED.',
  },
  {
    selector:
      'MemberExpression[object.property.name="env"]:matches([property.name="SEED"], [property.value="SEED"])',
    message: 'Import SEED from test/harness/seed.js.',
  },
  {
    selector:
      'MemberExpression[object.name="fc"][property.name=/^(assert|check|sample|statistics)$/]',
    message: 'Call `checkProperty()` of test/harness/property.ts, which starts from SEED.',
  },
];

const OTHER_SOURCES = [
  {
    name: 'fast-check',
    importNames: ['assert', 'check', 'sample', 'statistics'],
    message: 'Call `checkProperty()` of test/harness/property.ts, which starts from SEED.',
  },
  ...['crypto', 'node:crypto'].map((name) => ({
    name,
    importNames: ['getRandomValues', 'randomBytes', 'randomFill', 'randomFillSync', 'randomInt'],
    message: 'Draw with `Random` of test/harness/random.ts, which starts from SEED.',
  })),
];

export default defineConfig(
  globalIgnores([
    'dist/',
    'coverage/',
    '.cache/',
    'src/explorer/built-page.js',
    'playground/public/built/',
  ]),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  eslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // A Nest module is a class that carries nothing but its decorator.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      // The types of Nest's options are classes, written as object literals by everybody.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // A number in a message reads as expected; objects, null and undefined still do not.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // The reason a parameter is unused is its position.
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
    },
  },
  {
    // The order of the folders: CONTRIBUTING.md, "The map".
    files: ['src/**/*.ts'],
    plugins: { house },
    rules: { 'house/folder-order': 'error' },
  },
  {
    // Controllers and providers whose bodies do not matter: empty, or async because the thing they stand for is.
    files: ['test/**/*.ts', 'sample-app/**/*.ts', 'playground/**/*.ts'],
    rules: {
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    // Tables hold odd regular expressions on purpose.
    files: ['test/**/*.ts'],
    rules: { 'no-control-regex': 'off', 'no-empty-character-class': 'off' },
  },
  {
    // `response.body` of supertest and the matchers of expect are `any` by their own types.
    files: ['test/**/*.ts'],
    rules: {
      // Letter by letter is how a table of tokens is written: they are ASCII.
      '@typescript-eslint/no-misused-spread': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // Random tests: one seed, told in every title (test/README.md).
    files: ['test/**/*.ts', 'test/**/*.js'],
    plugins: { house },
    rules: {
      'house/seeded-tests': 'error',
      'no-restricted-imports': ['error', { paths: OTHER_SOURCES }],
      'no-restricted-syntax': ['error', ...OTHER_SEEDS],
    },
  },
  {
    files: ['test/harness/seed.js', 'test/harness/property.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    // TypeScript checks it, too: no file says of itself that it is left out.
    files: ['**/*.js'],
    languageOptions: { globals: globals.node },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: { '@typescript-eslint/ban-ts-comment': 'error' },
  },
  {
    // Pages: what a browser runs.
    files: ['test/browser/**/*.js'],
    languageOptions: { globals: globals.browser },
  },
);
