/**
 * What no terminal, log or page is to be given as it is: control characters (ANSI escapes begin with one), line breaks,
 * characters that are not seen or that turn the direction of the others (Unicode, categories Cc, Cf, Zl, Zp), and halves
 * of surrogate pairs.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Text of a document, a file or the network as it may be shown: `\u{1b}` stands for an escape character. */
export function printable(text: string): string {
  return text.replace(
    UNPRINTABLE,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** The same, for text that may have several lines. */
export function printableLines(text: string): string {
  return text.split(/\r?\n/).map(printable).join('\n');
}

/** The same, of text that may be long: what is cut off leaves `…` behind. */
export function printableStart(text: string, longest = 200): string {
  return printable(text.length > longest ? `${text.slice(0, longest)}…` : text);
}
