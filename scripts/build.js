// Builds dist/esm and dist/cjs from src/.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
process.chdir(join(import.meta.dirname, '..'));

rmSync('dist', { recursive: true, force: true });
for (const format of ['esm', 'cjs']) {
  const { status } = spawnSync(process.execPath, [tsc, '-p', `tsconfig.${format}.json`], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(1);
}

// The package is `"type": "module"`; this half of it is not.
mkdirSync('dist/cjs', { recursive: true });
writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n');
