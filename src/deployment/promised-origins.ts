import type {
  CorsDocument,
  DocumentedOrigins,
  DocumentedPolicy,
} from '../document/cors-document.js';
import { isExact, readOriginPattern, serializePattern } from '../protocol/origin/origin-pattern.js';
import { exampleOrigin } from './example-text.js';
import { lookAlikesOf, STRANGER } from './look-alikes.js';

/** The origins about which a list of policies promises an answer. */
export interface PromisedOrigins {
  /** Listed one by one. */
  readonly exact: readonly string[];
  /** One made up for each pattern and each expression. */
  readonly madeUp: readonly string[];
  /** Look-alikes of these whose answer is known; none where code would be asked about them. */
  readonly strangers: readonly string[];
  /** Expressions for which no origin could be made up. */
  readonly unfilled: readonly string[];
  /** Functions and resolvers, about whose answers nothing is promised. */
  readonly askedOf: readonly string[];
}

/**
 * @param document that the policies are of
 * @param keys of policies, in order: the first one whose rule allows an origin holds
 */
export async function promisedOrigins(
  document: CorsDocument,
  keys: readonly string[],
): Promise<PromisedOrigins> {
  const exact = new Set<string>();
  const madeUp = new Set<string>();
  const unfilled: string[] = [];
  let askedOf: readonly string[] = [];
  for (const key of keys) {
    const rule = ruleOf(document, key);
    for (const origin of rule.exact) exact.add(origin);
    for (const pattern of rule.patterns) {
      const origin = underPattern(pattern);
      if (origin !== undefined) madeUp.add(origin);
    }
    for (const source of rule.expressions) {
      const origin = await underExpression(source);
      if (origin === undefined) unfilled.push(source);
      else madeUp.add(origin);
    }
    askedOf = [...rule.functions, ...rule.resolvers];
    // Whatever comes after it is decided by code, or not at all.
    if (askedOf.length > 0 || rule.openTo === 'any') break;
  }
  exact.delete('*');
  const known = [...exact, ...madeUp];
  return {
    exact: [...exact],
    madeUp: [...madeUp],
    strangers: askedOf.length > 0 ? [] : strangersTo(known),
    unfilled,
    askedOf,
  };
}

function strangersTo(known: readonly string[]): string[] {
  const lookAlikes = known.flatMap((origin) => lookAlikesOf(origin).map((each) => each.origin));
  return [...new Set([...lookAlikes, STRANGER])].filter((origin) => !known.includes(origin));
}

/** @throws RangeError if the document names what it does not hold */
export function policyOf({ policies }: CorsDocument, key: string): DocumentedPolicy {
  return held(policies, key, 'policies');
}

function ruleOf(document: CorsDocument, key: string): DocumentedOrigins {
  return held(document.origins, policyOf(document, key).origin, 'origins');
}

function held<T>(values: Readonly<Record<string, T>>, key: string, where: string): T {
  const value = Object.hasOwn(values, key) ? values[key] : undefined;
  if (value === undefined) throw new RangeError(`The document has no "${key}" in its ${where}.`);
  return value;
}

function underPattern(text: string): string | undefined {
  const read = readOriginPattern(text);
  if ('problem' in read) return undefined;
  const { pattern } = read;
  if (isExact(pattern)) return serializePattern(pattern);
  return serializePattern({
    ...pattern,
    host: pattern.subdomains ? `any-name.${pattern.host}` : pattern.host,
    port: pattern.port === '*' ? '8123' : pattern.port,
    subdomains: false,
  });
}

function underExpression(text: string): Promise<string | undefined> {
  const end = text.lastIndexOf('/');
  try {
    return exampleOrigin(new RegExp(text.slice(1, end), text.slice(end + 1)));
  } catch {
    return Promise.resolve(undefined);
  }
}
