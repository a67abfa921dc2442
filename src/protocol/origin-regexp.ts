import type { ConfigurationProblem } from './configuration-error.js';

/** Milliseconds to prove an expression safe; what takes longer is refused as one that cannot be proven. */
const PROOF_TIMEOUT = 5000;

/**
 * The expression that a policy uses for one of the configuration: it has to match the whole origin, and `g`
 * and `y` are left out, since they make `test()` remember where it was.
 */
export function wholeOriginRegExp(regexp: RegExp): RegExp {
  return new RegExp(`^(?:${regexp.source})$`, regexp.flags.replace(/[gy]/g, ''));
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

/** A registrable name right after something that may match any text: `.*example\.com` matches `evil-example.com`. */
async function matchesLongerName(source: string): Promise<string | undefined> {
  const { getDomain } = await import('tldts');
  return splitAlternatives(source)
    .map(openEndedName)
    .find((name) => name !== undefined && getDomain(name) === name);
}

/** The literal host name at the end of an alternative, unless a label or the scheme ends right before it. */
function openEndedName(alternative: string): string | undefined {
  const body = alternative
    .replace(/\$$/, '')
    .replace(/(?:\(\?:)?\(?:?:\\d[+*]\)?\?$|:\\d[+*]$/, '');
  const tail = /(?:[a-z0-9-]|\\\.)+$/i.exec(body)?.[0] ?? '';
  const before = body.slice(0, body.length - tail.length);
  if (!/[*+}?)]$/.test(before) || tail.startsWith('\\.') || /(?:\/|\\\.)\)[*+?]?$/.test(before)) {
    return undefined;
  }
  return tail.replaceAll('\\.', '.').toLowerCase();
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
  if (!isAnchored(source)) {
    problems.push({
      code: 'unanchored-regexp',
      value: regexp,
      message: `${String(regexp)} could match inside a longer origin, such as one of an attacker.`,
      hint: `Write /^(?:${withoutAnchors(source)})$/${flags}.`,
    });
  } else {
    const name = await matchesLongerName(source);
    if (name !== undefined) {
      problems.push({
        code: 'unanchored-regexp',
        value: regexp,
        message: `${String(regexp)} matches any name that ends in ${name}, such as evil-${name}.`,
        hint: `Use 'https://*.${name}', or end what stands before the name with a dot.`,
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
  const slow = await slowness(regexp);
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

async function slowness(regexp: RegExp): Promise<string | undefined> {
  // The part of recheck that is plain JavaScript: the other one starts a Java or native process.
  const { checkSync } = (await import('recheck/lib/browser.js')).default;
  const whole = wholeOriginRegExp(regexp);
  const proof = checkSync(whole.source, whole.flags, { timeout: PROOF_TIMEOUT });
  if (proof.status === 'safe') return undefined;
  if (proof.status === 'unknown') return 'cannot be proven to take linear time';
  return `takes ${proof.complexity.summary} time on some input`;
}
