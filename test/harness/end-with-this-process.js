import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import process from 'node:process';

/** @import { ChildProcess } from 'node:child_process' */

/** Sees by its input that the process which started it has ended, in whatever way: Jest kills workers that are too large. */
const GUARD = `
  const [pid, folder] = process.argv.slice(1);
  process.stdin.resume().once('close', () => {
    try {
      process.kill(process.platform === 'win32' ? +pid : -pid, 'SIGKILL');
    } catch {} // It has ended by itself.
    require('node:fs').rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
  });`;

/**
 * Ends a process once this one ends, and removes its folder.
 *
 * @param {number} pid that of a process which was started with `detached`, so that all it starts ends with it
 * @param {string} folder
 */
export function endWithThisProcess(pid, folder) {
  const args = ['-e', GUARD, String(pid), folder];
  letGo(spawn(process.execPath, args, { detached: true, stdio: ['pipe', 'ignore', 'ignore'] }));
}

/**
 * Lets this process end whatever a child does.
 *
 * @param {ChildProcess} child
 */
export function letGo(child) {
  child.unref();
  for (const stream of child.stdio) if (stream instanceof Socket) stream.unref();
}
