import { describeRoutes } from '../document/report.js';
import { type Command, CommandError } from './command.js';
import { DOCUMENT_HELP, DOCUMENT_OPTIONS, documentFrom } from './document-source.js';

/** `nestjs-cors routes`: the report. */
export const routes: Command = {
  name: 'routes',
  summary: 'Who may call what: a line for each route, then every policy in full',
  help: `Who may call what: a line for each route and paths entry, then every policy in full.

Usage: nestjs-cors routes --app FILE | --from FILE_OR_URL

${DOCUMENT_HELP}
  --open              Only what is open to any origin
  --all               Long lists in full
  --json              The document itself, for diff and --from

Example:
  npx nestjs-cors routes --app dist/app.module.js
  npx nestjs-cors routes --app dist/app.module.js --json > cors.json`,
  options: {
    ...DOCUMENT_OPTIONS,
    open: { type: 'boolean' },
    all: { type: 'boolean' },
    json: { type: 'boolean' },
  },
  async run(given, terminal) {
    const { values, positionals } = given;
    if (positionals.length > 0) {
      throw new CommandError(
        `routes takes no argument such as "${positionals.join(' ')}". Write --app or --from before a file.`,
      );
    }
    const { open, all, json } = values;
    if (json === true && (open === true || all === true)) {
      throw new CommandError('--json prints the whole document. Leave out --open and --all.');
    }
    const document = await documentFrom(given);
    terminal.print(
      json === true
        ? JSON.stringify(document, null, 2)
        : describeRoutes(document, { open: open === true, all: all === true }),
    );
    return 0;
  },
};
