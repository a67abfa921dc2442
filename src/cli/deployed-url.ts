import { DeployedServer } from '../deployment/deployed-server.js';
import { Pace } from '../deployment/pace.js';
import { CommandError, type GivenArguments } from './command.js';

/** The options of every command that asks a deployed server. */
export const RATE_OPTION = { rate: { type: 'string' } } as const;

/** Requests a second, unless `--rate` says otherwise. */
const RATE = 20;

/** More than anybody's own server should be asked by accident. */
const MOST_RATE = 1000;

/**
 * The server that the one argument names, to be asked at the given rate.
 *
 * @throws CommandError where it is none
 */
export function deployedServer({ values, positionals }: GivenArguments): DeployedServer {
  const [text, ...others] = positionals;
  if (text === undefined || others.length > 0) {
    throw new CommandError('Give one URL, such as https://api.example.com.');
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new CommandError(
      `"${text}" is not a URL that can be asked. Write it with https:// or http://.`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new CommandError('Leave user and password out of the URL: browsers do not send them.');
  }
  return new DeployedServer(url, { pace: new Pace(wholeNumber(values, 'rate', RATE, MOST_RATE)) });
}

/** @throws CommandError where the option is no integer from 1 to `most` */
export function wholeNumber(
  values: GivenArguments['values'],
  name: string,
  byDefault: number,
  most: number,
): number {
  const given = values[name];
  if (given === undefined) return byDefault;
  const number = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : 0;
  if (number < 1 || number > most) {
    throw new CommandError(`--${name} takes a whole number from 1 to ${most}, e.g. ${byDefault}.`);
  }
  return number;
}
