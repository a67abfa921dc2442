import { DEAD, loadExpressionCompiler } from '../protocol/origin/expression/origin-expression.js';

/** What examples are made of, the likeliest first. */
const CHARACTERS = Array.from(
  'abcdefghijklmnopqrstuvwxyz1234567890-.:/ABCDEFGHIJKLMNOPQRSTUVWXYZ_~',
);

/** What an example of an origin has to look like. */
const ORIGIN = String.raw`[a-z][a-z0-9]*:\/\/[a-z][a-z0-9]*(?:\.[a-z][a-z0-9]*)*(?::[1-9]\d*)?`;

/** What an example of a part of a path has to look like. */
const PATH_PART = String.raw`[A-Za-z0-9_~-]+`;

/** An origin that an expression allows as a whole; `undefined` where none was found. */
export function exampleOrigin(regexp: RegExp): Promise<string | undefined> {
  return shortestExample(regexp, ORIGIN);
}

/** A text without dots and slashes that an expression matches as a whole; `undefined` where none was found. */
export function examplePathPart(regexp: RegExp): Promise<string | undefined> {
  return shortestExample(regexp, PATH_PART);
}

async function shortestExample(regexp: RegExp, shape: string): Promise<string | undefined> {
  const compileExpression = await loadExpressionCompiler();
  let shaped: RegExp;
  try {
    shaped = new RegExp(`^(?=${shape}$)(?:${regexp.source})$`, regexp.flags.replace(/[dgym]/g, ''));
  } catch {
    return undefined;
  }
  const compiled = compileExpression(shaped);
  if ('reason' in compiled) return undefined;
  const { expression } = compiled;
  // The automaton reads from the end, breadth first: each state is reached by its shortest text.
  const seen = new Map([[expression.end, '']]);
  for (const [state, text] of seen) {
    if (expression.accepts(state)) return shaped.test(text) ? text : undefined;
    for (const character of CHARACTERS) {
      const before = expression.step(state, character.charCodeAt(0));
      if (before !== DEAD && !seen.has(before)) seen.set(before, character + text);
    }
  }
  return undefined;
}
