import { quoted } from '../../protocol/origin/origin-pattern.js';
import { DEFAULT_ALLOWED_HEADERS } from '../../protocol/policy/request-headers.js';
import type { DocumentedOrigins, DocumentedPolicy } from '../cors-document.js';
import { changedFields } from './changed-document.js';
import type { Needs } from './needs.js';

/** A policy that is to be changed, and its origin rule. */
export interface DescribedPolicy {
  readonly policy: DocumentedPolicy;
  readonly origins: DocumentedOrigins;
}

/** Rules that one still reads on a line. */
const MOST_RULES = 6;

/** A decorator's argument that refines the policy: an object, or a function where one goes on from what is inherited. */
export function refinement(described: DescribedPolicy, needs: Needs): string {
  const { policy, origins } = described;
  const goesOn = new Map<string, string>();
  if (needs.origin !== undefined && literalOrigins(origins, needs.origin) === undefined) {
    goesOn.set('origin', `[inherited.origin, ${quoted(needs.origin)}].flat()`);
  }
  if (needs.allowedHeaders && isDefaultHeaders(policy)) {
    const names = needs.allowedHeaders.map(quoted).join(', ');
    goesOn.set('allowedHeaders', `[...inherited.allowedHeaders, ${names}]`);
  }
  const fields = fieldsOf(described, needs).map(
    ([field, value]) => [field, goesOn.get(field) ?? value] as const,
  );
  const object = `{ ${fields.map(pair).join(', ')} }`;
  return goesOn.size === 0 ? object : `(inherited) => (${object})`;
}

/** The fields of an object that refines the policy, as TypeScript; `undefined` where a rule is code. */
export function optionFields(
  described: DescribedPolicy,
  needs: Needs,
): readonly (readonly [field: string, value: string])[] | undefined {
  const { origins } = described;
  const isLiteral =
    needs.origin === undefined || literalOrigins(origins, needs.origin) !== undefined;
  return isLiteral ? fieldsOf(described, needs) : undefined;
}

/** The object of a policy of its own for one origin. */
export function ownPolicy({ policy }: DescribedPolicy, needs: Needs): string {
  const { origin = '', ...others } = needs;
  const fields = Object.entries(changedFields(policy, others))
    .filter(([field, value]) => field !== 'credentials' || value !== policy.credentials)
    .map(([field, value]) => pair([field, fieldValue(policy, needs, field, value)]));
  return `{ ${[`origin: ${quoted(origin)}`, ...fields].join(', ')} }`;
}

export function pair([field, value]: readonly [string, string]): string {
  return `${field}: ${value}`;
}

function fieldsOf(
  { policy, origins }: DescribedPolicy,
  needs: Needs,
): readonly (readonly [field: string, value: string])[] {
  const others = Object.entries(changedFields(policy, needs)).map(
    ([field, value]) => [field, fieldValue(policy, needs, field, value)] as const,
  );
  return needs.origin === undefined
    ? others
    : [['origin', literalOrigins(origins, needs.origin) ?? ''], ...others];
}

function fieldValue(
  policy: DocumentedPolicy,
  { allowedHeaders }: Needs,
  field: string,
  value: unknown,
): string {
  return field === 'allowedHeaders' && allowedHeaders && isDefaultHeaders(policy)
    ? `[...DEFAULT_ALLOWED_HEADERS, ${allowedHeaders.map(quoted).join(', ')}]`
    : literal(value);
}

/** An origin rule with one more, as TypeScript; `undefined` where it is long, or where code is part of it. */
function literalOrigins(origins: DocumentedOrigins, added: string): string | undefined {
  const { exact, patterns, expressions, functions, resolvers } = origins;
  const rules = [...[...exact, ...patterns].map(quoted), ...expressions];
  if (functions.length + resolvers.length > 0 || rules.length > MOST_RULES) return undefined;
  return rules.length === 0 ? quoted(added) : `[${[...rules, quoted(added)].join(', ')}]`;
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((each) => quoted(String(each))).join(', ')}]`;
  return typeof value === 'string' ? quoted(value) : JSON.stringify(value);
}

function isDefaultHeaders({ allowedHeaders }: DocumentedPolicy): boolean {
  return allowedHeaders !== '*' && allowedHeaders.join() === DEFAULT_ALLOWED_HEADERS.join();
}

/** How the value of an option would be written, in short. */
export function shownValue(
  { policy, origins }: DescribedPolicy,
  field: keyof DocumentedPolicy,
): string {
  if (field !== 'origin') return literal(policy[field]);
  const { openTo, exact, patterns, expressions, functions, resolvers } = origins;
  if (openTo === 'any') return "'*'";
  const rules = [
    ...[...exact, ...patterns].map(quoted),
    ...expressions,
    ...functions,
    ...resolvers,
  ];
  if (rules.length === 0) return 'false';
  const more = rules.length - MOST_RULES;
  const told = rules.slice(0, MOST_RULES).join(', ');
  return rules.length === 1 ? told : `[${told}${more > 0 ? `, … ${String(more)} more` : ''}]`;
}
