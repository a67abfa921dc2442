import type { ConfigurationProblem } from '../configuration-error.js';
import { splitOrigin } from './origin.js';
import { sampleOrigins } from './origin-samples.js';

/**
 * The expression that a policy uses for one of the configuration: it has to match the whole origin, and `g`
 * and `y` are left out, since they make `test()` remember where it was; so is `d`, which does nothing for it.
 */
export function wholeOriginRegExp(regexp: RegExp): RegExp {
  return new RegExp(`^(?:${regexp.source})$`, regexp.flags.replace(/[dgy]/g, ''));
}

/** Whether every alternative of an expression begins with `^` and ends with `$`. */
function isAnchored(source: string): boolean {
  const alternatives = splitAlternatives(source);
  return alternatives.every((alternative) => {
    if (isGroup(alternative)) return isAnchored(groupBody(alternative));
    return alternative.startsWith('^') && /(?:^|[^\\])(?:\\\\)*\$$/.test(alternative);
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
  let closings = 0;
  forEachTopLevel(source, (char) => {
    if (char === ')') closings += 1;
  });
  return closings === 1;
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

/**
 * A name that anybody can register as the end of a longer one, and an example of a longer one that the expression
 * matches: `.*example\\.com` matches `evil-example.com`.
 */
async function longerName(
  whole: RegExp,
): Promise<{ readonly end: string; readonly example: string } | undefined> {
  const { parse } = await import('tldts');
  for (const { origin, twin } of sampleOrigins(whole)) {
    const { domain, publicSuffix } = parse(splitOrigin(origin).host);
    const { domain: other } = parse(splitOrigin(twin).host);
    if (domain === null || other === null || domain === other) continue;
    const end = commonEnd(domain, other);
    if (end.length > `.${publicSuffix ?? ''}`.length) return { end, example: domain };
  }
  return undefined;
}

function commonEnd(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a.at(-1 - length) === b.at(-1 - length)) length += 1;
  return a.slice(a.length - length);
}

/** Whether a dot that stands for any character is where a name has a dot. */
function hasBareDot(source: string): boolean {
  return /(?:^|[^\\])(?:\\\\)*[a-z0-9]\.[a-z0-9]/i.test(source.replace(/\[[^\]]*\]/g, ''));
}

/**
 * Everything that is wrong about an expression among the origins: it must be anchored at both ends, and take
 * linear time on every input. The proof is the work of `recheck`, which is loaded for the first expression.
 */
export async function checkOriginRegExp(regexp: RegExp): Promise<readonly ConfigurationProblem[]> {
  const problems: ConfigurationProblem[] = [];
  const { source, flags } = regexp;
  const slow = await slowness(regexp);
  if (!isAnchored(source)) {
    problems.push({
      code: 'unanchored-regexp',
      value: regexp,
      message: `${String(regexp)} could match inside a longer origin, such as one of an attacker.`,
      hint:
        source.includes('://') || source.includes(':\\/\\/')
          ? `Write /^(?:${withoutAnchors(source)})$/${flags}.`
          : "Let it begin with ^https:\\/\\/ and end with $, or use a pattern such as 'https://*.example.com'.",
    });
  } else if (slow === undefined) {
    const longer = await longerName(wholeOriginRegExp(regexp));
    if (longer !== undefined) {
      const name = longer.end.replace(/^-+/, '');
      problems.push({
        code: 'unanchored-regexp',
        value: regexp,
        message: `${String(regexp)} matches names that anybody can register, such as ${longer.example}.`,
        hint: `Use 'https://*.${name}', or let a dot stand before ${name}.`,
      });
    }
  }
  if (hasBareDot(source)) {
    problems.push({
      code: 'loose-regexp',
      value: regexp,
      message: `A dot in ${String(regexp)} stands for any character, so that other names match too.`,
      hint: 'Write "\\." for a dot.',
    });
  }
  if (slow !== undefined) {
    problems.push({
      code: 'slow-regexp',
      value: regexp,
      message: `${String(regexp)} ${slow}, so that one request could keep the server busy.`,
      hint: "Use a pattern such as 'https://*.example.com', or let no two parts of the expression match the same text.",
    });
  }
  return problems;
}

function withoutAnchors(source: string): string {
  return splitAlternatives(source)
    .map((alternative) => alternative.replace(/^\^/, '').replace(/((?:^|[^\\])(?:\\\\)*)\$$/, '$1'))
    .join('|');
}

/**
 * How to attack what no automaton vouches for. Its steps are counted rather than timed, so that a busy machine does
 * not make a fast expression look slow; what withstands no longer than the time in all is refused.
 */
const ATTACK = {
  timeout: 10_000,
  attackTimeout: null,
  incubationTimeout: null,
  seedingTimeout: null,
};

async function slowness(regexp: RegExp): Promise<string | undefined> {
  // The part of recheck that is plain JavaScript: the other one starts a Java or native process.
  const recheck = await import('recheck/lib/browser.js');
  const { checkSync = recheck.default.checkSync } = recheck;
  const { source, flags } = wholeOriginRegExp(regexp);
  const unbounded = withoutBounds(source);
  const proof = checkSync(unbounded, flags, { checker: 'automaton', timeout: null });
  const isConclusive =
    proof.status === 'safe' || (proof.status === 'vulnerable' && unbounded === source);
  // Where the bounds matter, and for look-around and back-references, which have no automaton.
  const { status } = isConclusive ? proof : checkSync(source, flags, ATTACK);
  if (status === 'safe') return undefined;
  return status === 'unknown'
    ? 'cannot be proven to take linear time'
    : 'takes more than linear time on some input';
}

/**
 * An expression with `*` for every repetition that has bounds. It matches at least as much, in at least as many
 * ways, so that what holds for it holds for the other, whose automaton can be too large to look at.
 */
function withoutBounds(source: string): string {
  return source.replace(/\\.|\[(?:\\.|[^\]\\])*\]|\{\d+(?:,\d*)?\}/gs, (piece) =>
    piece.startsWith('{') ? '*' : piece,
  );
}
