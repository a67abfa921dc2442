import type { HeaderField } from '../protocol/headers/header-field.js';

/**
 * What a page gets where several answers hold, and each of them has to allow it: no more than any of them gives. So a
 * browser keeps no grant that one of them would not have made.
 *
 * @param answers the CORS headers of each
 */
export function commonHeaders(
  answers: readonly (readonly HeaderField[])[],
): readonly HeaderField[] {
  return answers.reduce((common, other) =>
    common.flatMap(([name, value]) => {
      const [, theirs = ''] = other.find(([each]) => each === name) ?? [];
      const both = commonValue(name, value, theirs);
      return both === '' ? [] : [[name, both] as const];
    }),
  );
}

function commonValue(name: string, one: string, other: string): string {
  if (other === '') return other;
  switch (name) {
    case 'Access-Control-Allow-Origin':
      return one === '*' ? other : one;
    case 'Access-Control-Max-Age':
      return String(Math.min(Number(one), Number(other)));
    default:
      return commonMembers(one.split(','), other.split(',')).join(',');
  }
}

/** A star stands for whatever the other list has. */
function commonMembers(ours: readonly string[], theirs: readonly string[]): readonly string[] {
  if (ours.includes('*')) return theirs;
  if (theirs.includes('*')) return ours;
  const known = new Set(theirs.map((name) => name.toLowerCase()));
  return ours.filter((name) => known.has(name.toLowerCase()));
}
