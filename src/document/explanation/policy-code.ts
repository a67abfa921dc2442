import { quoted } from '../../protocol/origin/origin-pattern.js';
import { DEFAULT_ALLOWED_HEADERS } from '../../protocol/policy/request-headers.js';
import type { DocumentedOrigins, DocumentedPolicy } from '../cors-document.js';
import type { DescribedPolicy, PolicyChange } from './policy-change.js';

/** A field of an options object, as TypeScript. */
export type CodeField = readonly [field: string, value: string];

/** Rules that one still reads on a line. */
const MOST_RULES = 6;

/** A decorator's argument that refines a policy: an object, or a function where one goes on from what is inherited. */
export function refinement(change: PolicyChange): string {
  const goesOn = new Map<string, string>();
  const { origin, values } = change;
  if (origin !== undefined && literalOrigins(origin) === undefined) {
    goesOn.set('origin', `[inherited.origin, ${quoted(origin.added)}].flat()`);
  }
  const names = beyondDefaults(values.allowedHeaders);
  if (names !== undefined) {
    goesOn.set('allowedHeaders', `[...inherited.allowedHeaders, ${names}]`);
  }
  const object = objectOf(
    fieldsOf(change).map(([field, value]) => [field, goesOn.get(field) ?? value]),
  );
  return goesOn.size === 0 ? object : `(inherited) => (${object})`;
}

/** The fields of an object that says all of a change; `undefined` where a rule is code, or the list is long. */
export function optionFields(change: PolicyChange): readonly CodeField[] | undefined {
  const { origin } = change;
  const isLiteral = origin === undefined || literalOrigins(origin) !== undefined;
  return isLiteral ? fieldsOf(change) : undefined;
}

/** An options object with nothing but the change. */
export function objectOf(fields: readonly CodeField[]): string {
  return `{ ${fields.map(pair).join(', ')} }`;
}

export function pair([field, value]: CodeField): string {
  return `${field}: ${value}`;
}

export function fieldsOf({ origin, values }: PolicyChange): readonly CodeField[] {
  const others = Object.entries(values).map(([field, value]): CodeField => {
    const names = field === 'allowedHeaders' ? beyondDefaults(values.allowedHeaders) : undefined;
    return [field, names === undefined ? literal(value) : `[...DEFAULT_ALLOWED_HEADERS, ${names}]`];
  });
  return origin === undefined ? others : [['origin', literalOrigins(origin) ?? ''], ...others];
}

/** An origin rule with one more, as TypeScript; `undefined` where it is long, or where code is part of it. */
function literalOrigins({
  before: { exact, patterns, expressions, functions, resolvers },
  added,
}: NonNullable<PolicyChange['origin']>): string | undefined {
  const rules = [...[...exact, ...patterns].map(quoted), ...expressions];
  if (functions.length + resolvers.length > 0 || rules.length > MOST_RULES) return undefined;
  return rules.length === 0 ? quoted(added) : `[${[...rules, quoted(added)].join(', ')}]`;
}

/** What a list has beyond the built-in one, which it begins with. */
function beyondDefaults(names: DocumentedPolicy['allowedHeaders'] = []): string | undefined {
  const isLonger =
    names !== '*' && DEFAULT_ALLOWED_HEADERS.every((name, index) => names[index] === name);
  return isLonger ? names.slice(DEFAULT_ALLOWED_HEADERS.length).map(quoted).join(', ') : undefined;
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((each) => quoted(String(each))).join(', ')}]`;
  return typeof value === 'string' ? quoted(value) : JSON.stringify(value);
}

/** How the value of an option would be written, in short. */
export function shownValue(
  { policy, origins }: DescribedPolicy,
  field: keyof DocumentedPolicy,
): string {
  return field === 'origin' ? shownOrigins(origins) : literal(policy[field]);
}

function shownOrigins({
  openTo,
  exact,
  patterns,
  expressions,
  functions,
  resolvers,
}: DocumentedOrigins): string {
  if (openTo === 'any') return "'*'";
  const count = exact.length + patterns.length;
  const rules = [
    ...[...exact, ...patterns].slice(0, MOST_RULES).map(quoted),
    ...expressions,
    ...functions,
    ...resolvers,
  ];
  if (rules.length === 0) return 'false';
  const told = rules.slice(0, MOST_RULES);
  const more = rules.length + Math.max(0, count - MOST_RULES) - told.length;
  return rules.length === 1
    ? told.join('')
    : `[${told.join(', ')}${more > 0 ? `, … ${String(more)} more` : ''}]`;
}
