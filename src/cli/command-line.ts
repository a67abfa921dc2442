import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { printable, printableLines } from '../document/printable.js';
import { closestName } from './closest-name.js';
import { type Command, CommandError, type GivenArguments, type Terminal } from './command.js';
import { COMMANDS } from './commands.js';

/** The status of a command that could not do what it was asked, because of how it was asked. */
const USAGE = 2;

/** Does what the arguments of `nestjs-cors` say, and returns the exit status. It never throws. */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = args;
  try {
    if (name === undefined) {
      terminal.remark(await overview());
      return USAGE;
    }
    if (name === '--help' || name === '-h') {
      terminal.print(await overview());
      return 0;
    }
    if (name === '--version' || name === '-v') {
      terminal.print(version());
      return 0;
    }
    const command = await commandNamed(name);
    if (wantsHelp(rest)) {
      terminal.print(command.help);
      return 0;
    }
    return await command.run(readArguments(command, rest), terminal);
  } catch (error) {
    terminal.remark(`nestjs-cors: ${messageOf(error)}`);
    return USAGE;
  }
}

/** No stack: whoever reads it did not write this program. */
function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof CommandError
    ? printableLines(message)
    : `This is a bug in nestjs-cors: ${printableLines(message)}`;
}

async function commandNamed(name: string): Promise<Command> {
  const load = COMMANDS.get(name);
  if (load !== undefined) return load();
  const shown = printable(name);
  if (name.startsWith('-')) {
    throw new CommandError(
      `The command comes first: nestjs-cors routes ${shown}. See nestjs-cors --help.`,
    );
  }
  const meant = closestName(name, COMMANDS.keys());
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
  throw new CommandError(
    `There is no command "${shown}".${hint} The commands are: ${[...COMMANDS.keys()].join(', ')}.`,
  );
}

async function overview(): Promise<string> {
  const commands = await Promise.all([...COMMANDS.values()].map((load) => load()));
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    'Reviews, explains, compares and verifies the CORS policies of a Nest application.',
    '',
    'Usage: nestjs-cors <command> [options]',
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'nestjs-cors <command> --help tells its options, with an example. nestjs-cors --version tells the version.',
    '',
    'Example:',
    '  npx nestjs-cors routes --app dist/app.module.js',
  ].join('\n');
}

function version(): string {
  const { version } = createRequire(import.meta.url)('nestjs-cors/package.json') as {
    version: string;
  };
  return version;
}

/** Whether `--help` stands among the arguments, whatever else is wrong about them. */
function wantsHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end === -1 ? args : args.slice(0, end)).some((arg) => arg === '--help' || arg === '-h');
}

/** Reads the arguments behind a command's name. `util.parseArgs()` would refuse wrong ones in words of its own. */
function readArguments(command: Command, args: readonly string[]): GivenArguments {
  const { options } = command;
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    const shown = printable(token.rawName);
    if (option === undefined) {
      const meant = closestName(token.name, Object.keys(options));
      const hint =
        meant === undefined
          ? `See nestjs-cors ${command.name} --help.`
          : `Did you mean --${meant}?`;
      throw new CommandError(`${command.name} has no option ${shown}. ${hint}`);
    }
    if (option.type === 'string' && token.value === undefined) {
      throw new CommandError(`${shown} needs a value. See nestjs-cors ${command.name} --help.`);
    }
    if (option.type === 'boolean' && token.value !== undefined) {
      throw new CommandError(`${shown} takes no value. Write ${shown} alone.`);
    }
    if (
      option.multiple !== true &&
      tokens.some((each) => each !== token && each.kind === 'option' && each.name === token.name)
    ) {
      throw new CommandError(`${shown} is given more than once. Give it once.`);
    }
  }
  return { values, positionals };
}
