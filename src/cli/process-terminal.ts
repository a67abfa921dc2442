import type { Terminal } from './command.js';

/**
 * The streams of this process. What reads them may stop before the end (`| head`): that is no error, and the command
 * still ends with its own status.
 */
export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  return {
    print: (text) => void stdout.write(text.endsWith('\n') ? text : `${text}\n`),
    remark: (text) => void stderr.write(text.endsWith('\n') ? text : `${text}\n`),
    // https://no-color.org: set, and not empty.
    colors: stdout.isTTY && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb',
  };
}
