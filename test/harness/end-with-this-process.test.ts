import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { until } from './until.js';

/** Starts a process that would go on for ever, and that holds the same output; lets it end with this one. */
const STARTER = (folder: string) => `
  import { spawn } from 'node:child_process';
  import { endWithThisProcess, letGo } from ${JSON.stringify(new URL('end-with-this-process.js', import.meta.url).href)};
  const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)'], {
    detached: true,
    stdio: ['ignore', 'inherit', 'ignore'],
  });
  endWithThisProcess(child.pid, ${JSON.stringify(folder)});
  letGo(child);
  process.stdin.resume();`;

test.each(['SIGKILL', 'SIGTERM', 'itself'] as const)(
  'what is to end with a process does so, and leaves nothing, where %s ends it',
  async (how) => {
    const folder = mkdtempSync(join(tmpdir(), 'ends-'));
    writeFileSync(join(folder, 'file'), 'text');
    const starter = spawn(process.execPath, ['--input-type=module', '-e', STARTER(folder)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(starter.stdout, 'data');
    expect(existsSync(folder)).toBe(true);

    // Comes once nobody holds the output any more.
    const closed = once(starter.stdout, 'close');
    if (how === 'itself') starter.stdin.end();
    else starter.kill(how);
    await closed;
    await until(false, () => existsSync(folder));
  },
  60_000,
);
