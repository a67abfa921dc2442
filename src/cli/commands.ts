import type { Command } from './command.js';

/** What `nestjs-cors` can do, in the order in which `--help` lists it. Each is loaded when it is asked for. */
export const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['routes', async () => (await import('./routes.js')).routes],
  ['diff', async () => (await import('./diff.js')).diff],
]);
