import { createRequire } from 'node:module';
import { join } from 'node:path';
import type ts from 'typescript';
import { CommandError } from '../command.js';

/** TypeScript's own parser, as the project has it installed. */
export type TypeScript = typeof ts;

/**
 * The project's own TypeScript: it reads the syntax that the project is written in, and this package need not depend
 * on one.
 *
 * @throws CommandError where there is none, or one without a parser for other programs
 */
export function typescriptOf(folder: string): TypeScript {
  const require = createRequire(join(folder, 'package.json'));
  let loaded: unknown;
  try {
    loaded = require('typescript');
  } catch {
    throw new CommandError(
      'migrate needs the package typescript in this project. Install it: npm install --save-dev typescript',
    );
  }
  if (isTypeScript(loaded)) return loaded;
  throw new CommandError(
    'The typescript of this project has no parser that other programs can use. Install one that has, at least for this: npm install --save-dev typescript@5',
  );
}

function isTypeScript(loaded: unknown): loaded is TypeScript {
  return (
    typeof loaded === 'object' &&
    loaded !== null &&
    ['createProgram', 'createSourceFile', 'resolveModuleName', 'isDecorator'].every(
      (name) => typeof (loaded as Record<string, unknown>)[name] === 'function',
    )
  );
}
