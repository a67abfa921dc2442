// Checks the types of everything: each program that an editor sees, all at once.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const PROGRAMS = ['.', 'explorer-page', 'playground/page', 'test/browser/page'];
const tsc = join(createRequire(import.meta.url).resolve('typescript-7/package.json'), '../bin/tsc');

const statuses = await Promise.all(
  PROGRAMS.map(async (program) => {
    const options = ['--noEmit', '-p', program];
    const compiler = spawn(process.execPath, [tsc, ...options], { cwd: ROOT, stdio: 'inherit' });
    const [status] = /** @type {[number | null]} */ (await once(compiler, 'exit'));
    return status;
  }),
);
if (statuses.some((status) => status !== 0)) process.exitCode = 1;
