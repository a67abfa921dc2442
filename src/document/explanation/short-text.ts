const MOST_CHARACTERS = 200;

/** Foreign text on one line, cut where it is longer than any sensible one. */
export function quoteShort(text: string): string {
  return JSON.stringify(short(text));
}

export function short(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  return [names.slice(0, -1).join(', '), ...names.slice(-1)]
    .filter((part) => part !== '')
    .join(' and ');
}
