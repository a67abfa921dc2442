import type { Command } from './command.js';

/** What `nestjs-cors` can do, in the order in which `--help` lists it. Each is loaded when it is asked for. */
export const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['routes', async () => (await import('./routes.js')).routes],
  ['explain', async () => (await import('./explain.js')).explain],
  ['diff', async () => (await import('./diff.js')).diff],
  ['verify', async () => (await import('./verify.js')).verify],
  ['audit', async () => (await import('./audit.js')).audit],
  ['migrate', async () => (await import('./migrate.js')).migrate],
  ['export', async () => (await import('./export.js')).exportEdge],
]);
