import type { ConfigurationProblem } from '../configuration-error.js';
import { findAdmittedSites } from './expression/admitted-sites.js';
import { compileOriginExpression, type OriginExpression } from './expression/origin-expression.js';

/** Whether every alternative of an expression begins with `^` and ends with `$`. */
function isAnchored(source: string): boolean {
  const alternatives = splitAlternatives(source);
  return alternatives.every((alternative) => {
    if (isGroup(alternative)) return isAnchored(groupBody(alternative));
    return alternative.startsWith('^') && /[^\\](?:\\\\)*\$$/.test(alternative);
  });
}

/** The alternatives of an expression that are not inside a group or class. */
function splitAlternatives(source: string): string[] {
  const alternatives: string[] = [];
  let start = 0;
  forEachTopLevel(source, (char, index) => {
    if (char !== '|') return;
    alternatives.push(source.slice(start, index));
    start = index + 1;
  });
  return [...alternatives, source.slice(start)];
}

/** Whether an expression is one group from its first to its last character, and no assertion. */
function isGroup(source: string): boolean {
  if (!source.startsWith('(') || /^\(\?<?[=!]/.test(source) || !source.endsWith(')')) return false;
  let outside = 0;
  forEachTopLevel(source, () => {
    outside += 1;
  });
  // The parenthesis that closes it.
  return outside === 1;
}

function groupBody(group: string): string {
  return group.slice(1, -1).replace(/^\?(?::|<[^>]*>|[a-z-]*:)/, '');
}

/** Visits the characters outside escapes, classes and groups, and the `)` that closes each group. */
function forEachTopLevel(source: string, visit: (char: string, index: number) => void): void {
  let depth = 0;
  let inClass = false;
  for (let index = 0; index < source.length; index += 1) {
    const char = source.charAt(index);
    if (char === '\\') {
      index += 1;
    } else if (inClass) {
      inClass = char !== ']';
    } else if (char === '[') {
      inClass = true;
    } else if (char === '(') {
      depth += 1;
    } else if (char === ')') {
      depth -= 1;
      if (depth === 0) visit(char, index);
    } else if (depth === 0) {
      visit(char, index);
    }
  }
}

/** Whether a dot that stands for any character is where a name has a dot. */
function hasBareDot(source: string): boolean {
  return /(?:^|[^\\])(?:\\\\)*[a-z0-9]\.[a-z0-9]/i.test(source.replace(/\[[^\]]*\]/g, ''));
}

/** A regular expression among the origins, and all that is wrong about it. */
export interface OriginRegExp {
  /** `undefined` where it is not supported. */
  readonly expression: OriginExpression | undefined;
  readonly problems: readonly ConfigurationProblem[];
}

/**
 * Compiles an expression among the origins. It must be anchored at both ends, and there must be an automaton for it,
 * so that to match an origin takes no longer than to read it.
 */
export async function readOriginRegExp(regexp: RegExp): Promise<OriginRegExp> {
  const problems: ConfigurationProblem[] = [];
  const { source } = regexp;
  const compiled = await compileOriginExpression(regexp);
  if (!isAnchored(source)) {
    problems.push({
      code: 'unanchored-regexp',
      value: regexp,
      message: `${String(regexp)} could match inside a longer origin, such as one of an attacker.`,
      hint: await anchoredForm(regexp),
    });
  }
  if (hasBareDot(source)) {
    problems.push({
      code: 'loose-regexp',
      value: regexp,
      message: `A dot in ${String(regexp)} matches any character, so other names match too.`,
      hint: 'Write "\\." for a dot.',
    });
  }
  if ('reason' in compiled) {
    problems.push({
      code: 'unsupported-regexp',
      value: regexp,
      message: `${String(regexp)} cannot be matched in linear time: ${compiled.reason}.`,
      hint: "Use a pattern such as 'https://*.example.com', or a simpler expression.",
    });
  }
  return { expression: 'expression' in compiled ? compiled.expression : undefined, problems };
}

/** What to write for an expression that is not anchored: never one that would be refused in turn. */
async function anchoredForm({ source, flags }: RegExp): Promise<string> {
  if (!source.includes('://') && !source.includes(':\\/\\/')) {
    return "Let it begin with ^https:\\/\\/ and end with $, or use a pattern such as 'https://*.example.com'.";
  }
  const anchored = `^(?:${withoutAnchors(source)})$`;
  const compiled = await compileOriginExpression(new RegExp(anchored, flags));
  if ('expression' in compiled) {
    const { openEnds } = await findAdmittedSites(compiled.expression);
    if (openEnds.length === 0) return `Write /${anchored}/${flags}.`;
  }
  return "Use a pattern such as 'https://*.example.com'.";
}

function withoutAnchors(source: string): string {
  return splitAlternatives(source)
    .map((alternative) => alternative.replace(/^\^/, '').replace(/((?:^|[^\\])(?:\\\\)*)\$$/, '$1'))
    .join('|');
}
