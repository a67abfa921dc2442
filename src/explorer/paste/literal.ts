/** Text that was written out, or what holds it; `undefined` where something else stands, a call, a name or a number. */
export type Literal = string | undefined | readonly Literal[] | LiteralObject;

/** Its own keys only: it has no prototype. `...` is what is not known: what is spread into it, or has a computed name. */
export interface LiteralObject {
  readonly [key: string]: Literal;
}

const DEEPEST = 50;
const OPENING = '([{';
const CLOSING = ')]}';

/**
 * Reads values that are written out in JavaScript, as the arguments of a call are. Nothing is run: what is no literal is
 * passed over, up to the comma or bracket that ends it.
 */
export class LiteralReader {
  #at: number;

  constructor(
    private readonly source: string,
    at: number,
  ) {
    this.#at = at;
  }

  /** The values up to the bracket that closes. */
  list(depth = 0): readonly Literal[] {
    const values: Literal[] = [];
    for (;;) {
      this.#skipBlanks();
      if (this.#isOver()) return values;
      values.push(this.#member(depth));
    }
  }

  #object(depth: number): LiteralObject {
    const object = Object.create(null) as Record<string, Literal>;
    for (;;) {
      this.#skipBlanks();
      if (this.#isOver()) return object;
      const key = this.#key();
      this.#skipBlanks();
      if (this.source.charAt(this.#at) === ':') {
        this.#at += 1;
        this.#skipBlanks();
        object[key] = this.#member(depth);
      } else {
        // `method` alone stands for a variable, and `...more` or `[name]` for anything.
        object[key === '' || key.startsWith('...') ? '...' : key] = undefined;
        this.#skipExpression();
        this.#skipComma();
      }
    }
  }

  /** A value and the comma after it; `undefined` where more than a literal stands before that. */
  #member(depth: number): Literal {
    const value = this.#value(depth);
    this.#skipBlanks();
    const isWhole = /^(?:[,)\]}]|$)/.test(this.source.charAt(this.#at));
    this.#skipExpression();
    this.#skipComma();
    return isWhole ? value : undefined;
  }

  #value(depth: number): Literal {
    const character = this.source.charAt(this.#at);
    if (character === '"' || character === "'" || character === '`') return this.#string(character);
    if ((character === '{' || character === '[') && depth < DEEPEST) {
      this.#at += 1;
      return character === '{' ? this.#object(depth + 1) : this.list(depth + 1);
    }
    return undefined;
  }

  /** Empty where none is written out. */
  #key(): string {
    const character = this.source.charAt(this.#at);
    if (character === '"' || character === "'") return this.#string(character) ?? '';
    const start = this.#at;
    while (/[\w$.]/.test(this.source.charAt(this.#at))) this.#at += 1;
    return this.source.slice(start, this.#at);
  }

  /** `undefined` for a template with something to fill in. */
  #string(quote: string): string | undefined {
    let text = '';
    let isFilled = false;
    this.#at += 1;
    for (; this.#at < this.source.length; this.#at += 1) {
      const character = this.source.charAt(this.#at);
      if (character === quote) break;
      if (quote === '`' && this.source.startsWith('${', this.#at)) isFilled = true;
      text += character === '\\' ? this.#escape() : character;
    }
    this.#at += 1;
    return isFilled ? undefined : text;
  }

  #escape(): string {
    this.#at += 1;
    const character = this.source.charAt(this.#at);
    const code = /^(?:u[\da-f]{4}|x[\da-f]{2})/i.exec(
      this.source.slice(this.#at, this.#at + 5),
    )?.[0];
    if (code !== undefined) {
      this.#at += code.length - 1;
      return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    }
    return { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', '\n': '' }[character] ?? character;
  }

  #skipExpression(): void {
    let depth = 0;
    while (this.#at < this.source.length) {
      if (this.#skipComment()) continue;
      const character = this.source.charAt(this.#at);
      if (character === '"' || character === "'" || character === '`') {
        this.#string(character);
        continue;
      }
      if (depth === 0 && (character === ',' || CLOSING.includes(character))) return;
      if (OPENING.includes(character)) depth += 1;
      if (CLOSING.includes(character)) depth -= 1;
      this.#at += 1;
    }
  }

  #skipBlanks(): void {
    for (;;) {
      while (/\s/.test(this.source.charAt(this.#at))) this.#at += 1;
      if (!this.#skipComment()) return;
    }
  }

  #skipComment(): boolean {
    if (this.source.charAt(this.#at) !== '/') return false;
    const end = { '/': '\n', '*': '*/' }[this.source.charAt(this.#at + 1)];
    if (end === undefined) return false;
    const at = this.source.indexOf(end, this.#at + 2);
    this.#at = at === -1 ? this.source.length : at + end.length;
    return true;
  }

  #skipComma(): void {
    this.#skipBlanks();
    if (this.source.charAt(this.#at) === ',') this.#at += 1;
  }

  /** Any closing bracket ends what is open, and so does the end of the text, which may be cut or wrong. */
  #isOver(): boolean {
    const isOver = CLOSING.includes(this.source.charAt(this.#at));
    if (isOver) this.#at += 1;
    return isOver;
  }
}

export function isLiteralObject(value: Literal): value is LiteralObject {
  return typeof value === 'object' && !Array.isArray(value);
}
