import type { OriginPattern } from '../origin-pattern.js';
import { DEAD } from './origin-expression.js';

/** Reads an origin from its end, one character after the other, and says whether it allows it. */
export interface OriginAutomaton {
  /** The state at the end of an origin. */
  readonly end: number;
  /** The state once a character is read, before those that led to a state; {@link DEAD} where nothing more matches. */
  step(state: number, code: number): number;
  accepts(state: number): boolean;
}

/**
 * A pattern as automata, of which one has to accept: those for any port have one for origins with a port and one for
 * those without.
 */
export function patternAutomata(pattern: OriginPattern): readonly OriginAutomaton[] {
  const { port } = pattern;
  if (port === '*')
    return [new PatternAutomaton(pattern, '', true), new PatternAutomaton(pattern, '', false)];
  return [new PatternAutomaton(pattern, port === '' ? '' : `:${port}`, false)];
}

const DIGITS = { first: 0x30, last: 0x39 };
const [DOT, SLASH, COLON] = [0x2e, 0x2f, 0x3a];

/** States before those of the text: nothing, at the end of a port, within a port. */
const AT_PORT = 1;
const IN_PORT = 2;
const AT_TEXT = 3;

class PatternAutomaton implements OriginAutomaton {
  /** What stands behind the star; without one, the whole origin. */
  readonly #tail: string;
  /** What stands before the star. */
  readonly #head: string;
  /** The state within the labels that the star stands for; behind it come those of the head. */
  readonly #labels: number;
  readonly #last: number;
  readonly end: number;

  constructor({ scheme, host, subdomains }: OriginPattern, port: string, anyPort: boolean) {
    this.#head = `${scheme}://`;
    this.#tail = `${subdomains ? '.' : this.#head}${host}${port}`;
    const behind = AT_TEXT + this.#tail.length;
    this.#labels = subdomains ? behind + 1 : Infinity;
    this.#last = subdomains ? this.#labels + this.#head.length : behind;
    this.end = anyPort ? AT_PORT : AT_TEXT;
  }

  accepts(state: number): boolean {
    return state === this.#last;
  }

  step(state: number, code: number): number {
    if (state < AT_TEXT) {
      if (code >= DIGITS.first && code <= DIGITS.last) return state === DEAD ? DEAD : IN_PORT;
      return state === IN_PORT && code === COLON ? AT_TEXT : DEAD;
    }
    if (state < this.#labels) {
      const read = state - AT_TEXT;
      const { length } = this.#tail;
      if (read < length)
        return code === this.#tail.charCodeAt(length - 1 - read) ? state + 1 : DEAD;
      // At least one label, which does not end with a dot.
      return state === this.#last || code === DOT || code === SLASH || code === COLON
        ? DEAD
        : this.#labels;
    }
    if (state === this.#labels && code !== SLASH && code !== COLON) return state;
    const read = state - this.#labels;
    return code === this.#head.charCodeAt(this.#head.length - 1 - read) ? state + 1 : DEAD;
  }
}
