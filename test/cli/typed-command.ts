import { parseArgs } from 'node:util';
import { type Command, CommandError } from '../../src/cli/command.js';

/** What came of a command that somebody typed. */
export interface TypedCommand {
  readonly status: number | string;
  readonly printed: string;
  readonly remarks: readonly string[];
}

/** Runs a command with what is written behind its name; a CommandError's message stands for the status. */
export async function type(command: Command, ...args: string[]): Promise<TypedCommand> {
  const { values, positionals } = parseArgs({
    args,
    options: command.options,
    allowPositionals: true,
  });
  const printed: string[] = [];
  const remarks: string[] = [];
  const terminal = {
    print: (text: string) => printed.push(text),
    remark: (text: string) => remarks.push(text),
    colors: false,
  };
  const status = await command.run({ values, positionals }, terminal).catch((error: unknown) => {
    if (error instanceof CommandError) return error.message;
    throw error;
  });
  return { status, printed: printed.join('\n'), remarks };
}
