// Builds dist/esm and dist/cjs from src/.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildPage } from './build-page.js';

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
process.chdir(join(import.meta.dirname, '..'));

rmSync('dist', { recursive: true, force: true });
for (const format of ['esm', 'cjs']) {
  const { status } = spawnSync(process.execPath, [tsc, '-p', `tsconfig.${format}.json`], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(1);
}

for (const format of ['esm', 'cjs'])
  await buildPage(`dist/${format}/explorer/built-page.js`, format);

// TypeScript puts what it makes of an `import()` into a function of its own, where bundlers no longer see the `try` around it.
const file = 'dist/cjs/routing/collect-routes.js';
const wrapped = /Promise\.resolve\(\)\.then\(\(\) => __importStar\((require\('[^']+'\))\)\)/g;
const code = readFileSync(file, 'utf8');
if (code.match(wrapped)?.length !== 1) throw new Error(`${file} has not the one import() it had.`);
writeFileSync(file, code.replace(wrapped, '$1'));

// The package is `"type": "module"`; this half of it is not.
mkdirSync('dist/cjs', { recursive: true });
writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n');
