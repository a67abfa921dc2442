// Builds dist/esm and dist/cjs from src/.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildPage } from './build-page.js';
import { bundleLibrary } from './bundle-library.js';
import { pruneDeclarations } from './prune-declarations.js';

const ROOT = join(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');
/** One file for each of src/, as TypeScript makes them. Benchmarks of single parts run these. */
const MODULES = join(ROOT, '.cache/build');

const ENTRIES = ['index', 'testing/index', 'explorer/index'];

for (const folder of [DIST, MODULES]) rmSync(folder, { recursive: true, force: true });
const tsc = join(createRequire(import.meta.url).resolve('typescript-7/package.json'), '../bin/tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
  cwd: ROOT,
  stdio: 'inherit',
});
if (status !== 0) process.exit(1);
await buildPage(join(MODULES, 'explorer/built-page.js'));
await bundleLibrary(MODULES, DIST);

// The package is `"type": "module"`; this half of it is not.
writeFileSync(join(DIST, 'cjs/package.json'), '{ "type": "commonjs" }\n');

pruneDeclarations(
  MODULES,
  ENTRIES.map((name) => `${name}.d.ts`),
  join(DIST, 'cjs'),
);
// One set of types for both module systems, so that what one declares is assignable to the other.
for (const name of ENTRIES) {
  const way = name.includes('/') ? '../../cjs' : '../cjs';
  mkdirSync(join(DIST, 'esm', name, '..'), { recursive: true });
  writeFileSync(join(DIST, 'esm', `${name}.d.ts`), `export * from '${way}/${name}.js';\n`);
}
