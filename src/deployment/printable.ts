/** Characters that a terminal may act upon or that hide others; all but printable ASCII. */
const UNPRINTABLE = /[^\u0020-\u007e]/gu;

/**
 * Text that came from the network, fit to be shown: control, bidirectional and other unusual characters are written as
 * `\u{1b}`, and what is too long ends in `…`.
 *
 * @param longest in characters. Default: 200
 */
export function printable(text: string, longest = 200): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return cut.replace(UNPRINTABLE, (character) =>
    character === '…' ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
