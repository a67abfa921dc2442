import type { CharacterClasses } from './alphabet.js';
import type { Term } from './term-graph.js';
import type { WorkBudget } from './unsupported.js';

/** A term at a place whose past is known, ready to be worked out. */
type Equation =
  | { readonly kind: 'anything' | 'end' }
  /** For each class of characters, the equation that has to be true after one of it; -1 where none is. */
  | { readonly kind: 'character'; readonly next: Int32Array }
  | { readonly kind: 'either'; readonly of: readonly number[] }
  | {
      readonly kind: 'both';
      readonly look: number;
      readonly holds: boolean;
      readonly next: number;
    };

/** A character's equation, of which it is not known yet what has to be true after it. */
interface Continuation {
  readonly term: Extract<Term, { kind: 'character' }>;
  readonly pastState: number;
  readonly next: Int32Array;
}

/**
 * Reads a text from its end, and knows at each place which terms are true of what it has read: each is worked out
 * from those one character later. What it knows is its state, so that it is a deterministic automaton, whatever
 * intersections and differences the terms hold.
 */
export class SuffixReader {
  readonly #equations: Equation[] = [];
  readonly #code: Int32Array;
  /** The number of each term's equation, by the state in which the reader of the past is. */
  readonly #numbers = new Map<Term, number[]>();
  readonly #roots: readonly number[];
  /** The equations that are asked for from elsewhere in the text: states that agree on them are the same. */
  readonly #lasting: readonly number[];
  readonly #states: Uint8Array[] = [];
  readonly #byKey = new Map<string, number>();
  readonly #steps: Int32Array[] = [];

  /**
   * @param roots the terms that are asked about
   * @param past knows what is true of the text before, for terms that look behind; its state 0 is that at the start
   */
  constructor(
    roots: readonly Term[],
    private readonly classes: CharacterClasses,
    private readonly budget: WorkBudget,
    private readonly past?: SuffixReader,
  ) {
    const lasting = new Set<number>();
    const pending: Continuation[] = [];
    const numberOf = (term: Term, pastState: number) => {
      const number = this.#numberOf(term, pastState, pending);
      lasting.add(number);
      return number;
    };
    this.#roots = roots.map((root) => numberOf(root, 0));
    for (let each = pending.pop(); each !== undefined; each = pending.pop()) {
      const { term, pastState, next } = each;
      for (let characters = 0; characters < next.length; characters += 1) {
        if (term.set[classes.examples[characters] ?? 0] !== true) continue;
        const pastThen = past === undefined ? 0 : past.step(pastState, characters);
        next[characters] = numberOf(term.next, pastThen);
      }
    }
    this.#lasting = [...lasting];
    this.#code = Int32Array.from(this.#equations.flatMap(encode));
    this.#intern(this.#workOut(undefined, 0));
  }

  /** How many states are known: those that {@link step} has led to. The first one is 0. */
  get size(): number {
    return this.#states.length;
  }

  /** Whether a root is true of what was read up to a state. */
  holds(state: number, root: number): boolean {
    return this.#states[state]?.[this.#roots[root] ?? 0] === 1;
  }

  /** The state after a character of a class, before what was read so far. */
  step(state: number, characters: number): number {
    const steps = this.#steps[state];
    const known = steps?.[characters] ?? -1;
    if (known !== -1) return known;
    const next = this.#intern(this.#workOut(this.#states[state], characters));
    if (steps !== undefined) steps[characters] = next;
    return next;
  }

  /** Numbers a term and what it depends on at the same place: each gets a higher number than what it depends on. */
  #numberOf(root: Term, pastState: number, pending: Continuation[]): number {
    // Terms nest deeper than calls may.
    const stack = [root];
    for (let term = stack.at(-1); term !== undefined; term = stack.at(-1)) {
      const numbers = this.#numbers.get(term) ?? [];
      this.#numbers.set(term, numbers);
      if (numbers[pastState] === undefined) {
        const needed = this.#neededBy(term, pastState);
        const missing = needed.filter((each) => this.#numbers.get(each)?.[pastState] === undefined);
        if (missing.length > 0) {
          stack.push(...missing);
          continue;
        }
        numbers[pastState] = this.#add(
          term,
          needed.map((each) => this.#numbers.get(each)?.[pastState] ?? 0),
          pastState,
          pending,
        );
      }
      stack.pop();
    }
    return this.#numbers.get(root)?.[pastState] ?? 0;
  }

  /** The terms whose truth at the same place a term depends on. */
  #neededBy(term: Term, pastState: number): readonly Term[] {
    switch (term.kind) {
      case 'either':
        return term.of;
      case 'both':
        return [term.look, term.next];
      case 'behind':
        return this.past?.holds(pastState, term.look) === term.holds ? [term.next] : [];
      default:
        return [];
    }
  }

  #add(term: Term, needed: readonly number[], pastState: number, pending: Continuation[]): number {
    this.budget.spend(this.classes.count);
    switch (term.kind) {
      case 'character': {
        const next = new Int32Array(this.classes.count).fill(-1);
        pending.push({ term, pastState, next });
        return this.#equations.push({ kind: 'character', next }) - 1;
      }
      case 'both': {
        const [look = 0, next = 0] = needed;
        return this.#equations.push({ kind: 'both', look, holds: term.holds, next }) - 1;
      }
      case 'either':
        return this.#equations.push({ kind: 'either', of: needed }) - 1;
      case 'behind':
        return needed[0] ?? this.#equations.push({ kind: 'either', of: [] }) - 1;
      case 'never':
        return this.#equations.push({ kind: 'either', of: [] }) - 1;
      default:
        return this.#equations.push(term) - 1;
    }
  }

  /** @param later what is true one character later; `undefined` at the end of the text */
  #workOut(later: Uint8Array | undefined, characters: number): Uint8Array {
    const code = this.#code;
    this.budget.spend(this.#equations.length + this.#lasting.length);
    const values = new Uint8Array(this.#equations.length);
    let at = 0;
    for (let number = 0; number < values.length; number += 1) {
      const operation = code[at] ?? 0;
      const count = code[at + 1] ?? 0;
      let value = 0;
      if (operation === EITHER) {
        for (let each = 0; each < count; each += 1) value |= values[code[at + 2 + each] ?? 0] ?? 0;
      } else if (operation === CHARACTER) {
        if (later !== undefined) value = later[code[at + 2 + characters] ?? -1] ?? 0;
      } else if (operation === BOTH) {
        value =
          (values[code[at + 2] ?? 0] ?? 0) === code[at + 3] ? (values[code[at + 4] ?? 0] ?? 0) : 0;
      } else {
        value = operation === ANYTHING || later === undefined ? 1 : 0;
      }
      values[number] = value;
      at += 2 + count;
    }
    return values;
  }

  #intern(values: Uint8Array): number {
    let key = '';
    let bits = 1;
    for (const number of this.#lasting) {
      bits = (bits << 1) | (values[number] ?? 0);
      if (bits > 0x3fff) {
        key += String.fromCharCode(bits);
        bits = 1;
      }
    }
    key += String.fromCharCode(bits);
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    this.budget.spend(STATE);
    const state = this.#states.push(values) - 1;
    this.#steps.push(new Int32Array(this.classes.count).fill(-1));
    this.#byKey.set(key, state);
    return state;
  }
}

/** What a state costs, next to one step of working out an equation. */
const STATE = 200;

const EITHER = 0;
const CHARACTER = 1;
const BOTH = 2;
const ANYTHING = 3;
const END = 4;

/** An equation as numbers, since it is worked out thousands of times: what it is, how many follow, and those. */
function encode(equation: Equation): readonly number[] {
  switch (equation.kind) {
    case 'either':
      return [EITHER, equation.of.length, ...equation.of];
    case 'character':
      return [CHARACTER, equation.next.length, ...equation.next];
    case 'both':
      return [BOTH, 3, equation.look, equation.holds ? 1 : 0, equation.next];
    case 'anything':
      return [ANYTHING, 0];
    case 'end':
      return [END, 0];
  }
}
