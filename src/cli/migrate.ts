import { realpath } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { printable } from '../document/printable.js';
import { type Command, CommandError, type Terminal } from './command.js';
import { entryFileOf } from './migrate/entry-file.js';
import { type Remark, remarkLine } from './migrate/left-to-person.js';
import { ParsedProject, requireWellFormed } from './migrate/parsed-project.js';
import { typescriptOf } from './migrate/project-typescript.js';
import { readSource } from './migrate/source-text.js';
import { edited } from './migrate/text-edit.js';
import { unifiedDiff } from './migrate/unified-diff.js';
import { writeFiles } from './migrate/written-files.js';

/** The status where something is left to a person. */
const LEFT = 1;

/** `nestjs-cors migrate`: what turned CORS on becomes `CorsModule`. */
export const migrate: Command = {
  name: 'migrate',
  summary: 'Moves enableCors(), cors: and @fastify/cors into CorsModule, and shows it as a diff',
  help: `Moves enableCors(), cors: of NestFactory.create(), app.register(fastifyCors) and app.use(cors())
into CorsModule.forRoot(), in the imports of the root module.

Usage: nestjs-cors migrate [FILE] [--write]

FILE is the one that calls NestFactory.create(). Without it, nest-cli.json leads there, or it is src/main.ts.
The diff is on standard output. Nothing is written without --write. What cannot be moved safely stays as it
is, with the reason.

  --write             Change the files

Exit status: 0 all is moved, or there is nothing to move; 1 something is left to a person; 2 the command
itself is wrong, or a file cannot be read or written.

Example:
  npx nestjs-cors migrate
  npx nestjs-cors migrate apps/api/src/main.ts --write`,
  options: { write: { type: 'boolean' } },
  async run({ values, positionals }, terminal) {
    const [named, ...others] = positionals;
    if (others.length > 0) throw new CommandError('migrate takes one file. Name only one.');
    return migrateProject(process.cwd(), named, values['write'] === true, terminal);
  },
};

/**
 * Migrates the project in a folder.
 *
 * @param named the entry file, where it is not to be looked for
 * @returns the exit status
 * @throws CommandError where a file cannot be read or written
 */
export async function migrateProject(
  place: string,
  named: string | undefined,
  write: boolean,
  terminal: Terminal,
): Promise<number> {
  const folder = await realpath(place);
  const ts = typescriptOf(folder);
  const entry = await readSource(folder, await entryFileOf(ts, folder, named));
  const project = await ParsedProject.read(ts, folder, entry);
  // Nest is loaded by who needs it, not by who asks for help.
  const { planMigration } = await import('./migrate/migration.js');
  const { changes, left, checks } = await planMigration(project);
  const shown = (path: string) => relative(folder, path).replaceAll(sep, '/');
  const files = changes.map(({ source, edits }) => ({
    source,
    edits,
    text: edited(source.text, edits),
  }));
  for (const { source, text } of files) requireWellFormed(ts, source, text);
  for (const { source, edits } of files)
    terminal.print(shownDiff(unifiedDiff(shown(source.path), source.text, edits)));
  const list = (title: string, remarks: readonly Remark[]) => {
    if (remarks.length === 0) return;
    const lines = remarks.map((remark) => `  ${printable(remarkLine(remark, shown))}`);
    terminal.remark([title, ...new Set(lines)].join('\n'));
  };
  list('Nothing is changed. These are left to you:', left);
  list('Please check:', checks);
  if (left.length > 0) return LEFT;
  if (files.length === 0) {
    terminal.remark(`${printable(entry.shown)} does not turn CORS on: there is nothing to move.`);
    return 0;
  }
  if (write) {
    await writeFiles(files);
    terminal.remark(`Written: ${files.map(({ source }) => printable(source.shown)).join(', ')}.`);
  } else {
    terminal.remark('Nothing is written yet. Run it again with --write.');
  }
  terminal.remark(
    'From now on requests of other origins get 403. enforce: false in CorsModule.forRoot() only logs them for a while.',
  );
  return 0;
}

/** As it may be shown: tabs and the ends of lines stay what they are. */
function shownDiff(diff: string): string {
  return diff
    .split('\n')
    .map((line) => {
      const end = line.endsWith('\r') ? '\r' : '';
      const text = line.slice(0, line.length - end.length);
      return text.split('\t').map(printable).join('\t') + end;
    })
    .join('\n');
}
