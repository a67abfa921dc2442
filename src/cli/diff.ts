import { describeDifference } from '../document/difference-report.js';
import { differenceOf, opensAnything } from '../document/difference.js';
import { styleText } from 'node:util';
import { type Command, CommandError } from './command.js';
import { DOCUMENT_HELP, DOCUMENT_OPTIONS, documentAt, documentFrom } from './document-source.js';

/** The status where something opened. */
const OPENED = 1;

/** `nestjs-cors diff`: what opened, closed, changed and moved between two documents. */
export const diff: Command = {
  name: 'diff',
  summary: 'What opened, closed, changed and moved since another document',
  help: `What opened, closed, changed and moved between two documents, by route and by origin rule.

Usage: nestjs-cors diff OLD [NEW]

OLD and NEW are documents: files, addresses, or - for standard input. Without NEW, OLD is compared with
what --app or --from names. Ends with status 1 where anything opened, or may have (other code is asked
than before), and with 0 otherwise.

${DOCUMENT_HELP}
  --markdown          For a comment on a pull request
  --all               Long lists in full

Example:
  npx nestjs-cors diff cors.json --app dist/app.module.js
  npx nestjs-cors diff old.json new.json --markdown`,
  options: {
    ...DOCUMENT_OPTIONS,
    markdown: { type: 'boolean' },
    all: { type: 'boolean' },
  },
  async run(given, terminal) {
    const { markdown, all, from, app } = given.values;
    const [old, another, ...others] = given.positionals;
    if (old === undefined) {
      throw new CommandError(
        'diff needs the document to compare with: nestjs-cors diff old.json new.json.',
      );
    }
    if (others.length > 0) throw new CommandError('diff compares two documents. Name only two.');
    if (another !== undefined && (from !== undefined || app !== undefined)) {
      throw new CommandError('NEW goes without --app and --from. Leave out one of them.');
    }
    if (old === '-' && (another === '-' || from === '-')) {
      throw new CommandError('Standard input holds one document. Name a file for the other.');
    }
    const before = await documentAt(old);
    const after = another === undefined ? await documentFrom(given) : await documentAt(another);
    const difference = await differenceOf(before, after);
    const text = describeDifference(difference, { markdown: markdown === true, all: all === true });
    terminal.print(terminal.colors && markdown !== true ? colored(text) : text);
    return opensAnything(difference) ? OPENED : 0;
  },
};

/** Headings stand at the beginning of a line. Whether there are colors at all, the terminal has said. */
function colored(text: string): string {
  const inColor = (color: 'red' | 'green' | 'yellow') => (heading: string) =>
    styleText(color, heading, { validateStream: false });
  return text
    .replace(/^Opened.*$|^Cannot be compared.*$/gm, inColor('red'))
    .replace(/^Closed$/gm, inColor('green'))
    .replace(/^(?:Changed|Moved)$/gm, inColor('yellow'));
}
