import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { until } from './until.js';

/** Starts a process that would go on for ever, lets it end with this one, and tells its number. */
const STARTER = (folder: string) => `
  import { spawn } from 'node:child_process';
  import { endWithThisProcess, letGo } from ${JSON.stringify(new URL('end-with-this-process.js', import.meta.url).href)};
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
  endWithThisProcess(child.pid, ${JSON.stringify(folder)});
  letGo(child);
  console.log(child.pid);
  process.stdin.resume();`;

test.each(['SIGKILL', 'SIGTERM', 'itself'] as const)(
  'what is to end with a process does so, and leaves nothing, where %s ends it',
  async (how) => {
    const folder = mkdtempSync(join(tmpdir(), 'ends-'));
    writeFileSync(join(folder, 'file'), 'text');
    const starter = spawn(process.execPath, ['--input-type=module', '-e', STARTER(folder)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [told] = (await once(starter.stdout, 'data')) as [Buffer];
    const pid = Number(String(told));
    expect([isRunning(pid), existsSync(folder)]).toEqual([true, true]);

    if (how === 'itself') starter.stdin.end();
    else starter.kill(how);
    await until(false, () => isRunning(pid) || existsSync(folder));
  },
  60_000,
);

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
