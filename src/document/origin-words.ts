import type { DocumentedOrigins } from './cors-document.js';
import { printable } from './printable.js';

/** As many rules are named one by one; more are counted. */
const FEW = 2;

/** As long as names may be together, in characters. */
const SHORT = 48;

/** Who an origin rule is open to, in a few words: `any origin`, the origins, `2 origins, 1 pattern`, `nobody`. */
export function whoMayCall(origins: DocumentedOrigins): string {
  if (origins.openTo === 'any') return 'any origin';
  const { exact, patterns, expressions } = origins;
  const rules = [...exact.slice(0, FEW), ...patterns.slice(0, FEW), ...expressions.slice(0, FEW)];
  const count = exact.length + patterns.length + expressions.length;
  const names = rules.map(printable).join(', ');
  const parts = [];
  if (count <= FEW && names.length <= SHORT) {
    if (names !== '') parts.push(names);
  } else {
    parts.push(countedRules(origins));
  }
  const deciders = decidersOf(origins);
  if (deciders.length > 0) parts.push(`asks ${deciders.map(printable).join(', ')}`);
  return parts.join(', ') || 'nobody';
}

/** How many rules there are of each kind: `2 origins, 1 pattern`. */
export function countedRules({ exact, patterns, expressions }: DocumentedOrigins): string {
  return [
    counted(exact.length, 'origin'),
    counted(patterns.length, 'pattern'),
    counted(expressions.length, 'expression'),
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** The code that is asked: resolvers and functions, by name. */
export function decidersOf({ functions, resolvers }: DocumentedOrigins): readonly string[] {
  return [...resolvers, ...functions];
}

/** `1 route`, `2 routes`; nothing for none. */
export function counted(count: number, noun: string): string {
  return count === 0 ? '' : `${count} ${noun}${count === 1 ? '' : 's'}`;
}
