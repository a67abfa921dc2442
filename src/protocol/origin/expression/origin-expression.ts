import type { RegExpParser } from '@eslint-community/regexpp';
import { classifyCharacters, NO_CLASS } from './alphabet.js';
import { SuffixReader } from './suffix-reader.js';
import { TermGraph } from './term-graph.js';
import { UnsupportedExpression, WorkBudget } from './unsupported.js';

/** The state from which no text that is read further is matched. */
export const DEAD = 0;

/**
 * A regular expression of the configuration as a deterministic automaton that reads origins from their end. It says
 * of every serialized origin what the expression, taken as a whole, says of it; of other text it says no.
 */
export class OriginExpression {
  /** How many classes there are, and so entries of the table for each state. */
  readonly #width: number;

  constructor(
    readonly regexp: RegExp,
    /** The class of each character code below 128. */
    private readonly classes: Uint8Array,
    /** For each state, the one after a character of each class. */
    private readonly table: Uint16Array,
    private readonly accepting: Uint8Array,
    /** The state at the end of a text. */
    readonly end: number,
  ) {
    this.#width = table.length / accepting.length;
  }

  get states(): number {
    return this.accepting.length;
  }

  /** Whether the expression matches an origin. Takes a look at each character, once. */
  matches(origin: string): boolean {
    let state = this.end;
    for (let index = origin.length - 1; index >= 0 && state !== DEAD; index -= 1) {
      state = this.step(state, origin.charCodeAt(index));
    }
    return this.accepts(state);
  }

  /** The state once a character is read, before those that led to a state. */
  step(state: number, code: number): number {
    const characters = this.classes[code] ?? NO_CLASS;
    if (characters === NO_CLASS) return DEAD;
    return this.table[state * this.#width + characters] ?? DEAD;
  }

  /** Whether what led to a state is a whole match. */
  accepts(state: number): boolean {
    return this.accepting[state] === 1;
  }
}

/** Enough for whatever people write, and spent within some hundredths of a second. */
const WORK = 2_000_000;

/** As deep as groups and classes may nest, since parsers go as deep. */
const MOST_NESTING = 100;

/** An expression as an automaton, or why there is none. */
export type CompiledExpression = { expression: OriginExpression } | { reason: string };

/**
 * What makes automata of expressions. `g`, `y` and `d` change nothing, nor does `lastIndex`; `m` does not either,
 * since no origin has a line break.
 */
export async function loadExpressionCompiler(): Promise<(regexp: RegExp) => CompiledExpression> {
  // Loaded when needed: most policies have no expressions.
  const { RegExpParser } = await import('@eslint-community/regexpp');
  const parser = new RegExpParser();
  return (regexp) => {
    try {
      return { expression: compile(parser, regexp) };
    } catch (error) {
      if (error instanceof UnsupportedExpression) return { reason: error.message };
      throw error;
    }
  };
}

/** See {@link loadExpressionCompiler}. */
export async function compileOriginExpression(regexp: RegExp): Promise<CompiledExpression> {
  const compileExpression = await loadExpressionCompiler();
  return compileExpression(regexp);
}

function compile(parser: RegExpParser, regexp: RegExp): OriginExpression {
  const { source, flags } = regexp;
  if (nestingOf(source) > MOST_NESTING) {
    throw new UnsupportedExpression('its groups are nested too deep');
  }
  const budget = new WorkBudget(WORK);
  budget.spend(source.length * PARSING);
  const pattern = parser.parsePattern(source, 0, source.length, {
    unicode: flags.includes('u'),
    unicodeSets: flags.includes('v'),
  });
  const graph = new TermGraph(budget);
  const whole = graph.whole(pattern, flags);
  const classes = classifyCharacters(graph.sets);
  const past = new SuffixReader(graph.lookBehinds, classes, budget);
  const reader = new SuffixReader([whole], classes, budget, past);

  const steps: number[][] = [];
  for (let state = 0; state < reader.size; state += 1) {
    steps.push(Array.from({ length: classes.count }, (_, each) => reader.step(state, each)));
  }
  const live = liveStates(steps, (state) => reader.holds(state, 0));
  const renumbered = new Map(live.map((state, index) => [state, index + 1]));
  const table = new Uint16Array((live.length + 1) * classes.count);
  const accepting = new Uint8Array(live.length + 1);
  live.forEach((state, index) => {
    accepting[index + 1] = reader.holds(state, 0) ? 1 : 0;
    table.set(
      steps[state]?.map((next) => renumbered.get(next) ?? DEAD) ?? [],
      (index + 1) * classes.count,
    );
  });
  return new OriginExpression(regexp, classes.byCode, table, accepting, renumbered.get(0) ?? DEAD);
}

/** What a character costs to parse, next to one step of working out an equation. */
const PARSING = 20;

/** How deep groups and classes nest at most; rather too deep, where brackets stand in classes. */
function nestingOf(source: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [piece] of source.matchAll(/\\.|[([\])]/gs)) {
    if (piece === '(' || piece === '[') depth += 1;
    else if (piece === ')' || piece === ']') depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** The states that lead to one that accepts. */
function liveStates(
  steps: readonly (readonly number[])[],
  accepts: (state: number) => boolean,
): readonly number[] {
  const before: number[][] = steps.map(() => []);
  steps.forEach((nexts, state) => {
    for (const next of new Set(nexts)) before[next]?.push(state);
  });
  const live = new Set([...steps.keys()].filter(accepts));
  for (const state of live) {
    for (const earlier of before[state] ?? []) live.add(earlier);
  }
  return [...live].sort((a, b) => a - b);
}
