import type { PolicyList } from '../protocol/policy/policy-list.js';

/** The methods that pages usually send. */
const USUAL = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** What to ask a policy about that is bound to no method: what it names, and the usual methods. */
export function allMethods({ policies }: PolicyList): readonly string[] {
  const named = policies.flatMap(({ methods }) => (methods === '*' ? [] : methods));
  return [...new Set([...USUAL, ...named])];
}
