import type { AST } from '@eslint-community/regexpp';
import { type CharacterSet, ORIGIN_CHARACTERS } from './alphabet.js';
import { UnsupportedExpression, type WorkBudget } from './unsupported.js';

/** What has to be true of the text that is still to come, at some place in it, for an expression to match. */
export type Term =
  | { readonly kind: 'anything' }
  | { readonly kind: 'never' }
  /** Nothing is to come. */
  | { readonly kind: 'end' }
  /** A character of the set is next, and `next` is true after it. */
  | { readonly kind: 'character'; readonly set: CharacterSet; readonly next: Term }
  | { readonly kind: 'either'; readonly of: readonly Term[] }
  /** `look` is true, or is not, and `next` is true as well: a look-ahead. */
  | { readonly kind: 'both'; readonly look: Term; readonly holds: boolean; readonly next: Term }
  /** Like `both`, about the text that has gone by; `look` is the place of a term in {@link TermGraph.lookBehinds}. */
  | {
      readonly kind: 'behind';
      readonly look: number;
      readonly holds: boolean;
      readonly next: Term;
    };

/** What a part costs, next to one step of working out an equation. */
const VISIT = 200;

const ANYTHING: Term = { kind: 'anything' };
const NEVER: Term = { kind: 'never' };
const END: Term = { kind: 'end' };

/** Which way the text is read: a look-behind is a look-ahead in a text that is read from its end. */
type Direction = 'forward' | 'backward';

/**
 * Makes terms of the parts of an expression.
 *
 * A part is made into the term "it matches here, and what follows matches after it". That makes a look-ahead an
 * intersection, or a difference, with what follows it. What follows is given twice: `next` holds after at
 * least one character, `idle` after none. They differ inside a repetition, whose turns must not be empty: the
 * term of a loop never depends on itself at the same place of the text.
 */
export class TermGraph {
  /** What is asked about the text that has gone by, read from its end. */
  readonly lookBehinds: Term[] = [];
  readonly #sets = new Map<string, CharacterSet>();
  readonly #words = new Map<string, Term>();

  constructor(private readonly budget: WorkBudget) {}

  /** Every set of characters in use. */
  get sets(): Iterable<CharacterSet> {
    return this.#sets.values();
  }

  /** The term that is true of the texts that the whole of an expression matches. */
  whole({ alternatives }: AST.Pattern, flags: string): Term {
    return new TermBuilder(this, 'forward', flags).alternatives(alternatives, END, END);
  }

  /** To be called for each part, as often as it is repeated. */
  visit(): void {
    this.budget.spend(VISIT);
  }

  /** The term that is true where a word character comes next. */
  word(flags: string): Term {
    const word = this.#words.get(flags) ?? character(this.setOf('\\w', flags), ANYTHING);
    this.#words.set(flags, word);
    return word;
  }

  /** The place of a term in {@link lookBehinds}. */
  lookBehind(term: Term): number {
    const known = this.lookBehinds.indexOf(term);
    return known === -1 ? this.lookBehinds.push(term) - 1 : known;
  }

  /** The characters that match a piece of an expression which stands for one, as the engine itself has it. */
  setOf(piece: string, flags: string): CharacterSet {
    const key = `${flags}/${piece}`;
    const known = this.#sets.get(key);
    if (known !== undefined) return known;
    // Testing every character is work as well.
    this.budget.spend(ORIGIN_CHARACTERS.length);
    const regexp = new RegExp(`^(?:${piece})$`, flags);
    const set = ORIGIN_CHARACTERS.map((character) => regexp.test(character));
    this.#sets.set(key, set);
    return set;
  }
}

class TermBuilder {
  /** The flags that change what characters match; `m` does not matter, as no origin has line breaks. */
  readonly #flags: string;

  constructor(
    private readonly graph: TermGraph,
    private readonly direction: Direction,
    flags: string,
  ) {
    this.#flags = flags.replace(/[^isuv]/g, '');
  }

  alternatives(alternatives: readonly AST.Alternative[], next: Term, idle: Term): Term {
    return either(alternatives.map(({ elements }) => this.#sequence(elements, next, idle)));
  }

  #sequence(elements: readonly AST.Element[], next: Term, idle: Term): Term {
    let after = next;
    let start = idle;
    for (const element of this.direction === 'forward' ? elements.toReversed() : elements) {
      const isIdle = start !== after;
      const following = after;
      after = this.#element(element, following, following);
      start = isIdle ? this.#element(element, following, start) : after;
    }
    return start;
  }

  #element(element: AST.Element, next: Term, idle: Term): Term {
    this.graph.visit();
    switch (element.type) {
      case 'Character':
        return character(this.#literal(element.value), next);
      case 'CharacterSet':
      case 'CharacterClass':
      case 'ExpressionCharacterClass':
        return either([
          character(this.graph.setOf(element.raw, this.#flags), next),
          ...this.#strings(element, next, idle),
        ]);
      case 'CapturingGroup':
        return this.alternatives(element.alternatives, next, idle);
      case 'Group':
        return this.#within(element.modifiers).alternatives(element.alternatives, next, idle);
      case 'Quantifier':
        return this.#repetition(element, next, idle);
      case 'Assertion':
        return this.#assertion(element, idle);
      case 'Backreference':
        throw new UnsupportedExpression('it refers back to what a group has matched');
    }
  }

  /** Inside of a group that has flags of its own, `(?i:…)`. */
  #within(modifiers: AST.Modifiers | null): TermBuilder {
    if (modifiers === null) return this;
    const { add, remove } = modifiers;
    const kept = this.#flags.replace(/[is]/g, (flag) =>
      (flag === 'i' ? remove?.ignoreCase : remove?.dotAll) === true ? '' : flag,
    );
    const flags = `${kept}${add.ignoreCase ? 'i' : ''}${add.dotAll ? 's' : ''}`;
    return new TermBuilder(this.graph, this.direction, [...new Set(flags)].join(''));
  }

  #literal(code: number): CharacterSet {
    const hex = code.toString(16).padStart(4, '0');
    return this.graph.setOf(code > 0xffff ? `\\u{${hex}}` : `\\u${hex}`, this.#flags);
  }

  /** The strings of more or fewer than one character in a class of the flag `v`. */
  #strings(
    element: AST.CharacterClass | AST.CharacterSet | AST.ExpressionCharacterClass,
    next: Term,
    idle: Term,
  ): Term[] {
    // Those of properties are emoji, and no origin has one.
    if (!this.#flags.includes('v')) return [];
    const regexp = new RegExp(`^(?:${element.raw})$`, this.#flags);
    return stringsIn(element)
      .filter(
        ({ elements }) =>
          elements.length !== 1 &&
          regexp.test(String.fromCodePoint(...elements.map(({ value }) => value))),
      )
      .map(({ elements }) => this.#sequence(elements, next, idle));
  }

  #repetition({ element, min, max }: AST.Quantifier, next: Term, idle: Term): Term {
    let after = next;
    let start = idle;
    if (max === Infinity) {
      const turns: Term[] = [next];
      after = { kind: 'either', of: turns };
      const turn = this.#element(element, after, NEVER);
      turns.push(turn);
      start = idle === next ? after : either([turn, idle]);
    } else {
      for (let times = min; times < max; times += 1) {
        const turn = this.#element(element, after, NEVER);
        after = either([turn, next]);
        start = idle === next ? after : either([turn, idle]);
      }
    }
    for (let times = 0; times < min; times += 1) {
      const following = after;
      const isIdle = start !== after;
      after = this.#element(element, following, following);
      start = isIdle ? this.#element(element, following, start) : after;
    }
    return start;
  }

  #assertion(assertion: AST.Assertion, next: Term): Term {
    const isForward = this.direction === 'forward';
    switch (assertion.kind) {
      case 'start':
        return isForward ? this.#behind(END, true, next) : both(END, true, next);
      case 'end':
        return isForward ? both(END, true, next) : this.#behind(END, true, next);
      case 'lookahead':
      case 'lookbehind': {
        const isAhead = (assertion.kind === 'lookahead') === isForward;
        const look = (
          isAhead ? this : new TermBuilder(this.graph, 'backward', this.#flags)
        ).alternatives(assertion.alternatives, ANYTHING, ANYTHING);
        return isAhead
          ? both(look, !assertion.negate, next)
          : this.#behind(look, !assertion.negate, next);
      }
      case 'word': {
        const word = this.graph.word(this.#flags);
        return either(
          [true, false].map((before) =>
            this.#behind(word, before, both(word, before === assertion.negate, next)),
          ),
        );
      }
    }
  }

  #behind(look: Term, holds: boolean, next: Term): Term {
    if (this.direction === 'backward') {
      throw new UnsupportedExpression('an assertion inside a look-behind looks ahead');
    }
    return next.kind === 'never'
      ? NEVER
      : { kind: 'behind', look: this.graph.lookBehind(look), holds, next };
  }
}

function character(set: CharacterSet, next: Term): Term {
  return next.kind === 'never' ? NEVER : { kind: 'character', set, next };
}

function either(terms: readonly Term[]): Term {
  const possible = terms.filter(({ kind }) => kind !== 'never');
  const [only = NEVER] = possible;
  return possible.length < 2 ? only : { kind: 'either', of: possible };
}

function both(look: Term, holds: boolean, next: Term): Term {
  return next.kind === 'never' ? NEVER : { kind: 'both', look, holds, next };
}

function stringsIn(
  node:
    | AST.CharacterClass
    | AST.CharacterClassElement
    | AST.ClassIntersection
    | AST.ClassSubtraction
    | AST.CharacterSet,
): readonly AST.StringAlternative[] {
  switch (node.type) {
    case 'ClassStringDisjunction':
      return node.alternatives;
    case 'CharacterClass':
      return node.elements.flatMap((element) => stringsIn(element));
    case 'ExpressionCharacterClass':
      return stringsIn(node.expression);
    case 'ClassIntersection':
    case 'ClassSubtraction':
      return [...stringsIn(node.left), ...stringsIn(node.right)];
    default:
      return [];
  }
}
