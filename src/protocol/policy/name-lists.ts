import type { ConfigurationProblem } from '../configuration-error.js';

/** A field name or method is a token (RFC 9110, section 5.6.2). */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Whether text is an RFC 9110 token, as header names and methods have to be. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/**
 * A list option as a list: an array, or one comma-separated string as in the `cors` package.
 * `undefined` where it is neither.
 */
export function toList(value: unknown): readonly string[] | undefined {
  if (typeof value === 'string') {
    return value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  }
  return Array.isArray(value) && value.every((part) => typeof part === 'string')
    ? value.map((part) => part.trim())
    : undefined;
}

/** An option that takes a list of names, and the words for what is wrong about one. */
export interface NameList {
  readonly option: string;
  readonly code: 'invalid-method' | 'invalid-header-name';
  /** One of the names and several of them, e.g. `an HTTP method` and `HTTP methods`. */
  readonly one: string;
  readonly several: string;
  /** A list, as it is written. */
  readonly example: string;
  /** What to do about a name that is none. */
  readonly remedy: string;
  /** What is wrong about a name that is one. */
  check(name: string): Omit<ConfigurationProblem, 'value'> | undefined;
}

/** What a list option says, with everything that is wrong about it; `*` among the names stands for any. */
export interface ReadNames {
  readonly value?: '*' | readonly string[];
  readonly problems: readonly ConfigurationProblem[];
}

/** Reads a list option: an array, or one comma-separated string. */
export function readNames(value: unknown, list: NameList): ReadNames {
  const { option, code, one, several, example, remedy } = list;
  const given = toList(value);
  if (given === undefined) {
    const message = `${option} must be a list of ${several}, a comma-separated string or "*".`;
    return { problems: [{ code, value, message, hint: `Write e.g. ${option}: ${example}.` }] };
  }
  const names = given.filter((name) => name !== '*');
  const problems = names.flatMap((name): ConfigurationProblem[] => {
    const problem = isToken(name)
      ? list.check(name)
      : { code, message: `"${name}" is not ${one}.`, hint: remedy };
    return problem === undefined ? [] : [{ ...problem, value: name }];
  });
  return { value: names.length < given.length ? '*' : Object.freeze(names), problems };
}

/** The words for lists of header names. */
export const HEADER_NAMES = {
  code: 'invalid-header-name',
  one: 'a header name',
  several: 'header names',
  example: "['X-Request-Id']",
  remedy: 'Give the name alone, without colon, value or spaces.',
} as const satisfies Partial<NameList>;
