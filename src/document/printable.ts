/**
 * What no terminal, log or page is to be given as it is: control characters (ANSI escapes begin with one), line breaks,
 * characters that are not seen or that turn the direction of the others (Unicode, categories Cc, Cf, Zl, Zp), and halves
 * of surrogate pairs.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Text of a document, a file or the network as it may be shown: `\u{1b}` stands for an escape character. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, escaped);
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** The same, for text that may have several lines. */
export function printableLines(text: string): string {
  return text.split(/\r?\n/).map(printable).join('\n');
}

/** All but printable ASCII: letters that only look like others are told from them so. */
const UNUSUAL = /[^\u0020-\u007e]/gu;

/** Text that came from the network, of which only printable ASCII is shown as it is; what is too long ends in `…`. */
export function printableStart(text: string, longest = 200): string {
  const shown = text.slice(0, longest).replace(UNUSUAL, escaped);
  return text.length > longest ? `${shown}…` : shown;
}
