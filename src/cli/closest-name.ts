/** More changes than this make another word, not a slip. */
const MOST_CHANGES = 2;

/** The name that was most likely meant by one that is none of them. */
export function closestName(given: string, names: Iterable<string>): string | undefined {
  let closest: string | undefined;
  let fewest = MOST_CHANGES + 1;
  for (const name of names) {
    const changes = name.startsWith(given) && given !== '' ? 1 : changesBetween(given, name);
    if (changes < fewest && changes < name.length) [closest, fewest] = [name, changes];
  }
  return closest;
}

/** How many characters have to be put in, left out or replaced (Levenshtein's distance). */
function changesBetween(from: string, to: string): number {
  if (Math.abs(from.length - to.length) > MOST_CHANGES) return Infinity;
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let at = 1; at <= from.length; at += 1) {
    const next = [at];
    for (let index = 1; index <= to.length; index += 1) {
      const replaced = (row[index - 1] ?? 0) + (from[at - 1] === to[index - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[index] ?? 0) + 1, (next[index - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
