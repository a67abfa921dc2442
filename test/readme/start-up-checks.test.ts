import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { type DynamicModule, Logger, type Type } from '@nestjs/common';
import { CorsConfigurationError } from '../../src/index.js';
import {
  type CorsConfigurationErrorCode,
  documentationOf,
} from '../../src/protocol/configuration-error.js';
import { startApp } from '../harness/start-app.js';
import { type Block, block, blocks, pageOf, readPage, ROOT } from './documentation.js';
import { withImports, withLibrary } from './samples.js';

/* docs/start-up-checks.md: each code has a heading, and what it says is refused is refused with that code. */

const FOLDER = fileURLToPath(new URL('.cache/readme/start-up-checks/', ROOT));
rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });

const PAGE = 'docs/start-up-checks.md';

/** The members of one of the two types that list codes. */
function codesOf(type: string): string[] {
  const source = readPage('src/protocol/configuration-error.ts').text;
  const [, union = ''] = new RegExp(`type ${type} =([^;]+);`).exec(source) ?? [];
  return [...union.matchAll(/'([^']+)'/g)].map(({ 1: code = '' }) => code);
}

/** The headings below "Errors" or "Warnings". */
function headingsBelow(section: string): string[] {
  const [, rest = ''] = pageOf(PAGE).text.split(`\n## ${section}\n`);
  const [own = ''] = rest.split('\n## ');
  return [...own.matchAll(/^### (.+)$/gm)].map(({ 1: heading = '' }) => heading);
}

test.each([
  ['Errors', 'CorsConfigurationErrorCode'],
  ['Warnings', 'CorsConfigurationWarningCode'],
])('%s: a heading for every code, and no other', (section, type) => {
  expect(headingsBelow(section).sort()).toEqual(codesOf(type).sort());
});

test('Messages name the page, and the heading by its anchor.', () => {
  for (const code of headingsBelow('Errors')) {
    expect(documentationOf(code as CorsConfigurationErrorCode)).toBe(`${PAGE}#${code}`);
  }
});

/** The codes that the snippet's options get, with those of its classes. */
async function codesFrom({ name, text }: Block): Promise<string[]> {
  const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  try {
    const { root, classes } = await read(name, text);
    const isController = (given: Type) => Reflect.hasMetadata('path', given);
    const app = await startApp({
      adapter: 'express',
      imports: [root()],
      controllers: classes.filter(isController),
      providers: classes.filter((given) => !isController(given)),
    });
    await app.close();
    return warn.mock.calls.flatMap(
      ([line]) => /\[([\w-]+)\] See /.exec(String(line))?.slice(1) ?? [],
    );
  } catch (error) {
    if (!(error instanceof CorsConfigurationError)) throw error;
    return error.issues.map(({ code }) => code);
  } finally {
    warn.mockRestore();
  }
}

/** A snippet, as a module: its last statement is the options' own. */
async function read(
  name: string,
  text: string,
): Promise<{ root: () => DynamicModule; classes: readonly Type[] }> {
  const file = join(FOLDER, `${name.replace(':', '-')}.ts`);
  const classes = [...text.matchAll(/^class (\w+)/gm)].map(({ 1: found = '' }) => found);
  const start = text.search(/^CorsModule/m);
  const [before, options] = [text.slice(0, start), text.slice(start)];
  writeFileSync(
    file,
    withLibrary(
      withImports(
        `${before}export const root = () => ${options}\nexport const classes = [${classes.join(', ')}];\n`,
      ),
      FOLDER,
    ),
  );
  return (await import(file)) as { root: () => DynamicModule; classes: readonly Type[] };
}

const refused = blocks.filter(({ name }) => name.startsWith('refused:'));

describe.each(refused.map((snippet) => ({ snippet, code: snippet.name.slice('refused:'.length) })))(
  '$code',
  ({ snippet, code }) => {
    test('is what its first snippet gets', async () => {
      expect(await codesFrom(snippet)).toContain(code);
    });

    test('is not what its second one gets, nor is anything else', async () => {
      expect(await codesFrom(block(`accepted:${code}`))).toEqual([]);
    });
  },
);

test('Only what takes a bootstrap or a gateway has no snippet.', () => {
  const shown = refused.map(({ name }) => name.slice('refused:'.length));
  const all = [...headingsBelow('Errors'), ...headingsBelow('Warnings')];
  expect(all.filter((code) => !shown.includes(code)).sort()).toEqual([
    'cors-enabled-twice',
    'cors-module-imported-twice',
    'middleware-ahead',
    'unguarded-gateway',
  ]);
});

afterAll(() => {
  rmSync(FOLDER, { recursive: true, force: true });
});
