import { existsSync } from 'node:fs';

/** A program that tests start: what people call it, and where systems keep it. */
export interface KnownProgram {
  readonly name: string;
  /** The environment variable that names another executable. */
  readonly variable: string;
  readonly usualPlaces: readonly string[];
  /** What else has to be there besides the executable. */
  readonly needs?: readonly string[];
}

/**
 * The executable of an installed program; `undefined`, with a line that says so, where there is none.
 *
 * @throws Error instead with `CI=true`, where a program that is missing must not pass for a test that is green, and
 * wherever the variable names what is not there
 */
export function findProgram(
  { name, variable, usualPlaces, needs = [] }: KnownProgram,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  say: (line: string) => unknown = (line) => process.stderr.write(`${line}\n`),
): string | undefined {
  const named = environment[variable];
  if (named !== undefined && named !== '' && !existsSync(named)) {
    throw new Error(`${variable} names ${named}, and there is nothing there.`);
  }
  const found =
    named !== undefined && named !== '' ? named : usualPlaces.find((path) => existsSync(path));
  const missing = needs.find((path) => !existsSync(path));
  if (found !== undefined && missing === undefined) return found;

  const message =
    found === undefined
      ? `No ${name} is installed; set ${variable} to one.`
      : `${name} cannot be driven without ${missing ?? ''}.`;
  if (environment['CI'] === 'true') throw new Error(message);
  say(`${message} Its tests are skipped.`);
  return undefined;
}
