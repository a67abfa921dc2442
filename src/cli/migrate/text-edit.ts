/** Replaces the characters from `start` to before `end`. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Edits in their order; those at the same place stay in the order in which they were given. */
export function inOrder(edits: readonly TextEdit[]): readonly TextEdit[] {
  return [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
}

/**
 * A text with edits made to it.
 *
 * @throws Error where two of them overlap
 */
export function edited(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let at = 0;
  for (const { start, end, text: inserted } of inOrder(edits)) {
    if (start < at) throw new Error('Two edits overlap.');
    result += text.slice(at, start) + inserted;
    at = end;
  }
  return result + text.slice(at);
}
