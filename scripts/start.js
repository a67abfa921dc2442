// `npm start`: compiles the sample application together with the library's sources, and runs it.
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const ROOT = join(import.meta.dirname, '..');
const COMPILED = join(ROOT, '.cache/start');

rmSync(COMPILED, { recursive: true, force: true });
const tsc = join(createRequire(import.meta.url).resolve('typescript-7/package.json'), '../bin/tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.start.json'], {
  cwd: ROOT,
  stdio: 'inherit',
});
if (status !== 0) process.exit(1);
for (const asset of ['playground/public', 'src/explorer/built-page.js']) {
  cpSync(join(ROOT, asset), join(COMPILED, asset), { recursive: true });
}
await import(pathToFileURL(join(COMPILED, 'sample-app/main.js')).href);
