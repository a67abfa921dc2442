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
