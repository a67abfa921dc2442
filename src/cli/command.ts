import type { ParseArgsConfig } from 'node:util';

/** One of the things that the command `nestjs-cors` does. */
export interface Command {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** What `--help` says: usage, options and an example. */
  readonly help: string;
  /** As `util.parseArgs()` takes them. */
  readonly options: NonNullable<ParseArgsConfig['options']>;
  /**
   * @returns the exit status
   * @throws CommandError where the user has to change something
   */
  run(given: GivenArguments, terminal: Terminal): Promise<number>;
}

/** What the user wrote behind the command's name. */
export interface GivenArguments {
  readonly values: Readonly<
    Record<string, string | boolean | readonly (string | boolean)[] | undefined>
  >;
  readonly positionals: readonly string[];
}

/** Where a command writes to. */
export interface Terminal {
  /** What was asked for: standard output. */
  print(text: string): void;
  /** Progress and remarks: standard error. */
  remark(text: string): void;
  /** Whether what is printed may have colors: a terminal, and no `NO_COLOR`. */
  readonly colors: boolean;
}

/** Something that the user has to change; its message says what. The command ends with status 2, and prints no stack. */
export class CommandError extends Error {
  override name = 'CommandError';
}
