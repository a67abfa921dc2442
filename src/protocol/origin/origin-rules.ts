import type { ConfigurationProblem } from '../configuration-error.js';
import { OPAQUE_ORIGIN } from './origin.js';
import { type OriginPattern, readOriginPattern } from './origin-pattern.js';
import type {
  CorsOriginFunction,
  CorsOriginResolverClass,
  CorsOriginRule,
} from '../policy/policy-options.js';

/** The `origin` option sorted by kind of rule, before any of it is compiled. */
export interface OriginRules {
  readonly any: boolean;
  readonly opaque: boolean;
  readonly patterns: readonly OriginPattern[];
  readonly regexps: readonly RegExp[];
  /** Functions and resolver classes, in the order given. */
  readonly deciders: readonly (CorsOriginFunction | CorsOriginResolverClass)[];
}

/** Whether a function among the rules is a class, to be taken from the application's container. */
export function isResolverClass(
  rule: CorsOriginFunction | CorsOriginResolverClass,
): rule is CorsOriginResolverClass {
  const { prototype } = rule as { prototype?: { isOriginAllowed?: unknown } };
  return (
    typeof prototype?.isOriginAllowed === 'function' ||
    // An abstract class may declare the method and leave no trace of it.
    Function.prototype.toString.call(rule).startsWith('class')
  );
}

/** Sorts an `origin` option, with what is wrong about its parts; expressions are checked elsewhere. */
export function readOriginRules(option: unknown): {
  rules: OriginRules;
  problems: readonly ConfigurationProblem[];
} {
  const problems: ConfigurationProblem[] = [];
  const patterns: OriginPattern[] = [];
  const regexps: RegExp[] = [];
  const deciders: (CorsOriginFunction | CorsOriginResolverClass)[] = [];
  let any = false;
  let opaque = false;
  for (const rule of toRules(option)) {
    if (rule === true || rule === '*') any = true;
    else if (rule === OPAQUE_ORIGIN) opaque = true;
    else if (typeof rule === 'string') {
      const read = readOriginPattern(rule);
      if ('pattern' in read) patterns.push(read.pattern);
      else problems.push(read.problem);
    } else if (rule instanceof RegExp) {
      regexps.push(rule);
    } else if (typeof rule === 'function') {
      deciders.push(rule as CorsOriginFunction | CorsOriginResolverClass);
    } else if (rule !== false) {
      problems.push({
        code: 'invalid-origin',
        value: rule,
        message: `${rule === null ? 'null' : typeof rule} is not an origin rule.`,
        hint:
          rule === null
            ? "Write 'null' (a string) for the opaque origin, or false for nobody."
            : 'Write a string, a regular expression, a function, a resolver class, true or false.',
      });
    }
  }
  return { rules: { any, opaque, patterns, regexps, deciders }, problems };
}

function toRules(option: unknown): readonly unknown[] {
  return Array.isArray(option) ? option.flat(Infinity) : [option];
}

/** One rule or a list of them, as the policy holds it. */
export function freezeOriginOption(option: unknown): CorsOriginRule | readonly CorsOriginRule[] {
  return Array.isArray(option)
    ? Object.freeze([...(option as CorsOriginRule[])])
    : (option as CorsOriginRule);
}
